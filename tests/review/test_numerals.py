from __future__ import annotations

import pytest
from django.utils import translation

from review.numerals import decimals, localised, signed, whole
from review.templatetags import review as figures


@pytest.mark.parametrize(
    ("language", "written"),
    [
        ("en", ["1,234.5", "12,346", "0.500", "−0.021", "+1.0"]),
        ("ro", ["1.234,5", "12.346", "0,500", "−0,021", "+1,0"]),
    ],
)
def test_numbers_take_the_signs_of_the_language(language: str, written: list[str]) -> None:
    with translation.override(language):
        assert [localised("1,234.5"), whole(12_345.6), decimals(0.5, 3), signed(-0.0214, 3), signed(1, 1)] == written


def test_the_filters_of_the_pages_do_too() -> None:
    with translation.override("ro"):
        assert figures.number(1_234_567) == "1.234.567"
        assert figures.number(0.12345) == "0,1235"
        assert figures.share(0.5) == "0,500"
        assert figures.change(-0.5) == "−0,500"
        assert figures.whole_change(-1_234) == "−1.234"
        assert figures.between((0.1, 0.9)) == "0,100 – 0,900"
        assert figures.number("12,5 %") == "12,5 %"
