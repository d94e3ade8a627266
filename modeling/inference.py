"""Asking a trained model about statements, chunk by chunk."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Generator, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, get_args

import torch
from tokenizers import Tokenizer
from torch import nn

from modeling import artifacts
from modeling.backbones import Backbone
from modeling.cache import ExactCache
from modeling.chunks import Chunk, Reading
from modeling.config import Architecture, TrainingConfig
from modeling.encode import load_tokenizer, tokenizer_sha256
from modeling.forward import Answering, Stopped
from modeling.networks.onnx import OnnxNetwork
from modeling.precision import name_of, remembered_dtype
from modeling.records import Scored, Statement, Unread
from modeling.serving import INT8, ServedModel
from modeling.sharing import SharedBackbone

CACHED_INPUTS = 100_000


class BackboneMismatch(ValueError):
    """The model was trained on another backbone than the one at hand."""


class UnknownArchitecture(ValueError):
    """The model's network is none that this version can build."""


class ScoresNotFinite(ArithmeticError):
    """The network gave no number, which would become a confident wrong label later."""


@dataclass(slots=True)
class LoadedModel:
    """A trained model, merged and ready to answer.

    `unrelated` is the label of a pair without a type, in a model that learnt each relation type by itself.
    `number_format` names what its network computes in: "float32", "bfloat16" or "int8".
    """

    network: nn.Module
    tokenizer: Tokenizer
    labels: tuple[str, ...]
    config: TrainingConfig
    temperature: float
    pad_id: int
    unrelated: int | None = None
    number_format: str = name_of(torch.float32)
    cache: ExactCache = field(default_factory=lambda: ExactCache(CACHED_INPUTS))

    @classmethod
    def load(
        cls,
        artifact: Path,
        backbone: Backbone,
        *,
        sha256: str,
        shared: SharedBackbone | None = None,
        device: str | None = None,
        probes: Path | None = None,
    ) -> LoadedModel:
        """The model in the folder `artifact`, once its files are known to be those sealed as `sha256`.

        Without a `device` it goes to the GPU if there is one. It computes in float32; with a folder `probes`, in
        whatever `remembered_dtype` finds there for that device. Raises ArtifactChanged, BackboneMismatch or
        UnknownArchitecture. Costs a second or two, and reads the backbone unless models loaded before left it in
        `shared`.
        """
        artifacts.verify(artifact, sha256)
        manifest = artifacts.read_manifest(artifact)
        tokenizer = load_tokenizer(backbone.path)
        _check(manifest, backbone, tokenizer)
        shared = shared or SharedBackbone(backbone)
        config = TrainingConfig.from_json(manifest["config"])
        in_full = config.tuning == "full"
        network = (shared.trained_in_full if in_full else shared.merged)(
            artifact / ("network" if in_full else "adapter"),
            n_labels=len(manifest["labels"]),
            architecture=config.architecture,
            pooling=config.pooling,
        )
        pad_id = int(manifest["pad_id"])
        device = device or ("cuda" if torch.cuda.is_available() else "cpu")
        dtype = torch.float32
        if probes:
            dtype = remembered_dtype(
                network, tokenizer, artifact=sha256, folder=probes, pad_id=pad_id, device=device
            )  # fmt: skip
        return cls(
            network=shared.placed(network, device=device, dtype=dtype),
            tokenizer=tokenizer,
            labels=tuple(manifest["labels"]),
            config=config,
            temperature=float(manifest["calibration"]["temperature"]),
            pad_id=pad_id,
            unrelated=manifest.get("unrelated"),
            number_format=name_of(dtype),
        )

    @classmethod
    def exported(cls, artifact: Path, *, sha256: str) -> LoadedModel:
        """The exported model in the folder `artifact`, answered by onnxruntime on the CPU; it needs no backbone.

        Raises ArtifactChanged or NotServable.
        """
        served = ServedModel.load(artifact, sha256=sha256, threads=torch.get_num_threads())
        return cls(
            network=OnnxNetwork(served.graph),
            tokenizer=served.tokenizer,
            labels=served.labels,
            config=served.config,
            temperature=served.temperature,
            pad_id=served.pad_id,
            unrelated=served.unrelated,
            number_format="int8" if served.manifest["architecture"] == INT8 else name_of(torch.float32),
        )

    def predict(
        self,
        statements: Iterable[Statement],
        *,
        chunk_size: int,
        should_stop: Callable[[], bool] = lambda: False,
        on_unread: Callable[[list[Unread]], None] | None = None,
    ) -> Generator[list[Scored], None, None]:
        """One list per chunk of `chunk_size` statements, in the order they came.

        The model works one chunk ahead of the caller and no further: two chunks are in memory, and the next statements
        are read and tokenised while it works. `should_stop` is asked before each chunk and each batch of it: a yes ends
        the iteration, and a chunk that is not complete is not given. Equal inputs are computed once (`cache.hits`,
        `cache.misses`). With `on_unread` a statement that cannot be read is left out of its list, and told just before
        that is given. Close the iterator when leaving it early. Raises UnreadableStatement, unless told whom to tell,
        and ScoresNotFinite.
        """
        source = iter(statements)
        read = Reading(self.tokenizer, self.config)
        ahead: list[tuple[Chunk, list[Unread]]] = []
        with Answering(self.network, pad_id=self.pad_id) as answering:
            while not should_stop():
                while len(ahead) < 2 and (some := list(itertools.islice(source, chunk_size))):
                    before = ahead[-1][0] if ahead else None
                    can, inputs, cannot = read.readable(some) if on_unread else (some, read(some), [])
                    ahead.append((Chunk(can, inputs, answering=answering, cache=self.cache, before=before), cannot))
                if not ahead:
                    return
                chunk, unread = ahead.pop(0)
                try:
                    scored = self._scored(chunk, should_stop)
                except Stopped:
                    return
                if unread and on_unread:
                    on_unread(unread)
                yield scored

    def answer(
        self, statements: Sequence[Statement], *, should_stop: Callable[[], bool] = lambda: False
    ) -> list[Scored]:
        """What the model says of each statement, in their order. Raises Stopped when told to."""
        inputs = Reading(self.tokenizer, self.config)(statements)
        with Answering(self.network, pad_id=self.pad_id) as answering:
            return self._scored(Chunk(statements, inputs, answering=answering, cache=self.cache), should_stop)

    def _scored(self, chunk: Chunk, should_stop: Callable[[], bool]) -> list[Scored]:
        scores = chunk.scores(self.temperature, should_stop, unrelated=self.unrelated)
        return [_scored(statement, row) for statement, row in zip(chunk.statements, scores, strict=True)]


def _scored(statement: Statement, scores: tuple[float, ...]) -> Scored:
    if not math.isfinite(sum(scores)):
        raise ScoresNotFinite(
            f"The model gave statement {statement.id} the scores {scores}: load it in float32, or train it again with "
            "a smaller learning rate."
        )
    return Scored.of(statement.id, scores)


def _check(manifest: dict[str, Any], backbone: Backbone, tokenizer: Tokenizer) -> None:
    known = get_args(Architecture)
    if manifest["architecture"] not in known:
        raise UnknownArchitecture(
            f"The model's architecture is {manifest['architecture']!r} and this version builds {', '.join(known)}: use "
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
