"""`manage.py bench NAME`: speed as ratios against a peer, both measured in one run."""

from __future__ import annotations

import json
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from ddi_site.bench.inference import bench_inference
from ddi_site.bench.ledger import bench_ledger
from ddi_site.bench.queue import bench_queue
from ddi_site.bench.real_data import RealDataMissing
from ddi_site.bench.relations import TooFewPairs, bench_relations
from ddi_site.bench.report import as_json, in_words
from ddi_site.bench.reviewers import bench_reviewers
from ddi_site.bench.training import bench_training
from ddi_site.throwaway import in_throwaway_folder, run_again
from ledger.models import Statement

BENCHES = {
    "inference": (bench_inference, 15_000),
    "ledger": (bench_ledger, 50_000),
    "queue": (bench_queue, 1_500_000),
    "relations": (bench_relations, 3_000),
    "reviewers": (bench_reviewers, 40_000),
    "training": (bench_training, 0),
}
"""Each with its own number of statements or predictions."""


class Command(BaseCommand):
    help = (
        "Measure against a peer, alternately, in a throwaway ledger; medians. inference and relations measure on the "
        "public files in the folder DDI_REALDATA where it is set, else on what is shipped or made up."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", choices=sorted(BENCHES))
        parser.add_argument(
            "--n", type=int, help="how many statements or predictions (default: the bench's own number)"
        )
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        bench, default = BENCHES[options["name"]]
        n = options["n"] or default
        if not in_throwaway_folder():
            run_again("bench", options["name"], "--n", str(n), *(["--json"] if options["json"] else []))
            return
        call_command("migrate", verbosity=0)
        if Statement.objects.exists():
            raise CommandError("The database that DDI_DATABASE_URL names holds statements; bench wants an empty one.")
        try:
            rows, data = bench(n)
        except (RealDataMissing, TooFewPairs) as error:
            raise CommandError(str(error)) from error
        if options["json"]:
            self.stdout.write(json.dumps(as_json(options["name"], rows, data)))
            return
        for line in in_words(rows, data):
            self.stdout.write(line)
