"""How fast pairs of mentions are answered and taught, beside the straightforward way with the same network."""

from __future__ import annotations

import tempfile
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from django.conf import settings

from ledger.models import Prediction, Statement, TrainingExample, TrainingSet
from ledger.queries import trainable_labels
from modeling.backbones import resolve
from modeling.evaluation.asking import ask
from modeling.inference import LoadedModel
from modeling.inputs import inputs_of
from modeling.metrics import micro_f1
from modeling.networks.arguments import arguments_of
from modeling.presets import PRESETS
from modeling.records import Statement as Read
from modeling.store.inference_pace import into_ledger, taught
from modeling.store.models import load_exactly
from modeling.store.statements import as_records, examples
from modeling.store.training_pace import SEEDS, examples_per_second
from modeling.training import train

LESSONS = 8  # examples of each class: the answers of the two networks are real, if not good
BATCH, WIDTH = 32, 512
"""The straightforward way: so many pairs a step, each padded to so many tokens."""
ASKED = 3 * BATCH  # pairs answered in that way a turn
ROUNDS = 2
PRESETS_MEASURED = {"paper": "paper-relations", "default": "relations"}
STEPS = {"straightforward": 2, "paper": 8, "default": 12}  # steps of training timed in each round


class RelationPace:
    """The second paper's Model II and the default network, each taught by a few examples of a training set."""

    def __init__(self, training_set: TrainingSet) -> None:
        self.training_set = training_set
        self.rates: defaultdict[str, list[float]] = defaultdict(list)
        self.equal: list[float] = []
        self.n_taught = self.n_tested = 0
        self.versions = {
            name: taught(training_set, replace(PRESETS[preset], max_epochs=1, patience=1), at_most=LESSONS)
            for name, preset in PRESETS_MEASURED.items()
        }
        self.models = {name: load_exactly(version) for name, version in self.versions.items()}

    def turn(self, corpus: str, *, straightforward_first: bool) -> None:
        """Answer the pairs of a corpus with both networks into the ledger, and some of them straightforwardly."""
        read = list(as_records(Statement.objects.filter(corpus__name=corpus).order_by("id")))
        theirs = self._straightforward(read) if straightforward_first else {}
        for name, version in self.versions.items():
            self.rates[name].append(into_ledger(version, self.models[name], corpus))
        theirs = theirs or self._straightforward(read)
        said = Prediction.objects.filter(model_version=self.versions["paper"], statement_id__in=list(theirs))
        ours = dict(said.values_list("statement_id", "label__slug"))
        self.equal.append(sum(ours[number] == label for number, label in theirs.items()) / len(theirs))

    @torch.inference_mode()
    def _straightforward(self, read: Sequence[Read]) -> dict[int, str]:
        """Every so-manieth pair's label, by statement."""
        model = self.models["paper"]
        asked = read[:: max(1, len(read) // ASKED)][:ASKED]
        width = min(WIDTH, int(model.network.base_model.config.max_position_embeddings))  # type: ignore[union-attr,arg-type]
        said: dict[int, str] = {}
        started = time.perf_counter()
        for start in range(0, len(asked), BATCH):
            batch = asked[start : start + BATCH]
            inputs = inputs_of(batch, model.tokenizer, model.config)
            logits = model.network(**arguments_of(inputs, pad_id=model.pad_id, at_least=width)).logits
            for statement, number in zip(batch, logits.argmax(dim=1).tolist(), strict=True):
                said[statement.id] = model.labels[number]
        self.rates["straightforward"].append(len(asked) / (time.perf_counter() - started))
        return said

    def training(self) -> dict[str, list[float]]:
        """Pairs a second while training, by way, one figure a round; both of the paper's ways learn the same."""
        labels = [label.slug for label in trainable_labels(self.training_set.round.task)]
        lessons = examples(self.training_set, TrainingExample.Role.TRAIN, labels)
        backbone = resolve(settings.DDI_BACKBONE)
        paper, default = (PRESETS[preset] for preset in PRESETS_MEASURED.values())
        ways = {"straightforward": replace(paper, padding="max_tokens"), "paper": paper, "default": default}
        rates: dict[str, list[float]] = {name: [] for name in ways}
        for number in range(ROUNDS):
            for name in list(ways)[:: 1 if number % 2 else -1]:
                rates[name].append(examples_per_second(lessons, labels, backbone, ways[name], steps=STEPS[name]))
        return rates

    def quality(self, held_out: str) -> dict[str, list[float]]:
        """Micro-F1 over the relations on one corpus after a whole training on the others, by network and by seed.

        Both are taught by the same pairs, none of a sentence that is tested too, each by its own preset. The
        straightforward way's padding, which changes its time alone, is left out. Costs two trainings a seed.
        """
        roles, trainable = TrainingExample.Role, trainable_labels(self.training_set.round.task)
        unrelated = next(index for index, label in enumerate(trainable) if label.negative)
        labels, backbone = [label.slug for label in trainable], resolve(settings.DDI_BACKBONE)
        by_role = {
            role: examples(self.training_set, role, labels) for role in (roles.TRAIN, roles.VALIDATION, roles.TEST)
        }
        tested = set(Statement.objects.filter(corpus__name=held_out).values_list("id", flat=True))
        test = [one for some in by_role.values() for one in some if one.statement.id in tested]
        texts = {one.statement.text for one in test}
        lessons, stop = (
            [one for one in by_role[role] if one.statement.text not in texts]
            for role in (roles.TRAIN, roles.VALIDATION)
        )
        self.n_taught, self.n_tested = len(lessons), len(test)
        found: defaultdict[str, list[float]] = defaultdict(list)
        for seed in SEEDS:
            for name, preset in PRESETS_MEASURED.items():
                with tempfile.TemporaryDirectory() as scratch:
                    made = train(
                        lessons, stop, labels=labels, backbone=backbone, config=replace(PRESETS[preset], seed=seed),
                        out_dir=Path(scratch), unrelated=unrelated,
                    )  # fmt: skip
                    model = LoadedModel.load(made.folder, backbone, sha256=made.sha256)
                answers = ask(model, test)
                found[name].append(micro_f1(np.asarray(answers.true), np.asarray(answers.said), unrelated=unrelated))
        return found
