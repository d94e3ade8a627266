"""The practice item of a first visit: a sentence to try the keys on, which no page saves."""

from __future__ import annotations

from review.marking import Piece, pieces

HEAD, TAIL = "Rivaroxaban", "Warfarin"
SENTENCE = f"{HEAD} may increase the anticoagulant activities of {TAIL}."
STEPS = 5


def practice_sentence() -> list[Piece]:
    """The sentence with its two mentions marked."""
    head_start, tail_start = SENTENCE.index(HEAD), SENTENCE.index(TAIL)
    return pieces(SENTENCE, (head_start, head_start + len(HEAD)), (tail_start, tail_start + len(TAIL)))
