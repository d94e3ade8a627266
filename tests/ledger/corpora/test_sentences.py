"""Where sentences end, above all where a splitter made for prose gets abstracts wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from ledger.corpora.documents import Document, Mention, Place
from ledger.corpora.sentences import sentences_of
from ledger.patterns import Span

PLACE = Place(Path("f"), 1)


def split(text: str, *, title_end: int | None = None, mentions: tuple[tuple[int, int], ...] = ()) -> list[str]:
    marked = tuple(
        Mention(f"T{number}", "gene", "GENE", (Span(*place),), PLACE) for number, place in enumerate(mentions)
    )
    document = Document("1", text, marked, (), PLACE, title_end=title_end)
    return [text[one.start : one.end] for one in sentences_of(document)]


@pytest.mark.parametrize(
    "text",
    [
        "Theophylline, in vitro and in vivo. inhibits the enzyme of the gut.",
        "The enzyme turned over quinine with a Vmax. of 12 nmol per minute.",
        "The rise was prevented by i.c.v. injected naloxone in all of the rats.",
        "The parasite Enc. cuniculi takes up spermine by a carrier of its own.",
        "Staurosporine (1 ng per mouse, i.c.v.), which blocks kinases, did nothing.",
        "Inhibitors of the kinase (J. Own. Chem., 2012, 7, 1-9) were made and tested.",
    ],
)
def test_what_goes_on_is_not_split(text: str) -> None:
    assert split(text) == [text]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Celecoxib was given to women with breast cancer.", "Taken together, the drug did no harm."),
        ("The infusion lasted for 60 min.", "Nitric oxide was then measured again."),
        ("It fell in vivo.", "Clonidine caused the same fall."),
        ("Levels of the transcript rose.", "p53 was not needed for this."),
        ("Bleeding was not seen.", "β-Blockers were given to all of them."),
        ("It was sodium-independent.", "para-Aminohippurate was taken up."),
        ("Rats (n = 8) were used.", "Mice (n = 9) were used too."),
    ],
)
def test_what_ends_is_split(first: str, second: str) -> None:
    assert split(f"{first} {second}") == [first, second]


def test_a_title_is_a_sentence_of_its_own_whatever_it_ends_with() -> None:
    title = "Aspirin and platelets"
    assert split(f"{title} in men were studied. They clump.", title_end=len(title)) == [
        title,
        "in men were studied.",
        "They clump.",
    ]


def test_no_boundary_inside_a_mention() -> None:
    text = "The variants were SUR1. Two and its kin. They differ."
    assert split(text) == ["The variants were SUR1.", "Two and its kin.", "They differ."]
    assert split(text, mentions=((18, 27),)) == ["The variants were SUR1. Two and its kin.", "They differ."]
    assert split(text, mentions=((18, 23), (24, 27)))[0] == "The variants were SUR1."


def test_the_corpus_s_own_sentences_are_kept_without_outer_blanks() -> None:
    text = "One. two  three "
    document = Document("1", text, (), (), PLACE, sentences=(Span(0, 9), Span(9, 16), Span(16, 16)))
    assert [text[one.start : one.end] for one in sentences_of(document)] == ["One. two", "three"]


def test_every_character_but_blanks_stays() -> None:
    text = "  A b. C d?  E (f. G) h. "
    assert "".join("".join(split(text)).split()) == "".join(text.split())
    assert split("   ") == []
