"""`manage.py simulate_review`: how many answers each order of the queue needs, with scripted reviewers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.module_loading import import_string

from ddi_site.simulation.drawing import draw
from ddi_site.simulation.running import Course, simulate
from ddi_site.simulation.strategies import BY_PATTERN, ORDERS
from ddi_site.simulation.summary import lines, summarised
from ledger.corpora.bad_input import BadInput
from ledger.management.printing import Progress, print_facts
from ledger.management.task_option import add_task_option, task_named

# by name: torch is loaded only where it is asked for
LEARNER = "modeling.cross_validation.learner.Learner"
GOLD, FREE_TEXT = "modeling.store.labelled.gold_of", "modeling.store.labelled.free_text"
RESOLVE = "modeling.backbones.resolve"


class Command(BaseCommand):
    help = "Let scripted reviewers answer from known labels in several orders, and count the decisions each needs."

    def add_arguments(self, parser: CommandParser) -> None:
        add_task_option(parser)
        parser.add_argument("--corpus", action="append", default=[], help="only gold of this corpus; may be repeated")
        parser.add_argument("--free-text", type=Path, metavar="FILE", help="read annotated free text in place of gold")
        parser.add_argument("--most", type=int, metavar="N", help="only whole documents, N statements at most")
        parser.add_argument("--labels", default="", help="labels to tell apart, by comma; all of the task by default")
        parser.add_argument(
            "--by", choices=("drug", "document", "pattern"), default="document", help="what the held-out fifth shares "
            "with nothing that is asked about",
        )  # fmt: skip
        parser.add_argument("--strategy", action="append", choices=(*ORDERS, BY_PATTERN), help="default: all")
        parser.add_argument("--seeds", type=int, default=5)
        parser.add_argument("--batch", type=int, default=10, help="decisions between two trainings (default: 10)")
        parser.add_argument("--svg", type=Path, metavar="FILE", help="draw accuracy against decisions")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["seeds"] < 1 or options["batch"] < 1 or (options["most"] is not None and options["most"] < 1):
            raise CommandError("--seeds, --batch and --most have to be 1 or more.")
        task = task_named(options["task"])
        known = list(task.labels.order_by("position").values_list("slug", flat=True))
        labels = [slug for slug in options["labels"].split(",") if slug] or known
        if strange := [slug for slug in labels if slug not in known]:
            raise CommandError(f"The task {task.slug} has no label {strange[0]!r}; it has {', '.join(known)}.")
        try:
            labelled = (
                import_string(FREE_TEXT)(options["free_text"], labels=labels)
                if options["free_text"]
                else import_string(GOLD)(task, corpora=options["corpus"], labels=labels)
            )
            if options["most"]:
                labelled = labelled.of_documents(options["most"], seed=1)
            if missing := labelled.of(labels):
                raise CommandError(
                    f"No statement is labelled {' or '.join(missing)}: import or review some, or name others with "
                    f"--labels{', or more with --most' if options['most'] else ''}."
                )
            learner = import_string(LEARNER)(
                labelled.examples, labelled.labels, import_string(RESOLVE)(settings.DDI_BACKBONE)
            )
            seeds = range(1, options["seeds"] + 1)
            fold = learner.split(options["by"], seed=1)
        except (BadInput, ValueError, FileNotFoundError) as error:
            raise CommandError(str(error)) from error
        strategies = options["strategy"] or [*ORDERS, BY_PATTERN]
        progress = Progress(self.stderr, "simulation")
        courses: list[Course] = []

        def show(course: Course) -> None:
            courses.append(course)
            progress(f"{course.strategy}, seed {course.seed}", len(courses), len(seeds) * len(strategies))

        simulate(learner, options["by"], seeds=seeds, batch=options["batch"], strategies=strategies, on_course=show)
        progress.clear()
        facts = {
            "task": task.slug,
            "labels": labels,
            "by": options["by"],
            "pool": len(fold.teach),
            "tested": len(fold.test),
            "repeated": fold.repeated,
            "seeds": list(seeds),
            "batch": options["batch"],
            "full": round(sum(one.full for one in courses) / len(courses), 4),
            "strategies": summarised(courses),
            "courses": [one.as_dict() for one in courses],
        }
        if options["svg"]:
            draw(courses, options["svg"], step=options["batch"])
        print_facts(self.stdout, list(lines(facts)), facts, as_json=options["json"])
