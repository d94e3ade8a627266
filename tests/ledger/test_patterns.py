from __future__ import annotations

from contextlib import suppress
from time import perf_counter

import pytest

from ledger.patterns import MentionNotFound, Span, find_mentions, fold, pattern_of


def mentions(text: str, head: str | list[str], tail: str | list[str]) -> tuple[str, str]:
    """The mentions found, each shown as «…» in the text."""
    names = [[name] if isinstance(name, str) else name for name in (head, tail)]
    spans = find_mentions(text, *names)
    assert not spans[0].overlaps(spans[1])
    return tuple(f"{text[: span.start]}«{text[span.start : span.end]}»{text[span.end :]}" for span in spans)  # type: ignore[return-value]


def pattern(text: str, head: str, tail: str) -> str:
    return pattern_of(text, *find_mentions(text, [head], [tail]))


@pytest.mark.parametrize(
    ("text", "head", "tail", "expected"),
    [
        ("Warfarin thins Heparin.", "Warfarin", "Heparin", ("«Warfarin» thins Heparin.", "Warfarin thins «Heparin».")),
        ("Heparin, then Warfarin", "Warfarin", "Heparin", ("Heparin, then «Warfarin»", "«Heparin», then Warfarin")),
        (
            "Insulin glargine beside Insulin",
            "Insulin",
            "Insulin glargine",
            ("Insulin glargine beside «Insulin»", "«Insulin glargine» beside Insulin"),
        ),
        (
            "Insulin beside Insulin glargine",
            "Insulin glargine",
            "Insulin",
            ("Insulin beside «Insulin glargine»", "«Insulin» beside Insulin glargine"),
        ),
        (
            "Esters such as Estradiol valerate and Estradiol valerate raise Estradiol",
            "Estradiol",
            "Estradiol valerate",
            (
                "Esters such as Estradiol valerate and Estradiol valerate raise «Estradiol»",
                "Esters such as «Estradiol valerate» and Estradiol valerate raise Estradiol",
            ),
        ),
        # A name within a word is no mention.
        (
            "Diamorphine, Morphine",
            "Morphine",
            "Diamorphine",
            ("Diamorphine, «Morphine»", "«Diamorphine», Morphine"),
        ),
        (
            "Vitamin B12 and Vitamin B1",
            "Vitamin B1",
            "Vitamin B12",
            ("Vitamin B12 and «Vitamin B1»", "«Vitamin B12» and Vitamin B1"),
        ),
        # Names that begin or end with punctuation need no word boundary there.
        (
            "(1S,2R)-X with Y (human).",
            "(1S,2R)-X",
            "Y (human)",
            ("«(1S,2R)-X» with Y (human).", "(1S,2R)-X with «Y (human)»."),
        ),
        ("Give 4-(1S,2R)-X/Y.", "(1S,2R)-X", "Y", ("Give 4-«(1S,2R)-X»/Y.", "Give 4-(1S,2R)-X/«Y».")),
        ("A+B* meets [C].", "A+B*", "[C]", ("«A+B*» meets [C].", "A+B* meets «[C]».")),
        # Two drugs that share a surface form: head first, tail second.
        ("Gold with Gold", "Gold", "Gold", ("«Gold» with Gold", "Gold with «Gold»")),
        # Overlapping rather than nested: whichever leaves room for the other.
        ("A B C, later A B", "A B", "B C", ("A B C, later «A B»", "A «B C», later A B")),
        # Another case is taken only where the name as written is not there.
        (
            "warfarin or Warfarin with heparin",
            "Warfarin",
            "Heparin",
            ("warfarin or «Warfarin» with heparin", "warfarin or Warfarin with «heparin»"),
        ),
        # Lower case that changes the length must not shift the spans.
        ("İİİ WARFARIN with ΣΑΣ", "warfarin", "σας", ("İİİ «WARFARIN» with ΣΑΣ", "İİİ WARFARIN with «ΣΑΣ»")),
        # A combining accent belongs to its letter.
        (
            "Cafe\u0301 or Cafe with Tea",
            "Cafe",
            "Tea",
            ("Cafe\u0301 or «Cafe» with Tea", "Cafe\u0301 or Cafe with «Tea»"),
        ),
    ],
)
def test_mentions(text: str, head: str, tail: str, expected: tuple[str, str]) -> None:
    assert mentions(text, head, tail) == expected


