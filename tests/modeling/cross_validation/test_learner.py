"""The quick learner of simulated reviews, with a small real encoder."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from modeling.backbones import Backbone
from modeling.cross_validation.learner import Learner
from modeling.evaluation.held_out import HeldOut
from tests.modeling.conftest import make_sentences


@pytest.fixture(scope="module")
def learner(backbone: Backbone) -> Learner:
    examples = [
        HeldOut(example, (), (), f"PMID{at % 7}", "papers", "seed", is_known_pattern=False)
        for at, example in enumerate(make_sentences(60))
    ]
    return Learner(examples, ("synergistic", "antagonistic"), backbone)


def test_what_is_asked_about_and_what_tests_share_no_document(learner: Learner) -> None:
    fold = learner.split("document", seed=3)
    assert sorted((*fold.teach, *fold.test)) == list(range(60))
    documents = [{learner.examples[at].document for at in some} for some in (fold.teach, fold.test)]
    assert not documents[0] & documents[1]
    assert learner.split("document", seed=3) == fold


def test_a_document_of_two_corpora_is_not_split(learner: Learner, backbone: Backbone) -> None:
    both = [*learner.examples, *(dataclasses.replace(one, corpus="abstracts") for one in learner.examples)]
    fold = Learner(both, learner.labels, backbone).split("document", seed=3)
    assert {both[at].corpus for at in fold.test} == {"papers", "abstracts"}
    assert not {both[at].document for at in fold.teach} & {both[at].document for at in fold.test}


def test_with_one_class_met_it_tells_nothing_apart(learner: Learner) -> None:
    one_class = {at: 1 for at in range(60) if learner.truth[at] == 1}
    assert np.array_equal(learner.probabilities(one_class), np.full((60, 2), 0.5))


def test_it_learns_what_it_is_told_whatever_the_truth(learner: Learner) -> None:
    told = {at: 1 - int(learner.truth[at]) for at in range(40)}
    probabilities = learner.probabilities(told)
    assert probabilities.sum(axis=1) == pytest.approx(np.ones(60))
    assert learner.score(probabilities, range(40, 60))[1] < 0.2
    right = learner.probabilities({at: int(learner.truth[at]) for at in range(40)})
    macro_f1, accuracy = learner.score(right, range(40, 60))
    assert accuracy > 0.8
    assert macro_f1 > 0.8
