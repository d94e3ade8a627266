"""An inference run: pending statements in, chunks of predictions and flags out."""

from __future__ import annotations

import time
from contextlib import closing

from django.utils import timezone

from ledger.record.predictions import close_run, commit_chunk
from ledger.running import Work
from modeling.ensemble import Ensemble
from modeling.inference import LoadedModel
from modeling.store.context import Context
from modeling.store.models import load
from modeling.store.statements import pending_records
from modeling.store.unread import PassedOver

CHUNK_SIZE = 2_000  # statements: the most that is worked out twice after a kill


def predict_pending(work: Work) -> None:
    """Ask the run's model about every statement it has not spoken of, and close the run.

    Raises RunCancelled, RunTakenOver, and what loading and asking the model raise.
    """
    assert work.run.model_version is not None
    work.report(stage="loading the model")
    answer_pending(work, load(work.run.model_version))


def answer_pending(work: Work, model: LoadedModel | Ensemble) -> None:
    """What `predict_pending` does, with the run's model at hand.

    A chunk is worked out in two halves, each a transaction: while one is committed the model is at the other. Killed at
    any instant, the next call goes on after the last commit. A statement that the model cannot read gets no prediction
    and is named in the run's detail, before the commit that goes past it.
    """
    run = work.run
    context = Context(run)
    work.report(stage="predicting")
    started, n_here, passed_over = time.monotonic(), 0, PassedOver(run)
    answers = model.predict(
        pending_records(run), chunk_size=CHUNK_SIZE // 2, should_stop=work.should_stop, on_unread=passed_over.take
    )
    detail: dict[str, object] = {}
    with closing(answers):  # else the model would work on when a commit fails
        for scored in answers:
            if passed_over:
                work.report(detail=detail | passed_over.as_dict())
            if not scored:
                continue
            predicted = context.predicted(scored, model.labels)
            commit_chunk(
                run=run,
                claim=work.claim,
                predicted=predicted,
                beside=context.beside(predicted),
                thresholds=context.thresholds,
                rules=context.rules,
                titles=context.titles,
                now=timezone.now(),
            )
            n_here += len(scored)
            detail = {
                "statements_per_second": round(n_here / (time.monotonic() - started), 1),
                "computed_once": model.cache.misses,
                "answered_from_cache": model.cache.hits,
                "number_format": model.number_format,
            }
            work.report(detail=detail | passed_over.as_dict())
    work.stop_if_asked()
    close_run(run=run, claim=work.claim, now=timezone.now())