def test_names_are_tried_in_order() -> None:
    text = "Aspirin, that is acetylsalicylic acid, with Coumadin"
    assert mentions(text, ["Acetylsalicylic acid", "Aspirin"], ["Warfarin", "Coumadin"]) == (
        "Aspirin, that is «acetylsalicylic acid», with Coumadin",
        "Aspirin, that is acetylsalicylic acid, with «Coumadin»",
    )


def test_synonym_makes_room_when_the_first_name_lies_within_the_other() -> None:
    assert mentions("Gabapentin enacarbil with Neurontin", ["Gabapentin", "Neurontin"], "Gabapentin enacarbil") == (
        "Gabapentin enacarbil with «Neurontin»",
        "«Gabapentin enacarbil» with Neurontin",
    )


@pytest.mark.parametrize(
    ("text", "which"),
    [
        ("Nothing of the kind", "head"),
        ("Insulin alone", "tail"),
        ("Insulin glargine alone", "head"),
        ("Dihydroinsulin with Insulin glargine", "head"),
        ("", "head"),
    ],
)
def test_absent_mention_is_refused_by_name(text: str, which: str) -> None:
    with pytest.raises(MentionNotFound) as refused:
        find_mentions(text, ["Insulin", "Novolin"], ["Insulin glargine"])
    assert refused.value.which == which
    assert ("Insulin nor any of its 1 other names" if which == "head" else "Insulin glargine") in str(refused.value)


def test_the_shorter_name_is_the_missing_one_when_both_are_the_same_place() -> None:
    with pytest.raises(MentionNotFound) as refused:
        find_mentions("Insulin glargine alone", ["Insulin glargine"], ["Insulin"])
    assert refused.value.which == "tail"


def test_blank_and_absent_names_are_no_mentions() -> None:
    with pytest.raises(MentionNotFound, match="an entity without a name"):
        find_mentions("Warfarin", [], ["Warfarin"])
    with pytest.raises(MentionNotFound):
        find_mentions("Warfarin and  Heparin", [" ", ""], ["Warfarin"])


def test_pattern_masks_every_occurrence_longest_first() -> None:
    text = "Insulin glargine and Insulin: Insulin glargine outlasts Insulin, not Insulins."
    assert pattern(text, "Insulin", "Insulin glargine") == "⟨2⟩ and ⟨1⟩: ⟨2⟩ outlasts ⟨1⟩, not Insulins."
    assert pattern(text, "Insulin glargine", "Insulin") == "⟨1⟩ and ⟨2⟩: ⟨1⟩ outlasts ⟨2⟩, not Insulins."


def test_pattern_always_masks_the_marked_spans() -> None:
    assert pattern_of("antiTNF with TNF", Span(4, 7), Span(13, 16)) == "anti⟨1⟩ with ⟨2⟩"
    assert pattern_of("Gold with Gold and Gold", Span(10, 14), Span(0, 4)) == "⟨2⟩ with ⟨1⟩ and ⟨1⟩"


def test_patterns_of_the_same_wording_are_equal() -> None:
    wording = "The level of the active metabolites of {1} can be reduced when {1} is used with {0}."
    patterns = {
        pattern(wording.format(*pair), *pair)
        for pair in [("Indinavir", "Ifosfamide"), ("Estrone sulfate", "Estrone"), ("(R)-X", "Y (human)")]
    }
    assert patterns == {wording.format("⟨1⟩", "⟨2⟩")}


@pytest.mark.parametrize(
    ("text", "head", "tail"),
    [
        ("a" * 100_000, "a" * 300, "b"),
        ("a " * 50_000, "a", "a a"),
        ("((a+)+)$ " * 11_000, "((a+)+)$", "(a+)"),
        ("aaaa-" * 20_000, "aaaa-aaaa", "Aaaa-"),
        ("İ" * 100_000 + " ab cd", "AB", "CD"),
    ],
    ids=["one long word", "nested everywhere", "pattern-like", "self-overlapping", "growing lower case"],
)
def test_hostile_text_takes_no_long_time(text: str, head: str, tail: str) -> None:
    started = perf_counter()
    with suppress(MentionNotFound):
        pattern_of(text, *find_mentions(text, [head], [tail]))
    assert perf_counter() - started < 5


def test_fold_ignores_case_and_blanks() -> None:
    assert fold("  Valproic\tACID ") == fold("valproic acid")
    assert fold("Straße") == fold("STRASSE")
