"""`manage.py cross_validate`: how good a way of training is, tested on wordings, drugs or documents it never met."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, get_args

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
from modeling.cross_validation.kept import UnreadableTraining
from modeling.cross_validation.running import CrossValidation, Said, averaged, thin_out
from modeling.cross_validation.scoring import Scoring, over_seeds
from modeling.cross_validation.validating import Taught
from modeling.management.config_option import add_config_options, configured, preset_given, settings_given
from modeling.management.cross_validation_lines import cross_validation_lines
from modeling.management.refusals import in_one_sentence
from modeling.store.labelled import Labelled, free_text, gold_of

TUNED = "tuned"


class Command(BaseCommand):
    help = "Train on some folds of the labelled statements, test on the others, and print the figures over all folds."

    def add_arguments(self, parser: CommandParser) -> None:
        add_task_option(parser)
        add_config_options(parser)
        parser.add_argument(
            "--by", choices=get_args(Scheme), default="pattern", help="what folds never share; by drug-and-pattern "
            "each fold of drugs meets each fold of wordings, so that N folds are up to N times N trainings",
        )  # fmt: skip
        parser.add_argument("--folds", type=int, default=6)
        parser.add_argument("--fold-seed", type=int, default=1, help="another seed deals out other folds")
        parser.add_argument(
            "--seeds", type=int, default=1, metavar="N", help="train N times on the same folds, with the seed of the "
            "settings and those after it, and print mean and spread (default: 1)",
        )  # fmt: skip
        parser.add_argument("--corpus", action="append", default=[], help="only gold of this corpus; may be repeated")
        parser.add_argument("--free-text", type=Path, metavar="FILE", help="read annotated free text in place of gold")
        parser.add_argument(
            "--sentence-decides",
            action="store_true",
            help="only relations that the sentence alone decides",
        )
        parser.add_argument("--labels", default="", help="labels to tell apart, by comma; all of the task by default")
        parser.add_argument(
            "--most-per-pattern", type=int, default=0, help="teach at most so many statements of a wording and label"
        )
        parser.add_argument("--baselines-only", action="store_true", help="leave out the encoder's training")
        parser.add_argument(
            "--keep", type=Path, metavar="FOLDER", help="put each finished training there, and go on after those in it"
        )
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["seeds"] < 1:
            raise CommandError("--seeds has to be 1 or more.")
        task = task_named(options["task"])
        preset = preset_given(options, task)
        config = configured(preset, settings_given(options, preset))
        labelled, n_left_out = self._labelled(task, options)
        scheme: Scheme = options["by"]
        with in_one_sentence(TooFewToFold):
            folds = folds_of(labelled.examples, scheme, n=options["folds"], seed=options["fold_seed"])
            if options["most_per_pattern"]:
                folds = thin_out(folds, labelled.examples, most=options["most_per_pattern"])
            backbone = resolve(settings.DDI_BACKBONE)
        progress = Progress(self.stderr, "cross-validation")

        def show(one: records.Progress) -> None:
            progress(one.stage, one.done, one.total)

        seeds = [] if options["baselines_only"] else [config.seed + number for number in range(options["seeds"])]
        scoring = Scoring(labelled.examples, labelled.labels, scheme)
        with in_one_sentence(UnreadableTraining):
            trial = CrossValidation(
                labelled.examples, folds, scheme, labelled.labels, backbone, config, options["fold_seed"],
                options["keep"], show,
            )  # fmt: skip
            models, spread = _figures(trial, scoring, labelled, seeds)
        progress.clear()
        taught, tested = trial.taught(), [at for fold in folds for at in fold.test]
        facts = {
            "by": scheme,
            "n": len(labelled.examples),
            "labels": list(labelled.labels),
            "config": config.to_json(),
            "seeds": seeds,
            "backbone": backbone.name,
            "trained": bool(seeds),
            "folds": [_sizes(*both) for both in zip(folds, taught, strict=True)],
            "not_validated": _not_validated(taught, labelled.labels),
            "left_out_relations": n_left_out,
            "by_relation": bool(labelled.relations),
            "tested": scoring.composition(tested, together=labelled.relations),
            "oracle": _oracle(labelled, tested),
            "models": models,
            "over_seeds": spread,
        }
        print_facts(self.stdout, list(cross_validation_lines(facts)), facts, as_json=options["json"])

    def _labelled(self, task: Task, options: dict[str, Any]) -> tuple[Labelled, int]:
        """The labelled statements, and how many relations are left out as their sentence does not decide."""
        known = list(task.labels.order_by("position").values_list("slug", flat=True))
        labels = [slug for slug in options["labels"].split(",") if slug] or known
        for slug in labels:
            if slug not in known:
                raise CommandError(f"The task {task.slug} has no label {slug!r}; it has {', '.join(known)}.")
        if options["sentence_decides"] and not options["free_text"]:
            raise CommandError("Only annotated free text says whether the sentence decides: name it with --free-text.")
        try:
            found = (
                free_text(options["free_text"], labels=labels)
                if options["free_text"]
                else gold_of(task, corpora=options["corpus"], labels=labels)
            )
        except BadInput as error:
            raise CommandError(str(error)) from error
        n_left_out = len(found.need_paragraph) if options["sentence_decides"] else 0
        if options["sentence_decides"]:
            found = found.that_sentence_decides()
        if missing := found.of(labels):
            raise CommandError(
                f"No statement is labelled {' or '.join(missing)}: import or review some, or name others with --labels."
            )
        return found, n_left_out


def _figures(
    trial: CrossValidation, scoring: Scoring, labelled: Labelled, seeds: Sequence[int]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The figures of each model by its name, of free text by relation too; and their spread, if there are two seeds.

    With two, the mean of what the seeds say is a model too, as an ensemble of them would be.
    """
    models: dict[str, Any] = {}
    for name, said in trial.baselines():
        models |= _ways(name, scoring, labelled, said)
    by_seed, answers = [], []
    for seed in seeds:
        said, seconds = trial.tuned(seed=seed)
        answers.append(said)
        by_seed.append(_ways(TUNED, scoring, labelled, said))
        by_seed[-1][TUNED]["seconds"] = round(seconds, 1)
    if len(seeds) < 2:
        return models | (by_seed[0] if by_seed else {}), {}
    for seed, ways in zip(seeds, by_seed, strict=True):
        models |= {f"{name}, seed {seed}": figures for name, figures in ways.items()}
    models |= _ways(f"{TUNED}, the mean of {len(seeds)} seeds", scoring, labelled, averaged(answers))
    return models, {name: over_seeds([ways[name] for ways in by_seed]) for name in by_seed[0]}


