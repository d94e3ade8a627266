from __future__ import annotations

import pytest

from review.marking import Piece, in_a_line, pieces

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


def said(sentence: list[Piece]) -> str:
    return "".join(piece.text for piece in sentence)


def test_a_line_begins_near_the_pair_and_leaves_out_the_middle() -> None:
    text = f"{'long ago ' * 20}aspirin {'was taken and then ' * 10}beside warfarin and more of it."
    head = (text.index("aspirin"), text.index("aspirin") + 7)
    tail = (text.index("warfarin"), text.index("warfarin") + 8)
    others = [(5, 8, "drug"), (text.index("taken"), text.index("taken") + 5, "drug")]
    line = in_a_line(pieces(text, head, tail, others))
    assert said(line) == (
        "… ago long ago long ago aspirin was taken and then was taken "
        "… then was taken and then beside warfarin and more of it."
    )
    assert [piece.text for piece in line if piece.is_mention] == ["aspirin", "warfarin"]
    assert [piece.text for piece in line if piece.other] == ["taken"]


@pytest.mark.parametrize(("head", "tail"), [((0, 16), (24, 31)), ((24, 31), (0, 16)), ((0, 7), (0, 16))])
def test_a_short_sentence_is_a_line_as_it_is(head: tuple[int, int], tail: tuple[int, int]) -> None:
    assert in_a_line(pieces(TEXT, head, tail)) == pieces(TEXT, head, tail)


def test_mentions_that_share_a_word_keep_it_where_the_start_is_cut() -> None:
    text = "word " * 30 + TEXT
    line = in_a_line(pieces(text, (150, 157), (150, 166)))
    assert said(line) == f"… word word word word {TEXT}"
