"""`manage.py work`: a worker for the queues named."""

from __future__ import annotations

import logging
from typing import Any

import django_rq
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from rq.serializers import JSONSerializer

from ddi_site.embedded_redis import answers
from ddi_site.workers import LedgerWorker

SECONDS_TO_FORGET = 60  # a killed worker stays in the list of those that listen for as long and a minute more


class Command(BaseCommand):
    help = "Work on queued runs: training and inference on the queue gpu, queue building on default."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("queues", nargs="*", default=["default", "gpu"], help="default: default gpu")
        parser.add_argument("--burst", action="store_true", help="stop when the queues are empty")

    def handle(self, *args: Any, **options: Any) -> None:
        if not answers(settings.RQ_REDIS_URL):
            raise CommandError(
                "No Redis server answers: set DDI_REDIS_URL to one, or let `manage.py serve` start the embedded one."
            )
        for name in options["queues"]:
            if name not in settings.RQ_QUEUES:
                raise CommandError(f"There is no queue {name!r}; there are: {', '.join(settings.RQ_QUEUES)}.")
        logging.getLogger("rq.worker").setLevel(logging.WARNING)
        queues = [django_rq.get_queue(name) for name in options["queues"]]
        worker = LedgerWorker(
            queues,
            connection=queues[0].connection,
            serializer=JSONSerializer,
            worker_ttl=SECONDS_TO_FORGET,
        )
        worker.work(burst=options["burst"], logging_level="WARNING")
