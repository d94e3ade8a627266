"""Answers about pairs scored as relations, against counts worked out by hand."""

from __future__ import annotations

import pytest

from modeling.evaluation.figures import compared_with, figures
from modeling.evaluation.held_out import HeldOut
from modeling.evaluation.relations import scored
from modeling.relation_scores import Tally
from tests.modeling.evaluation.making import held_out
from tests.review.related import LABELS, PAIRS, SAID, TRUE, related_answers, related_metrics


def test_unrelated_pairs_count_for_nothing_and_a_pair_of_two_types_is_two_relations() -> None:
    found = related_metrics()["relations"]
    # gold: 3 inhibitor and 3 agonist; said: 3 and 2; right: 2 and 2, one of these the second type of its pair
    assert found["micro"] == {
        "precision": pytest.approx(4 / 5), "recall": pytest.approx(4 / 6), "f1": pytest.approx(8 / 11),
        "gold": 6, "predicted": 5, "right": 4,
    }  # fmt: skip
    assert found["by_type"]["inhibitor"]["f1"] == pytest.approx(2 * 2 / (3 + 3))
    assert found["by_type"]["agonist"]["f1"] == pytest.approx(2 * 2 / (3 + 2))
    assert found["types_not_in_gold"] == ["substrate"]
    assert (found["unrelated"], found["documents"]) == ("none", 4)
    low, high = found["intervals"]["f1"]
    assert low < 8 / 11 < high
    assert set(found["intervals"]["by_type"]) == {"inhibitor", "agonist"}
    assert related_metrics()["pretrained"]["relations"]["micro"]["f1"] == 0  # it calls every pair unrelated


def test_the_figures_of_a_task_without_such_a_label_have_no_relations() -> None:
    found = figures(PAIRS, related_answers(SAID), other=related_answers(TRUE), resamples=20)
    assert "relations" not in found
    assert "relations" not in found["compared"]


def test_an_answer_that_is_the_second_true_type_is_right() -> None:
    said = related_answers(SAID)
    assert said.right.tolist() == [True, True, False, True, False, False, True, True]
    accepting = said.accepting([one.further for one in PAIRS])
    assert accepting.right.tolist() == [True, True, False, True, False, True, True, True]
    assert related_metrics()["accuracy"] == 6 / 8
    assert related_metrics()["per_label"]["agonist"]["support"] == 3


def test_a_model_that_says_two_types_of_a_pair_is_scored_by_both() -> None:
    beside = [(), (), (), (), (), (0,), (), ()]
    answers = related_answers(SAID, beside=beside)
    found = figures(PAIRS, answers, unrelated="none", resamples=20)["relations"]["micro"]
    assert (found["gold"], found["predicted"], found["right"]) == (6, 6, 5)


def test_a_document_is_one_in_whichever_corpus_and_a_pair_without_one_stands_for_itself() -> None:
    pairs = [
        held_out(1, 0, drugs=(), document="7", corpus="a"), held_out(2, 0, drugs=(), document="7", corpus="b"),
        held_out(3, 0, drugs=(), document=""), held_out(4, 0, drugs=(), document=""),
    ]  # fmt: skip
    answers = related_answers([0, 0, 0, 3], true=[0, 0, 0, 0])
    assert figures(pairs, answers, unrelated="none", resamples=20)["relations"]["documents"] == 3


def test_two_models_are_compared_on_the_same_documents() -> None:
    better = related_answers(TRUE)
    found = compared_with(PAIRS, related_answers(SAID), better, unrelated="none", resamples=200)["relations"]
    assert found["micro"]["f1"] == pytest.approx(8 / 11)
    assert found["micro"]["other_f1"] == pytest.approx(2 * 5 / (6 + 5))
    assert found["micro"]["difference"] == pytest.approx(8 / 11 - 10 / 11)
    low, high = found["micro"]["difference_interval"]
    assert low < 8 / 11 - 10 / 11 < high <= 0
    assert found["by_type"]["inhibitor"]["difference"] == pytest.approx(2 / 3 - 1)
    alike = compared_with(PAIRS, better, better, unrelated="none", resamples=20)["relations"]["micro"]
    assert (alike["difference"], alike["difference_interval"]) == (0, [0, 0])


def test_only_pairs_both_were_asked_about_are_compared() -> None:
    fewer = related_answers(SAID[:4], true=TRUE[:4])
    found = compared_with(PAIRS, related_answers(SAID), fewer, unrelated="none", resamples=20)
    assert found["n"] == 4
    assert found["relations"]["micro"]["gold"] == 3
    assert found["relations"]["micro"]["difference"] == 0


def test_the_same_type_twice_is_one_relation() -> None:
    pairs: list[HeldOut] = [held_out(1, 0, drugs=(), document="d", further=(0,))]
    assert scored(pairs, [{"none"}], LABELS, "none").micro == Tally(1, 0, 0)
