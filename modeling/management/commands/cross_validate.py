"""`manage.py cross_validate`: how good a way of training is, tested on wordings, drugs or documents it never met."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from ledger.corpora.bad_input import BadInput
from ledger.management.printing import Progress, print_facts
from ledger.management.task_option import add_task_option, task_named
from ledger.models import Task
from ledger.oracle import oracle
from modeling import records
from modeling.backbones import resolve
from modeling.cross_validation.folds import Fold, Scheme, TooFewToFold, folds_of
from modeling.cross_validation.running import TUNED, CrossValidation, thin_out
from modeling.management.config_option import add_config_options, configured, preset_given, settings_given
from modeling.management.figure_lines import cross_validation_lines
from modeling.management.refusals import in_one_sentence
from modeling.store.labelled import Labelled, free_text, gold_of


class Command(BaseCommand):
    help = "Train on some folds of the labelled statements, test on the others, and print the figures over all folds."

    def add_arguments(self, parser: CommandParser) -> None:
        add_task_option(parser)
        add_config_options(parser)
        parser.add_argument(
            "--by", choices=("pattern", "drug", "document"), default="pattern", help="what folds never share"
        )
        parser.add_argument("--folds", type=int, default=6)
        parser.add_argument("--fold-seed", type=int, default=1, help="another seed deals out other folds")
        parser.add_argument("--corpus", action="append", default=[], help="only gold of this corpus; may be repeated")
        parser.add_argument("--free-text", type=Path, metavar="FILE", help="read annotated free text in place of gold")
        parser.add_argument("--labels", default="", help="labels to tell apart, by comma; all of the task by default")
        parser.add_argument(
            "--most-per-pattern", type=int, default=0, help="teach at most so many statements of a wording and label"
        )
        parser.add_argument("--baselines-only", action="store_true", help="leave out the encoder's training")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        task = task_named(options["task"])
        preset = preset_given(options, task)
        config = configured(preset, settings_given(options, preset))
        labelled = self._labelled(task, options)
        with in_one_sentence(TooFewToFold):
            folds = folds_of(labelled.examples, options["by"], n=options["folds"], seed=options["fold_seed"])
            if options["most_per_pattern"]:
                folds = thin_out(folds, labelled.examples, most=options["most_per_pattern"])
            backbone = resolve(settings.DDI_BACKBONE)
        progress = Progress(self.stderr, "cross-validation")

        def show(one: records.Progress) -> None:
            progress(one.stage, one.done, one.total)

        scheme: Scheme = options["by"]
        with in_one_sentence():
            trial = CrossValidation(labelled.examples, folds, scheme, labelled.labels, backbone, config, show)
            models = _figures(trial, labelled.relations, tuned=not options["baselines_only"])
        progress.clear()
        facts = {
            "by": scheme,
            "labels": list(labelled.labels),
            "config": config.to_json(),
            "backbone": backbone.name,
            "folds": [{"teach": len(fold.teach), "test": len(fold.test)} for fold in folds],
            "oracle": _oracle(labelled, folds),
            "models": models,
        }
        print_facts(self.stdout, list(cross_validation_lines(facts)), facts, as_json=options["json"])

    def _labelled(self, task: Task, options: dict[str, Any]) -> Labelled:
        known = list(task.labels.order_by("position").values_list("slug", flat=True))
        labels = [slug for slug in options["labels"].split(",") if slug] or known
        for slug in labels:
            if slug not in known:
                raise CommandError(f"The task {task.slug} has no label {slug!r}; it has {', '.join(known)}.")
        try:
            found = (
                free_text(options["free_text"], labels=labels)
                if options["free_text"]
                else gold_of(task, corpora=options["corpus"], labels=labels)
            )
        except BadInput as error:
            raise CommandError(str(error)) from error
        if missing := found.of(labels):
            raise CommandError(
                f"No statement is labelled {' or '.join(missing)}: import or review some, or name others with --labels."
            )
        return found


def _figures(trial: CrossValidation, relations: Sequence[int], *, tuned: bool) -> dict[str, Any]:
    """The figures of each model by its name, of free text by relation too."""
    models: dict[str, Any] = {name: trial.figures(said) for name, said in trial.baselines()}
    if tuned:
        started = time.monotonic()
        said = trial.tuned()
        models[TUNED] = {**trial.figures(said), "seconds": round(time.monotonic() - started, 1)}
        if relations:
            models[f"{TUNED}, by relation"] = trial.figures(said, together=relations)
    return models


def _oracle(labelled: Labelled, folds: list[Fold]) -> dict[str, float]:
    """The per-pattern oracle of the statements that are tested."""
    tested = [labelled.examples[at].example for fold in folds for at in fold.test]
    return oracle((one.statement.pattern, labelled.labels[one.label_index]) for one in tested).as_dict()
