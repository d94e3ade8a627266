"""The flag rules: why a prediction needs a person. Pure; parameters come in, explanations go out.

Versions change whenever the same parameters would flag something else than before.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from math import floor

from ledger.atc import Expectation

VERSIONS = {"low_confidence": 1, "atc_contradiction": 1, "flip": 1, "suspect_gold": 1, "audit": 1}


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Parameters of the rules; confidences are calibrated probabilities, the share is of all statements."""

    doubt: float  # below it a prediction is doubtful
    sure: float  # at or above it a model may dispute a gold label
    audit_share: float
    atc_tables: tuple[str, ...]

    def of(self, rule: str) -> dict[str, object]:
        """The parameters one rule depends on, as stored with its flags."""
        parameters: dict[str, dict[str, object]] = {
            "low_confidence": {"below": self.doubt},
            "atc_contradiction": {"tables": list(self.atc_tables)},
            "flip": {},
            "suspect_gold": {"at_least": self.sure},
            "audit": {"share": self.audit_share},
        }
        return parameters[rule]


@dataclass(frozen=True, slots=True)
class Said:
    """One prediction with what the rules compare it to."""

    statement_id: int
    label_id: int
    confidence: float
    expectation: Expectation | None
    previous_label_id: int | None
    gold_label_id: int | None


@dataclass(frozen=True, slots=True)
class Raised:
    """A flag to be written."""

    rule: str
    explanation: str
    atc_rule_id: int | None = None


def in_audit(statement_id: int, share: float) -> bool:
    """Whether a statement belongs to the fixed random slice; the same for every model, now and later."""
    return int.from_bytes(sha256(f"audit:{statement_id}".encode()).digest()[:8], "big") < share * 2**64


def flags_of(said: Said, thresholds: Thresholds, titles: dict[int, str]) -> Iterator[Raised]:
    """The flags one prediction raises; `titles` names the labels by id."""
    label = titles[said.label_id].lower()
    if said.confidence < thresholds.doubt:
        yield Raised(
            "low_confidence",
            f"Confidence {_not_rounded_up(said.confidence)} is below the task's threshold of {thresholds.doubt:g}.",
        )
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


def _not_rounded_up(confidence: float) -> str:
    """Three decimals, cut off: 0.8999 must not read as the 0.9 it is below."""
    return f"{floor(confidence * 1_000) / 1_000:.3f}"
