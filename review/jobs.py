"""What workers do for the review wing. Named as a string in `ledger.enqueue`."""

from __future__ import annotations

from dataclasses import asdict

from django.utils import timezone

from ledger.running import Work, carry_out
from review.actions.build_queue import build_queue


def run_queue_build(run_id: int) -> None:
    """Build the queue this run asks for."""
    carry_out(run_id, do_queue_build)


def do_queue_build(work: Work) -> None:
    """Build the queue, reporting on the run's row; raises RunCancelled and NoCurrentModel."""
    work.report(stage="ordering")

    def report(done: int, total: int) -> None:
        work.stop_if_asked()
        work.report(stage="writing", n_done=done, n_total=total)

    built = build_queue(run=work.run, now=timezone.now(), report=report)
    work.report(stage="done", detail=asdict(built))
