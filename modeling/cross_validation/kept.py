"""Trainings of a long experiment, kept as files: an experiment that was cut off goes on after the last one it finished,
and within the next after the last epoch that was.

A file is named by all that decides what is in it (the configuration and its seed, the backbone, the labels, and the
examples that teach, validate and test) but for the code: empty the folder when the networks change.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt

from modeling.backbones import Backbone
from modeling.config import TrainingConfig
from modeling.records import Example


class UnreadableTraining(ValueError):
    """A kept training cannot be read."""


@dataclass(frozen=True, slots=True)
class Trained:
    """One training: its seed, what it said of the tested examples (tested, labels), and what it took.

    `seconds` is the time of the training alone; `peak_memory_mb` the largest that its process had been by its end;
    `temperature` what the logits were divided by, where anybody asks for it.
    """

    scores: npt.NDArray[np.float64]
    seed: int
    seconds: float
    epochs: int
    best_epoch: int
    peak_memory_mb: int
    temperature: float = 1.0


def name_of(
    config: TrainingConfig,
    backbone: Backbone,
    labels: Iterable[str],
    *sides: Iterable[Example],
    beside: Sequence[str] = (),
) -> str:
    """The name of the training that these decide; the ledger's ids of the statements are not among them.

    `beside` is what else decides it.
    """
    digest = sha256(json.dumps([config.to_json(), backbone.sha256, list(labels)]).encode())
    for side in sides:
        digest.update(b"\0side\0")
        for one in side:
            learnt = one.label_index if config.loss == "softmax" else (one.label_index, *one.further)
            digest.update(repr((one.statement._replace(id=0), learnt, one.weight)).encode())
    for words in beside:
        digest.update(f"\0beside\0{words}".encode())
    return digest.hexdigest()


def kept_or(folder: Path | None, name: str, make: Callable[[Path | None], Trained]) -> Trained:
    """The training of this name that the folder holds, or else the one that `make` makes, which is put there.

    `make` is told where to leave what it has done so far, in case that it is cut off. Raises UnreadableTraining, and
    what `make` raises.
    """
    if folder is None:
        return make(None)
    path = folder / f"{name}.npz"
    if path.exists():
        return _read(path)
    made = make(folder / f"{name}.unfinished")
    folder.mkdir(parents=True, exist_ok=True)
    draft = folder / f"{name}.draft.npz"
    facts: dict[str, Any] = asdict(made)
    np.savez_compressed(draft, **facts)
    draft.rename(path)
    return made


def _read(path: Path) -> Trained:
    try:
        with np.load(path) as facts:
            return Trained(facts["scores"], **{name: facts[name].item() for name in facts.files if name != "scores"})
    except (BadZipFile, EOFError, KeyError, OSError, TypeError, ValueError) as error:
        raise UnreadableTraining(f"{path} is not a training kept whole: delete it, and it is made anew.") from error
