from __future__ import annotations

import pytest

from review.bands import Confidence, band_of


@pytest.mark.parametrize(
    ("confidence", "word"),
    [(0.0, "unsure"), (0.749, "unsure"), (0.75, "likely"), (0.949, "likely"), (0.95, "sure"), (1.0, "sure")],
)
def test_bands_begin_where_they_say(confidence: float, word: str) -> None:
    assert band_of(confidence) == word


def test_a_bar_is_as_long_as_the_confidence_is_high() -> None:
    assert [Confidence(value).percent for value in (0.0, 0.126, 1.0)] == [0, 13, 100]
