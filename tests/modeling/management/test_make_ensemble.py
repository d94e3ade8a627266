"""`manage.py make_ensemble`: two versions joined and tested, or one sentence."""

from __future__ import annotations

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from ledger.models import ModelVersion
from tests.modeling.store.conftest import labelled, opened, small_backbone
from tests.modeling.store.test_ensembles import members

__all__ = ["labelled", "members", "opened", "small_backbone"]


def test_the_command_makes_one_and_says_what_came_of_it(committed_db: str, members: list[ModelVersion]) -> None:
    out = StringIO()
    call_command("make_ensemble", "2", "1", "--json", stdout=out, stderr=StringIO())
    told = json.loads(out.getvalue())
    assert (told["model_version"], told["members"], told["test_n"]) == (3, [1, 2], 6)
    for models, sentence in (
        (["1", "2"], "answer together already: as model 3"),
        (["1", "9"], "has no model version 9"),
        (["1"], "at least two models"),
    ):
        with pytest.raises(CommandError, match=sentence):
            call_command("make_ensemble", *models, stderr=StringIO())
