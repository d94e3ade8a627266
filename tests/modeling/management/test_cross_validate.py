"""`manage.py cross_validate` on the ledger's gold and on a file of free text."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from ledger.models import Corpus, Statement
from ledger.record.gold import add_seed_labels
from tests.ledger.facts import NOW, label, polarity, statement
from tests.modeling.store.conftest import labelled as labelled
from tests.modeling.store.conftest import small_backbone as small_backbone

QUICK = ("--preset", "paper", "--set", "max_epochs=1", "--set", "patience=1", "--set", "batch_size=32")


def cross_validate(*arguments: str) -> dict[str, Any]:
    out = StringIO()
    call_command("cross_validate", *arguments, "--json", stdout=out)
    told: dict[str, Any] = json.loads(out.getvalue())
    return told


def test_gold_by_wording_with_its_baselines_and_oracle(labelled: list[Statement]) -> None:
    for number, (slug, words) in enumerate([("synergistic", "{} helps {}."), ("antagonistic", "{} harms {}.")] * 3):
        said = statement(f"New{number}a", f"New{number}b", words)
        add_seed_labels(task=polarity(), rows=[(said.pk, label(slug).pk, "seeds")], now=NOW)
    told = cross_validate("--by", "pattern", "--folds", "2", "--labels", "synergistic,antagonistic", "--baselines-only")
    assert (told["oracle"]["n_patterns"], told["oracle"]["accuracy"]) == (4, 1.0)
    assert sum(fold["test"] for fold in told["folds"]) == 42
    assert told["models"]["TF-IDF"]["intervals"]["units"] == {"wording": 4}


def test_a_wording_for_each_label_cannot_be_left_out(labelled: list[Statement]) -> None:
    with pytest.raises(CommandError, match="Fold 1 teaches no synergistic statement: ask for other folds"):
        cross_validate("--by", "pattern", "--folds", "2", "--labels", "synergistic,antagonistic", "--baselines-only")


def sentence(number: int, outcome: str, *, needs_paragraph: bool = False) -> str:
    text = f"Aspirin plus warfarin was {'better' if outcome == 'POS' else 'worse'} in trial {number} ."
    spans = [
        {"span_id": 0, "text": "Aspirin", "start": 0, "end": 7},
        {"span_id": 1, "text": "warfarin", "start": 13, "end": 21},
    ]
    rels = [{"class": outcome, "spans": [0, 1], "is_context_needed": needs_paragraph}]
    return json.dumps({"doc_id": f"doc{number}", "sentence": text, "spans": spans, "rels": rels})


@pytest.fixture
def papers(tmp_path: Path) -> Path:
    path = tmp_path / "papers.jsonl"
    """Twenty-four relations, of which every sixth needs the paragraph and the one after it."""
    rows = (sentence(n, ("POS", "NEG")[n % 2], needs_paragraph=n % 6 < 2) for n in range(24))
    path.write_text("".join(f"{row}\n" for row in rows), encoding="utf-8")
    return path


BY_DOCUMENT = ("--by", "document", "--folds", "3", "--labels", "synergistic,antagonistic")


def test_free_text_by_document(labelled: list[Statement], papers: Path) -> None:
    told = cross_validate(*BY_DOCUMENT, "--free-text", str(papers), *QUICK)
    names = ["TF-IDF", "frozen vectors", "tuned"]
    assert list(told["models"]) == [f"{name}{way}" for name in names for way in ("", ", by relation")]
    assert told["models"]["TF-IDF"]["macro_f1"] == 1.0  # one word decides
    for one in told["models"].values():
        assert one["n"] == 24
        assert one["intervals"]["units"] == {"document": 24}
    for name in names:
        slices = told["models"][f"{name}, by relation"]["slices"]
        assert {which: one["n"] for which, one in slices.items()} == {
            "the sentence decides": 16, "that need the paragraph": 8,
        }  # fmt: skip
    assert told["oracle"]["n_alone"] == 24
    assert told["tested"]["labels"]["antagonistic"] == {"statements": 12, "wordings": 12, "relations": 12}
    assert told["tested"]["commonest"]["macro_f1"] == pytest.approx(1 / 3)
    for fold in told["folds"]:
        assert fold["teach"] + fold["validate"] + fold["test"] == 24
        assert (fold["validate"], fold["shares"]) == (2, False)  # one document of each label


def test_only_relations_that_the_sentence_decides(labelled: list[Statement], papers: Path) -> None:
    told = cross_validate(*BY_DOCUMENT, "--free-text", str(papers), "--sentence-decides", "--baselines-only")
    assert told["left_out_relations"] == 8
    assert [one["n"] for one in told["models"].values()] == [16] * len(told["models"])
    assert "slices" not in told["models"]["TF-IDF, by relation"]


def test_seeds_train_the_same_folds_again_and_are_kept(labelled: list[Statement], papers: Path, tmp_path: Path) -> None:
    keep = tmp_path / "kept"
    arguments = (*BY_DOCUMENT, "--free-text", str(papers), *QUICK, "--seeds", "2", "--keep", str(keep))
    told = cross_validate(*arguments)
    assert told["seeds"] == [42, 43]
    assert len(list(keep.iterdir())) == 6
    by_seed = [told["models"][f"tuned, by relation, seed {seed}"]["macro_f1"] for seed in (42, 43)]
    spread = told["over_seeds"]["tuned, by relation"]["macro_f1"]
    assert spread["by_seed"] == by_seed
    assert spread["mean"] == pytest.approx(sum(by_seed) / 2)
    assert (spread["low"], spread["high"]) == (min(by_seed), max(by_seed))
    assert {"tuned, the mean of 2 seeds", "tuned, the mean of 2 seeds, by relation"} <= told["models"].keys()
    assert cross_validate(*arguments) == told  # the seconds too: nothing is trained again
    assert len(list(keep.iterdir())) == 6


def test_two_corpora_of_one_document_are_not_taught_and_tested(db: None, small_backbone: Any) -> None:
    task = polarity()
    for corpus in ("first", "second"):
        made = Corpus.objects.create(task=task, name=corpus, title=corpus, created_at=NOW)
        for number in range(6):
            verb, slug = (("helps", "synergistic"), ("harms", "antagonistic"))[number % 2]
            # both corpora hold the very sentence, of the same abstract; and the last abstract repeats the first one's
            words = f"{{}} {verb} {{}} in trial {0 if number == 4 else number}."
            said = statement("Aspirin", "Warfarin", words, corpus=made, document=f"PMID{number}")
            add_seed_labels(task=task, rows=[(said.pk, label(slug).pk, "seeds")], now=NOW)
    told = cross_validate(*BY_DOCUMENT, "--baselines-only")
    assert [fold["test"] for fold in told["folds"]] == [4, 4, 4]
    assert told["models"]["TF-IDF"]["intervals"]["units"] == {"document": 6}
    for fold in told["folds"]:
        assert fold["repeated"] in (0, 2)
    assert sum(fold["repeated"] for fold in told["folds"]) == 4


def test_people_are_told_the_same(labelled: list[Statement], papers: Path) -> None:
    out = StringIO()
    arguments = (*BY_DOCUMENT, "--free-text", str(papers), *QUICK, "--seeds", "2")
    call_command("cross_validate", *arguments, stdout=out)
    lines = out.getvalue().splitlines()
    assert lines[:5] == [
        "3 folds by document, 24 tested statements: synergistic, antagonistic",
        "a fold teaches 14 statements; 2 of other documents decide when to stop",
        "tested statements: synergistic 12 in 12 wordings and 12 relations, "
        "antagonistic 12 in 12 wordings and 12 relations",
        "per-pattern oracle: 1.000 over 24 wordings (24 met once)",
        "the commonest label, synergistic, for every relation: macro-F1 0.333, accuracy 0.500",
    ]
    assert [line.split(":")[0] for line in lines[5:9]] == [
        "TF-IDF", "TF-IDF, by relation", "TF-IDF, by relation, the sentence decides (16 relations)",
        "TF-IDF, by relation, that need the paragraph (8 relations)",
    ]  # fmt: skip
    assert lines[-2].startswith("tuned, 2 seeds: macro-F1 ")
    assert lines[-1].startswith("tuned, by relation, 2 seeds: macro-F1 ")


def test_neither_drugs_nor_wordings_that_are_tested_are_taught(labelled: list[Statement]) -> None:
    for number, (slug, words) in enumerate([("synergistic", "{} helps {}."), ("antagonistic", "{} harms {}.")] * 10):
        said = statement(f"New{number}a", f"New{number}b", words)
        add_seed_labels(task=polarity(), rows=[(said.pk, label(slug).pk, "seeds")], now=NOW)
    arguments = ("--labels", "synergistic,antagonistic", "--baselines-only", "--folds", "2")
    both, by_drug = (cross_validate("--by", scheme, *arguments) for scheme in ("drug-and-pattern", "drug"))
    n_tested = both["models"]["TF-IDF"]["n"]
    assert by_drug["models"]["TF-IDF"]["n"] == n_tested
    assert 0 < n_tested < 56
    assert len(both["folds"]) == 4
    assert all(fold["between"] and not fold["repeated"] for fold in both["folds"])
    out = StringIO()
    call_command("cross_validate", "--by", "drug-and-pattern", *arguments, stdout=out)
    assert f"{56 - n_tested} of 56 statements are never tested; a fold leaves out" in out.getvalue()


def test_what_cannot_be_is_one_sentence(labelled: list[Statement], papers: Path) -> None:
    with pytest.raises(CommandError, match="No statement is labelled undetermined: import or review some"):
        cross_validate("--by", "pattern")
    with pytest.raises(CommandError, match="has no label 'neutral'; it has synergistic, antagonistic, undetermined"):
        cross_validate("--labels", "neutral")
    with pytest.raises(CommandError, match="2 patterns cannot make 6 folds: label more, or ask for 2 to 2 folds"):
        cross_validate("--labels", "synergistic,antagonistic")
    free_text = (*BY_DOCUMENT, "--free-text", str(papers))
    with pytest.raises(CommandError, match="--seeds has to be 1 or more"):
        cross_validate(*free_text, "--seeds", "0")
    with pytest.raises(CommandError, match="Only annotated free text says whether the sentence decides"):
        cross_validate("--sentence-decides")
    with pytest.raises(CommandError, match="The backbone has no projection named foo: choose target_modules among"):
        cross_validate(*free_text, *QUICK, "--set", 'target_modules=["foo"]')
    papers.write_text('{"doc_id": 1}\n', encoding="utf-8")
    with pytest.raises(CommandError, match=r"papers\.jsonl, line 1"):
        cross_validate("--by", "document", "--free-text", str(papers))
