"""From the figures of parts of the examples to rows, and what parts and units are called."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, ngettext

from review.findings.rows import Slice, SliceTable
from review.numerals import whole
from review.wording import worded

SLICES: dict[str, str | Promise] = {
    "pattern_seen_in_training": gettext_lazy("Patterns seen in training, and never seen"),
    "length": gettext_lazy("Length of the sentence"),
    "gold_source": gettext_lazy("Where the gold label comes from"),
    "corpus": gettext_lazy("Corpus"),
    "atc_group": gettext_lazy("ATC main group of either drug"),
    "atc_pair": gettext_lazy("ATC main groups of the pair"),
    "pattern": gettext_lazy("Pattern"),
}


def slices_of(by_kind: Mapping[str, list[Mapping[str, Any]]]) -> list[SliceTable]:
    """A table for each kind of parts that was kept, in a fixed order."""
    return [
        SliceTable(kind, str(title), [_slice(row) for row in by_kind[kind]])
        for kind, title in SLICES.items()
        if by_kind.get(kind)
    ]


def _slice(row: Mapping[str, Any]) -> Slice:
    return Slice(_named(row), row["n"], row["accuracy"], (row["interval"][0], row["interval"][1]), row["macro_f1"])


def _named(row: Mapping[str, Any]) -> str:
    """What a part is called; several small ones together by how many they are."""
    if row["name"]:
        return worded(row["name"])
    if "small" in row:
        n = row["small"]
        told = ngettext("%(n)s with fewer than 5 statements each", "%(n)s with fewer than 5 statements each", n)
    else:
        n = row["others"]
        told = ngettext("%(n)s smaller one", "%(n)s smaller ones", n)
    return told % {"n": whole(n)}


def units_of(kind: str, n: int) -> str:
    """What was resampled, counted."""
    told = {
        "drug": ngettext("%(n)s drug", "%(n)s drugs", n),
        "document": ngettext("%(n)s document", "%(n)s documents", n),
        "statement": ngettext("%(n)s statement", "%(n)s statements", n),
    }
    return told.get(kind, f"%(n)s {kind}") % {"n": whole(n)}
