"""A training that was cut off goes on after the last pass over its examples that it finished."""

from __future__ import annotations

import logging
import os
import shutil
import time
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path
from typing import Any

import torch
from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments
from transformers.trainer_utils import PREFIX_CHECKPOINT_DIR

from modeling.watching import BestEpoch

MARK = "whole.pt"
BYTES_OF_A_PARAMETER = 32  # itself, AdamW's two moments and the best epoch's, in four bytes each, and as much to spare
BESIDE = 100_000_000  # bytes for all else, a network's parts that are not trained among it

logger = logging.getLogger(__name__)


class Checkpoints(TrainerCallback):
    """The Trainer's own checkpoints after every epoch, each marked once it is whole.

    The Trainer writes one file after another and so may be cut off between two; and its folder knows neither the best
    epoch so far nor what was trained. The mark, written last and in one step, holds both. `epochs_before` and
    `seconds_before` are what `take_up` found done by earlier attempts.
    """

    def __init__(self, folder: Path, best: BestEpoch, *decided_by: object) -> None:
        """`folder` is for this training alone; `decided_by` all that decides its weights, by its representation."""
        self.folder = folder
        self.best = best
        self.name = _digest(map(repr, decided_by))
        self.epochs_before, self.seconds_before = 0, 0.0
        self.started = time.monotonic()

    def take_up(self) -> Path | None:
        """The last whole checkpoint of the same training, and its best epoch put back; None where there is none.

        Whatever else stands in the folder is deleted.
        """
        found: list[tuple[dict[str, Any], Path]] = []
        for path in self.folder.glob(f"{PREFIX_CHECKPOINT_DIR}-*"):
            mark = _read(path / MARK)
            if mark is not None and mark["name"] == self.name:
                found.append((mark, path))
            else:
                shutil.rmtree(path)
        if not found:
            return None
        mark, path = max(found, key=lambda one: one[0]["epochs"])
        self.epochs_before, self.seconds_before = mark["epochs"], mark["seconds"]
        self.best.take_up(mark["best"])
        return path

    def on_epoch_end(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: Any
    ) -> None:
        """Leave a checkpoint out that the disk may have no room for: it would end the training."""
        n_trained = sum(part.numel() for part in kwargs["model"].parameters() if part.requires_grad)
        self.folder.mkdir(parents=True, exist_ok=True)
        if shutil.disk_usage(self.folder).free < BYTES_OF_A_PARAMETER * n_trained + BESIDE:
            logger.warning("%s has no room for this epoch: cut off now, the training starts before it.", self.folder)
            control.should_save = False

    def on_save(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: Any) -> None:
        """Mark the checkpoint that was just written."""
        path = self.folder / f"{PREFIX_CHECKPOINT_DIR}-{state.global_step}" / MARK
        draft = path.with_suffix(".draft")
        mark = {
            "name": self.name,
            "epochs": round(state.epoch or 0),
            "seconds": self.seconds,
            "best": self.best.state(),
        }
        torch.save(mark, draft)
        os.replace(draft, path)

    @property
    def seconds(self) -> float:
        """Since this was made, and what earlier attempts took up to the epoch that was taken up."""
        return self.seconds_before + time.monotonic() - self.started

    def forget(self) -> None:
        """Delete the folder."""
        shutil.rmtree(self.folder, ignore_errors=True)


def _read(path: Path) -> dict[str, Any] | None:
    try:
        mark: dict[str, Any] = torch.load(path, weights_only=True)
    except FileNotFoundError:
        return None
    return mark


def _digest(parts: Iterable[str]) -> str:
    digest = sha256()
    for part in parts:
        digest.update(part.encode())
        digest.update(b"\0")
    return digest.hexdigest()
