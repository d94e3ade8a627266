"""Training one model from labelled statements, start to sealed folder."""

from __future__ import annotations

import contextlib
import dataclasses
import importlib.metadata
import tempfile
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from peft import PeftModel
from torch import nn
from transformers import set_seed

from modeling import adapters, artifacts, curated, whole
from modeling.adapter_facts import measure
from modeling.backbones import Backbone
from modeling.calibration import NOT_CALIBRATED, Calibration, fit_temperature, probabilities_of
from modeling.checkpoints import Checkpoints
from modeling.config import ContradictoryConfig, TrainingConfig
from modeling.encode import blank_of, load_tokenizer, tokenizer_sha256
from modeling.fitting import Row, fit, input_of
from modeling.forward import logits_of
from modeling.lessons import NotEnoughExamples, UnusableExample, check_examples, curated_examples, rows_of, weighted
from modeling.losses import none_of
from modeling.metrics import score
from modeling.networks.building import build
from modeling.precision import slow_with_fused_attention
from modeling.prior import correct_prior
from modeling.records import Example, Progress
from modeling.watching import BestEpoch, Reporter, TrainingCancelled

__all__ = ["NotEnoughExamples", "TrainedModel", "TrainingCancelled", "UnusableExample", "train"]

ADAPTER, NETWORK = "adapter", "network"
LIBRARIES = ("torch", "transformers", "peft", "tokenizers", "accelerate", "numpy", "scikit-learn")


@dataclass(frozen=True, slots=True)
class TrainedModel:
    """A sealed model and how its training went.

    `folder` is named by `sha256`; `history` has one row per epoch (epoch, loss, macro_f1, accuracy on the validation
    examples) and is empty without them; `validation` holds the figures of `metrics.score` at the best epoch, none
    without validation examples; `trainable` counts the parameters that were trained; `seconds` is what it took, with
    the epochs of earlier attempts that it went on after.
    """

    folder: Path
    sha256: str
    manifest: dict[str, Any]
    calibration: Calibration
    validation: dict[str, Any] | None
    history: tuple[dict[str, float], ...]
    best_epoch: int
    stopped_early: bool
    trainable: dict[str, int]
    seconds: float
    notes: tuple[str, ...]


def train(
    examples: Sequence[Example],
    validation: Sequence[Example],
    *,
    labels: Sequence[str],
    backbone: Backbone,
    config: TrainingConfig,
    out_dir: Path,
    unrelated: int | None = None,
    untaught: Collection[str] = (),
    unfinished: Path | None = None,
    on_progress: Callable[[Progress], None] = lambda progress: None,
    should_cancel: Callable[[], bool] = lambda: False,
) -> TrainedModel:
    """The model that the examples teach, sealed in a folder below `out_dir` that is named by its hash.

    Stops early on the validation examples (see `BestEpoch`), which also set the temperature; without any it runs
    all `max_epochs`, stays uncalibrated and says so in `notes`. `unrelated` is the label that says a pair has no
    relation, where there is one: the best epoch is then that of the highest micro-F1 over the others. Curated
    sentences teach and validate beside them as the configuration says, but for those like one of the patterns in
    `untaught`. Runs on CUDA where there is a GPU. The same examples, configuration, backbone and thread count give
    the same folder on a CPU. Stages told to `on_progress`: encode, train, calibrate, save. A failure leaves nothing but
    the last finished epoch in `unfinished`, if that is given: asked for the same again, the training goes on after it
    and ends with the weights that it would have had. That folder is gone after a training that ended or was cancelled.

    Raises NotEnoughExamples, UnusableExample, ContradictoryConfig, TrainingCancelled, and what `encode`, `build`
    and `attach` raise.
    """
    started = time.monotonic()
    check_examples(examples, validation, labels)
    by_type = none_of(config, unrelated)
    taught, held_out = curated_examples(
        labels, share=config.curated_share, like=[example.statement for example in examples], unlike=untaught
    )
    examples, validation = [*examples, *taught], [*validation, *held_out]
    n = len(examples) + len(validation)
    with _threads(config.threads):
        set_seed(config.seed)
        on_progress(Progress("encode", 0, n))
        tokenizer = load_tokenizer(backbone.path)
        blank = blank_of(tokenizer)[1] if config.hidden_mentions else None
        rows, validation_rows = (rows_of(part, tokenizer, config) for part in (examples, validation))
        unweighted, rows = rows, weighted(rows, config)
        on_progress(Progress("encode", n, n))
        classifier = build(
            backbone,
            n_labels=len(labels),
            architecture=config.architecture,
            pooling=config.pooling,
            dropout=config.dropout,
        )
        encoder: Any = classifier.network.base_model
        _check_length(encoder, config)
        pad_id = int(getattr(encoder.config, "pad_token_id", None) or 0)
        if config.precision == "auto" and slow_with_fused_attention():
            encoder.set_attn_implementation("eager")
        model = classifier.network if config.tuning == "full" else adapters.attach(classifier, config)
        best = BestEpoch(config.patience)
        versions = {name: importlib.metadata.version(name) for name in LIBRARIES}
        decided_by = (config, backbone.sha256, labels, rows, validation_rows, unrelated, versions)
        checkpoints = Checkpoints(unfinished, best, *decided_by) if unfinished else None
        fit(
            model,
            rows,
            validation_rows,
            config,
            n_labels=len(labels),
            pad_id=pad_id,
            callbacks=[Reporter(on_progress, should_cancel), best],
            fresh=classifier.untrained,
            unrelated=unrelated,
            blank=blank,
            checkpoints=checkpoints,
        )
        if validation:
            best.restore(model)
        if config.prior_correction:
            correct_prior(model, [row["labels"] for row in unweighted], [row["weights"] for row in unweighted])
        model.eval()
        on_progress(Progress("calibrate", 0, len(validation)))
        calibration, figures = _calibrate(model, validation_rows, labels, pad_id, by_type)
        on_progress(Progress("save", 0, 1))
        content = {
            "format": 1,
            "architecture": config.architecture,
            "backbone": {
                "name": backbone.name,
                "revision": backbone.revision,
                "sha256": backbone.sha256,
                "tokenizer_sha256": tokenizer_sha256(tokenizer),
            },
            "labels": list(labels),
            **({} if by_type is None else {"unrelated": by_type}),
            "config": config.to_json(),
            "curated": {"sha256": curated.version(), "taught": len(taught), "validated": len(held_out)},
            "calibration": dataclasses.asdict(calibration),
            "libraries": versions,
            "threads": torch.get_num_threads(),
            "pad_id": pad_id,
            "adapter": measure(model, [input_of(row) for row in validation_rows or rows], pad_id=pad_id),
        }
        folder, sha256 = _seal(model, content, backbone_name=backbone.name, out_dir=out_dir)
        on_progress(Progress("save", 1, 1))
    before = 0
    if checkpoints:
        before, started = checkpoints.epochs_before, started - checkpoints.seconds_before
        checkpoints.forget()
    return TrainedModel(
        folder=folder,
        sha256=sha256,
        manifest=artifacts.read_manifest(folder),
        calibration=calibration,
        validation=figures,
        history=tuple(best.history),
        best_epoch=best.best_epoch or config.max_epochs,
        stopped_early=best.stopped_early,
        trainable=adapters.trainable_parameters(model),
        seconds=time.monotonic() - started,
        notes=_notes(len(validation), calibration, config, before),
    )


