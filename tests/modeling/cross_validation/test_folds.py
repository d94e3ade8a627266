"""Folds never share what they are folded by."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import pytest

from modeling.cross_validation.folds import Scheme, TooFewToFold, folds_of
from modeling.evaluation.held_out import HeldOut
from modeling.records import Example
from tests.modeling.conftest import make_statement

TEMPLATES = [f"⟨1⟩ may {verb} the risk of ⟨2⟩." for verb in ("increase", "decrease", "enhance", "reduce", "double")]


def held_out(n: int = 60) -> list[HeldOut]:
    """Statements in five wordings, of twelve drugs and seven documents; the first wordings are of label 0.

    Each is a sentence of its own.
    """
    statements = [make_statement(at, TEMPLATES[at % 5]) for at in range(n)]
    return [
        HeldOut(
            example=Example(statements[at]._replace(text=f"{statements[at].text} {at}"), int(at % 5 > 2)),
            drugs=(at % 12, (at * 7 + 1) % 12),
            atc_groups=((), ()),
            document=f"PMID{at % 7}",
            corpus="papers",
            gold_source="seed",
            is_known_pattern=False,
        )
        for at in range(n)
    ]


@pytest.mark.parametrize(
    ("scheme", "unit"),
    [("pattern", lambda one: one.example.statement.pattern), ("document", lambda one: one.document)],
)
def test_every_example_is_tested_once_and_no_unit_stands_on_both_sides(
    scheme: Scheme, unit: Callable[[HeldOut], str]
) -> None:
    examples = held_out()
    folds = folds_of(examples, scheme, n=3, seed=1)
    assert sorted(at for fold in folds for at in fold.test) == list(range(60))
    for fold in folds:
        assert sorted(fold.teach + fold.test) == list(range(60))
        assert not {unit(examples[at]) for at in fold.teach} & {unit(examples[at]) for at in fold.test}


def test_wordings_are_dealt_out_label_by_label() -> None:
    examples = held_out()
    folds = folds_of(examples, "pattern", n=2, seed=1)
    for fold in folds:
        assert {examples[at].example.label_index for at in fold.test} == {0, 1}


def test_by_drug_neither_drug_of_a_tested_pair_is_taught() -> None:
    examples = held_out(200)
    folds = folds_of(examples, "drug", n=3, seed=1)
    assert folds
    for fold in folds:
        tested = {drug for at in fold.test for drug in examples[at].drugs}
        assert fold.test
        assert not tested & {drug for at in fold.teach for drug in examples[at].drugs}


def test_another_seed_deals_otherwise_and_the_same_one_alike() -> None:
    examples = held_out()
    assert folds_of(examples, "document", n=3, seed=1) == folds_of(examples, "document", n=3, seed=1)
    assert folds_of(examples, "document", n=3, seed=1) != folds_of(examples, "document", n=3, seed=2)


@pytest.mark.parametrize("n", [1, 6])
def test_too_few_units_are_refused(n: int) -> None:
    with pytest.raises(TooFewToFold, match=f"5 patterns cannot make {n} folds: label more, or ask for 2 to 5 folds"):
        folds_of(held_out(), "pattern", n=n, seed=1)


def test_a_document_of_two_corpora_is_one() -> None:
    examples = held_out()
    examples += [dataclasses.replace(one, corpus="abstracts") for one in examples]
    for fold in folds_of(examples, "document", n=3, seed=1):
        assert not {examples[at].document for at in fold.teach} & {examples[at].document for at in fold.test}
        assert {examples[at].corpus for at in fold.test} == {"papers", "abstracts"}


@pytest.mark.parametrize("scheme", ["document", "pattern"])
def test_a_sentence_that_is_tested_never_teaches_and_is_counted(scheme: Scheme) -> None:
    """Another abstract has a sentence of the first one, about another pair: another document and another wording."""
    examples = [
        dataclasses.replace(one, example=Example(make_statement(at, f"⟨1⟩ may change ⟨2⟩ {at} times."), 0))
        for at, one in enumerate(held_out())
    ]
    (first, *_) = examples
    copy = first.example.statement._replace(id=99, pattern="another pair of the sentence")
    examples[59] = dataclasses.replace(examples[59], document="PMID99", example=Example(copy, 0))
    repeated = []
    for fold in folds_of(examples, scheme, n=3, seed=1):
        texts = [{examples[at].example.statement.text for at in side} for side in (fold.teach, fold.test)]
        assert not texts[0] & texts[1]
        assert len(fold.teach) + len(fold.test) + fold.repeated == 60
        repeated.append(fold.repeated)
    assert sorted(repeated) in ([0, 0, 0], [0, 1, 1])
    assert sum(sum(fold.repeated for fold in folds_of(examples, scheme, n=3, seed=seed)) for seed in range(8)) > 0


def test_by_drug_and_pattern_neither_drugs_nor_wording_of_a_tested_pair_are_taught() -> None:
    examples = held_out(400)
    folds = folds_of(examples, "drug-and-pattern", n=3, seed=1)
    assert 3 < len(folds) <= 9
    for fold in folds:
        assert fold.test
        for unit in (
            lambda at: {examples[at].example.statement.pattern},
            lambda at: set(examples[at].drugs),
        ):
            taught, tested = (set().union(*map(unit, side)) for side in (fold.teach, fold.test))
            assert not taught & tested
        assert len(fold.teach) + len(fold.test) + fold.between + fold.repeated == 400
        assert fold.between > 0
    by_drug = folds_of(examples, "drug", n=3, seed=1)
    assert sorted(at for fold in folds for at in fold.test) == sorted(at for fold in by_drug for at in fold.test)
