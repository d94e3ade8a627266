"""Insert people's contributions to the discussion of a statement."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from ledger.chain import append_link, lock_chain
from ledger.models import ChainLink, Comment, Statement, Task

MOST_CHARACTERS = 2_000


class NothingSaid(Exception):
    """The comment is empty or longer than 2,000 characters. Write something, or split it."""


class AnswersAnotherStatement(Exception):
    """The comment answers one that stands under another statement. Load the page again."""


@transaction.atomic
def add_comment(
    *,
    task: Task,
    statement: Statement,
    author: AbstractBaseUser,
    text: str,
    answers: Comment | None = None,
    idempotency_key: uuid.UUID,
    now: datetime,
) -> Comment:
    """Write a comment; the same key again gives the first one's row.

    Raises NothingSaid or AnswersAnotherStatement, with nothing written.
    """
    said = text.strip()
    if not 0 < len(said) <= MOST_CHARACTERS:
        raise NothingSaid(NothingSaid.__doc__)
    if answers is not None and (answers.task_id, answers.statement_id) != (task.pk, statement.pk):
        raise AnswersAnotherStatement(AnswersAnotherStatement.__doc__)
    lock_chain()
    if written := Comment.objects.filter(idempotency_key=idempotency_key, author_id=author.pk).first():
        return written
    comment = Comment.objects.create(
        task=task,
        statement=statement,
        author_id=author.pk,
        text=said,
        answers=answers,
        idempotency_key=idempotency_key,
        written_at=now,
    )
    append_link(ChainLink.Kind.COMMENT, [comment], now=now)
    return comment
