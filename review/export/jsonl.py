"""Gold labels as JSON Lines: every text exactly as it is, and each decision by itself."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from ledger.models import Decision
from review.export.rows import Row, Value, batches
from review.filters import Selection


def json_lines(selection: Selection) -> Iterator[bytes]:
    """The file in UTF-8, one object a line: the columns by name, and `decisions`."""
    for batch in batches(selection):
        yield "".join(json.dumps(_object(row), ensure_ascii=False) + "\n" for row in batch).encode()


def _object(row: Row) -> dict[str, Any]:
    return {
        **{name: plain(value) for name, value in row.values.items()},
        "decisions": [_decision(one) for one in row.decisions],
    }


def plain(value: Value) -> Any:
    """A value as JSON holds it; moments are ISO 8601 in UTC."""
    return value.isoformat() if isinstance(value, datetime) else value


def _decision(one: Decision) -> dict[str, Any]:
    seen = one.prediction_seen
    return {
        "id": one.pk,
        "kind": one.kind,
        "reviewer": one.reviewer.get_username(),
        "label": one.label.slug if one.label else None,
        "comment": one.comment,
        "decided_at": one.decided_at.astimezone(UTC).isoformat(),
        "seconds_spent": one.seconds_spent,
        "model_version_seen": seen.model_version.number if seen else None,
        "model_label": seen.label.slug if seen else None,
        "model_confidence": seen.confidence if seen else None,
    }
