"""`manage.py verify_ledger`: is every fact as it was written?"""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from ledger.integrity import problems
from ledger.models import ChainLink, Prediction
from ledger.triggers import append_only_tables, create_sql


class Command(BaseCommand):
    help = "Recompute every hash of the ledger and report what was changed, removed or slipped in."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON object")
        parser.add_argument(
            "--contains",
            metavar="HASH",
            default="",
            help="a head noted earlier, which must still be a link of the chain",
        )
        parser.add_argument(
            "--restore-triggers", action="store_true", help="first put back guards that are missing, then verify"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["restore_triggers"]:
            with connection.cursor() as cursor:
                for table in append_only_tables():
                    for statement in create_sql(connection.vendor, table):
                        cursor.execute(statement)
        found = list(problems())
        if options["contains"] and not ChainLink.objects.filter(hash=options["contains"]).exists():
            found.append(f"The chain no longer holds the link {options['contains']}: its end was cut off or rewritten.")
        newest = ChainLink.objects.order_by("-position").first()
        facts = {
            "links": newest.position if newest else 0,
            "head": newest.hash if newest else "",
            "predictions": Prediction.objects.count(),
            "problems": found,
        }
        if options["json"]:
            self.stdout.write(json.dumps(facts))
        else:
            self.stdout.write(f"{facts['links']} links and {facts['predictions']} predictions verified")
            self.stdout.write(f"head {facts['head']} (keep it elsewhere, and ask for it later with --contains)")
            for problem in found:
                self.stdout.write(problem)
        if found:
            counted = "1 problem" if len(found) == 1 else f"{len(found)} problems"
            raise CommandError(f"The ledger is not as it was written: {counted}, see above.")
