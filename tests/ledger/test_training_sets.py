"""What the next model learns from: gold, and what the live model is sure of, never what tests it."""

from __future__ import annotations

import uuid
from itertools import count
from typing import Any

import pytest

from ledger.atc import ClassRule
from ledger.candidates import Candidate, Choice, Copies
from ledger.integrity import problems
from ledger.models import AtcRule, Drug, Label, ModelVersion, Task
from ledger.record.decisions import withdraw_decision
from ledger.record.promotions import promote
from ledger.splits import drug_group
from ledger.training_sets import choose, freeze, preview
from tests.ledger.facts import NOW, answer, corpus, label, polarity, statement, user
from tests.ledger.patterned import decided, worded
from tests.ledger.whole import Says, finished_run, opened_round, seed, statements, sure, taught, trained_model

LATER = 50  # pairs of drugs from here on are in no statement that teaches by gold


def chosen(**choice: Any) -> tuple[list[Candidate], dict[str, int]]:
    """The pseudo-labels of the next training set, and what was left out."""
    candidates, composition = choose(polarity(), Choice(at_least=0.98, **choice))
    return [one for one in candidates if one.source == "pseudo"], composition.left_out


def by_class(pseudo: list[Candidate]) -> dict[str, int]:
    slugs = dict(Label.objects.values_list("id", "slug"))
    return {slug: sum(slugs[one.label_id] == slug for one in pseudo) for slug in ("synergistic", "antagonistic")}


def test_gold_teaches_validates_and_tests_by_its_split(db: None) -> None:
    for start, split in ((0, "train"), (2, "validation"), (4, "test")):
        for said, slug in zip(statements(2, start=start, split=split), ("synergistic", "antagonistic"), strict=True):
            seed(said, slug)
    training_set = freeze(round=opened_round(), now=NOW)
    assert training_set.composition["examples"] == {
        split: {"gold": {"synergistic": 1, "antagonistic": 1}} for split in ("train", "validation", "test")
    }
    for example in training_set.examples.all():
        assert (example.role, example.gold.label) == (example.statement.split, example.label)
    assert list(problems()) == []


def test_before_a_model_is_live_gold_alone_teaches(db: None) -> None:
    taught()
    version = trained_model()
    finished_run(version, sure(statements(4, start=LATER), 2))
    assert chosen() == ([], {})


def test_as_many_of_each_class_as_the_smallest_has(live: ModelVersion) -> None:
    finished_run(live, sure(statements(8, start=LATER), 5))
    pseudo, left_out = chosen()
    assert by_class(pseudo) == {"synergistic": 3, "antagonistic": 3}
    assert left_out == {"more than antagonistic has, the label with the fewest": 2}


def test_no_more_of_a_class_than_asked_for(live: ModelVersion) -> None:
    finished_run(live, sure(statements(8, start=LATER), 4))
    pseudo, left_out = chosen(most_per_class=2)
    assert by_class(pseudo) == {"synergistic": 2, "antagonistic": 2}
    assert left_out == {"more than 2 of one label": 4}


def test_a_class_the_model_is_never_sure_of_leaves_no_pseudo_labels(live: ModelVersion) -> None:
    finished_run(live, sure(statements(4, start=LATER), 4))
    assert chosen() == ([], {"more than antagonistic has, the label with the fewest": 4})


def test_only_what_the_model_is_sure_of_teaches(live: ModelVersion) -> None:
    made = statements(6, start=LATER)
    finished_run(live, [
        Says(made[0], "synergistic", 0.98), Says(made[1], "synergistic", 0.9799), Says(made[2], "synergistic", 0.5),
        Says(made[3], "antagonistic", 1.0), Says(made[4], "antagonistic", 0.979), Says(made[5], "antagonistic", 0.9),
    ])  # fmt: skip
    assert [one.statement_id for one in chosen()[0]] == [made[0].pk, made[3].pk]


