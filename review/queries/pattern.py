"""One pattern, as the person who may decide it sees it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import User
from django.db.models import Count

from ledger.covering import MOST, Reading, Window, statements_with, window
from ledger.models import Decision, GoldLabel, Label, ModelVersion, Pattern, PatternDecision, Statement, Task
from ledger.queries import current_model
from review.bands import Band, band_of
from review.marking import Piece, pattern_pieces
from review.queries.individual import individual
from review.queries.reading import Showing, Shown
from review.queries.spot_checks import SpotChecks, spot_checks_of
from review.sampling import spread_sample

SAMPLE = 12
EXCEPTIONS = 8  # of one expected label that are listed
BANDS: tuple[Band, ...] = ("sure", "likely", "unsure")
SOME = "some"  # reason to stay individual, untold


@dataclass(frozen=True, slots=True)
class Exceptions:
    """Statements whose drugs' classes expect this label, the first of them, and how many there are."""

    expected: Label
    n: int
    shown: list[Shown]


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer: for how many statements it would speak, and how many its ATC exceptions would be."""

    label: Label
    n_covered: int
    n_exceptions: int
    is_proposed: bool


@dataclass(frozen=True, slots=True)
class Said:
    """How many statements the live model gives this label, by how sure it is."""

    label: Label
    n: int
    by_band: list[int]


@dataclass(frozen=True, slots=True)
class PatternPage:
    """One pattern.

    `hides_model`: the task is blind, so nothing here tells what the model says of statements nobody has judged, which
    is all it lists: the reader may be asked about each of them. Those that stay individual are then one number.
    """

    task: Task
    pattern: Pattern
    pieces: list[Piece]
    model: ModelVersion | None
    hides_model: bool
    proposed: Label | None
    n_statements: int
    n_unjudged: int
    more: bool
    gold: list[tuple[Label, str, int]]
    choices: list[Choice]
    left_out: list[tuple[str, int]]
    said: list[Said]
    sample: list[Shown]
    exceptions: list[Exceptions]
    history: list[PatternDecision]
    checks: SpotChecks | None
    contradiction: Decision | None

    @property
    def newest(self) -> PatternDecision | None:
        return self.history[0] if self.history else None

    @property
    def is_decided(self) -> bool:
        return bool(self.newest and self.newest.label_id)

    @property
    def may_decide(self) -> bool:
        return any(one.n_covered for one in self.choices)

    @property
    def most(self) -> int:
        return MOST


def get_pattern(task: Task, pattern_id: int) -> Pattern:
    """One query; raises Pattern.DoesNotExist where no statement of the task is worded like this."""
    return Pattern.objects.filter(
        pk=pattern_id, pk__in=Statement.objects.filter(pattern=pattern_id, corpus__task=task).values("pattern")[:1]
    ).get()


def pattern_page(task: Task, pattern: Pattern, reader: User, now: datetime, *, asked: str = "") -> PatternPage:
    """At most eighteen queries; 20,000 statements cost about half a second. `asked` is the slug of a proposed label."""
    labels = {label.pk: label for label in Label.objects.filter(task=task)}
    history = list(
        PatternDecision.objects.filter(task=task, pattern=pattern).select_related("label", "reviewer").order_by("-id")
    )
    newest = history[0] if history else None
    model = current_model(task)
    found = window(task, pattern, model, apart=individual(task, pattern, now)) if model else None
    readings = found.readings if found else []
    hides_model = task.blind
    proposed = _proposed(labels, asked, newest, [] if hides_model else readings)
    sample = _sample(found, pattern, proposed, hides_model, len(history)) if found else []
    exceptions = _exceptions([one for one in readings if not (hides_model and one.apart)], proposed)
    listed = [one for _, group in exceptions for one in group[:EXCEPTIONS]]
    show = Showing(task, labels, found, [*sample, *listed], hides_model)
    return PatternPage(
        task=task,
        pattern=pattern,
        pieces=pattern_pieces(pattern.text, task.head_kind, task.tail_kind),
        model=model,
        hides_model=hides_model,
        proposed=proposed,
        n_statements=statements_with(task, pattern).count(),
        n_unjudged=len(readings),
        more=bool(found and found.more),
        gold=_gold(task, pattern, labels),
        choices=_choices(labels.values(), readings, newest, proposed),
        left_out=_left_out(readings, hides_model),
        said=[] if hides_model else _said(readings, labels),
        sample=[show(one) for one in sample],
        exceptions=[
            Exceptions(labels[label_id], len(group), [show(one) for one in group[:EXCEPTIONS]])
            for label_id, group in exceptions
        ],
        history=history,
        checks=spot_checks_of(task, pattern, reader) if newest and newest.label_id else None,
        contradiction=_contradiction(newest),
    )


def _proposed(
    labels: dict[int, Label], asked: str, newest: PatternDecision | None, readings: list[Reading]
) -> Label | None:
    """The label asked for, else the decided one, else what the model says most often."""
    if newest and newest.label_id:
        return labels[newest.label_id]
    if chosen := next((label for label in labels.values() if label.slug == asked), None):
        return chosen
    said = Counter(one.label_id for one in readings if one.label_id is not None and one.label_id in labels)
    return labels[said.most_common(1)[0][0]] if said else None


def _sample(
    found: Window, pattern: Pattern, proposed: Label | None, hides_model: bool, n_decisions: int
) -> list[Reading]:
    """A dozen of those a decision would speak for, of every answer of the model and of many drug classes."""
    covered = found.covered(proposed.pk) if proposed else [one for one in found.readings if not one.apart]
    by_id = {one.statement_id: one for one in covered}
    drawn = spread_sample(
        (
            (
                one.statement_id,
                None if hides_model else one.label_id,
                (found.expectations.group(one.head), found.expectations.group(one.tail)),
            )
            for one in covered
        ),
        SAMPLE,
        seed=f"pattern-sample:{pattern.pk}:{n_decisions}",
    )
    return [by_id[one] for one in drawn]


def _exceptions(readings: list[Reading], proposed: Label | None) -> list[tuple[int, list[Reading]]]:
    """Statements whose drugs' classes expect another label than the proposed one, by that label."""
    groups: dict[int, list[Reading]] = {}
    for one in readings:
        expected = one.expectation.label_id if one.expectation else None
        if expected is not None and (proposed is None or expected != proposed.pk):
            groups.setdefault(expected, []).append(one)
    return sorted(groups.items(), key=lambda group: -len(group[1]))


