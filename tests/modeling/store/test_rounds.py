"""A training run: frozen set in, registered and evaluated model out; cancelled or cut off, nothing half-done."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.conf import settings
from django.core.files.storage import storages

from ledger.integrity import problems
from ledger.models import Evaluation, ModelVersion, Round, Run, TrainingSet
from ledger.record.promotions import promote
from ledger.record.runs import open_round, request_cancel
from ledger.running import carry_out
from modeling.artifacts import verify
from modeling.jobs import run_training
from modeling.records import Progress
from modeling.store import rounds
from modeling.store.models import fetch, load, local_folder
from modeling.store.rounds import Reporter
from tests.ledger.facts import NOW, polarity
from tests.modeling.store.conftest import QUICK


def test_a_round_becomes_a_registered_model_with_its_evaluation(opened: Round) -> None:
    run = opened.runs.get()
    run_training(run.pk)

    run.refresh_from_db()
    assert (run.status, run.error) == (Run.Status.FINISHED, "")
    version = ModelVersion.objects.get()
    assert version.labels == ["synergistic", "antagonistic"]
    assert version.training_set.round == opened
    assert version.config["max_epochs"] == 3
    assert version.backbone == "small-bert"
    verify(local_folder(version.artifact), version.artifact)
    assert all(name.endswith((".json", ".safetensors")) for name in version.files)
    assert dict(Evaluation.objects.values_list("view", "n_examples")) == {"test": 6, "validation": 6}
    for evaluation in Evaluation.objects.all():
        assert sum(map(sum, evaluation.metrics["confusion"])) == 6
    course = version.measured["training"]
    assert run.detail["training"] == course
    assert 1 <= course["best_epoch"] <= course["epochs"] == len(course["history"]) <= 3
    assert course["stopped_early"] is (course["epochs"] < 3)
    assert course["notes"] == ["Only 6 validation examples: confidences are not calibrated."]
    assert list(problems()) == []


def test_the_current_model_is_asked_about_the_same_examples(opened: Round) -> None:
    run_training(opened.runs.get().pk)
    first = ModelVersion.objects.get()
    promote(model_version=first, by=None, reason="first", now=NOW)
    second = open_round(task=polarity(), by=None, now=NOW, parameters=QUICK, wake=False)
    run_training(second.runs.get().pk)

    asked = Evaluation.objects.filter(training_set=second.training_set)
    assert sorted(asked.values_list("model_version__number", "view")) == [
        (number, view) for number in (1, 2) for view in ("test", "validation")
    ]
    assert {evaluation.n_examples for evaluation in asked} == {6}


def test_a_cancelled_training_registers_nothing(opened: Round, monkeypatch: pytest.MonkeyPatch) -> None:
    run = opened.runs.get()
    monkeypatch.setattr(rounds, "SECONDS_BETWEEN_REPORTS", 0)
    tell = rounds.Reporter.__call__

    def tell_and_cancel(self: rounds.Reporter, progress: object) -> None:
        tell(self, progress)
        row = Run.objects.get(pk=run.pk)
        if row.stage == "train" and not row.cancel_requested:
            request_cancel(run=row, now=NOW)

    monkeypatch.setattr(rounds.Reporter, "__call__", tell_and_cancel)
    run_training(run.pk)

    run.refresh_from_db()
    assert run.status == Run.Status.CANCELLED
    assert not ModelVersion.objects.exists()
    assert not list(settings.VAR_DIR.glob("training-*"))


def test_a_training_that_was_cut_off_starts_from_its_frozen_set(opened: Round, monkeypatch: pytest.MonkeyPatch) -> None:
    run = opened.runs.get()

    def power_cut(*args: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(rounds, "_train", power_cut)
        with pytest.raises(KeyboardInterrupt):
            run_training(run.pk)
    frozen = TrainingSet.objects.get()
    Run.objects.filter(pk=run.pk).update(status=Run.Status.QUEUED)
    run_training(run.pk)

    assert TrainingSet.objects.get() == frozen
    assert ModelVersion.objects.get().training_set == frozen
    run.refresh_from_db()
    assert run.n_claims == 2


def test_a_training_that_was_cut_off_goes_on_after_its_last_epoch(
    opened: Round, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = opened.runs.get()
    run.parameters["config"] |= {"batch_size": 2, "patience": 3}  # twelve steps an epoch
    run.save()
    report = Reporter.__call__

    def power_cut(self: Reporter, progress: Progress) -> None:
        if progress.stage == "train" and progress.done > 30:
            raise KeyboardInterrupt
        report(self, progress)

    with monkeypatch.context() as patched:
        patched.setattr(Reporter, "__call__", power_cut)
        patched.setattr(rounds, "SECONDS_BETWEEN_REPORTS", 0.0)
        with pytest.raises(KeyboardInterrupt):
            run_training(run.pk)
    run.refresh_from_db()
    before = [step for step, _ in run.detail["losses"]]
    Run.objects.filter(pk=run.pk).update(status=Run.Status.QUEUED)
    run_training(run.pk)

    course = ModelVersion.objects.get().measured["training"]
    assert course["notes"][0] == "Went on after epoch 2, where an earlier attempt was cut off."
    assert [row["epoch"] for row in course["history"]] == [1, 2, 3]
    run.refresh_from_db()
    steps = [step for step, _ in run.detail["losses"]]
    assert before == [6, 11, 16, 21, 26]
    assert steps == [6, 11, 16, 21, 26, 31, 36], "the curve is whole, and nothing in it twice"
    assert [step for step, _ in run.detail["validation_losses"]] == [12, 24, 36]
    assert list((settings.VAR_DIR / "unfinished").iterdir()) == []


def test_a_round_without_examples_of_a_class_says_what_to_do(opened: Round) -> None:
    polarity().labels.filter(slug="undetermined").update(trainable=True)
    with pytest.raises(Exception, match=r"undetermined.*import seed labels or review"):
        run_training(opened.runs.get().pk)
    run = opened.runs.get()
    assert run.status == Run.Status.FAILED
    assert "undetermined" in run.error
    assert not TrainingSet.objects.exists()


def test_a_model_comes_back_from_the_shared_storage(opened: Round) -> None:
    carry_out(opened.runs.get().pk, rounds.train_round)
    version = ModelVersion.objects.get()
    kept = {
        name: storages["models"].open(f"{version.artifact}/{name}").read() for name in ["manifest.json", *version.files]
    }
    folder = fetch(version)
    assert {name: (folder / name).read_bytes() for name in kept} == kept
    assert load(version).labels == ("synergistic", "antagonistic")


def test_a_finished_training_keeps_its_loss_curve(opened: Round) -> None:
    run = opened.runs.get()
    run.parameters["config"]["batch_size"] = 4  # six steps an epoch, and the trainer tells of every fifth
    run.save()
    run_training(run.pk)
    run.refresh_from_db()
    steps = [step for step, _ in run.detail["losses"]]
    epochs = run.detail["validation_losses"]
    assert steps == sorted(set(steps))
    assert steps
    assert 1 <= len(epochs) <= 3
    assert all(loss > 0 for _, loss in [*run.detail["losses"], *epochs])


def test_a_loss_is_kept_once_however_often_it_is_told(opened: Round) -> None:
    told: list[dict[str, object]] = []
    work = SimpleNamespace(report=lambda **changes: told.append(changes), run=SimpleNamespace(detail={}))
    reporter = Reporter(work)  # type: ignore[arg-type]
    for step in range(1, 21):
        reporter(Progress("train", step, 20, {"loss": 1.0 / (step // 5 + 1), "validation_loss": 0.5}))
    assert reporter.losses == [(1, 1.0), (5, 0.5), (10, 0.3333), (15, 0.25), (20, 0.2)]
    assert reporter.validation_losses == [(1, 0.5)]
    assert told[-1]["detail"]["losses"] == reporter.losses  # type: ignore[index]


def test_a_long_curve_is_thinned_and_keeps_both_ends() -> None:
    points: list[tuple[int, float]] = []
    for step in range(5_000):
        points = rounds.thinned([*points, (step, float(step))])
        assert len(points) <= rounds.MOST_LOSSES
    assert (points[0], points[-1]) == ((0, 0.0), (4_999, 4_999.0))
    assert len(points) > rounds.MOST_LOSSES / 4
