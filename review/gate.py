"""Advice on a promotion, with a reason for every class: never worse on any class by more than a margin. Pure.

It advises; a person promotes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from review.drawn import Figure
from review.numerals import decimals, signed
from review.versus import Beside, OfClass
from review.wording import worded

MARGIN = 0.02
"""The fall of a class's F1 that is let pass: two in a hundred, about what a new seed moves a class of a few hundred."""

LEAST = round(1 / MARGIN)
"""Statements of a class below which one single answer moves its recall by more than the margin."""


class Verdict(StrEnum):
    PROMOTE = "promote"
    DO_NOT = "do_not"
    CANNOT_TELL = "cannot_tell"


@dataclass(frozen=True, slots=True)
class Part:
    """A set of statements both models were held against; `trouble` says in a sentence why they could not be."""

    name: str
    found: Beside | None
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class Reason:
    """What one class on one part says; `label` is empty where it is about several, or about the whole part."""

    part: str
    label: str
    verdict: Verdict
    sentence: str


@dataclass(frozen=True, slots=True)
class Advice:
    """The verdict over all reasons: one class that falls is enough against, one that cannot be told leaves it open."""

    verdict: Verdict
    sentence: str
    reasons: list[Reason]


def advise(parts: Sequence[Part]) -> Advice:
    """Hold every class of every part against the margin, and all relations together where pairs may be unrelated."""
    reasons = [reason for part in parts for reason in _reasons(part)]
    met = {reason.verdict for reason in reasons}
    if Verdict.DO_NOT in met:
        return Advice(Verdict.DO_NOT, _("Do not promote it: a class gets worse by more than the margin."), reasons)
    if Verdict.CANNOT_TELL in met or not reasons:
        return Advice(Verdict.CANNOT_TELL, _("It cannot be told yet whether a class gets worse."), reasons)
    return Advice(Verdict.PROMOTE, _("Promote it: no class gets worse by more than the margin."), reasons)


def _reasons(part: Part) -> list[Reason]:
    if part.found is None:
        return [Reason(part.name, "", Verdict.CANNOT_TELL, part.trouble)]
    classes, micro = part.found.classes, part.found.micro_f1
    each = [_reason(part.name, one.label, one.n, one.f1) for one in classes]
    if micro is None:
        return each
    n = sum(one.n for one in classes)
    together = _reason(part.name, "", n, micro)
    few = [one for one, reason in zip(classes, each, strict=True) if reason.verdict == Verdict.CANNOT_TELL]
    if len(few) < 2:
        return [together, *each]
    told = [reason for reason in each if reason.verdict != Verdict.CANNOT_TELL]
    return [together, *told] if n < LEAST else [together, *told, _too_few(part.name, few)]


def _too_few(part: str, types: Sequence[OfClass]) -> Reason:
    """The relation types that cannot be told, in one line: of many types most are rare where few were audited."""
    named = ", ".join(f"{worded(one.label)} {one.n}" for one in types)
    sentence = _("%(types)s: of fewer than %(least)s statements one answer weighs more than the margin.")
    return Reason(part, "", Verdict.CANNOT_TELL, sentence % {"types": named, "least": LEAST})


def _reason(part: str, label: str, n: int, f1: Figure) -> Reason:
    """What the F1 of a class says that `n` statements carry; without a label, that of all relations together."""
    this, other, difference = f1.this, f1.other, f1.difference
    interval = f1.difference_interval
    if this is None or other is None or difference is None:
        return Reason(part, label, Verdict.CANNOT_TELL, _("It was not measured."))
    one_class = _("F1 %(this)s, before %(other)s (%(difference)s)")
    all_relations = _("micro-F1 of relations %(this)s, before %(other)s (%(difference)s)")
    told = (one_class if label else all_relations) % {
        "this": decimals(this, 3),
        "other": decimals(other, 3),
        "difference": signed(difference, 3),
    }
    if interval is not None and interval[1] < -MARGIN:
        sentence = _("%(told)s: worse by more than the margin of %(margin)s, and not by chance alone.")
        return Reason(part, label, Verdict.DO_NOT, sentence % {"told": told, "margin": decimals(MARGIN, 2)})
    if n < LEAST:
        sentence = ngettext(
            "%(told)s on %(n)s statement: with fewer than %(least)s, one answer weighs more than the margin.",
            "%(told)s on %(n)s statements: with fewer than %(least)s, one answer weighs more than the margin.",
            n,
        )
        values = {"told": told, "n": n, "least": LEAST}
        return Reason(part, label, Verdict.CANNOT_TELL, sentence % values)
    if difference < -MARGIN:
        sentence = _("%(told)s: worse by more than the margin of %(margin)s.")
        return Reason(part, label, Verdict.DO_NOT, sentence % {"told": told, "margin": decimals(MARGIN, 2)})
    sentence = _("%(told)s: not worse by more than the margin of %(margin)s.")
    return Reason(part, label, Verdict.PROMOTE, sentence % {"told": told, "margin": decimals(MARGIN, 2)})
