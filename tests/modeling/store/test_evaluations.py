"""Held-out examples with their circumstances, asked of a model, its untrained network and another model."""

from __future__ import annotations

import json

import pytest

from ledger.integrity import problems
from ledger.models import (
    AtcCode,
    DrugAtc,
    Evaluation,
    GoldLabel,
    Label,
    ModelVersion,
    Round,
    Statement,
    TrainingExample,
)
from ledger.record.gold import add_seed_labels
from ledger.record.promotions import promote
from ledger.record.runs import open_round
from modeling import curated
from modeling.jobs import run_training
from modeling.store.evaluations import ask_version, data_figures, held_out_examples, measure
from tests.ledger.facts import NOW, label, model_version, polarity, statement
from tests.modeling.store.conftest import QUICK, ROLES


@pytest.fixture
def trained(opened: Round) -> ModelVersion:
    """A trained model; its test set holds the six labelled statements of two wordings."""
    run_training(opened.runs.get().pk)
    return ModelVersion.objects.get()


def test_an_example_comes_with_what_it_is_broken_down_by(labelled: list[Statement], opened: Round) -> None:
    said = labelled[-1]
    assert said.head_drug is not None
    for code, name in (("N", "NERVOUS SYSTEM"), ("N02AA01", "morphine"), ("A07DA02", "opium")):
        AtcCode.objects.create(code=code, name=name)
        if len(code) > 1:
            DrugAtc.objects.create(drug=said.head_drug, code_id=code)
    strange = statement("Odd", "Ball", "{} is odd beside {}.", split="test")
    add_seed_labels(task=polarity(), rows=[(strange.pk, label("synergistic").pk, "seeds")], now=NOW)
    run_training(opened.runs.get().pk)
    version = ModelVersion.objects.get()

    found = {one.example.statement.id: one for one in held_out_examples(version.training_set, "test", version)}
    assert sorted(found) == sorted([*(one.pk for one in labelled[-ROLES.count("test") :]), strange.pk])
    one = found[said.pk]
    assert one.drugs == (said.head_drug_id, said.tail_drug_id)
    assert one.atc_groups == (("A", "N Nervous system"), ())
    assert (one.corpus, one.gold_source, one.document) == ("demo", "seed", "")
    assert version.labels[one.example.label_index] == "antagonistic"
    assert one.is_known_pattern
    assert not found[strange.pk].is_known_pattern


def test_a_round_keeps_all_figures_of_its_model_and_its_untrained_network(trained: ModelVersion) -> None:
    metrics = Evaluation.objects.get(view="test").metrics
    assert metrics["n"] == 6
    assert sum(map(sum, metrics["pretrained"]["confusion"])) == 6
    assert metrics["intervals"]["units"] == {"drug": 12}
    assert metrics["calibration"]["temperature"] == pytest.approx(trained.calibration["temperature"])
    assert metrics["calibration"]["fitted_on"] == 0  # six validation examples set no temperature
    assert [row["name"] for row in metrics["slices"]["pattern_seen_in_training"]] == ["seen in training"]
    assert metrics["data"] == json.loads(json.dumps(data_figures(trained.training_set)))
    assert "compared" not in metrics
    assert len(json.dumps(metrics)) < 200_000
    assert list(problems()) == []


@pytest.mark.parametrize(("share", "is_known"), [(0.0, False), (1.0, True)])
def test_a_pattern_that_a_curated_sentence_taught_is_not_new(db: None, share: float, is_known: bool) -> None:
    pattern = next(one.pattern for one in curated.sentences() if not curated.is_held_out(one))
    said = statement(wording=pattern.replace("⟨1⟩", "{0}").replace("⟨2⟩", "{1}"), split="test")
    add_seed_labels(task=polarity(), rows=[(said.pk, label("synergistic").pk, "seeds")], now=NOW)
    version = model_version(config={"curated_share": share})
    TrainingExample.objects.create(
        training_set=version.training_set, statement=said, label=label("synergistic"), role="test", source="gold",
        gold=GoldLabel.objects.get(),
    )  # fmt: skip
    (one,) = held_out_examples(version.training_set, "test", version)
    assert one.is_known_pattern is is_known


