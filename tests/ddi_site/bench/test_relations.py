"""`manage.py bench relations` on a made-up corpus and a small encoder: what is compared, not how fast it is."""

from __future__ import annotations

from pathlib import Path
from statistics import fmean

import pytest
from pytest_django import Settings

from ddi_site.bench.made_up_relations import SENTENCES, write_corpus
from ddi_site.bench.relations import ABSTRACTS, TooFewPairs, bench_relations
from ledger.corpora.annotated import find_sources
from ledger.corpora.drugprot import TYPES
from ledger.corpora.pairs import pairs_of
from ledger.models import Prediction, Statement
from tests.modeling.conftest import write_backbone


def test_the_made_up_corpus_is_read_without_a_slip(tmp_path: Path) -> None:
    write_corpus(tmp_path, n_documents=5)
    (source,) = find_sources(tmp_path)
    paired = [pairs_of(document, source.kinds) for document in source.read(TYPES)]
    assert [len(one.pairs) for one in paired] == [SENTENCES * 4] * 5
    assert not any(one.split_apart or one.overlapping for one in paired)
    assert any(pair.relations for one in paired for pair in one.pairs)


@pytest.mark.django_db
@pytest.mark.slow
def test_each_way_answers_the_same_pairs(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DDI_REALDATA", raising=False)
    settings.DDI_BACKBONE = str(write_backbone(tmp_path / "small-bert", positions=512))
    settings.VAR_DIR = tmp_path
    monkeypatch.setattr("modeling.store.relation_pace.SEEDS", (42,))
    rows, data = bench_relations(30)
    assert [row.name.split(",")[0] for row in rows] == [
        "inference", "labels of Model II as the straightforward way's", "inference", "training", "training",
        "held-out micro-F1",
    ]  # fmt: skip
    assert rows[1].ours == 100
    *rates, quality = rows
    assert all((row.ours or 0) > 0 and (row.peer or 1) > 0 for row in rates)
    by_seed = data["micro_f1_by_seed"]
    assert {name: len(scores) for name, scores in by_seed.items()} == {"default": 1, "paper": 1}
    assert (quality.ours, quality.peer) == (
        pytest.approx(fmean(by_seed["default"]), abs=1e-4), pytest.approx(fmean(by_seed["paper"]), abs=1e-4),
    )  # fmt: skip
    assert 0 <= (quality.ours or 0) <= 1
    assert quality.met == ((quality.ours or 0) >= (quality.peer or 0))
    assert data["pairs_held_out"] == Statement.objects.filter(corpus__name="part-3").count()
    assert 0 < data["pairs_taught_for_quality"] <= data["pairs"] - data["pairs_held_out"]
    assert data["pairs"] == data["sentences"] * 4 == Statement.objects.count()
    assert Prediction.objects.count() == 2 * data["pairs"]
    assert all(len(rates) == 3 for rates in data["rates_by_turn"].values())


@pytest.mark.django_db
def test_documents_without_a_pair_of_some_label_are_too_few(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DDI_REALDATA", str(tmp_path))
    folder = (tmp_path / ABSTRACTS).parent
    folder.mkdir()
    write_corpus(folder, n_documents=30)
    for path in list(folder.iterdir()):
        kept = path.read_text("utf-8").replace("\tAGONIST\t", "\tINHIBITOR\t")
        (folder / path.name.replace("made_up", "drugprot_training")).write_text(kept, "utf-8")
        path.unlink()
    with pytest.raises(TooFewPairs, match=r"first 30 documents those .* no pair labelled agonist: ask .* --n\.$"):
        bench_relations(30)
