"""`manage.py serve`: the whole site on this machine."""

from __future__ import annotations

import signal
import time
from types import FrameType
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from ddi_site.embedded_redis import RedisDidNotStart
from ddi_site.supervisor import AlreadyServed, PortTaken, ServerDidNotStart, Supervisor, free_port, sole_use


class Command(BaseCommand):
    help = "Serve the site on this machine: web server, worker, and Redis unless DDI_REDIS_URL names one."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=8000)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with sole_use(settings.VAR_DIR):
                supervisor = Supervisor(settings.VAR_DIR, free_port(options["port"]))
                call_command("migrate", verbosity=0)
                try:
                    supervisor.start()
                    self.stdout.write(f"serving {supervisor.url} (Ctrl-C stops it)")
                    keep_serving(supervisor, self.stdout.write)
                finally:
                    supervisor.stop()
        except (AlreadyServed, PortTaken, RedisDidNotStart, ServerDidNotStart) as error:
            raise CommandError(str(error)) from error


def keep_serving(supervisor: Supervisor, say: Any) -> None:
    """Keep all parts up until SIGINT or SIGTERM."""

    def leave(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, leave)
    try:
        while True:
            time.sleep(1)
            for name in supervisor.keep_up():
                say(f"the {name} process had ended and was started again")
    except KeyboardInterrupt:
        say("stopping")
    finally:
        signal.signal(signal.SIGTERM, before)