def _check_length(encoder: Any, config: TrainingConfig) -> None:
    longest = getattr(encoder.config, "max_position_embeddings", config.max_tokens)
    if config.max_tokens > longest:
        raise ContradictoryConfig(
            f"max_tokens is {config.max_tokens} but the backbone reads at most {longest} tokens: lower max_tokens."
        )


def _calibrate(
    model: nn.Module, validation_rows: list[Row], labels: Sequence[str], pad_id: int, by_type: int | None
) -> tuple[Calibration, dict[str, Any] | None]:
    if not validation_rows:
        return NOT_CALIBRATED, None
    true = np.asarray([row["labels"] for row in validation_rows])
    logits = logits_of(model, [input_of(row) for row in validation_rows], pad_id=pad_id)
    calibration = fit_temperature(logits, true, unrelated=by_type)
    probabilities = probabilities_of(logits, calibration.temperature, unrelated=by_type)
    said = probabilities.argmax(axis=1)
    return calibration, score(true.tolist(), said.tolist(), probabilities.max(axis=1).tolist(), labels=labels)


def _seal(model: nn.Module, content: dict[str, Any], *, backbone_name: str, out_dir: Path) -> tuple[Path, str]:
    """Write beside the final place, then move there in one step; a folder of the same content is kept."""
    out_dir.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out_dir, prefix=".sealing-") as scratch:
        draft = Path(scratch) / "model"
        draft.mkdir()
        if isinstance(model, PeftModel):
            adapters.save(model, draft / ADAPTER, backbone_name=backbone_name)
        else:
            whole.save(model, draft / NETWORK)
        artifacts.write_manifest(draft, content)
        sha256 = artifacts.seal(draft)
        folder = out_dir / sha256
        if not folder.exists():
            draft.rename(folder)
    return folder, sha256


def _notes(n_validation: int, calibration: Calibration, config: TrainingConfig, before: int) -> tuple[str, ...]:
    notes = [f"Went on after epoch {before}, where an earlier attempt was cut off."] if before else []
    if not n_validation:
        notes.append(
            f"No validation examples: trained all {config.max_epochs} epochs without early stopping, not calibrated."
        )
    elif calibration.method == "none":
        notes.append(f"Only {n_validation} validation examples: confidences are not calibrated.")
    return tuple(notes)


@contextlib.contextmanager
def _threads(n: int | None) -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(n or before)
    try:
        yield
    finally:
        torch.set_num_threads(before)
