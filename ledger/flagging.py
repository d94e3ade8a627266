"""The flag rules: why a prediction needs a person. Pure; parameters come in, explanations go out.

Versions change whenever the same parameters would flag something else than before.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import shake_128
from math import floor
from typing import NamedTuple

from ledger.atc import Expectation

LOTS = 256  # statements that draw their lots for the audit together
VERSIONS = {"low_confidence": 1, "atc_contradiction": 1, "flip": 1, "suspect_gold": 1, "audit": 1}


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Parameters of the rules; confidences are calibrated probabilities, the share is of all statements.

    doubt_by_label: for the labels, by id, that have a threshold of their own instead of `doubt`
    """

    doubt: float  # below it a prediction is doubtful
    sure: float  # at or above it a model may dispute a gold label
    audit_share: float
    atc_tables: tuple[str, ...]
    doubt_by_label: Mapping[int, float] = field(default_factory=dict)

    def of(self, rule: str) -> dict[str, object]:
        """The parameters one rule depends on, as stored with its flags."""
        parameters: dict[str, dict[str, object]] = {
            "low_confidence": {"below": self.doubt, **self._by_label()},
            "atc_contradiction": {"tables": list(self.atc_tables)},
            "flip": {},
            "suspect_gold": {"at_least": self.sure},
            "audit": {"share": self.audit_share},
        }
        return parameters[rule]

    def _by_label(self) -> dict[str, object]:
        return {"below_by_label": sorted(map(list, self.doubt_by_label.items()))} if self.doubt_by_label else {}


class Said(NamedTuple):
    """One prediction with what the rules compare it to."""

    statement_id: int
    label_id: int
    confidence: float
    expectation: Expectation | None
    previous_label_id: int | None
    gold_label_id: int | None


@dataclass(frozen=True, slots=True)
class Beside:
    """What the rules compare predictions to, by statement id; most statements are missing from most of these."""

    expectations: Mapping[int, Expectation]
    previous_label_ids: Mapping[int, int]
    gold_label_ids: Mapping[int, int]


class Raised(NamedTuple):
    """A flag to be written."""

    rule: str
    explanation: str
    atc_rule_id: int | None = None


def in_audit(statement_id: int, share: float) -> bool:
    """Whether a statement belongs to the fixed random slice; the same for every model, now and later."""
    return _lots(statement_id // LOTS)[statement_id % LOTS] < share * 2**32


@lru_cache(maxsize=16)
def _lots(block: int) -> tuple[int, ...]:
    """What the statements of one block of ids drew for the audit, each 0 to 2³² - 1: one hash for all of them."""
    return struct.unpack(f">{LOTS}I", shake_128(f"audit:{block}".encode()).digest(4 * LOTS))


def flags_among(
    answers: Sequence[tuple[int, int, float]], beside: Beside, thresholds: Thresholds, titles: dict[int, str]
) -> Iterator[tuple[int, Raised]]:
    """The flags that answers (statement id, label id, confidence) raise, with their statements, in the answers' order.

    Most answers raise none and most others are merely doubtful, so only those that may be more are put before
    `flags_of`.
    """
    expectations, previous, gold = beside.expectations, beside.previous_label_ids, beside.gold_label_ids
    doubt = max(thresholds.doubt, *thresholds.doubt_by_label.values(), 0.0)
    below = thresholds.audit_share * 2**32
    blocks = {statement_id // LOTS for statement_id, _, _ in answers}
    drawn = {block * LOTS + place for block in blocks for place, lot in enumerate(_lots(block)) if lot < below}
    flipped = {one for one, label_id, _ in answers if previous.get(one, label_id) != label_id} if previous else set()
    looked_at = drawn | flipped | expectations.keys() | gold.keys()
    for statement_id, label_id, confidence in answers:
        if statement_id in looked_at:
            compared = expectations.get(statement_id), previous.get(statement_id), gold.get(statement_id)
            said = Said(statement_id, label_id, confidence, *compared)
            for flag in flags_of(said, thresholds, titles):
                yield statement_id, flag
        elif confidence < doubt and (why := doubt_of(label_id, confidence, thresholds, titles)):
            yield statement_id, Raised("low_confidence", why)


def flags_of(said: Said, thresholds: Thresholds, titles: dict[int, str]) -> Iterator[Raised]:
    """The flags one prediction raises; `titles` names the labels by id."""
    label = titles[said.label_id].lower()
    if why := doubt_of(said.label_id, said.confidence, thresholds, titles):
        yield Raised("low_confidence", why)
    expectation = said.expectation
    if expectation and expectation.label_id is not None and expectation.label_id != said.label_id:
        rule = expectation.rule
        yield Raised(
            "atc_contradiction",
            f"The classes {rule.prefix_a} and {rule.prefix_b} are expected to be "
            f"{titles[expectation.label_id].lower()}; the model says {label}.",
            rule.id,
        )
    if said.previous_label_id is not None and said.previous_label_id != said.label_id:
        yield Raised("flip", f"The model before said {titles[said.previous_label_id].lower()}; this one says {label}.")
    if said.gold_label_id is not None and said.gold_label_id != said.label_id and said.confidence >= thresholds.sure:
        yield Raised(
            "suspect_gold",
            f"The gold label is {titles[said.gold_label_id].lower()}; the model says {label} "
            f"with confidence {_not_rounded_up(said.confidence)}.",
        )
    if in_audit(said.statement_id, thresholds.audit_share):
        yield Raised(
            "audit", f"Drawn at random ({thresholds.audit_share * 100:g} % of all statements), to estimate accuracy."
        )


def doubt_of(label_id: int, confidence: float, thresholds: Thresholds, titles: dict[int, str]) -> str:
    """Why a prediction of this label is doubtful, in a sentence; empty where it is not."""
    own = thresholds.doubt_by_label.get(label_id)
    if confidence >= (thresholds.doubt if own is None else own):
        return ""
    below = f"Confidence {_not_rounded_up(confidence)} is below the"
    if own is None:
        return f"{below} task's threshold of {thresholds.doubt:g}."
    return f"{below} threshold of {own:g} for {titles[label_id].lower()}."


def _not_rounded_up(confidence: float) -> str:
    """Three decimals, cut off: 0.8999 must not read as the 0.9 it is below."""
    return f"{floor(confidence * 1_000) / 1_000:.3f}"