def test_what_contradicts_the_drugs_classes_does_not_teach(live: ModelVersion) -> None:
    row = AtcRule.objects.create(
        task=polarity(), table="test", prefix_a="B01AA", prefix_b="B01AF", expected=label("antagonistic"),
        mechanism="Both slow clotting.", reference="Textbook", source="curated",
    )  # fmt: skip
    rule = ClassRule(row.pk, "B01AA", "B01AF", label("antagonistic").pk)
    made = statements(3, start=LATER)
    finished_run(live, [
        Says(made[0], "synergistic", atc_rule=rule), Says(made[1], "synergistic"),
        Says(made[2], "antagonistic", atc_rule=rule),
    ])  # fmt: skip
    pseudo, left_out = chosen()
    assert [one.statement_id for one in pseudo] == [made[1].pk, made[2].pk]
    assert left_out == {"contradicts an ATC rule": 1}


def test_what_people_judged_is_no_pseudo_label_not_even_when_undone(live: ModelVersion) -> None:
    made = statements(6, start=LATER)
    finished_run(live, sure(made, 3))
    answer(made[0], "undetermined")
    answer(made[1], "antagonistic", reviews_needed=2)
    undone = answer(made[3], "antagonistic").decision
    withdraw_decision(decision=undone, by=user("ana"), idempotency_key=uuid.uuid4(), now=NOW)
    pseudo, left_out = chosen()
    assert {one.statement_id for one in pseudo} < {made[2].pk, made[4].pk, made[5].pk}
    assert by_class(pseudo) == {"synergistic": 1, "antagonistic": 1}
    assert left_out["judged by people already"] == 3


def test_what_people_judged_in_another_corpus_is_no_pseudo_label_in_its_copy(live: ModelVersion) -> None:
    made = statements(6, start=LATER)
    copied = statements(3, start=LATER, corpus=corpus("another"))
    assert [one.text for one in copied] == [one.text for one in made[:3]]
    finished_run(live, [*sure(made, 3), *(Says(one) for one in copied)])
    answer(copied[0], "antagonistic")
    answer(copied[1], "synergistic", reviews_needed=2)  # waits for a second opinion
    for choice in ({}, {"corpora": ("demo",)}):
        pseudo, left_out = chosen(**choice)
        assert {one.statement_id for one in pseudo} < {one.pk for one in made[2:]}
        assert by_class(pseudo) == {"synergistic": 1, "antagonistic": 1}
        assert left_out["judged by people already"] == 4
        assert left_out[Copies.REASON] == 1


def test_no_wording_teaches_more_often_than_allowed(live: ModelVersion) -> None:
    finished_run(live, sure(statements(8, start=LATER), 4))
    pseudo, left_out = chosen(most_per_pattern=3)
    assert by_class(pseudo) == {"synergistic": 3, "antagonistic": 3}
    assert left_out == {"more than 3 of one pattern": 2}


def test_every_wording_comes_once_before_one_comes_twice(live: ModelVersion) -> None:
    often = statements(3, start=LATER)
    seldom = statements(1, start=LATER + 3, wording="{} seldom meets {}.")
    other = statements(2, start=LATER + 4)
    finished_run(live, [Says(one) for one in (*often, *seldom)] + [Says(one, "antagonistic") for one in other])
    synergistic = [one.statement_id for one in chosen()[0] if one.label_id == label("synergistic").pk]
    assert synergistic == [often[0].pk, seldom[0].pk]


@pytest.mark.parametrize("split", ["validation", "test", "bridge"])
def test_only_the_training_split_gives_pseudo_labels(live: ModelVersion, split: str) -> None:
    finished_run(live, sure(statements(4, start=LATER, split=split), 2))
    assert chosen() == ([], {})


def test_only_the_live_model_gives_pseudo_labels(live: ModelVersion) -> None:
    finished_run(live, sure(statements(4, start=LATER), 2))
    assert len(chosen()[0]) == 4
    promote(model_version=trained_model(), by=None, reason="second", now=NOW)
    assert chosen()[0] == []


