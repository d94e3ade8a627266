"""Sentences of the record and of errors, in the reader's language.

The ledger keeps what it was told, and an error is raised where nobody knows who will read it, so both are English:
an error's docstring, a flag's explanation, a run's stage, the rows of the task a site starts with. They are translated
here, where they are shown. `review.sentences` marks each for the catalogue; one with values, such as "Confidence 0.63
is below the task's threshold of 0.9.", is recognised by its pattern and said again with the same values. What is not
in that list, such as the title of a label that a site added, is left as it was written.
"""

from __future__ import annotations

import re
from functools import cache

from django.utils.translation import get_language, gettext

from review.numerals import localised
from review.sentences import KEPT_IN_ENGLISH

VALUE = re.compile(r"%\((\w+)\)s")
NAME, ANYTHING = r"\S+", r".+?"  # people sign in with names of one word
SPOKEN = frozenset({"said", "before", "expected", "gold", "asks"})  # values that are themselves words of the list
NUMBERS = frozenset({"confidence", "other_confidence", "threshold", "share", "n"})
WHOLE = frozenset(one for one in KEPT_IN_ENGLISH if not VALUE.search(one))


def worded(said: object) -> str:
    """What the ledger or an error says, in the active language; anything unknown as it is."""
    written = str(said)
    if not written or (get_language() or "en").startswith("en"):
        return written
    if written in WHOLE:
        return gettext(written)
    for sentence, pattern in _patterns():
        if found := pattern.fullmatch(written):
            return gettext(sentence) % {name: _value(name, value) for name, value in found.groupdict().items()}
    return written


def _value(name: str, value: str) -> str:
    if name in ("roles", "had"):
        return ", ".join(map(worded, value.split(", ")))
    if name in SPOKEN:
        return worded(value)
    return localised(value) if name in NUMBERS else value


@cache
def _patterns() -> list[tuple[str, re.Pattern[str]]]:
    """Each sentence with values, and the expression that finds these in it."""
    return [(one, re.compile(_expression(one), re.DOTALL)) for one in KEPT_IN_ENGLISH if one not in WHOLE]


def _expression(sentence: str) -> str:
    words = VALUE.split(sentence)  # text, name, text, name, …, text
    return "".join(
        f"(?P<{part}>{NAME if part == 'name' else ANYTHING})" if place % 2 else re.escape(part.replace("%%", "%"))
        for place, part in enumerate(words)
    )
