"""How commands speak: one line per fact or one JSON object, and progress where somebody watches."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from django.core.management.base import OutputWrapper


def print_facts(out: OutputWrapper, facts: Sequence[str], as_dict: dict[str, Any], *, as_json: bool) -> None:
    """The facts a line each, or `as_dict` as one JSON object on one line."""
    if as_json:
        out.write(json.dumps(as_dict, ensure_ascii=False))
        return
    for fact in facts:
        out.write(fact)


class Progress:
    """One line that is written over as work goes on; silent unless the stream is a terminal."""

    def __init__(self, stream: OutputWrapper, name: str) -> None:
        self._stream = stream
        self._name = name
        self._width = 0
        self._shows = stream.isatty()

    def __call__(self, stage: str, n_done: int, n_total: int | None) -> None:
        if not self._shows:
            return
        of_all = f" of {n_total:,} ({n_done / n_total:.0%})" if n_total else ""
        self._rewrite(f"{self._name}: {stage}, {n_done:,}{of_all}")

    def clear(self) -> None:
        """Take the line away, so that what is written next starts clean."""
        if self._shows and self._width:
            self._rewrite("")

    def _rewrite(self, line: str) -> None:
        self._stream.write(f"\r{line:<{self._width}}\r{line}", ending="")
        self._stream.flush()
        self._width = len(line)
