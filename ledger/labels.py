"""Reading a label that somebody wrote in a file."""

from __future__ import annotations

from collections.abc import Sequence

KEYS = "1234567890nbdehilmopqrtvy"
"""The keys a label may have, those first that are used first; the others do something on every item page."""


class Unlabelled(Exception):
    """A label was expected and the cell is empty."""

    def __init__(self, allowed: Sequence[str]) -> None:
        super().__init__(f"the label is empty where one of {', '.join(allowed)} is wanted")


class UnknownLabel(Exception):
    """A label that the task does not have."""

    def __init__(self, met: str, allowed: Sequence[str]) -> None:
        super().__init__(f"{met} is not one of the task's labels, which are {', '.join(allowed)}")


def read_label(cell: str, allowed: Sequence[str]) -> str:
    """The one of `allowed` (slugs) that the cell names, whatever its case; raises Unlabelled or UnknownLabel."""
    written = cell.strip()
    if not written:
        raise Unlabelled(allowed)
    for slug in allowed:
        if slug.casefold() == written.casefold():
            return slug
    shown = written if written.isprintable() and len(written) <= 60 else ascii(written[:60])
    raise UnknownLabel(f"“{shown}”", allowed)
