"""Gold labels as tasks that Label Studio imports: the statement, what the model had said, and each person's answer.

The project's labelling configuration names a text `text`, choices `label` and regions `mention`; see `configuration`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from xml.sax.saxutils import quoteattr

from ledger.models import Decision, Label
from review.export.jsonl import plain
from review.export.rows import Row, rows
from review.filters import Selection

DATA = (
    "gold_id", "task", "statement_id", "corpus", "external_id", "split", "head_id", "head_name", "tail_id", "tail_name",
    "further", "source", "origin", "round", "confirmed_at", "decision_ids", "pattern_decision_id", "reviewers",
    "comments",
)  # fmt: skip


def label_studio_tasks(selection: Selection) -> Iterator[bytes]:
    """The file in UTF-8: one array of tasks, a task a line."""
    yield b"["
    before = "\n"
    for row in rows(selection):
        yield (before + json.dumps(_task(row), ensure_ascii=False)).encode()
        before = ",\n"
    yield b"\n]\n"


def configuration(labels: list[Label]) -> str:
    """The labelling configuration of a project that such tasks are imported into."""
    choices = "".join(f"\n    <Choice value={quoteattr(label.slug)}/>" for label in labels)
    return (
        "<View>\n"
        '  <Labels name="mention" toName="text">\n    <Label value="head"/>\n    <Label value="tail"/>\n  </Labels>\n'
        '  <Text name="text" value="$text"/>\n'
        f'  <Choices name="label" toName="text" choice="single">{choices}\n  </Choices>\n'
        "</View>\n"
    )


def _task(row: Row) -> dict[str, Any]:
    values = row.values
    return {
        "data": {"text": values["sentence"], **{name: plain(values[name]) for name in DATA}},
        "predictions": _predictions(row),
        "annotations": [
            {"ground_truth": True, "result": [*_mentions(row), _choice(f"gold-{values['gold_id']}", values["label"])]},
            *(_annotation(row, one) for one in row.decisions if one.label),
        ],
    }


def _predictions(row: Row) -> list[dict[str, Any]]:
    """What the people behind the label had seen, once for each model version."""
    seen = {one.prediction_seen.pk: one.prediction_seen for one in row.decisions if one.prediction_seen}
    return [
        {
            "model_version": f"model {one.model_version.number}",
            "score": one.confidence,
            "result": [*_mentions(row), _choice(f"prediction-{one.pk}", one.label.slug)],
        }
        for one in seen.values()
    ]


def _annotation(row: Row, one: Decision) -> dict[str, Any]:
    """Label Studio knows people by its own accounts, so who answered stands in the note beside the answer."""
    assert one.label is not None
    note = f"{one.reviewer.get_username()}: {one.comment}" if one.comment else one.reviewer.get_username()
    return {
        "ground_truth": False,
        "lead_time": one.seconds_spent,
        "result": [*_mentions(row), {**_choice(f"decision-{one.pk}", one.label.slug), "meta": {"text": [note]}}],
    }


def _choice(name: str, slug: Any) -> dict[str, Any]:
    return {"id": name, "type": "choices", "from_name": "label", "to_name": "text", "value": {"choices": [slug]}}


def _mentions(row: Row) -> list[dict[str, Any]]:
    text = str(row.values["sentence"])
    return [
        {
            "id": end,
            "type": "labels",
            "from_name": "mention",
            "to_name": "text",
            "value": {
                "start": _browser_offset(text, row.values[f"{end}_start"]),
                "end": _browser_offset(text, row.values[f"{end}_end"]),
                "text": row.values[f"{end}_name"],
                "labels": [end],
            },
        }
        for end in ("head", "tail")
    ]


def _browser_offset(text: str, offset: Any) -> int:
    """A place in the text as a browser counts: in UTF-16 units, of which some characters take two."""
    return len(text[:offset].encode("utf-16-le")) // 2
