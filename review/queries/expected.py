"""How long a training may take, by those before it."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median

from ledger.models import Run, Task
from review.queries.rounds import frozen_composition

LOOKED_AT = 50
COUNTED = 5


@dataclass(frozen=True, slots=True)
class Expected:
    """Seconds, with the shortest and longest that one of the trainings before would have meant."""

    seconds: float
    shortest: float
    longest: float
    n_runs: int
    machine: str


def expected_duration(task: Task, preset: str, n_examples: int) -> Expected | None:
    """By seconds an example of up to five earlier trainings with this preset, on the machine that trained last.

    None when there is none that went through in one go (one query).
    """
    finished = (
        Run.objects.filter(
            task=task, kind=Run.Kind.TRAINING, status=Run.Status.FINISHED, n_claims=1, started_at__isnull=False,
            finished_at__isnull=False, round__training_set__isnull=False,
        )
        .select_related("round__training_set")
        .order_by("-id")[:LOOKED_AT]
    )  # fmt: skip
    paces: list[float] = []
    machine = ""
    for run in finished:
        host = run.claim.partition(":")[0]
        n_taught = frozen_composition(run.round.training_set).n("train") if run.round else 0
        own = run.parameters.get("preset", "default") != preset or run.parameters.get("config")
        if own or not n_taught or (machine and host != machine) or len(paces) == COUNTED:
            continue
        assert run.started_at is not None
        assert run.finished_at is not None
        machine = host
        paces.append((run.finished_at - run.started_at).total_seconds() / n_taught)
    if not paces or not n_examples:
        return None
    low, middle, high = min(paces), median(paces), max(paces)
    return Expected(middle * n_examples, low * n_examples, high * n_examples, len(paces), machine)
