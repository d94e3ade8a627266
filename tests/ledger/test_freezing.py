"""A frozen training set is what the page showed, leaks nothing, and stays what it was."""

from __future__ import annotations

from dataclasses import asdict

import pytest

from ledger.candidates import LeakyTrainingSet
from ledger.integrity import problems
from ledger.models import ChainLink, ModelVersion, TrainingExample, TrainingSet
from ledger.training_sets import NothingToLearnFrom, freeze, preview
from tests.ledger.facts import NOW, answer, polarity, statement
from tests.ledger.together import at_once
from tests.ledger.whole import Says, finished_run, opened_round, seed, statements, sure, taught

LATER = 50  # pairs of drugs from here on are in no statement that teaches by gold


UNKNOWN = {"head_drug": None, "tail_drug": None}


def leaky_by_pair() -> None:
    seed(statement("Codeine", "Paracetamol"), "synergistic")
    seed(statement("Paracetamol", "Codeine", "Beside {}, {} works.", split="test"), "synergistic")


def leaky_by_document() -> None:
    seed(statement("Codeine", "Paracetamol", document="PMID17"), "synergistic")
    seed(statement("Quinine", "Iron", document="PMID17", split="test"), "synergistic")


def leaky_by_text() -> None:
    seed(statement("Codeine", "Paracetamol", "{} with {} helps.", **UNKNOWN), "synergistic")
    seed(statement("CODEINE", "PARACETAMOL", "  {} WITH {} HELPS. \n", split="test", **UNKNOWN), "synergistic")


@pytest.mark.parametrize(
    ("leak", "shared"),
    [(leaky_by_pair, "drug pair"), (leaky_by_document, "document PMID17"), (leaky_by_text, "exact text")],
)
def test_a_set_that_teaches_what_it_tests_is_refused_by_name_and_not_written(
    db: None, leak: object, shared: str
) -> None:
    taught()
    leak()  # type: ignore[operator]
    opened, n_links = opened_round(), ChainLink.objects.count()
    with pytest.raises(LeakyTrainingSet, match=f"shares its {shared} with test statement"):
        freeze(round=opened, now=NOW)
    assert (TrainingSet.objects.count(), TrainingExample.objects.count()) == (0, 0)
    assert ChainLink.objects.count() == n_links


def test_a_class_nothing_teaches_is_named_and_nothing_is_written(db: None) -> None:
    seed(statements(1)[0], "synergistic")
    seed(statements(1, start=LATER, split="test")[0], "antagonistic")
    with pytest.raises(NothingToLearnFrom, match="class 'antagonistic'"):
        freeze(round=opened_round(), now=NOW)
    assert not TrainingSet.objects.exists()


def test_what_the_rounds_page_shows_is_what_is_frozen(live: ModelVersion) -> None:
    made = statements(8, start=LATER)
    finished_run(live, [*sure(made[:5], 3), Says(made[5], confidence=0.9), Says(made[6], "antagonistic", 0.995)])
    answer(made[0], "undetermined")
    shown = preview(polarity())
    training_set = freeze(round=opened_round(), now=NOW)
    training_set.refresh_from_db()
    assert training_set.composition == asdict(shown)
    assert training_set.parameters == {
        "at_least": 0.98, "most_per_class": 2_000, "most_per_pattern": 25, "pattern_weight": 0.5,
        "corpora": ["demo"],
    }  # fmt: skip
    for role in ("train", "validation", "test"):
        for source in ("gold", "pseudo"):
            assert training_set.examples.filter(role=role, source=source).count() == shown.n(role, source)
    assert shown.n("train", "pseudo") == 4
    assert shown.pseudo_by_confidence == {"synergistic": {"0.99": 2}, "antagonistic": {"0.99": 2}}


def test_every_pseudo_label_names_the_prediction_it_comes_from(live: ModelVersion) -> None:
    finished_run(live, sure(statements(4, start=LATER), 2))
    for example in freeze(round=opened_round(), now=NOW).examples.filter(source="pseudo"):
        assert example.prediction.model_version == live
        assert (example.statement, example.label) == (example.prediction.statement, example.prediction.label)


def test_freezing_again_gives_the_set_that_was_frozen_whatever_was_learnt_since(live: ModelVersion) -> None:
    opened = opened_round()
    first = freeze(round=opened, now=NOW)
    answer(statements(1, start=LATER)[0], "synergistic")
    n_links = ChainLink.objects.count()
    assert freeze(round=opened, now=NOW) == first
    assert (first.examples.count(), ChainLink.objects.count()) == (4, n_links)


def test_the_same_facts_make_the_same_set_in_whatever_order_they_were_confirmed(live: ModelVersion) -> None:
    first, second = freeze(round=opened_round(), now=NOW), freeze(round=opened_round(), now=NOW)
    assert first.content_hash == second.content_hash
    made = statements(2, start=LATER)
    answer(made[1], "synergistic")
    answer(made[0], "synergistic")
    third = freeze(round=opened_round(), now=NOW)
    assert third.content_hash != first.content_hash
    ids = list(third.examples.order_by("id").values_list("statement_id", flat=True))
    assert ids == sorted(ids)


def test_a_round_frozen_by_two_workers_at_once_has_one_set(committed_db: str) -> None:
    taught()
    opened = opened_round()
    assert at_once(3, lambda number: freeze(round=opened, now=NOW)) == []
    assert (TrainingSet.objects.count(), TrainingExample.objects.count()) == (1, 4)
    assert list(problems()) == []
