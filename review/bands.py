"""Words for a calibrated confidence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Band = Literal["unsure", "likely", "sure"]
LIKELY_FROM = 0.75
SURE_FROM = 0.95


def band_of(confidence: float) -> Band:
    """The word people read beside a confidence, 0 to 1."""
    if confidence >= SURE_FROM:
        return "sure"
    return "likely" if confidence >= LIKELY_FROM else "unsure"


@dataclass(frozen=True, slots=True)
class Confidence:
    """A confidence, 0 to 1, as the pages show it: a number, a short bar and a word."""

    value: float

    @property
    def band(self) -> Band:
        return band_of(self.value)

    @property
    def percent(self) -> int:
        """The length of its bar."""
        return round(100 * self.value)
