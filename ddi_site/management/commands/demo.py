"""`manage.py demo`: the demonstration, ready to be reviewed; with --check, a rehearsal of the whole loop."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from ddi_site.demo.accounts import accounts
from ddi_site.demo.preparation import prepare
from ddi_site.demo.rehearsal import rehearse
from ddi_site.embedded_redis import RedisDidNotStart
from ddi_site.management.commands.serve import keep_serving
from ddi_site.supervisor import AlreadyServed, PortTaken, ServerDidNotStart, Supervisor, free_port, sole_use
from ddi_site.throwaway import in_throwaway_folder, run_again
from ledger.following import RunFailed
from ledger.models import Statement

PORTS_TO_TRY = 20


class Command(BaseCommand):
    help = "Import the demonstration corpus, train, predict, build the queue, and serve it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=8000, help="first port to try (default: 8000)")
        parser.add_argument("--check", action="store_true", help="run the whole loop in a throwaway folder, and end")
        parser.add_argument("--json", action="store_true", help="with --check: print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            if not options["check"]:
                self.serve(options)
            elif in_throwaway_folder():
                self.rehearse(options)
            else:
                run_again("demo", "--check", *(["--json"] if options["json"] else []))
        except (AlreadyServed, PortTaken, RedisDidNotStart, ServerDidNotStart, RunFailed) as error:
            raise CommandError(str(error)) from error

    def serve(self, options: dict[str, Any]) -> None:
        with sole_use(settings.VAR_DIR):
            call_command("migrate", verbosity=0)
            supervisor = Supervisor(settings.VAR_DIR, free_port(options["port"], attempts=PORTS_TO_TRY))
            try:
                supervisor.start()
                counts = prepare(self.say)
                self.say(f"{counts['statements']:,} statements, {counts['predictions']:,} predictions, "
                         f"{counts['queue']:,} items to review")  # fmt: skip
                self.say(f"\n  {supervisor.url}\n")
                for account in accounts(settings.VAR_DIR):
                    self.say(f"  {account.role:<12} {account.username:<6} {account.password}")
                self.say("\nCtrl-C stops it; the data stays in the var folder.")
                keep_serving(supervisor, self.say)
            finally:
                supervisor.stop()

    def rehearse(self, options: dict[str, Any]) -> None:
        call_command("migrate", verbosity=0)
        if Statement.objects.exists():
            raise CommandError("The database that DDI_DATABASE_URL names holds statements; --check wants an empty one.")
        supervisor = Supervisor(Path(settings.VAR_DIR), free_port(options["port"] + 100, attempts=PORTS_TO_TRY))
        try:
            supervisor.start()
            facts = rehearse(Path(settings.VAR_DIR), (lambda line: None) if options["json"] else self.say)
        finally:
            supervisor.stop()
        if options["json"]:
            self.stdout.write(json.dumps(facts))
        else:
            for name, value in facts.items():
                self.say(f"{name}: {json.dumps(value)}")
        if facts["problems"]:
            raise CommandError("The rehearsal did not come out right: " + " ".join(facts["problems"]))

    def say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()
