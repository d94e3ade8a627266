"""A training that was cut off goes on after the last pass over its examples that it finished."""

from __future__ import annotations

import logging
import shutil
import time
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path
from typing import Any

from safetensors.torch import load_file, save_file
from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments
from transformers.trainer_utils import PREFIX_CHECKPOINT_DIR

from modeling import artifacts
from modeling.watching import BestEpoch

BEST = "best.safetensors"
BYTES_OF_A_PARAMETER = 32  # itself, AdamW's two moments and the best epoch's, in four bytes each, and as much to spare
BESIDE = 100_000_000  # bytes for all else, a network's parts that are not trained among it

logger = logging.getLogger(__name__)


class Checkpoints(TrainerCallback):
    """The Trainer's own checkpoints after every epoch, each with a manifest once it is whole.

    The Trainer writes one file after another and so may be cut off between two, by a loss of power also after the
    last; and its folder knows neither the best epoch so far nor what was trained. The manifest, written last, holds
    both and the hash of every file. `epochs_before` and `seconds_before` are what `take_up` found done.
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
        found: list[tuple[int, Path]] = []
        for path in self.folder.glob(f"{PREFIX_CHECKPOINT_DIR}-*"):
            manifest = _manifest_of_whole(path)
            if manifest is not None and manifest["name"] == self.name:
                found.append((manifest["epochs"], path))
            else:
                shutil.rmtree(path)
        if not found:
            return None
        self.epochs_before, path = max(found)
        manifest = artifacts.read_manifest(path)
        self.seconds_before = manifest["seconds"]
        self.best.take_up(manifest["best"], load_file(path / BEST))
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
        """Say that the checkpoint that was just written is whole."""
        path = self.folder / f"{PREFIX_CHECKPOINT_DIR}-{state.global_step}"
        save_file(self.best.weights, path / BEST)
        content = {
            "name": self.name,
            "epochs": round(state.epoch or 0),
            "seconds": self.seconds,
            "best": self.best.state(),
        }
        artifacts.write_manifest(path, content)

    @property
    def seconds(self) -> float:
        """Since this was made, and what earlier attempts took up to the epoch that was taken up."""
        return self.seconds_before + time.monotonic() - self.started

    def forget(self) -> None:
        """Delete the folder."""
        shutil.rmtree(self.folder, ignore_errors=True)


def _manifest_of_whole(path: Path) -> dict[str, Any] | None:
    try:
        artifacts.verify(path, artifacts.seal(path))
    except artifacts.ArtifactChanged:
        return None
    return artifacts.read_manifest(path)


def _digest(parts: Iterable[str]) -> str:
    digest = sha256()
    for part in parts:
        digest.update(part.encode())
        digest.update(b"\0")
    return digest.hexdigest()
