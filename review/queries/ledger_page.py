"""A page of the ledger: statements with what was said of them, as one person may see it."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db.models import Exists, OuterRef

from ledger.models import Corpus, Decision, GoldLabel, Label, ModelVersion, Prediction, Statement, Task
from review.bands import Confidence
from review.filters import LedgerFilter
from review.marking import Piece
from review.models import ReviewItem, SavedFilter
from review.queries.candidates import Place
from review.queries.drugs import MEDICINES
from review.queries.search import WINDOW, Look, look
from review.queries.sentence import line_of
from review.queries.wanted import Wanted, want

PAGE = 25
MOST = 1_000  # statements that are counted, and that one bulk action takes


@dataclass(frozen=True, slots=True)
class Row:
    """One statement: what the models said, what holds, and where it stands in the queue.

    `is_veiled`: the reader has yet to answer it. Then nobody's answer is here, and in a blind task no model's either.
    """

    statement: Statement
    pieces: list[Piece]
    answer: Prediction | None
    other_answer: Prediction | None
    gold: GoldLabel | None
    item: ReviewItem | None
    is_veiled: bool

    @property
    def confidence(self) -> Confidence | None:
        return Confidence(self.answer.confidence) if self.answer else None


@dataclass(frozen=True, slots=True)
class LedgerPage:
    """Up to twenty-five rows. `n_found` counts up to MOST, on the first page alone; `is_exact` when it is all there is.

    `more` is where the next page starts; `ended_early` when this one ended before it was full.
    """

    wanted: Wanted
    rows: list[Row]
    n_found: int | None
    is_exact: bool
    more: Place | None
    ended_early: bool
    leaves_out: bool
    most: int
    window: int = WINDOW


@dataclass(frozen=True, slots=True)
class Choices:
    """What the form offers. `of_drugs`: both ends of the task's pairs are drugs; `has_drugs`: one may be."""

    of_drugs: bool
    has_drugs: bool

    labels: list[Label]
    models: list[ModelVersion]
    corpora: list[Corpus]
    reasons: list[tuple[str, str]]
    sources: list[tuple[str, str]]
    saved: list[SavedFilter]


def ledger_page(task: Task, chosen: LedgerFilter, *, reader: User, after: Place | None) -> LedgerPage:
    """At most twelve queries; the first page looks for up to a thousand, which is what its count says."""
    wanted = want(task, chosen)
    n = PAGE if after else MOST
    found = Look([], None) if wanted.trouble else look(wanted, reader=reader, after=after, n=n)
    shown = found.hits[:PAGE]
    more = shown[-1].place if len(found.hits) > PAGE else found.goes_on
    return LedgerPage(
        wanted=wanted,
        rows=rows(wanted, [hit.statement for hit in shown], reader),
        n_found=None if after else len(found.hits),
        is_exact=found.goes_on is None,
        more=more,
        ended_early=more is not None and len(shown) < PAGE,
        leaves_out=task.blind and chosen.reads_answers,
        most=MOST,
    )


def choices(task: Task, reader: User) -> Choices:
    """Four queries."""
    kinds = {task.head_kind, task.tail_kind}
    return Choices(
        of_drugs=kinds == {"drug"},
        has_drugs=bool(kinds & MEDICINES),
        labels=list(Label.objects.filter(task=task)),
        models=list(ModelVersion.objects.filter(task=task).order_by("-number").only("id", "number")),
        corpora=list(Corpus.objects.filter(task=task)),
        reasons=[(reason.value, str(reason.label)) for reason in ReviewItem.Reason],
        sources=[(source.value, str(source.label)) for source in GoldLabel.Source],
        saved=list(SavedFilter.objects.filter(owner=reader, task=task)),
    )


def items_with_own_answer(task: Task, statements: list[int], reader: User) -> dict[int, ReviewItem]:
    """Review items by statement, each saying in `is_answered` whether the reader's answer stands (one query)."""
    own = Decision.objects.standing().filter(task=task, statement=OuterRef("statement"), reviewer=reader)
    found = (
        ReviewItem.objects.filter(task=task, statement__any_of=statements)
        .select_related("lease_by", "assigned_to")
        .annotate(is_answered=Exists(own))
    )
    return {item.statement_id: item for item in found}


def is_veiled(item: ReviewItem | None) -> bool:
    """Whether the reader may still be asked, and must not be told what others said."""
    return item is not None and item.state in ReviewItem.WAITING and not getattr(item, "is_answered", False)


def rows(wanted: Wanted, statements: list[int], reader: User) -> list[Row]:
    """Four queries, in the order asked for."""
    task = wanted.task
    by_id = Statement.objects.select_related("corpus").in_bulk(statements)
    versions = [version for version in (wanted.model, wanted.other) if version]
    answers = {
        (one.statement_id, one.model_version_id): one
        for one in Prediction.objects.filter(statement__any_of=statements, model_version__in=versions).select_related(
            "label", "model_version"
        )
    }
    golds = {
        one.statement_id: one
        for one in GoldLabel.objects.current().filter(task=task, statement__any_of=statements).select_related("label")
    }
    items = items_with_own_answer(task, statements, reader)
    made = []
    for statement_id in statements:
        one, item, gold = by_id[statement_id], items.get(statement_id), golds.get(statement_id)
        veiled = is_veiled(item)
        said, once = (
            None if version is None or (veiled and task.blind) else answers.get((statement_id, version.pk))
            for version in (wanted.model, wanted.other)
        )
        made.append(
            Row(
                statement=one,
                pieces=line_of(one),
                answer=said,
                other_answer=once,
                gold=None if gold and veiled and gold.source != GoldLabel.Source.SEED else gold,
                item=item,
                is_veiled=veiled,
            )
        )
    return made


def all_found(wanted: Wanted, *, reader: User) -> list[int]:
    """The first thousand statements that match, in the list's order; goes through the whole ledger if it must."""
    found: list[int] = []
    place: Place | None = None
    while len(found) < MOST:
        seen = look(wanted, reader=reader, after=place, n=MOST - len(found))
        found += [hit.statement for hit in seen.hits]
        place = seen.goes_on
        if place is None:
            break
    return found


def of_this_task(wanted: Wanted, statements: list[int]) -> list[int]:
    """Those of these statements that are the task's, in the order given (one query)."""
    there = set(Statement.objects.filter(corpus__task=wanted.task, pk__any_of=statements).values_list("pk", flat=True))
    return [one for one in dict.fromkeys(statements) if one in there]
