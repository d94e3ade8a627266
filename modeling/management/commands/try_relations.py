"""`manage.py try_relations`: what a way of training relations is worth on documents it never met."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from statistics import fmean
from typing import Any

import numpy as np
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from ledger.management.printing import Progress, print_facts
from ledger.management.task_option import add_task_option, task_named
from ledger.models import Task
from ledger.splits import is_held_out
from modeling import records
from modeling.backbones import resolve
from modeling.cross_validation.folds import Fold
from modeling.cross_validation.kept import Trained, UnreadableTraining
from modeling.cross_validation.relation_trial import (
    DocumentsShared,
    RelationTrial,
    described,
    folds_by_document,
    held_out_where,
    sharing,
)
from modeling.evaluation.held_out import HeldOut
from modeling.management.config_option import add_config_options, configured, preset_given, settings_given
from modeling.management.figure_lines import relation_trial_lines
from modeling.management.refusals import in_one_sentence
from modeling.store.labelled import gold_of

VALIDATING = 0.1
"""Share of the taught documents that decide when to stop."""


class Command(BaseCommand):
    help = "Train on documents, score on others held out: micro precision, recall and F1 over all relations."

    def add_arguments(self, parser: CommandParser) -> None:
        add_task_option(parser)
        add_config_options(parser)
        parser.add_argument("--corpus", action="append", default=[], help="only gold of this corpus; may be repeated")
        tested = parser.add_mutually_exclusive_group()
        tested.add_argument(
            "--held-out", type=float, default=0.2, metavar="SHARE", help="share of the documents to test (default 0.2)"
        )
        tested.add_argument("--folds", type=int, metavar="N", help="test every document, in N folds")
        tested.add_argument("--test-corpus", metavar="NAME", help="test this corpus, teach the others")
        parser.add_argument(
            "--taught",
            type=float,
            default=1.0,
            metavar="SHARE",
            help="share of the other documents that teach (default: all)",
        )
        parser.add_argument("--split-seed", type=int, default=1, help="another seed holds out other documents")
        parser.add_argument("--seeds", type=int, default=1, metavar="N", help="train N times, and average (default 1)")
        parser.add_argument(
            "--keep", type=Path, metavar="FOLDER", help="put each finished training there, and go on after those in it"
        )
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        task = task_named(options["task"])
        preset = preset_given(options, task)
        config = configured(preset, settings_given(options, preset))
        labels, unrelated = _labels(task)
        pairs = gold_of(task, labels=labels, corpora=options["corpus"]).examples
        folds = _folds(pairs, options)
        progress = Progress(self.stderr, "relations")

        def show(one: records.Progress) -> None:
            progress(one.stage, one.done, one.total)

        seeds = [config.seed + number for number in range(options["seeds"])]
        with in_one_sentence(DocumentsShared, UnreadableTraining):
            backbone = resolve(settings.DDI_BACKBONE)
            trial = RelationTrial(pairs, labels, unrelated, backbone, config, options["keep"], show)
            trained = [
                [trial.train(fold, _validating(pairs, fold, options), seed=seed) for fold in folds] for seed in seeds
            ]
        progress.clear()
        tested = [at for fold in folds for at in fold.test]
        by_seed = [np.concatenate([one.scores for one in of_seed]) for of_seed in trained]
        runs = [
            {**_cost(of_seed), **described(trial.score(tested, scores))}
            for of_seed, scores in zip(trained, by_seed, strict=True)
        ]
        facts = {
            "task": task.slug,
            "preset": preset,
            "config": config.to_json(),
            "backbone": trial.backbone.name,
            "labels": labels,
            "folds": [_sizes(pairs, fold) for fold in folds],
            "runs": runs,
            "mean": {name: fmean(run["micro"][name] for run in runs) for name in ("precision", "recall", "f1")},
            "ensemble": described(trial.score(tested, np.mean(by_seed, axis=0))) if len(seeds) > 1 else None,
            "peak_memory_mb": max(one.peak_memory_mb for of_seed in trained for one in of_seed),
        }
        print_facts(self.stdout, list(relation_trial_lines(facts)), facts, as_json=options["json"])


def _labels(task: Task) -> tuple[list[str], int]:
    """The labels that are learnt, by slug, and which of them says there is no relation."""
    taught = list(task.labels.filter(trainable=True).order_by("position"))
    for index, label in enumerate(taught):
        if label.negative:
            return [one.slug for one in taught], index
    raise CommandError(
        f"The task {task.slug} has no label that says a pair has no relation: score it with `manage.py cross_validate`."
    )


def _folds(pairs: Sequence[HeldOut], options: dict[str, Any]) -> list[Fold]:
    seed = options["split_seed"]
    if corpus := options["test_corpus"]:
        folds = [held_out_where(pairs, lambda pair: pair.corpus == corpus)]
    elif (n := options["folds"]) is not None:
        if n < 2:
            raise CommandError(f"{n} folds cannot be tested on one another: ask for 2 or more.")
        folds = folds_by_document(pairs, n=n, seed=seed)
    else:
        share = options["held_out"]
        folds = [held_out_where(pairs, lambda pair: is_held_out(pair.document, share=share, seed=seed))]
    if (taught := options["taught"]) < 1:
        folds = [
            Fold(
                tuple(at for at in fold.teach if is_held_out(pairs[at].document, share=taught, seed=seed + 2)),
                fold.test,
            )
            for fold in folds
        ]
    if not all(fold.test and fold.teach for fold in folds):
        raise CommandError("Nothing is left to teach or to test: import a corpus with more documents, or name others.")
    return folds


def _validating(pairs: Sequence[HeldOut], fold: Fold, options: dict[str, Any]) -> set[int]:
    """Positions of the pairs whose documents decide when to stop."""
    seed = options["split_seed"] + 1
    return {at for at in fold.teach if is_held_out(pairs[at].document, share=VALIDATING, seed=seed)}


def _cost(trained: Sequence[Trained]) -> dict[str, Any]:
    return {
        "seed": trained[0].seed,
        "seconds": round(sum(one.seconds for one in trained), 1),
        "epochs": [one.epochs for one in trained],
        "best_epoch": [one.best_epoch for one in trained],
    }


def _sizes(pairs: Sequence[HeldOut], fold: Fold) -> dict[str, int]:
    taught, tested = ({(pairs[at].corpus, pairs[at].document) for at in side} for side in (fold.teach, fold.test))
    return {
        "taught_documents": len(taught),
        "taught_pairs": len(fold.teach),
        "tested_documents": len(tested),
        "tested_pairs": len(fold.test),
        "left_out_pairs": sum(1 for _ in sharing(pairs, fold.test)),
    }
