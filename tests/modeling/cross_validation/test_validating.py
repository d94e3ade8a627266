"""What decides when to stop shares no wording, document, drug or sentence with what teaches."""

from __future__ import annotations

import dataclasses

import pytest

from modeling.cross_validation.folds import Scheme
from modeling.cross_validation.validating import validating
from modeling.evaluation.held_out import HeldOut
from modeling.records import Example
from tests.modeling.conftest import make_statement
from tests.modeling.evaluation.making import held_out


def labelled(n: int = 400, *, wordings: int = 40) -> list[HeldOut]:
    """Statements in so many wordings of as many documents, the wording decides the label; of thirty drugs."""
    made = []
    for at in range(n):
        wording = at % wordings
        statement = make_statement(at, f"⟨1⟩ may change ⟨2⟩ in way {wording}.")
        statement = statement._replace(text=f"{statement.text} {at}")
        one = held_out(
            at, drugs=(at % 30, (at * 7 + 1) % 30), document=f"PMID{wording}", corpus=("a", "b")[at // 40 % 2]
        )
        made.append(dataclasses.replace(one, example=Example(statement, wording % 2)))
    return made


UNIT = {
    "pattern": lambda one: {one.example.statement.pattern},
    "document": lambda one: {one.document},
    "drug": lambda one: set(one.drugs),
}


@pytest.mark.parametrize("scheme", ["pattern", "document", "drug"])
def test_no_unit_stands_on_both_sides(scheme: Scheme) -> None:
    examples = labelled()
    taught = validating(examples, range(400), scheme, seed=1)
    sides = [{unit for at in side for unit in UNIT[scheme](examples[at])} for side in (taught.teach, taught.stop)]
    assert not sides[0] & sides[1]
    assert taught.stop
    assert not taught.shares
    assert len(taught.teach) + len(taught.stop) + taught.between == 400
    assert (taught.between > 0) == (scheme == "drug")
    labels = [{examples[at].example.label_index for at in side} for side in (taught.teach, taught.stop)]
    assert set(taught.missing) == labels[0] - labels[1]
    assert scheme == "drug" or not taught.missing


def test_it_is_a_tenth_of_the_wordings_of_each_label_and_at_least_one() -> None:
    examples = labelled()
    stop = validating(examples, range(400), "pattern", seed=1).stop
    assert len({examples[at].example.statement.pattern for at in stop}) == 4  # two of twenty, twice
    few = labelled(wordings=6)
    stop = validating(few, range(400), "pattern", seed=1).stop
    assert {few[at].example.label_index for at in stop} == {0, 1}
    assert len({few[at].example.statement.pattern for at in stop}) == 2


def test_only_what_the_fold_teaches_is_parted() -> None:
    examples = labelled()
    taught = validating(examples, range(0, 400, 2), "document", seed=1)
    assert sorted((*taught.teach, *taught.stop)) == list(range(0, 400, 2))


def test_by_drug_and_pattern_whole_wordings_are_drawn() -> None:
    examples = labelled()
    assert validating(examples, range(400), "drug-and-pattern", seed=1) == validating(
        examples, range(400), "pattern", seed=1
    )


def test_another_seed_draws_others_and_the_same_one_alike() -> None:
    examples = labelled()
    assert validating(examples, range(400), "pattern", seed=1) == validating(examples, range(400), "pattern", seed=1)
    assert validating(examples, range(400), "pattern", seed=1) != validating(examples, range(400), "pattern", seed=2)


@pytest.mark.parametrize("scheme", ["pattern", "drug"])
def test_where_no_unit_can_be_spared_a_tenth_of_the_sentences_is_drawn_and_it_is_said(scheme: Scheme) -> None:
    examples = [dataclasses.replace(one, drugs=(1, 2)) for one in labelled(wordings=4)]
    taught = validating(examples, range(400), scheme, seed=1)
    assert taught.shares
    assert taught.between == 0
    assert 20 < len(taught.stop) < 60
    texts = [{examples[at].example.statement.text for at in side} for side in (taught.teach, taught.stop)]
    assert not texts[0] & texts[1]


def test_a_label_of_two_wordings_teaches_both_and_is_named() -> None:
    examples = labelled(wordings=20)
    rare = {f"⟨1⟩ may change ⟨2⟩ in way {number}." for number in (3, 4)}
    for at, one in enumerate(examples):
        if one.example.statement.pattern in rare:
            examples[at] = dataclasses.replace(one, example=dataclasses.replace(one.example, label_index=2))
    taught = validating(examples, range(400), "pattern", seed=1)
    assert (taught.shares, taught.missing) == (False, (2,))
    assert rare <= {examples[at].example.statement.pattern for at in taught.teach}


def test_a_sentence_that_teaches_does_not_validate_under_another_document() -> None:
    examples = labelled()
    plain = validating(examples, range(400), "document", seed=1)
    first = plain.stop[0]
    taught_one = examples[plain.teach[0]].example.statement.text
    statement = examples[first].example.statement._replace(text=taught_one)
    examples[first] = dataclasses.replace(
        examples[first], example=dataclasses.replace(examples[first].example, statement=statement)
    )
    found = validating(examples, range(400), "document", seed=1)
    assert found.stop == plain.stop[1:]
    assert (found.teach, found.between) == (plain.teach, 1)
