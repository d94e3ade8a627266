"""How fast statements become predictions in the ledger, beside the Hugging Face pipeline on the same sentences."""

from __future__ import annotations

import tempfile
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

import torch
from django.conf import settings
from django.utils import timezone
from transformers import AutoTokenizer, BertConfig, BertForSequenceClassification, TextClassificationPipeline

from ledger.models import ModelVersion, Prediction, Statement, TrainingExample, TrainingSet
from ledger.queries import trainable_labels
from ledger.record.models import add_model_version
from ledger.record.runs import open_inference
from ledger.running import claimed
from modeling.backbones import resolve
from modeling.chunks import Reading
from modeling.config import TrainingConfig
from modeling.forward import logits_for
from modeling.inference import LoadedModel
from modeling.peak import peak_operations_per_second, useful_operations
from modeling.presets import PRESETS
from modeling.records import Statement as Read
from modeling.store.models import load_exactly, load_trained, publish, registry_facts
from modeling.store.predictions import answer_pending
from modeling.store.statements import as_records, examples
from modeling.training import train

LESSONS = 64  # examples of each class for the model that reads raw text: its answers are real, if not good
QUICK = TrainingConfig(max_epochs=1, patience=1, batch_size=32, learning_rate=2e-3)
WIDE_SHARE = 16  # one sentence in so many is also asked of the encoder of twelve layers
PIPELINE_BATCH = 256


@dataclass(slots=True)
class Paces:
    """What was measured, a list for each way of answering with one entry a turn.

    `has_amx` says whether the CPU has a unit of its own for products of bfloat16 matrices. `rates` are statements a
    second, by "float32", "pipeline" and, where another format is safe and faster here, `fastest`; `equal` shares of 1
    of their labels that are the pipeline's; `useful` the operations a second that the answers needed, by encoder;
    `peaks` those that products alone reach, by shape and way.
    """

    fastest: str = ""
    has_amx: bool = False
    rates: defaultdict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    equal: defaultdict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    useful: defaultdict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    peaks: defaultdict[str, list[float]] = field(default_factory=lambda: defaultdict(list))

    def peak(self) -> tuple[str, float]:
        """The shape and way whose median is the highest, and that median: what this machine can."""
        return max(((name, median(found)) for name, found in self.peaks.items()), key=lambda each: each[1])


