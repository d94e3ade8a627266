"""What happens beside the steps of a training: progress, cancelling, keeping the best epoch."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import nn
from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments

from modeling.records import Progress


class TrainingCancelled(Exception):
    """The caller asked to stop; nothing was kept."""


class Reporter(TrainerCallback):
    """Tells the caller of every step and every evaluation, and asks after each whether to go on.

    Throttle in `on_progress` if telling is dear.
    """

    def __init__(self, on_progress: Callable[[Progress], None], should_cancel: Callable[[], bool]) -> None:
        self.on_progress = on_progress
        self.should_cancel = should_cancel
        self.detail: dict[str, float | int | str] = {}

    def on_log(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: Any) -> None:
        """Remember the last loss and validation figures, and tell of the latter: no step may follow them."""
        for name, value in kwargs["logs"].items():
            if name in ("loss", "learning_rate", "eval_loss", "eval_macro_f1", "eval_micro_f1", "eval_accuracy"):
                self.detail[name.replace("eval_", "validation_")] = float(value)
        if "eval_loss" in kwargs["logs"]:
            self._tell(state)

    def on_step_end(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: Any) -> None:
        """Ask and tell."""
        self._ask()
        self._tell(state)

    def on_prediction_step(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: Any
    ) -> None:
        """Ask during an evaluation too: a long one would otherwise outlive the wish to stop."""
        self._ask()

    def _tell(self, state: TrainerState) -> None:
        detail = {"epoch": round(state.epoch or 0, 3), **self.detail}
        self.on_progress(Progress("train", state.global_step, state.max_steps, detail))

    def _ask(self) -> None:
        if self.should_cancel():
            raise TrainingCancelled("The training was cancelled and nothing of it was kept.")


LOSS_GAIN = 0.02
"""How much lower, in nats per example, a validation loss has to be to count as better at equal macro-F1."""


class BestEpoch(TrainerCallback):
    """Keeps the best epoch's trainable weights in memory and stops after `patience` epochs without a better one.

    Better is a higher macro-F1 on the validation examples: the figure models are compared by, in which a rare label
    counts as much as a common one; for relations it is their micro-F1, by which they are scored. On few or templated
    examples it ties often, and then the loss decides, by a margin, so that ever smaller gains on a solved task do not
    keep it running.
    """

    def __init__(self, patience: int) -> None:
        self.patience = patience
        self.history: list[dict[str, float]] = []
        self.best_epoch = 0
        self.stopped_early = False
        self.weights: dict[str, torch.Tensor] = {}

    def on_evaluate(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: Any) -> None:
        """Compare this epoch with the best one so far."""
        figures, network = kwargs["metrics"], kwargs["model"]
        epoch = len(self.history) + 1
        row = {
            name: float(figures[f"eval_{name}"])
            for name in ("loss", "macro_f1", "micro_f1", "accuracy")
            if f"eval_{name}" in figures
        }
        if not self.history or self._is_better(row):
            self.best_epoch = epoch
            self.weights = {
                name: parameter.detach().cpu().clone()
                for name, parameter in network.named_parameters()
                if parameter.requires_grad
            }
        elif epoch - self.best_epoch >= self.patience:
            self.stopped_early = epoch < args.num_train_epochs
            control.should_training_stop = True
        self.history.append({"epoch": epoch, **row})

    def _is_better(self, row: dict[str, float]) -> bool:
        best = self.history[self.best_epoch - 1]
        figure = "micro_f1" if "micro_f1" in row else "macro_f1"
        if row[figure] != best[figure]:
            return row[figure] > best[figure]
        return row["loss"] <= best["loss"] - LOSS_GAIN

    def state(self) -> dict[str, Any]:
        """What `take_up` needs beside the weights, as JSON values."""
        return {"history": self.history, "best_epoch": self.best_epoch, "stopped_early": self.stopped_early}

    def take_up(self, state: Mapping[str, Any], weights: Mapping[str, torch.Tensor]) -> None:
        """Go on from where another one's `state` and `weights` were."""
        self.history = list(state["history"])
        self.best_epoch, self.stopped_early = state["best_epoch"], state["stopped_early"]
        self.weights = dict(weights)

    def restore(self, network: nn.Module) -> None:
        """Put the best epoch's weights back."""
        network.load_state_dict(self.weights, strict=False)