def test_the_data_figures_count_what_was_frozen(trained: ModelVersion) -> None:
    data = data_figures(trained.training_set)
    assert data["counts"]["train"] == {"antagonistic": 12, "synergistic": 12}
    assert data["counts"]["test"] == {"antagonistic": 3, "synergistic": 3}
    texts = TrainingExample.objects.filter(training_set=trained.training_set).values_list("statement__text", flat=True)
    assert data["lengths"]["mean"] == pytest.approx(sum(map(len, texts)) / 36)
    assert sum(n for _, n in data["lengths"]["bars"]) == 36


def test_the_live_model_and_the_rounds_are_compared_both_ways(trained: ModelVersion) -> None:
    promote(model_version=trained, by=None, reason="first", now=NOW)
    second = open_round(task=polarity(), by=None, now=NOW, parameters=QUICK, wake=False)
    run_training(second.runs.get().pk)
    made = ModelVersion.objects.get(training_set__round=second)
    by_model = {
        one.model_version_id: one.metrics
        for one in Evaluation.objects.filter(training_set=second.training_set, view="test")
    }
    mine, theirs = by_model[made.pk]["compared"], by_model[trained.pk]["compared"]
    assert (mine["model"], theirs["model"]) == (trained.number, made.number)
    assert mine["n"] == theirs["n"] == 6
    assert mine["difference"] == -theirs["difference"]
    assert mine["only_this_right"] == theirs["only_other_right"]
    assert mine["p_value"] == theirs["p_value"]


def test_examples_of_a_class_the_model_does_not_know_are_left_out(trained: ModelVersion) -> None:
    """A label that became trainable after the live model was trained."""
    polarity().labels.filter(slug="undetermined").update(trainable=True)
    for split in ("train", "test"):
        said = statement(f"New{split}", f"Drug{split}", "{} changes the level of {}.", split=split)
        add_seed_labels(task=polarity(), rows=[(said.pk, label("undetermined").pk, "seeds")], now=NOW)
    promote(model_version=trained, by=None, reason="first", now=NOW)
    second = open_round(task=polarity(), by=None, now=NOW, parameters=QUICK, wake=False)
    run_training(second.runs.get().pk)
    assert {
        one.model_version.number: one.n_examples
        for one in Evaluation.objects.filter(training_set=second.training_set, view="test").select_related(
            "model_version"
        )
    } == {1: 6, 2: 7}
    made = Evaluation.objects.get(training_set=second.training_set, view="test", model_version__number=2)
    assert made.metrics["compared"]["n"] == 6


def test_without_held_out_examples_nothing_is_asked(trained: ModelVersion) -> None:
    empty = open_round(task=polarity(), by=None, now=NOW, parameters=QUICK, wake=False)
    training_set = type(trained.training_set).objects.create(
        round=empty, content_hash="0" * 64, parameters={}, composition={}, frozen_at=NOW
    )
    asked = ask_version(trained, training_set, with_pretrained=True)
    assert asked == {}
    assert measure(trained, training_set, asked) == {}


def test_where_a_label_denies_a_relation_the_versions_are_scored_as_relations(trained: ModelVersion) -> None:
    """Antagonistic stands for "no relation" here, so the relations are the synergistic pairs."""
    asked = ask_version(trained, trained.training_set, with_pretrained=True)
    assert "relations" not in measure(trained, trained.training_set, asked)["test"]
    Label.objects.filter(task=trained.task, slug="antagonistic").update(negative=True)
    metrics = measure(trained, trained.training_set, asked, against=trained, theirs=asked)["test"]
    assert metrics["relations"]["unrelated"] == "antagonistic"
    assert metrics["relations"]["micro"]["gold"] == 3
    assert metrics["relations"]["by_type"]["synergistic"] == metrics["relations"]["micro"]
    assert metrics["pretrained"]["relations"]["micro"]["gold"] == 3
    assert metrics["compared"]["relations"]["micro"]["difference"] == 0
    assert json.loads(json.dumps(metrics)) == metrics


def test_the_second_type_that_a_corpus_gives_a_pair_comes_with_it(db: None) -> None:
    said = statement(split="test")
    rows = [(said.pk, label("synergistic").pk, "corpus")]
    add_seed_labels(task=polarity(), rows=rows, now=NOW, further={said.pk: ["antagonistic", "undetermined"]})
    version = model_version()
    TrainingExample.objects.create(
        training_set=version.training_set, statement=said, label=label("synergistic"), role="test", source="gold",
        gold=GoldLabel.objects.get(),
    )  # fmt: skip
    (one,) = held_out_examples(version.training_set, "test", version)
    assert one.further == (version.labels.index("antagonistic"),)  # the third is no class of this version
