"""`manage.py check_rationales`: do the words a rationale points at matter more than random ones?"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from ledger.management.printing import Progress, print_facts
from ledger.management.task_option import add_task_option, task_named
from ledger.models import ModelVersion
from ledger.queries import current_model
from modeling.artifacts import ArtifactChanged
from modeling.backbones import BackboneChanged, BackboneMissing
from modeling.deletion import DRAWS, SHARE, DeletionTest, Interval, NothingToDelete, TooFewPatterns, deletion_test
from modeling.inference import BackboneMismatch, UnknownArchitecture
from modeling.rationale import METHOD, VERSION, NotExplainable
from modeling.store.models import ArtifactMissing
from modeling.store.rationales import load_to_explain, statements_to_check


class Command(BaseCommand):
    help = (
        "Take the words out that a model's rationales put first, and as many random ones, and compare how much of its "
        "predictions' probability each costs."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        add_task_option(parser)
        parser.add_argument("--model", type=int, help="number of the model version; the live one by default")
        parser.add_argument("--n", type=int, default=200, help="statements, spread over the patterns; default: 200")
        parser.add_argument("--seed", type=int, default=1, help="of the sample and the random words; default: 1")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        task = task_named(options["task"])
        version = (
            ModelVersion.objects.filter(task=task, number=options["model"]).first()
            if options["model"]
            else current_model(task)
        )
        if version is None:
            raise CommandError(f"The task {task.slug} has no such model version; train one, or name one with --model.")
        statements = statements_to_check(task, options["n"], seed=options["seed"])
        progress = Progress(self.stderr, "deletion test")
        try:
            result = deletion_test(
                load_to_explain(version),
                statements,
                seed=options["seed"],
                on_progress=lambda n_done: progress("statements", n_done, len(statements)),
            )
        except (
            ArtifactChanged, ArtifactMissing, BackboneChanged, BackboneMissing, BackboneMismatch, NotExplainable,
            NothingToDelete, TooFewPatterns, UnknownArchitecture,
        ) as error:  # fmt: skip
            raise CommandError(str(error)) from error
        finally:
            progress.clear()
        print_facts(
            self.stdout,
            lines(version.number, result),
            {
                "model_version": version.number,
                "method": METHOD,
                "version": VERSION,
                "share_of_tokens": SHARE,
                "random_draws": DRAWS,
                **asdict(result),
            },
            as_json=options["json"],
        )


def lines(number: int, result: DeletionTest) -> list[str]:
    return [
        f"model {number}: {result.n_statements:,} statements of {result.n_patterns:,} patterns",
        f"probability lost with the {SHARE:.0%} of tokens that move it most: {_shown(result.chosen)}",
        f"probability lost with as many random tokens: {_shown(result.random)}",
        f"difference: {_shown(result.difference)}",
        f"statements in which the rationale takes more: {result.wins:.1%}",
        f"the figures miss what they add up to by {result.median_completeness_error:.4f} in the median and "
        f"{result.largest_completeness_error:.4f} at most (log-odds)",
    ]


def _shown(interval: Interval) -> str:
    return f"{interval.mean:.3f} ({interval.low:.3f} to {interval.high:.3f})"
