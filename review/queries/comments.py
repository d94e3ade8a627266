"""The discussion of a statement."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.contrib.auth.models import User

from ledger.models import Comment, Decision
from review.models import ReviewItem
from review.queries.seeing import own_decisions, sees_others


@dataclass(frozen=True, slots=True)
class Remark:
    """One comment with everything that was answered to it, oldest first."""

    comment: Comment
    replies: list[Comment] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Thread:
    """The discussion of an item as one person may read it; `is_open` once they may read what others wrote."""

    item: ReviewItem
    remarks: list[Remark]
    is_open: bool


def thread_of(item: ReviewItem, reader: User) -> Thread:
    """Two queries. Before their own answer a person reads only what they wrote themselves."""
    own = own_decisions(item, reader)
    standing = own[-1] if own and own[-1].kind != Decision.Kind.WITHDRAWAL else None
    is_open = sees_others(item, standing)
    comments = Comment.objects.filter(task=item.task, statement=item.statement_id).select_related("author")
    if not is_open:
        comments = comments.filter(author=reader)
    roots: dict[int, Remark] = {}
    for comment in comments.order_by("id"):
        answered = roots.get(comment.answers_id or 0)
        if answered is None:
            roots[comment.pk] = Remark(comment)
        else:
            answered.replies.append(comment)
            roots[comment.pk] = answered  # an answer to an answer stands under the same remark
    return Thread(item, [remark for pk, remark in roots.items() if remark.comment.pk == pk], is_open)
