"""Answering with an exported model: onnxruntime and tokenizers alone, without torch."""

from __future__ import annotations

import math
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnxruntime
from tokenizers import Tokenizer

from modeling import artifacts
from modeling.batching import CORE_TOKEN_BUDGET, arrays_of, batches_of
from modeling.calibration import probabilities_of
from modeling.config import TrainingConfig
from modeling.encode import load_tokenizer
from modeling.inputs import inputs_of
from modeling.records import Input, Scored, Statement

GRAPH = "model.onnx"
FLOAT32, INT8 = "cls-onnx", "cls-onnx-int8"
"""Architectures of exported models: their network, of whatever kind, its weights as they are or rounded to 8 bits."""

CHUNK = 512


class NotServable(ValueError):
    """The folder holds a model of another kind than an exported one."""


class NoNumber(ArithmeticError):
    """The graph gave no number, which would become a confident wrong label later."""


class Graph:
    """An ONNX graph ready to run on the CPU: what `arrays_of` makes in, logits out; threads may call it at once.

    Each batch is computed by one core. All cores on one batch would wait for one another after every operation, which
    on a busy machine takes three times as long.
    """

    def __init__(self, path: Path, *, threads: int = 0) -> None:
        """`threads`: how many batches `logits_of` has computed at once; 0 is one for each core."""
        self.threads = threads or os.cpu_count() or 1
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        if not has_exact_products():
            options.add_session_config_entry("session.x64quantprecision", "1")
        self._session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        self._names = [one.name for one in self._session.get_inputs()]

    def __call__(self, **arrays: npt.NDArray[np.int64]) -> npt.NDArray[np.float32]:
        """Logits (inputs, labels) of arrays named as by `arrays_of`; those the graph does not read are left aside."""
        (logits,) = self._session.run(["logits"], {name: arrays[name] for name in self._names})
        return np.asarray(logits, dtype=np.float32)

    def logits_of(self, inputs: Sequence[Input], *, pad_id: int) -> npt.NDArray[np.float32]:
        """Logits (inputs, labels) in the order of the inputs, computed in batches of like length."""

        def answer(batch: list[int]) -> npt.NDArray[np.float32]:
            return self(**arrays_of([inputs[position] for position in batch], pad_id=pad_id))

        batches = batches_of(inputs, budget=CORE_TOKEN_BUDGET)
        rows: dict[int, npt.NDArray[np.float32]] = {}
        with ThreadPoolExecutor(self.threads) as pool:
            for batch, logits in zip(batches, pool.map(answer, batches), strict=True):
                rows.update(zip(batch, logits, strict=True))
        return np.stack([rows[position] for position in range(len(inputs))])


def has_exact_products(processor: Path = Path("/proc/cpuinfo")) -> bool:
    """Whether the processor multiplies 8-bit numbers without overflow at full speed: it has VNNI.

    Without these instructions onnxruntime's quick product overflows on x86, so an int8 model would answer otherwise
    than where it was measured; its slower product gives the same answers everywhere.
    """
    try:
        return "vnni" in processor.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False


@dataclass(frozen=True, slots=True)
class ServedModel:
    """An exported model and all it needs to answer; `unrelated` as in `probabilities_of`."""

    graph: Graph
    tokenizer: Tokenizer
    labels: tuple[str, ...]
    config: TrainingConfig
    temperature: float
    pad_id: int
    manifest: dict[str, Any]
    unrelated: int | None = None

    @classmethod
    def load(cls, folder: Path, *, sha256: str | None = None, threads: int = 0) -> ServedModel:
        """The model in `folder`, once its files are those of its manifest, and of the seal `sha256` if one is given.

        Raises ArtifactChanged or NotServable.
        """
        manifest = artifacts.read_manifest(folder)
        if manifest.get("architecture") not in (FLOAT32, INT8):
            raise NotServable(
                f"The folder {folder.name} holds a model of architecture {manifest.get('architecture')!r}, which is no "
                "exported one: make one with `manage.py export_onnx`."
            )
        artifacts.verify(folder, sha256 or artifacts.seal(folder))
        return cls(
            graph=Graph(folder / GRAPH, threads=threads),
            tokenizer=load_tokenizer(folder),
            labels=tuple(manifest["labels"]),
            config=TrainingConfig.from_json(manifest["config"]),
            temperature=float(manifest["calibration"]["temperature"]),
            pad_id=int(manifest["pad_id"]),
            manifest=manifest,
            unrelated=manifest.get("unrelated"),
        )

    def answer(self, statements: Sequence[Statement]) -> Iterator[Scored]:
        """What the model says of each statement, in their order. Raises what `inputs_of` raises, and NoNumber."""
        for start in range(0, len(statements), CHUNK):
            chunk = statements[start : start + CHUNK]
            inputs = inputs_of(chunk, self.tokenizer, self.config)
            logits = self.graph.logits_of(inputs, pad_id=self.pad_id)
            scores = probabilities_of(logits, self.temperature, unrelated=self.unrelated).astype(np.float32)
            for statement, row in zip(chunk, scores, strict=True):
                yield _scored(statement, tuple(row.tolist()))


def _scored(statement: Statement, scores: tuple[float, ...]) -> Scored:
    if not math.isfinite(sum(scores)):
        raise NoNumber(f"The exported model gave statement {statement.id} the scores {scores}: export it again.")
    return Scored.of(statement.id, scores)
