"""The project's own sentences: well formed, labelled by the definitions, and kept away from tested wordings."""

from __future__ import annotations

import csv
from collections import Counter

import pytest

from modeling.curated import FOLDER, is_held_out, sentences, version

LABELS = {"synergistic", "antagonistic", "undetermined"}


def rows(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_every_sentence_names_both_drugs_and_is_whole() -> None:
    made = sentences()
    assert len(made) == len({one.pattern for one in made})
    for one in made:
        assert "⟨1⟩" in one.pattern
        assert "⟨2⟩" in one.pattern
        assert not set("{}") & set(one.pattern)
        assert one.pattern.endswith(".")
        assert one.label in LABELS


def test_an_effect_is_intended_or_harmful_and_never_both() -> None:
    kinds = {row["kind"] for row in rows("effects.csv")}
    assert kinds == {"intended", "harmful"}
    for column in ("effect", "noun"):
        assert [word for word, n in Counter(row[column] for row in rows("effects.csv")).items() if n > 1] == []


@pytest.mark.parametrize(
    ("pattern", "label"),
    [
        ("⟨1⟩ may increase the anticoagulant activity of ⟨2⟩.", "synergistic"),
        ("⟨1⟩ may decrease the anticoagulant activity of ⟨2⟩.", "antagonistic"),
        ("⟨1⟩ may increase the nephrotoxic activity of ⟨2⟩.", "antagonistic"),
        ("The plasma concentration of ⟨2⟩ can be decreased by ⟨1⟩.", "undetermined"),
        ("The plasma concentration of ⟨2⟩ may be decreased by ⟨1⟩ and its efficacy is lost.", "antagonistic"),
    ],
)
def test_labels_follow_the_definitions(pattern: str, label: str) -> None:
    assert {one.pattern: one.label for one in sentences()}[pattern] == label


def test_less_of_a_harmful_effect_is_not_taught() -> None:
    assert not [one for one in sentences() if "decrease the nephrotoxic" in one.pattern]


def test_a_tested_concept_is_left_out_with_all_its_sentences() -> None:
    kept = sentences(unlike=["⟨1⟩ may increase the hepatotoxic activities of ⟨2⟩."])
    assert not [one for one in kept if "hepatotox" in one.pattern.lower()]
    assert [one for one in kept if "nephrotox" in one.pattern.lower()]
    of_it = [one for one in sentences() if "hepatotox" in one.pattern.lower()]
    assert len(of_it) == 10  # six ways to say the effect, four the noun


def test_a_sentence_with_most_words_in_common_is_left_out() -> None:
    tested = "The therapeutic efficacy of ⟨2⟩ can be increased by ⟨1⟩ again."
    gone = {one.pattern for one in sentences()} - {one.pattern for one in sentences(unlike=[tested])}
    assert "The efficacy of ⟨2⟩ can be increased by ⟨1⟩." in gone
    assert "⟨1⟩ and ⟨2⟩ were synergistic." not in gone


def test_a_plural_makes_no_other_sentence() -> None:
    tested = "The therapeutic efficacies of ⟨2⟩ can be increased by ⟨1⟩ again."
    gone = {one.pattern for one in sentences()} - {one.pattern for one in sentences(unlike=[tested])}
    assert "The efficacy of ⟨2⟩ can be increased by ⟨1⟩." in gone


def test_a_share_is_a_part_and_the_same_every_time() -> None:
    few = sentences(share=0.25)
    assert few == sentences(share=0.25)
    assert set(few) < set(sentences(share=0.5)) < set(sentences())
    assert 0.2 < len(few) / len(sentences()) < 0.3
    assert {one for one in sentences() if not one.concept} <= set(few)


def test_a_tenth_of_the_concepts_validates_with_all_its_sentences() -> None:
    concepts = {one.concept for one in sentences() if one.concept}
    held_out = {one.concept for one in sentences() if is_held_out(one)}
    assert 0.06 < len(held_out) / len(concepts) < 0.16
    assert not held_out & {one.concept for one in sentences() if not is_held_out(one)}


def test_the_record_names_the_files_state() -> None:
    assert len(version()) == 64