def _ways(name: str, scoring: Scoring, labelled: Labelled, said: Sequence[Said]) -> dict[str, Any]:
    """The figures by statement and, of free text, by relation; there those that need the paragraph apart."""
    found = {name: scoring.figures(said)}
    if not labelled.relations:
        return found
    together = labelled.relations
    by_relation = scoring.figures(said, together=together)
    tested = {together[at] for one in said for at in one.positions}
    parts = {
        "the sentence decides": tested - labelled.need_paragraph,
        "that need the paragraph": tested & labelled.need_paragraph,
    }
    if all(parts.values()):
        by_relation["slices"] = {
            which: scoring.figures(said, together=together, where=part) for which, part in parts.items()
        }
    return found | {f"{name}, by relation": by_relation}


def _sizes(fold: Fold, taught: Taught) -> dict[str, Any]:
    return {
        "teach": len(taught.teach),
        "validate": len(taught.stop),
        "test": len(fold.test),
        "repeated": fold.repeated,
        "between": fold.between,
        "between_validating": taught.between,
        "shares": taught.shares,
    }


def _not_validated(taught: Sequence[Taught], labels: Sequence[str]) -> dict[str, int]:
    """The labels that some fold teaches and no statement validates: in how many folds."""
    counts = {label: sum(index in one.missing for one in taught) for index, label in enumerate(labels)}
    return {label: n for label, n in counts.items() if n}


def _oracle(labelled: Labelled, tested: Sequence[int]) -> dict[str, float]:
    """The per-pattern oracle of the statements that are tested."""
    examples = [labelled.examples[at].example for at in tested]
    return oracle((one.statement.pattern, labelled.labels[one.label_index]) for one in examples).as_dict()
