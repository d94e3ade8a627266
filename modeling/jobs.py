"""What workers of the `gpu` queue do. Named as strings in `ledger.enqueue`; each takes the id of a run."""

from __future__ import annotations

from ledger.running import carry_out
from modeling.store.predictions import predict_pending
from modeling.store.rounds import train_round


def run_training(run_id: int) -> None:
    """Train the model of a round."""
    carry_out(run_id, train_round)


def run_inference(run_id: int) -> None:
    """Predict every pending statement of an inference run."""
    carry_out(run_id, predict_pending)
