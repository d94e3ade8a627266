"""What a training is fed."""

from __future__ import annotations

import dataclasses
import math

import pytest

from modeling.backbones import Backbone
from modeling.config import TrainingConfig
from modeling.encode import load_tokenizer
from modeling.fitting import Row
from modeling.lessons import curated_examples, rows_of, weighted
from modeling.mentions import input_text
from modeling.records import Example, Places
from tests.modeling.conftest import make_examples, make_statement

LABELS = ("synergistic", "antagonistic", "undetermined")
PLAIN = TrainingConfig()


def row(ids: list[int], label: int, weight: float = 1.0) -> Row:
    return Row(input_ids=ids, labels=label, weights=weight)


def test_curated_examples_carry_the_names_of_real_ones_and_true_spans() -> None:
    like = [make_statement(1, "⟨1⟩ may increase the risk of ⟨2⟩.", "heparin", "ibuprofen")]
    teaching, validating = curated_examples(LABELS, share=1.0, like=like)
    assert len(teaching) > 3_000
    assert 100 < len(validating) < len(teaching) / 4
    for example in (*teaching, *validating):
        text, head, tail = input_text(example.statement, "raw")
        assert (text[head.start : head.end], text[tail.start : tail.end]) == ("heparin", "ibuprofen")
        assert "⟨" not in text
        assert example.weight == 1.0


def test_labels_a_task_does_not_have_are_left_out() -> None:
    like = [make_statement(1, "⟨1⟩ may increase the risk of ⟨2⟩.")]
    two, _ = curated_examples(LABELS[:2], share=0.1, like=like)
    three, _ = curated_examples(LABELS, share=0.1, like=like)
    assert {example.label_index for example in two} == {0, 1}
    assert {example.label_index for example in three} == {0, 1, 2}
    assert curated_examples(("ACTIVATOR", "INHIBITOR"), share=1.0, like=like) == ([], [])


def test_without_a_share_nothing_is_curated() -> None:
    assert curated_examples(LABELS, share=0.0, like=[make_statement(1, "⟨1⟩ with ⟨2⟩.")]) == ([], [])


def test_rows_keep_label_and_weight(backbone: Backbone) -> None:
    examples = [dataclasses.replace(example, weight=0.25) for example in make_examples(4)]
    rows = rows_of(examples, load_tokenizer(backbone.path), PLAIN)
    assert [one["labels"] for one in rows] == [example.label_index for example in examples]
    assert {one["weights"] for one in rows} == {0.25}


def test_repeats_become_one_that_weighs_the_root_of_their_number() -> None:
    config = dataclasses.replace(PLAIN, merge_repeats=True)
    made = weighted([row([1, 2], 0)] * 9 + [row([3], 1)], config)
    assert [(one["input_ids"], one["labels"]) for one in made] == [([1, 2], 0), ([3], 1)]
    assert made[0]["weights"] / made[1]["weights"] == pytest.approx(3)
    assert sum(one["weights"] for one in made) == pytest.approx(2)


def test_an_input_labelled_both_ways_keeps_its_odds() -> None:
    config = dataclasses.replace(PLAIN, merge_repeats=True)
    made = weighted([row([1], 0)] * 12 + [row([1], 1)] * 4 + [row([2], 1)], config)
    first, second, other = (one["weights"] for one in made)
    assert first / second == pytest.approx(3)
    assert (first + second) / other == pytest.approx(math.sqrt(16))


def test_balanced_labels_weigh_the_same_together() -> None:
    config = dataclasses.replace(PLAIN, class_weights=True)
    made = weighted([row([1], 0)] * 6 + [row([2], 1)] * 2, config)
    assert {one["labels"]: one["weights"] for one in made} == pytest.approx({0: 8 / 2 / 6, 1: 8 / 2 / 2})


def test_the_papers_way_leaves_the_rows_alone() -> None:
    rows = [row([1], 0), row([1], 0), row([2], 1, 0.5)]
    assert weighted(rows, PLAIN) == rows


def test_a_mark_twice_in_a_frame_is_the_name_twice() -> None:
    like = [make_statement(1, "⟨1⟩ may increase the risk of ⟨2⟩.", "heparin", "ibuprofen")]
    made: list[Example] = curated_examples(LABELS, share=1.0, like=like)[0]
    twice = next(one.statement for one in made if one.statement.pattern.count("⟨2⟩") == 2)
    assert twice.text.count("ibuprofen") == 2


def test_repeats_with_other_places_are_no_repeats(backbone: Backbone) -> None:
    config = dataclasses.replace(PLAIN, merge_repeats=True)
    rows: list[Row] = [
        {**row([1, 2, 3], 0), "places": Places(0, 1, 1, 2)},
        {**row([1, 2, 3], 0), "places": Places(0, 1, 1, 2)},
        {**row([1, 2, 3], 0), "places": Places(1, 2, 0, 1)},
    ]
    assert [one["places"] for one in weighted(rows, config)] == [Places(0, 1, 1, 2), Places(1, 2, 0, 1)]
