"""Asking a trained model about statements, chunk by chunk."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import nn

from modeling import adapters, artifacts
from modeling.backbones import Backbone
from modeling.cache import ExactCache
from modeling.calibration import calibrated
from modeling.config import TrainingConfig
from modeling.encode import encode, load_tokenizer, tokenizer_sha256
from modeling.forward import Stopped, logits_for
from modeling.networks.cls import ARCHITECTURE, build
from modeling.precision import fastest_safe_dtype
from modeling.records import Scored, Statement

CACHED_INPUTS = 100_000


class BackboneMismatch(ValueError):
    """The model was trained on another backbone than the one at hand."""


class UnknownArchitecture(ValueError):
    """The model's network is none that this version can build."""


class ScoresNotFinite(ArithmeticError):
    """The network gave no number, which would become a confident wrong label later."""


@dataclass(slots=True)
class LoadedModel:
    """A trained model, merged and ready to answer."""

    network: nn.Module
    tokenizer: Tokenizer
    labels: tuple[str, ...]
    config: TrainingConfig
    temperature: float
    pad_id: int
    cache: ExactCache = field(default_factory=lambda: ExactCache(CACHED_INPUTS))

    @classmethod
    def load(
        cls,
        artifact: Path,
        backbone: Backbone,
        *,
        sha256: str,
        device: str | None = None,
        probe: bool = False,
    ) -> LoadedModel:
        """The model in the folder `artifact`, once its files are known to be those sealed as `sha256`.

        Without a `device` it goes to the GPU if there is one. It computes in bfloat16 on a GPU that can, in float32
        elsewhere; with `probe`, on a CPU in whatever `fastest_safe_dtype` finds. Raises ArtifactChanged,
        BackboneMismatch or UnknownArchitecture. Costs a second or two, and reads the backbone.
        """
        artifacts.verify(artifact, sha256)
        manifest = artifacts.read_manifest(artifact)
        tokenizer = load_tokenizer(backbone.path)
        _check(manifest, backbone, tokenizer)
        classifier = build(backbone, n_labels=len(manifest["labels"]))
        network = adapters.merge(adapters.load(classifier.network, artifact / "adapter"))
        device = device or ("cuda" if torch.cuda.is_available() else "cpu")
        if device.startswith("cuda"):
            dtype = torch.bfloat16 if torch.cuda.is_bf16_supported() else torch.float32
        else:
            dtype = fastest_safe_dtype(network) if probe else torch.float32
        return cls(
            network=network.to(device=device, dtype=dtype),
            tokenizer=tokenizer,
            labels=tuple(manifest["labels"]),
            config=TrainingConfig.from_json(manifest["config"]),
            temperature=float(manifest["calibration"]["temperature"]),
            pad_id=int(manifest["pad_id"]),
        )

    def predict(
        self,
        statements: Iterable[Statement],
        *,
        chunk_size: int,
        should_stop: Callable[[], bool] = lambda: False,
    ) -> Iterator[list[Scored]]:
        """One list per chunk of `chunk_size` statements, in the order they came; no more than one chunk in memory.

        `should_stop` is asked before each chunk and each batch of it: a yes ends the iteration, and a chunk that is not
        complete is not given. Equal inputs are computed once (`cache.hits`, `cache.misses`).
        Raises what `encode` raises, and ScoresNotFinite.
        """
        source = iter(statements)
        while not should_stop() and (chunk := list(itertools.islice(source, chunk_size))):
            try:
                yield self.answer(chunk, should_stop=should_stop)
            except Stopped:
                return

    def answer(
        self, statements: Sequence[Statement], *, should_stop: Callable[[], bool] = lambda: False
    ) -> list[Scored]:
        """What the model says of each statement, in their order. Raises Stopped when told to."""
        token_ids = encode(statements, self.tokenizer, mentions=self.config.mentions, max_tokens=self.config.max_tokens)
        known: dict[tuple[int, ...], tuple[float, ...]] = {}
        fresh: dict[tuple[int, ...], None] = {}
        for key in map(tuple, token_ids):
            if key in known or key in fresh:
                self.cache.hits += 1
            elif (scores := self.cache.get(key)) is not None:
                known[key] = scores
            else:
                fresh[key] = None
        if fresh:
            logits = logits_for(self.network, list(fresh), pad_id=self.pad_id, should_stop=should_stop)
            for key, row in zip(fresh, calibrated(logits, self.temperature).astype(np.float32), strict=True):
                known[key] = tuple(row.tolist())
                self.cache.put(key, known[key])
        return [_scored(statement, known[tuple(ids)]) for statement, ids in zip(statements, token_ids, strict=True)]


def _scored(statement: Statement, scores: tuple[float, ...]) -> Scored:
    confidence = max(scores)
    if not math.isfinite(sum(scores)):
        raise ScoresNotFinite(
            f"The model gave statement {statement.id} the scores {scores}: load it in float32, or train it again with "
            "a smaller learning rate."
        )
    return Scored(statement.id, scores.index(confidence), confidence, scores)


def _check(manifest: dict[str, Any], backbone: Backbone, tokenizer: Tokenizer) -> None:
    if manifest["architecture"] != ARCHITECTURE:
        raise UnknownArchitecture(
            f"The model's architecture is {manifest['architecture']!r} and this version builds {ARCHITECTURE!r}: use "
            "the version that trained it."
        )
    wanted = manifest["backbone"]
    met = {"sha256": backbone.sha256, "tokenizer_sha256": tokenizer_sha256(tokenizer)}
    for key, part in (("sha256", "weights"), ("tokenizer_sha256", "tokenizer")):
        if wanted[key] != met[key]:
            raise BackboneMismatch(
                f"The model was trained on the {part} {wanted[key][:12]}… of {wanted['name']} and the backbone at "
                f"hand, {backbone.name}, has {met[key][:12]}…: set DDI_BACKBONE to the former."
            )
