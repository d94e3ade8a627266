from __future__ import annotations

import pytest

from review.marking import pieces

TEXT = "Insulin glargine beside Aspirin"


@pytest.mark.parametrize(
    ("head", "tail"),
    [((0, 16), (24, 31)), ((24, 31), (0, 16)), ((0, 7), (0, 16)), ((0, 16), (8, 16)), ((0, 16), (0, 16))],
)
def test_the_pieces_are_the_sentence_again(head: tuple[int, int], tail: tuple[int, int]) -> None:
    cut = pieces(TEXT, head, tail)
    assert "".join(piece.text for piece in cut) == TEXT
    assert "".join(piece.text for piece in cut if piece.is_head) == TEXT[slice(*head)]
    assert "".join(piece.text for piece in cut if piece.is_tail) == TEXT[slice(*tail)]


def test_other_mentions_are_told_apart_from_the_two_and_never_hide_them() -> None:
    text = "Aspirin and Ibuprofen with Insulin glargine"
    cut = pieces(text, (0, 7), (27, 43), [(12, 21, "drug"), (27, 34, "group")])
    assert "".join(piece.text for piece in cut) == text
    assert [(piece.text, piece.other) for piece in cut if piece.other] == [("Ibuprofen", "drug")]
    assert "".join(piece.text for piece in cut if piece.is_tail) == "Insulin glargine"


def test_a_mention_is_closed_once_where_it_ends() -> None:
    inside = pieces(TEXT, (0, 7), (0, 16))
    assert [(piece.text, piece.is_head, piece.is_tail) for piece in inside] == [
        ("Insulin", True, True),
        (" glargine", False, True),
        (" beside Aspirin", False, False),
    ]
    assert [piece.closes_head for piece in inside] == [True, False, False]
    assert [piece.closes_tail for piece in inside] == [False, True, False]
