"""`manage.py cross_validate` on the ledger's gold and on a file of free text."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from ledger.models import Statement
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


def sentence(number: int, outcome: str) -> str:
    text = f"Aspirin plus warfarin was {'better' if outcome == 'POS' else 'worse'} in trial {number} ."
    spans = [
        {"span_id": 0, "text": "Aspirin", "start": 0, "end": 7},
        {"span_id": 1, "text": "warfarin", "start": 13, "end": 21},
    ]
    rels = [{"class": outcome, "spans": [0, 1], "is_context_needed": False}]
    return json.dumps({"doc_id": f"doc{number}", "sentence": text, "spans": spans, "rels": rels})


@pytest.fixture
def papers(tmp_path: Path) -> Path:
    path = tmp_path / "papers.jsonl"
    path.write_text("".join(sentence(n, ("POS", "NEG")[n % 2]) + "\n" for n in range(24)), encoding="utf-8")
    return path


def test_free_text_by_document(labelled: list[Statement], papers: Path) -> None:
    arguments = ("--by", "document", "--folds", "3", "--free-text", str(papers), "--labels", "synergistic,antagonistic")
    told = cross_validate(*arguments, *QUICK)
    assert list(told["models"]) == ["TF-IDF", "frozen vectors", "tuned", "tuned, by relation"]
    assert told["models"]["TF-IDF"]["macro_f1"] == 1.0  # one word decides
    for one in told["models"].values():
        assert one["n"] == 24
        assert one["intervals"]["units"] == {"document": 24}
    assert told["oracle"]["n_alone"] == 24


def test_what_cannot_be_is_one_sentence(labelled: list[Statement], papers: Path) -> None:
    with pytest.raises(CommandError, match="No statement is labelled undetermined: import or review some"):
        cross_validate("--by", "pattern")
    with pytest.raises(CommandError, match="has no label 'neutral'; it has synergistic, antagonistic, undetermined"):
        cross_validate("--labels", "neutral")
    with pytest.raises(CommandError, match="2 patterns cannot make 6 folds: label more, or ask for 2 to 2 folds"):
        cross_validate("--labels", "synergistic,antagonistic")
    free_text = ("--by", "document", "--folds", "3", "--free-text", str(papers), "--labels", "synergistic,antagonistic")
    with pytest.raises(CommandError, match="The backbone has no projection named foo: choose target_modules among"):
        cross_validate(*free_text, *QUICK, "--set", 'target_modules=["foo"]')
    papers.write_text('{"doc_id": 1}\n', encoding="utf-8")
    with pytest.raises(CommandError, match=r"papers\.jsonl, line 1"):
        cross_validate("--by", "document", "--free-text", str(papers))
