"""What workers of the `gpu` queue do. Named as strings in `ledger.enqueue`; each takes the id of a row."""

from __future__ import annotations

from rq import get_current_job

from ledger.enqueue import FAILURE
from ledger.running import carry_out, in_words
from modeling.store.ensembles import join
from modeling.store.predictions import predict_pending
from modeling.store.rationales import explain
from modeling.store.rounds import train_round


def run_training(run_id: int) -> None:
    """Train the model of a round."""
    carry_out(run_id, train_round)


def run_joining(run_id: int) -> None:
    """Join model versions to an ensemble."""
    carry_out(run_id, join)


def run_inference(run_id: int) -> None:
    """Predict every pending statement of an inference run."""
    carry_out(run_id, predict_pending)


def explain_prediction(prediction_id: int) -> None:
    """Work out the rationale of a prediction; where it cannot be, its page finds the reason at the job."""
    try:
        explain(prediction_id)
    except Exception as error:
        if job := get_current_job():
            job.meta[FAILURE] = in_words(error)
            job.save_meta()  # type: ignore[no-untyped-call]
        raise
