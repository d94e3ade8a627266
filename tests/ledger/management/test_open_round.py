"""`manage.py open_round`: a round for a worker, or only a look at what it would learn from."""

from __future__ import annotations

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from ledger.models import Round, Run, Task
from tests.ledger.facts import polarity
from tests.ledger.whole import taught


def open_round(*arguments: str) -> dict[str, Any]:
    out = StringIO()
    call_command("open_round", "--json", *arguments, stdout=out)
    return json.loads(out.getvalue())


def test_a_dry_run_shows_the_composition_and_opens_nothing(db: None) -> None:
    taught()
    assert open_round("--dry-run") == {
        "examples": {"train": {"gold": {"synergistic": 2, "antagonistic": 2}}},
        "pseudo_by_confidence": {"synergistic": {}, "antagonistic": {}},
        "left_out": {},
        "gold_by_source": {"train": {"seed": {"synergistic": 2, "antagonistic": 2}}},
        "pattern_weight": polarity().pattern_weight,
        "gold_by_corpus": {"train": {"demo": {"synergistic": 2, "antagonistic": 2}}},
    }
    assert not Round.objects.exists()


def test_a_round_is_trained_as_its_task_is_on_the_corpora_named(db: None) -> None:
    taught()
    Task.objects.filter(slug="ddi-polarity").update(preset="paper")
    assert open_round("--dry-run", "--corpus", "demo")["gold_by_corpus"]
    with pytest.raises(CommandError, match="no corpus 'other' for ddi-polarity; there are: demo"):
        open_round("--corpus", "other")
    assert not Round.objects.exists()
    open_round("--corpus", "demo")
    assert Run.objects.get().parameters == {"preset": "paper", "corpora": ["demo"]}


def test_a_round_waits_for_a_worker_and_a_second_one_is_refused(db: None) -> None:
    taught()
    shown = open_round()
    run = Run.objects.get()
    assert (shown["round"], shown["run"], run.kind, run.status) == (1, run.pk, "training", "queued")
    with pytest.raises(CommandError, match="waiting or running already"):
        open_round()
    assert Round.objects.count() == 1