class Pace:
    """A model of each kind, learnt from a training set."""

    def __init__(self, training_set: TrainingSet) -> None:
        self.training_set = training_set
        self.paces = Paces(has_amx=bool(torch.cpu.get_capabilities().get("amx_bf16")))
        raw = taught(training_set, QUICK, at_most=LESSONS)
        exact, fastest = load_exactly(raw), load_trained(raw)
        self.ways = {"float32": (raw, exact)}
        if _format(fastest) != _format(exact):
            self.paces.fastest = _format(fastest)
            self.ways[self.paces.fastest] = (self._registered_again(raw), fastest)
        self.read = Reading(exact.tokenizer, exact.config)
        self.narrow: Any = exact.network
        self.pipeline = TextClassificationPipeline(  # type: ignore[no-untyped-call]
            model=exact.network,
            tokenizer=AutoTokenizer.from_pretrained(resolve(settings.DDI_BACKBONE).path),
            batch_size=PIPELINE_BATCH,
            device="cpu",
        )
        size = exact.tokenizer.get_vocab_size()
        self.wide: Any = BertForSequenceClassification(BertConfig(vocab_size=size)).train(False)  # 12 layers, 768 wide

    def turn(self, corpus: str, *, pipeline_first: bool) -> None:
        """Answer the statements of a corpus in each way, and see what the machine can right now.

        Ours is from statements in the ledger to committed predictions, flags and chunk hashes.
        """
        read = list(as_records(Statement.objects.filter(corpus__name=corpus).order_by("id")))
        lengths = [len(one.ids) for one in self.read(read)]
        theirs = self._pipeline(read) if pipeline_first else []
        for name, (version, model) in self.ways.items():
            self.paces.rates[name].append(into_ledger(version, model, corpus))
        theirs = theirs or self._pipeline(read)
        for name, (version, _) in self.ways.items():
            said = Prediction.objects.filter(model_version=version, statement__corpus__name=corpus)
            ours = said.order_by("statement_id").values_list("label__slug", flat=True)
            equal = [one == other for one, other in zip(ours, theirs, strict=True)]
            self.paces.equal[name].append(sum(equal) / len(equal))
        owed = useful_operations(self.narrow.config, lengths, first_token_only=True)
        self.paces.useful["narrow"].append(owed / len(read) * self.paces.rates["float32"][-1])
        self.paces.useful["wide"].append(self._wide(read[::WIDE_SHARE]))
        for name, found in peak_operations_per_second().items():
            self.paces.peaks[name].append(found)

    def masked(self, corpus: str) -> tuple[float, int, int]:
        """Statements a second of the default preset's model over a corpus, how many were computed, and found again."""
        version = taught(self.training_set, PRESETS["default"])
        model = load_exactly(version)
        rate = into_ledger(version, model, corpus)
        return rate, model.cache.misses, model.cache.hits

    def _pipeline(self, read: Sequence[Read]) -> list[str]:
        """The pipeline's labels, as ours are named."""
        texts = [one.text for one in read]
        started = time.perf_counter()
        said = self.pipeline(texts)
        self.paces.rates["pipeline"].append(len(texts) / (time.perf_counter() - started))
        labels = self.ways["float32"][1].labels
        return [labels[self.narrow.config.label2id[one["label"]]] for one in said]

    def _wide(self, read: Sequence[Read]) -> float:
        token_ids = [one.ids for one in self.read(read)]
        started = time.perf_counter()
        logits_for(self.wide, token_ids, pad_id=0)
        owed = useful_operations(self.wide.config, map(len, token_ids), first_token_only=True)
        return owed / (time.perf_counter() - started)

    def _registered_again(self, version: ModelVersion) -> ModelVersion:
        """The same files under another number, so that both forms of it can speak of the same statements."""
        columns = [field.name for field in ModelVersion._meta.fields]
        facts = {name: getattr(version, name) for name in columns if name not in ("id", "task", "number", "trained_at")}
        return add_model_version(now=timezone.now(), **facts)


def taught(training_set: TrainingSet, config: TrainingConfig, at_most: int | None = None) -> ModelVersion:
    """A model taught by the training set, by `at_most` examples of each class if given."""
    labels = [label.slug for label in trainable_labels(training_set.round.task)]
    of_class = defaultdict(list)
    for example in examples(training_set, TrainingExample.Role.TRAIN, labels):
        of_class[example.label_index].append(example)
    lessons = [example for some in of_class.values() for example in some[:at_most]]
    stop = examples(training_set, TrainingExample.Role.VALIDATION, labels)[:at_most]
    with tempfile.TemporaryDirectory(dir=settings.VAR_DIR, prefix="training-") as scratch:
        trained = train(
            lessons, stop, labels=labels, backbone=resolve(settings.DDI_BACKBONE), config=config,
            out_dir=Path(scratch),
        )  # fmt: skip
        files = publish(trained.folder, trained.sha256)
    facts = registry_facts(trained.manifest, trained.sha256, files)
    return add_model_version(training_set=training_set, now=timezone.now(), **facts)


def into_ledger(version: ModelVersion, model: LoadedModel, corpus: str) -> float:
    """Statements a second of an inference run over one corpus, the model at hand."""
    run = open_inference(
        task=version.task, model_version=version, corpora=(corpus,), by=None, now=timezone.now(), wake=False
    )
    with claimed(run.pk) as work:
        answer_pending(work, model)
    run.refresh_from_db()
    return float(run.detail["statements_per_second"])


def _format(model: LoadedModel) -> str:
    device = next(model.network.parameters()).device
    return model.number_format + ("" if device.type == "cpu" else " on the GPU")
