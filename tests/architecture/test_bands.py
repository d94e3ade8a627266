"""What pages call "sure" is what the metrics of a model call "sure"."""

from __future__ import annotations

import pytest

from modeling.calibration import BANDS
from review.bands import band_of


@pytest.mark.parametrize(("word", "low", "high"), BANDS)
def test_pages_and_metrics_draw_the_bands_alike(word: str, low: float, high: float) -> None:
    assert band_of(low) == word
    assert band_of((low + high) / 2) == word
    assert (band_of(high) == word) == (high == 1.0)
