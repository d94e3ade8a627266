"""Bring the demonstration from an empty ledger to a queue worth reviewing; what is done already is left alone."""

from __future__ import annotations

import io
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.utils import timezone

import ledger
from ledger.following import see_through
from ledger.models import Corpus, GoldLabel, Import, ModelVersion, Prediction, Run, Statement, Task
from ledger.queries import current_model
from ledger.record.promotions import promote
from ledger.record.runs import open_inference, open_queue_build, open_round
from review.models import ReviewItem

CORPUS = "demo"
LABELS = "seed_labels.csv"
FILES = Path(ledger.__file__).parent / "demo_corpus"
Say = Callable[[str], None]


def task() -> Task:
    return Task.objects.get(slug="ddi-polarity")


def prepare(say: Say) -> dict[str, Any]:
    """Import, train, promote, predict and build the queue, on the running worker; returns the counts of each stage."""
    counts = import_demo_corpus(say)
    if current_model(task()) is None:
        version = train(say)
        promote(model_version=version, by=None, reason="first model of the demonstration", now=timezone.now())
    predict(say)
    build_queue(say)
    return counts | {
        "models": ModelVersion.objects.filter(task=task()).count(),
        "predictions": Prediction.objects.count(),
        "queue": ReviewItem.objects.waiting().count(),
    }


def import_demo_corpus(say: Say) -> dict[str, int]:
    """Import the shipped files; a second time everything is there already."""
    if not Import.objects.filter(corpus__name=CORPUS, file_name=LABELS, finished_at__isnull=False).exists():
        for command, file_name, options in (
            ("import_atc", "atc_index.csv", {}),
            ("import_drugs", "drugs.csv", {}),
            ("import_atc", "drug_atc.tsv", {}),
            ("import_statements", "interactions.csv", {"corpus": CORPUS}),
            ("import_labels", LABELS, {"corpus": CORPUS}),
        ):
            say(f"importing {file_name}")
            call_command(command, str(FILES / file_name), stdout=io.StringIO(), **options)
    corpus = Corpus.objects.get(name=CORPUS)
    return {
        "statements": Statement.objects.filter(corpus=corpus).count(),
        "seed_labels": GoldLabel.objects.filter(statement__corpus=corpus, source=GoldLabel.Source.SEED).count(),
    }


def train(say: Say) -> ModelVersion:
    """Open a round, or wait for the one under way, and return its model."""
    active = Run.objects.filter(task=task(), kind=Run.Kind.TRAINING, status__in=Run.ACTIVE).first()
    run = active or open_round(task=task(), by=None, now=timezone.now()).runs.get()
    finished = see_through(run.pk, do=None, say=Narrator(say))
    return ModelVersion.objects.filter(training_set__round=finished.round).latest("id")


def predict(say: Say) -> Run | None:
    """Let the live model speak of every statement; None when it has."""
    model = current_model(task())
    assert model is not None
    active = Run.objects.filter(model_version=model, kind=Run.Kind.INFERENCE, status__in=Run.ACTIVE).first()
    if active is None and Prediction.objects.filter(model_version=model).count() == Statement.objects.count():
        return None
    run = active or open_inference(task=task(), model_version=model, by=None, now=timezone.now())
    return see_through(run.pk, do=None, say=Narrator(say))


def build_queue(say: Say) -> Run | None:
    """Build the queue unless the newest predictions are in it."""
    runs = Run.objects.filter(task=task(), status=Run.Status.FINISHED)
    newest = runs.filter(kind=Run.Kind.INFERENCE).order_by("-finished_at").first()
    built = runs.filter(kind=Run.Kind.QUEUE).order_by("-finished_at").first()
    if built and newest and built.created_at > newest.finished_at:  # type: ignore[operator]  # finished
        return None
    run = open_queue_build(task=task(), by=None, now=timezone.now())
    return see_through(run.pk, do=None, say=Narrator(say))


class Narrator:
    """Says how a run goes on whenever its stage changes, and every ten seconds."""

    def __init__(self, say: Say) -> None:
        self._say = say
        self._said = ("", 0.0)

    def __call__(self, run: Run) -> None:
        stage, when = self._said
        now = time.monotonic()
        state = run.stage or run.get_status_display() if run.is_active else run.get_status_display()
        if state != stage or now - when > 10:
            self._said = (state, now)
            progress = f" {run.n_done:,} of {run.n_total:,}" if run.is_active and run.n_total else ""
            self._say(f"{run}: {state}{progress}")