def _choices(
    labels: Iterable[Label], readings: list[Reading], newest: PatternDecision | None, proposed: Label | None
) -> list[Choice]:
    """Every answer; once the pattern is decided, only that one again, for what has come since."""
    decided = newest.label_id if newest else None
    free = [one for one in readings if not one.apart]
    choices = []
    for label in labels:
        if decided in (None, label.pk):
            n = sum(1 for one in free if not one.apart_from(label.pk))
            choices.append(Choice(label, n, len(free) - n, is_proposed=label == proposed))
    return choices


def _left_out(readings: list[Reading], hides_model: bool) -> list[tuple[str, int]]:
    """Why statements stay individual and how many, the most first; which reason it is would tell of the model."""
    counted = Counter(SOME if hides_model else one.apart for one in readings if one.apart)
    return sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))


def _said(readings: list[Reading], labels: dict[int, Label]) -> list[Said]:
    counted = Counter(
        (one.label_id, band_of(one.confidence)) for one in readings if one.label_id and one.confidence is not None
    )
    said = [
        Said(label, sum(counted[pk, band] for band in BANDS), [counted[pk, band] for band in BANDS])
        for pk, label in labels.items()
    ]
    return sorted((one for one in said if one.n), key=lambda one: -one.n)


def _gold(task: Task, pattern: Pattern, labels: dict[int, Label]) -> list[tuple[Label, str, int]]:
    """The pattern's current gold by label and source, the most first."""
    counted = (
        GoldLabel.objects.current()
        .filter(task=task, statement__pattern=pattern)
        .order_by()
        .values_list("label", "source")
        .annotate(n=Count("id"))
    )
    rows = [(labels[label], str(GoldLabel.Source(source).label), n) for label, source, n in counted]
    return sorted(rows, key=lambda row: -row[2])


def _contradiction(newest: PatternDecision | None) -> Decision | None:
    """The answer that reopened the pattern, also where it was taken back since."""
    if newest is None or newest.act != PatternDecision.Act.REOPENED:
        return None
    answers = Decision.objects.filter(task=newest.task_id, statement__in=newest.sample, reviewer=newest.reviewer_id)
    return answers.select_related("label", "reviewer", "statement", "replaced_by").order_by("-id").first()
