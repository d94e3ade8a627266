from __future__ import annotations

import pytest

from review.bands import band_of


@pytest.mark.parametrize(
    ("confidence", "word"),
    [(0.0, "unsure"), (0.749, "unsure"), (0.75, "likely"), (0.949, "likely"), (0.95, "sure"), (1.0, "sure")],
)
def test_bands_begin_where_they_say(confidence: float, word: str) -> None:
    assert band_of(confidence) == word
