"""The `--task` and `--corpus` options that commands share."""

from __future__ import annotations

from django.core.management.base import CommandError, CommandParser

from ledger.models import Task

DEFAULT_TASK = "ddi-polarity"


def add_task_option(parser: CommandParser) -> None:
    parser.add_argument("--task", default=DEFAULT_TASK, metavar="SLUG", help=f"default: {DEFAULT_TASK}")


def add_corpora_option(parser: CommandParser) -> None:
    parser.add_argument(
        "--corpus",
        action="append",
        default=[],
        metavar="NAME",
        help="use the gold of this corpus alone, to teach and to test; may be repeated (default: all)",
    )


def task_named(slug: str) -> Task:
    """The task, or the command's one-sentence error."""
    task = Task.objects.filter(slug=slug).first()
    if task is None:
        known = ", ".join(Task.objects.values_list("slug", flat=True)) or "none; run migrate first"
        raise CommandError(f"There is no task {slug!r}; there are: {known}.")
    return task
