from __future__ import annotations

import pytest

from review.templatetags.review import change, duration, number, share, short


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(None, "–"), (0.4, "0 s"), (59.4, "59 s"), (60, "1 min 0 s"), (3599, "59 min 59 s"), (7500, "2 h 5 min")],
)
def test_durations_are_said_as_people_say_them(seconds: float | None, words: str) -> None:
    assert duration(seconds) == words


def test_figures_are_written_alike_everywhere() -> None:
    assert [number(value) for value in (1234567, 137.25, 0.00012346, True, "text")] == [
        "1,234,567",
        "137.2",
        "0.0001235",
        "True",
        "text",
    ]
    assert [share(value) for value in (0.9, None, "")] == ["0.900", "–", "–"]
    assert [change(value) for value in (0.02, -0.5, None)] == ["+0.020", "−0.500", "–"]
    assert short("abcdef0123456789") == "abcdef012345"
