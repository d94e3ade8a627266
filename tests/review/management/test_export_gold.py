from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.utils import timezone

from ledger.models import GoldLabel, Proposal, Task
from ledger.record.proposals import answer_proposal, propose
from review.export.formats import FORMATS
from review.filters import GoldFilter
from review.models import ReviewItem
from tests.conftest import person
from tests.review.conftest import answered
from tests.review.export.making import now_of, seed


def test_the_command_writes_what_the_page_hands_out(
    task: Task, tmp_path: Path, capsys: pytest.CaptureFixture[str], item: ReviewItem, pharmacist: User
) -> None:
    seed(task, 3)
    answered(item, pharmacist)
    for name, form in FORMATS.items():
        output, listed = tmp_path / f"gold{form.ending}", tmp_path / "manifest.json"
        call_command("export_gold", output=str(output), format=name, manifest=str(listed), json=True)
        content = output.read_bytes()
        assert content == b"".join(form.parts(now_of(GoldFilter(task))))
        assert json.loads(capsys.readouterr().out) == {
            "output": str(output), "format": name, "rows": 4, "bytes": len(content),
            "gold_id": GoldLabel.objects.latest("id").pk, "sha256": sha256(content).hexdigest(),
        }  # fmt: skip
        (file,) = json.loads(listed.read_text())["files"]
        assert file == {"name": output.name, "bytes": len(content), "sha256": sha256(content).hexdigest()}


def test_standard_output_is_the_file(task: Task, capfdbinary: Any) -> None:
    seed(task, 3)
    call_command("export_gold", source="seed")
    assert capfdbinary.readouterr().out == b"".join(FORMATS["csv"].parts(now_of(GoldFilter(task))))


def test_as_of_takes_a_moment_or_a_label(task: Task, tmp_path: Path) -> None:
    seed(task, 3)
    then, moment = now_of(GoldFilter(task)), timezone.now()
    seed(task, 2)
    kept = b"".join(FORMATS["csv"].parts(then))
    for given in (moment.isoformat(), moment.replace(tzinfo=None).isoformat(), str(then.gold_id)):
        call_command("export_gold", output=str(tmp_path / "gold.csv"), as_of=given, verbosity=0)
        assert (tmp_path / "gold.csv").read_bytes() == kept


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"task": "no-such"}, "There is no task 'no-such'; there are: ddi-polarity"),
        ({"label": "sideways"}, "has no label 'sideways'; it has: synergistic"),
        ({"output": "/proc/nowhere/gold.csv"}, "cannot be written"),
        ({"as_of": "yesterday"}, "is no moment: write it as"),
        ({"as_of": "2026-02-31T10:00:00"}, "is no moment: write it as"),
        ({"as_of": "2999-01-01T00:00:00"}, "has not come yet"),
        ({"as_of": "77777"}, "There is no gold label 77777 of ddi-polarity yet"),
    ],
)
def test_the_command_refuses_in_one_sentence(task: Task, options: dict[str, str], sentence: str) -> None:
    with pytest.raises(CommandError, match=sentence):
        call_command("export_gold", **options)


def test_with_the_two_person_rule_only_what_two_persons_agreed_on_goes_out(
    task: Task, tmp_path: Path, lead: User
) -> None:
    seed(task, 3)
    selection = now_of(GoldFilter(task))
    Task.objects.update(two_person_rule=True)
    proposal = propose(
        task=task, act=Proposal.Act.EXPORT, by=lead, reason="x", now=timezone.now(),
        parameters={"format": "csv", **selection.parameters},
    )  # fmt: skip
    given = {"output": str(tmp_path / "gold.csv"), "as_of": str(selection.gold_id), "verbosity": 0}
    for answered_by in (None, person("second-lead", "lead")):
        if answered_by:
            answer_proposal(proposal=proposal, by=answered_by, approves=True, reason="", now=timezone.now())
            call_command("export_gold", **given)
            (tmp_path / "gold.csv").unlink()
            given["format"] = "jsonl"
        with pytest.raises(CommandError, match="propose this export on the Export page"):
            call_command("export_gold", **given)
        assert not list(tmp_path.iterdir())
