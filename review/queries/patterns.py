"""The wordings that many statements of a task share, and how far each is decided."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from django.db.models import Count, Q, Sum

from ledger.models import Corpus, Pattern, PatternDecision, Statement, Task
from review.marking import Piece, pattern_pieces
from review.models import ReviewItem

PAGE = 25
Part = Literal["open", "decided", "reopened"]
PARTS: tuple[Part, ...] = get_args(Part)


@dataclass(frozen=True, slots=True)
class PatternFilter:
    """Which patterns of a list, and after which one it goes on: its number of statements and its id."""

    part: Part = "open"
    after: tuple[int, int] | None = None

    @classmethod
    def read(cls, values: Mapping[str, str]) -> PatternFilter:
        """From a query string; what cannot be read is dropped."""
        part: Part = next((one for one in PARTS if one == values.get("part")), "open")
        numbers = values.get("after", "").split("-")
        known = len(numbers) == 2 and all(number.isdecimal() and len(number) < 19 for number in numbers)
        return cls(part, (int(numbers[0]), int(numbers[1])) if known else None)


@dataclass(frozen=True, slots=True)
class PatternRow:
    """One pattern: its wording in pieces, its statements, those of them waiting in the queue, and what was decided."""

    pattern_id: int
    pieces: list[Piece]
    n_statements: int
    n_waiting: int
    n_decided: int
    newest: PatternDecision | None


@dataclass(frozen=True, slots=True)
class PatternList:
    """Up to twenty-five patterns, those of the most statements first; `more` is where the next page starts after."""

    rows: list[PatternRow]
    more: str
    tallies: list[tuple[Part, int | None]]


def pattern_list(task: Task, chosen: PatternFilter) -> PatternList:
    """Eight queries, nine of the reopened. The counting one reads an index of all statements of the task: 300,000 of
    them cost 0.1 s of the processor, and it grows as they do."""
    newest = PatternDecision.objects.newest().filter(task=task)
    sizes = _sizes(task, chosen)
    ids = [pattern_id for pattern_id, _ in sizes[:PAGE]]
    texts = dict(Pattern.objects.filter(pk__in=ids).values_list("id", "text"))
    decisions = {one.pattern_id: one for one in newest.filter(pattern__in=ids).select_related("label", "reviewer")}
    decided = PatternDecision.objects.in_force().filter(task=task, pattern__in=ids).order_by()
    n_decided = dict(decided.values_list("pattern").annotate(Sum("n_statements")))
    waiting = ReviewItem.objects.filter(task=task, state__in=ReviewItem.WAITING, statement__pattern__in=ids)
    n_waiting = dict(waiting.order_by().values_list("statement__pattern").annotate(Count("id")))
    return PatternList(
        rows=[
            PatternRow(
                pattern_id=pattern_id,
                pieces=pattern_pieces(texts[pattern_id], task.head_kind, task.tail_kind),
                n_statements=n,
                n_waiting=n_waiting.get(pattern_id, 0),
                n_decided=n_decided.get(pattern_id, 0),
                newest=decisions.get(pattern_id),
            )
            for pattern_id, n in sizes[:PAGE]
        ],
        more="{1}-{0}".format(*sizes[PAGE - 1]) if len(sizes) > PAGE else "",
        tallies=_tallies(task),
    )


def _sizes(task: Task, chosen: PatternFilter) -> list[tuple[int, int]]:
    """(pattern id, number of statements) of one page and one more; a wording of one statement is no pattern."""
    corpora = list(Corpus.objects.filter(task=task).values_list("id", flat=True))
    newest = PatternDecision.objects.newest().filter(task=task)
    decided = set(newest.filter(label__isnull=False).values_list("pattern", flat=True))
    statements = Statement.objects.filter(corpus__in=corpora)
    if chosen.part == "decided":
        statements = statements.filter(pattern__any_of=decided)
    elif chosen.part == "reopened":
        reopened = newest.filter(act=PatternDecision.Act.REOPENED)
        statements = statements.filter(pattern__any_of=list(reopened.values_list("pattern", flat=True)))
    sizes = statements.order_by().values_list("pattern").annotate(n=Count("id")).filter(n__gte=2)
    if chosen.after:
        n, pattern_id = chosen.after
        sizes = sizes.filter(Q(n__lt=n) | Q(n=n, pattern__gt=pattern_id))
    sizes = sizes.order_by("-n", "pattern")
    if chosen.part != "open":
        return list(sizes[: PAGE + 1])
    # Looking every statement's pattern up among the decided would cost more than to read those and leave them out.
    return [size for size in sizes[: PAGE + 1 + len(decided)] if size[0] not in decided][: PAGE + 1]


def _tallies(task: Task) -> list[tuple[Part, int | None]]:
    """How many patterns are in each part; the open ones are not counted."""
    counted = (
        PatternDecision.objects.newest()
        .filter(task=task)
        .aggregate(
            decided=Count("id", filter=Q(label__isnull=False)),
            reopened=Count("id", filter=Q(act=PatternDecision.Act.REOPENED)),
        )
    )
    return [("open", None), ("decided", counted["decided"]), ("reopened", counted["reopened"])]
