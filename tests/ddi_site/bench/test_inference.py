"""`manage.py bench inference` on a small encoder and a few sentences: what is compared, not how fast it is."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from ddi_site.bench import inference
from ddi_site.bench.real_data import RealDataMissing, real_data
from ddi_site.bench.report import in_words
from ddi_site.demo.preparation import CORPUS, FILES
from ddi_site.throwaway import MARK
from ledger.models import ModelVersion, Prediction, PredictionChunk, Statement
from modeling import peak
from modeling.store.inference_pace import Paces
from tests.modeling.conftest import write_backbone

N, TURNS = 36, 2


@pytest.fixture
def small(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A small encoder, two turns, and products timed for a moment, in a folder that is thrown away."""
    monkeypatch.delenv("DDI_REALDATA", raising=False)
    settings.DDI_BACKBONE = str(write_backbone(tmp_path / "small-bert", positions=512))
    settings.VAR_DIR = tmp_path
    monkeypatch.setattr(inference, "TURNS", TURNS)
    monkeypatch.setattr(peak, "OPERATIONS_TIMED", 1e7)


@pytest.mark.django_db
def test_the_pipelines_labels_are_ours_and_every_ratio_is_of_what_is_shown(small: None) -> None:
    rows, data = inference.bench_inference(N)
    by_name = {row.name: row for row in rows}
    exact, cached = by_name["float32, raw text"], by_name["masked text, equal inputs computed once"]
    assert by_name["labels as the pipeline's"].ours == 100
    for row in (exact, cached):
        assert row.peer_name == "Hugging Face pipeline, float32, batches of 256"
        shown = row.as_dict()
        assert shown["ratio"] == pytest.approx(shown["ours"] / shown["peer"], rel=0.02)
        assert row.met == ((row.ratio or 0) >= float(row.goal.removeprefix("ratio >= ")))
    assert exact.peer == cached.peer, "both stand beside the same pipeline"
    for name in ("embedded encoder", "12 layers 768 wide"):
        assert (by_name[f"useful share of the machine's peak, {name}"].ours or 0) > 0

    with (FILES / "interactions.csv").open(newline="") as file:
        n_shipped = sum(1 for _ in csv.reader(file)) - 1
    n_masked = Statement.objects.filter(corpus__name=CORPUS).count()
    assert n_masked <= n_shipped
    assert data["corpus"] == "demonstration"
    assert data["sentences_drawn"] == Statement.objects.filter(corpus__name__startswith="part-").count() == N
    assert data["statements"] == n_masked == data["masked_inputs_computed"] + data["masked_inputs_found_again"]
    patterns = Statement.objects.filter(corpus__name=CORPUS).values("pattern", "head_kind", "tail_kind").distinct()
    assert data["masked_inputs_computed"] <= patterns.count()
    assert data["statements_of_each_masked_input"] == round(n_masked / data["masked_inputs_computed"], 1)
    assert {len(found) for found in data["rates_by_turn"].values()} == {TURNS}
    assert data["peak_gflops"] == max(data["peak_by_shape_gflops"].values())

    raw = ModelVersion.objects.order_by("number").first()
    assert Prediction.objects.filter(model_version=raw).count() == N
    assert PredictionChunk.objects.exists()
    assert f"statements of each masked input: {data['statements_of_each_masked_input']:,}" in in_words(rows, data)


def test_a_faster_format_has_rows_of_its_own_where_the_machine_has_one() -> None:
    paces = Paces(fastest="bfloat16", has_amx=True)
    paces.equal["bfloat16"] = [0.99, 1.0, 0.998]
    rate, equal = inference._fastest_rows(paces, {"bfloat16": 700.0, "pipeline": 100.0})
    assert (rate.name, rate.ratio, rate.goal, rate.met) == ("bfloat16, raw text", 7.0, "ratio >= 6.0", True)
    assert (equal.ours, equal.met) == (pytest.approx(99.8), True)
    rate, _ = inference._fastest_rows(replace(paces, has_amx=False), {"bfloat16": 400.0, "pipeline": 100.0})
    assert (rate.ratio, rate.goal, rate.met) == (4.0, "ratio >= 6.0 with AMX", None)
    assert rate.in_words().endswith("goal ratio >= 6.0 with AMX: not asked of this machine")
    for row in inference._fastest_rows(Paces(), {"pipeline": 100.0}):
        assert (row.ours, row.met) == (None, None), "neither met nor missed where there is none"


def test_without_the_variable_nothing_is_asked_of_a_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DDI_REALDATA", raising=False)
    assert real_data("drugprot") is None
    monkeypatch.setenv("DDI_REALDATA", "")
    assert real_data("drugprot") is None


def test_a_folder_that_lacks_a_file_is_refused_by_the_files_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DDI_REALDATA", str(tmp_path))
    (tmp_path / "drugprot").mkdir()
    assert real_data("drugprot") == tmp_path
    with pytest.raises(RealDataMissing, match=rf"^DDI_REALDATA names {tmp_path}, which lacks atc/WHO_ATC.*, or unset"):
        real_data("drugprot", *inference.PUBLIC)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "lacking"),
    [("inference", "atc/WHO_ATC-DDD_2024-07-31.csv"), ("relations", "drugprot/drugprot_training_abstracs.tsv")],
)
def test_the_command_says_so_in_one_sentence(
    name: str, lacking: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DDI_REALDATA", str(tmp_path / "nowhere"))
    monkeypatch.setenv(MARK, "1")
    with pytest.raises(CommandError) as refusal:
        call_command("bench", name, n=5, stdout=io.StringIO())
    assert str(refusal.value) == (
        f"DDI_REALDATA names {tmp_path / 'nowhere'}, which lacks {lacking}: put the public files there as "
        "docs/speed.md lists them, or unset it to measure on what is shipped."
    )
    assert not Statement.objects.exists()


def test_a_bench_that_does_not_exist_is_refused_with_those_that_do() -> None:
    with pytest.raises(CommandError, match=r"invalid choice: 'speed'.*inference.*training"):
        call_command("bench", "speed", stdout=io.StringIO())
