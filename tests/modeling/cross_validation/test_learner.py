"""The quick learner of simulated reviews, with a small real encoder."""

from __future__ import annotations

import numpy as np
import pytest

from modeling.backbones import Backbone
from modeling.cross_validation.learner import Learner
from modeling.evaluation.held_out import HeldOut
from tests.modeling.conftest import make_examples


@pytest.fixture(scope="module")
def learner(backbone: Backbone) -> Learner:
    examples = [
        HeldOut(example, (), (), f"PMID{at % 7}", "papers", "seed", is_known_pattern=False)
        for at, example in enumerate(make_examples(60))
    ]
    return Learner(examples, ("synergistic", "antagonistic"), backbone)


def test_what_is_asked_about_and_what_tests_share_no_document(learner: Learner) -> None:
    pool, tested = learner.split("document", seed=3)
    assert sorted([*pool, *tested]) == list(range(60))
    documents = [{learner.examples[at].document for at in some} for some in (pool, tested)]
    assert not documents[0] & documents[1]
    assert learner.split("document", seed=3) == (pool, tested)


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