def test_a_class_that_stopped_being_one_since_the_model_was_trained_is_passed_over(live: ModelVersion) -> None:
    made = statements(3, start=LATER)
    Label.objects.filter(slug="undetermined").update(trainable=True)
    finished_run(live, [Says(made[0]), Says(made[1], "antagonistic"), Says(made[2], "undetermined")])
    Label.objects.filter(slug="undetermined").update(trainable=False)
    assert [one.statement_id for one in chosen()[0]] == [made[0].pk, made[1].pk]


def drug_of(group: str, numbers: count[int]) -> Drug:
    ids = (f"DB{number:05d}" for number in numbers)
    return Drug.objects.create(drugbank_id=next(one for one in ids if drug_group(one) == group), name=group)


@pytest.mark.parametrize(
    ("groups", "role"),
    [
        (("train", "test"), "one_unseen"),
        (("test", "train"), "one_unseen"),
        (("train", "validation"), None),
        (("validation", "test"), None),
    ],
)
def test_gold_on_a_bridge_tests_with_one_drug_unseen_or_not_at_all(
    db: None, groups: tuple[str, str], role: str | None
) -> None:
    taught()
    head, tail = (drug_of(group, count(70_000)) for group in groups)
    seed(statement("Unseen", "Known", head_drug=head, tail_drug=tail, split="bridge"), "synergistic")
    composition = preview(polarity())
    assert composition.n("one_unseen") == (1 if role else 0)
    assert composition.n("train") == 4
    assert composition.left_out == ({} if role else {"bridge: its drugs are in different groups": 1})


def test_gold_on_a_bridge_of_unknown_drugs_is_left_out(db: None) -> None:
    taught()
    seed(statement("Unseen", "Known", head_drug=None, tail_drug=None, split="bridge"), "synergistic")
    assert preview(polarity()).left_out == {"bridge: its drugs are in different groups": 1}


def test_an_answer_only_people_give_is_left_out(db: None) -> None:
    taught()
    answer(statements(1, start=LATER)[0], "undetermined")
    composition = preview(polarity())
    assert (composition.n("train"), composition.left_out) == (4, {"an answer only people give": 1})


def test_gold_taken_back_does_not_teach(db: None) -> None:
    taught()
    decision = answer(statements(1, start=LATER)[0], "synergistic").decision
    assert preview(polarity()).n("train") == 5
    withdraw_decision(decision=decision, by=user("ana"), idempotency_key=uuid.uuid4(), now=NOW)
    assert preview(polarity()).n("train") == 4


def test_choosing_costs_the_same_few_queries_however_much_there_is(
    live: ModelVersion, django_assert_max_num_queries: object
) -> None:
    finished_run(live, sure(statements(20, start=LATER), 10))
    with django_assert_max_num_queries(8):  # type: ignore[operator]
        preview(polarity())


def test_gold_of_a_pattern_decision_teaches_unless_it_weighs_nothing(live: ModelVersion) -> None:
    made = worded(live, 4, start=LATER)
    seed(made[0], "antagonistic")
    decided(made[0])
    for weight, n_taught in ((0.5, 4), (0.0, 0)):
        Task.objects.update(pattern_weight=weight)
        composition = preview(polarity())
        assert composition.gold_by_source["train"].get("pattern_review", {}).get("synergistic", 0) == n_taught
        assert composition.pattern_weight == weight
        left_out = composition.left_out.get("from a decision about its pattern, which weighs nothing here", 0)
        assert left_out == 4 - n_taught


def test_a_pattern_decided_on_test_statements_never_teaches(live: ModelVersion) -> None:
    made = worded(live, 4, start=LATER, split="test")
    decided(made[0])
    composition = preview(polarity())
    assert composition.gold_by_source["test"]["pattern_review"] == {"synergistic": 4}
    assert "pattern_review" not in composition.gold_by_source["train"]
