"""`manage.py simulate_review` on a file of free text."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from tests.modeling.conftest import write_backbone
from tests.modeling.management.test_cross_validate import papers as papers


def simulate(*arguments: str) -> dict[str, Any]:
    out = StringIO()
    call_command("simulate_review", *arguments, "--json", stdout=out)
    told: dict[str, Any] = json.loads(out.getvalue())
    return told


@pytest.fixture(autouse=True)
def backbone(db: None, tmp_path: Path, settings: Any) -> None:
    settings.DDI_BACKBONE = str(write_backbone(tmp_path / "small"))


def test_it_tells_how_many_decisions_each_order_needs_and_draws_them(papers: Path, tmp_path: Path) -> None:
    drawing = tmp_path / "courses.svg"
    told = simulate(
        "--free-text", str(papers), "--labels", "synergistic,antagonistic", "--seeds", "2", "--batch", "4",
        "--strategy", "random", "--strategy", "margin", "--svg", str(drawing),
    )  # fmt: skip
    assert (told["pool"] + told["tested"], told["seeds"], told["batch"]) == (24, [1, 2], 4)
    assert [one["strategy"] for one in told["strategies"]] == ["random", "margin"]
    assert len(told["courses"]) == 4
    assert drawing.stat().st_size > 1_000


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--seeds", "0"), "--seeds and --batch have to be 1 or more"),
        (("--labels", "good"), "The task ddi-polarity has no label 'good'; it has synergistic, antagonistic, undeter"),
        ((), "No statement is labelled synergistic or antagonistic or undetermined: import or review some"),
    ],
)
def test_what_cannot_be_simulated_is_said_in_a_sentence(arguments: tuple[str, ...], sentence: str) -> None:
    with pytest.raises(CommandError, match=sentence):
        simulate(*arguments)
