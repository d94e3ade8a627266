"""One statement with everything that was ever said of it, as one person may see it."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth.models import User

from ledger.models import Comment, Decision, GoldLabel, Label, Prediction, Statement, Task
from ledger.queries import predictions_of
from review.bands import Confidence
from review.marking import Piece
from review.models import ReviewItem
from review.queries.drugs import DrugCard, drug_cards
from review.queries.ledger_page import is_veiled, items_with_own_answer
from review.queries.sentence import sentence_of


@dataclass(frozen=True, slots=True)
class StatementPage:
    """A statement; what others said is left out while the reader may still be asked (`is_veiled`).

    In a blind task the models' answers are then left out too (`hides_models`). Each gold label stands with the others
    that its corpus gives the same pair.
    """

    statement: Statement
    task: Task
    pieces: list[Piece]
    head: DrugCard
    tail: DrugCard
    item: ReviewItem | None
    is_veiled: bool
    hides_models: bool
    predictions: list[tuple[Prediction, Confidence]]
    decisions: list[Decision]
    golds: list[tuple[GoldLabel, list[Label]]]
    comments: list[Comment]


def get_statement(statement_id: int) -> Statement:
    """One statement with its corpus, task, pattern and drugs (one query); raises Statement.DoesNotExist."""
    return Statement.objects.for_reading().get(pk=statement_id)


def statement_page(statement: Statement, reader: User) -> StatementPage:
    """Seven queries, eight where the corpus names no drugs by their keys, one more where it gives a pair two labels."""
    task = statement.corpus.task
    head, tail = drug_cards(statement)
    item = items_with_own_answer(task, [statement.pk], reader).get(statement.pk)
    veiled = is_veiled(item)
    decisions = Decision.objects.filter(task=task, statement=statement).select_related("reviewer", "label")
    golds = GoldLabel.objects.filter(task=task, statement=statement).select_related("label")
    comments = Comment.objects.filter(task=task, statement=statement).select_related("author")
    if veiled:
        decisions = decisions.filter(reviewer=reader)
        golds = golds.filter(source=GoldLabel.Source.SEED)
        comments = comments.filter(author=reader)
    hides_models = veiled and task.blind
    return StatementPage(
        statement=statement,
        task=task,
        pieces=sentence_of(statement),
        head=head,
        tail=tail,
        item=item,
        is_veiled=veiled,
        hides_models=hides_models,
        predictions=[] if hides_models else [(one, Confidence(one.confidence)) for one in predictions_of(statement)],
        decisions=list(decisions.order_by("id")),
        golds=_with_further(task, list(golds.order_by("id"))),
        comments=list(comments.order_by("id")),
    )


def _with_further(task: Task, golds: list[GoldLabel]) -> list[tuple[GoldLabel, list[Label]]]:
    """Each gold label with its corpus' others (one query where there are any)."""
    named = {slug for gold in golds for slug in gold.further or ()}
    labels = Label.objects.filter(task=task, slug__in=named).order_by("position") if named else ()
    known = list(labels)
    return [(gold, [label for label in known if label.slug in (gold.further or ())]) for gold in golds]
