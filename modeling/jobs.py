"""What workers of the `gpu` queue do. Named as strings in `ledger.enqueue`; each takes the id of a run."""

from __future__ import annotations

from ledger.running import claimed
from modeling.store.predictions import predict_pending
from modeling.store.rounds import train_round


def run_training(run_id: int) -> None:
    """Train the model of a round."""
    with claimed(run_id) as work:
        train_round(work)


def run_inference(run_id: int) -> None:
    """Predict every pending statement of an inference run."""
    with claimed(run_id) as work:
        predict_pending(work)
