"""A frozen training set as examples: their labels, and how much each counts."""

from __future__ import annotations

from ledger.models import ModelVersion, Statement, Task, TrainingSet
from ledger.record.gold import add_seed_labels
from ledger.training_sets import freeze
from modeling.store.statements import examples
from tests.ledger.conftest import live
from tests.ledger.facts import NOW, label, polarity, statement
from tests.ledger.patterned import decided, worded
from tests.ledger.whole import opened_round

LABELS = ["synergistic", "antagonistic"]
__all__ = ["live"]


def frozen(version: ModelVersion) -> tuple[TrainingSet, list[int]]:
    """A training set in which three statements have gold from a decision about their pattern."""
    made = worded(version, 3, start=50)
    decided(made[0])
    return freeze(round=opened_round(), now=NOW), [one.pk for one in made]


def test_gold_of_a_pattern_decision_weighs_what_was_frozen_with_the_set(live: ModelVersion) -> None:
    Task.objects.update(pattern_weight=0.25)
    training_set, together = frozen(live)
    Task.objects.update(pattern_weight=1.0)
    training_set.refresh_from_db()
    weights = {one.statement.id: one.weight for one in examples(training_set, "train", LABELS)}
    assert {weights[pk] for pk in together} == {0.25}
    assert {weight for pk, weight in weights.items() if pk not in together} == {1.0}


def test_a_set_frozen_before_there_were_patterns_weighs_all_the_same(live: ModelVersion) -> None:
    training_set, _ = frozen(live)
    training_set.parameters = {"at_least": 0.9}
    assert {one.weight for one in examples(training_set, "train", LABELS)} == {1.0}


def test_a_pair_with_two_types_teaches_both(labelled: list[Statement]) -> None:
    both = statement("Aspirin", "Heparin", split="train")
    rows = [(both.pk, label("antagonistic").pk, "seeds")]
    add_seed_labels(task=polarity(), rows=rows, now=NOW, further={both.pk: ["undetermined", "synergistic"]})
    training_set = freeze(round=opened_round(), now=NOW)
    taught = {one.statement.id: one for one in examples(training_set, "train", LABELS)}
    assert (taught[both.pk].label_index, taught[both.pk].further) == (1, (0,))  # what is not taught is no label here
    assert {one.further for pk, one in taught.items() if pk != both.pk} == {()}
