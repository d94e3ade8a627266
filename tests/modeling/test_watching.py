from __future__ import annotations

from types import SimpleNamespace

import pytest
import torch
from torch import nn
from transformers import TrainerControl

from modeling.watching import BestEpoch


def after_epochs(best: BestEpoch, network: nn.Linear, epochs: list[tuple[float, float]]) -> list[bool]:
    """Whether to stop after each epoch of (macro-F1, loss); the network's weight is the epoch's number."""
    stops = []
    for number, (f1, loss) in enumerate(epochs, start=1):
        with torch.no_grad():
            network.weight.fill_(float(number))
        control = TrainerControl()
        figures = {"eval_macro_f1": f1, "eval_loss": loss, "eval_accuracy": f1}
        best.on_evaluate(
            SimpleNamespace(num_train_epochs=8),  # type: ignore[arg-type]
            SimpleNamespace(),  # type: ignore[arg-type]
            control,
            metrics=figures,
            model=network,
        )
        stops.append(control.should_training_stop)
    return stops


@pytest.mark.parametrize(
    ("epochs", "stops_after", "best_epoch"),
    [
        ([(0.5, 0.9), (0.8, 0.5), (0.7, 0.4), (0.6, 0.3)], 4, 2),  # a lower loss does not outweigh F1
        ([(0.5, 0.9), (0.4, 0.9), (0.6, 0.9), (0.5, 0.9), (0.5, 0.9)], 5, 3),  # a gain starts the count anew
        ([(0.8, 0.9), (0.8, 0.5), (0.8, 0.495), (0.8, 0.49)], 4, 2),  # at equal F1 the loss decides, by a margin
        ([(0.8, 0.9), (0.9, 1.5)], None, 2),  # and a higher loss does not undo a gain in F1
    ],
)
def test_best_epoch_and_when_to_stop(
    epochs: list[tuple[float, float]], stops_after: int | None, best_epoch: int
) -> None:
    best, network = BestEpoch(patience=2), nn.Linear(1, 1)
    stops = after_epochs(best, network, epochs)
    assert best.best_epoch == best_epoch
    assert best.stopped_early is (stops_after is not None)
    assert stops == [number == stops_after for number in range(1, len(epochs) + 1)]
    assert [row["epoch"] for row in best.history] == list(range(1, len(epochs) + 1))


def test_weights_of_the_best_epoch_are_put_back() -> None:
    best, network = BestEpoch(patience=2), nn.Linear(1, 1)
    after_epochs(best, network, [(0.5, 0.9), (0.8, 0.5), (0.7, 0.4)])
    assert network.weight.item() == 3.0
    best.restore(network)
    assert network.weight.item() == 2.0
