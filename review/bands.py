"""Words for a calibrated confidence."""

from __future__ import annotations

from typing import Literal

Band = Literal["unsure", "likely", "sure"]
LIKELY_FROM = 0.75
SURE_FROM = 0.95


def band_of(confidence: float) -> Band:
    """The word people read beside a confidence, 0 to 1."""
    if confidence >= SURE_FROM:
        return "sure"
    return "likely" if confidence >= LIKELY_FROM else "unsure"
