"""Sentences of the project's own, in which pharmacology says what is meant: taught beside labelled statements.

A seed corpus has few wordings, and a model that only met those knows nothing of others. `effects.csv` lists effects of
drugs as intended or harmful, `parameters.csv` what kinetics measures, `frames.csv` ways to say that one drug changes
them, each with the label it gives by the definitions of the polarity task: more of an intended effect is synergistic;
less of it, or more of a harmful one, is antagonistic; a changed concentration alone is not determinable. Less of a
harmful effect is none of the three and has no frame. All of it was written from general pharmacology for this project.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

FOLDER = Path(__file__).parent
FILES = ("effects.csv", "parameters.csv", "frames.csv")
HELD_OUT_SHARE = 0.1
"""Share of the concepts whose sentences validate instead of teach."""

TOO_ALIKE = 0.7
"""Share of common words from which two sentences are one wording."""

STEM = 7
_ORDINARY = """
    with that than from when used drug combined activity activities effect effects control relief risk severity inducing
    reduction lowering prevention increase increased decrease decreased
"""


@dataclass(frozen=True, slots=True)
class CuratedSentence:
    """A sentence as a pattern (⟨1⟩ and ⟨2⟩ for the drugs), its label's slug, and what it is about ("" if nothing)."""

    pattern: str
    label: str
    concept: str


def sentences(*, share: float = 1.0, unlike: Collection[str] = ()) -> list[CuratedSentence]:
    """The curated sentences in file order, or about this share of those with a concept, chosen by hash.

    Those too like one of the patterns `unlike` are left out: about a concept that it names, or with seven of ten
    words in common. So a test over wordings tests wordings that these did not teach either.
    """
    others = [(_stems(pattern), _words(pattern)) for pattern in unlike]
    return [
        one
        for one in _composed()
        if (not one.concept or _draw(one.pattern) < share) and not any(_is_like(one, *other) for other in others)
    ]


def is_held_out(sentence: CuratedSentence) -> bool:
    """Whether the sentence's concept is one of the tenth that validates."""
    return bool(sentence.concept) and _draw(sentence.concept) < HELD_OUT_SHARE


def version() -> str:
    """The SHA-256 over the three files, for the record of what a model was taught."""
    return sha256(b"".join((FOLDER / name).read_bytes() for name in FILES)).hexdigest()


def _composed() -> Iterator[CuratedSentence]:
    effects, parameters, frames = (_rows(name) for name in FILES)
    for frame in frames:
        text = frame["text"].replace("{1}", "⟨1⟩").replace("{2}", "⟨2⟩")
        if frame["slot"] == "none":
            yield CuratedSentence(text, frame["label"], "")
        elif frame["slot"] == "parameter":
            for parameter in parameters:
                for way in ("stronger", "weaker"):
                    if frame["kind"] in (way, "any"):
                        filled = text.format(parameter=parameter["parameter"], change=parameter[way])
                        yield CuratedSentence(filled, frame["label"], parameter["parameter"])
        else:
            for effect in effects:
                if effect["kind"] == frame["kind"]:
                    concept = f"{effect['effect']}: {effect['noun']}"
                    yield CuratedSentence(text.format_map(effect), frame["label"], concept)


def _rows(name: str) -> Sequence[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _is_like(sentence: CuratedSentence, stems: frozenset[str], words: frozenset[str]) -> bool:
    own = _words(sentence.pattern)
    return bool(_stems(sentence.concept) & stems) or len(own & words) / len(own | words) >= TOO_ALIKE


def _words(text: str) -> frozenset[str]:
    """The words by their first letters, so that one activity and several are one word."""
    return frozenset(word[:STEM] for word in re.findall(r"\w+", text.lower()))


def _stems(text: str) -> frozenset[str]:
    """The first letters of the telling words, so that increased bleeding and to bleed are about one thing."""
    return frozenset(word[:STEM] for word in re.findall(r"[a-z]{4,}", text.lower()) if word not in _ORDINARY.split())


def _draw(text: str) -> float:
    """A number from 0 to 1 that the text alone decides."""
    return int.from_bytes(sha256(text.encode()).digest()[:8], "big") / 2**64
