from __future__ import annotations

import uuid
from typing import Any

import pytest

from ledger.models import ChainLink, Comment, Statement
from ledger.record.comments import MOST_CHARACTERS, AnswersAnotherStatement, NothingSaid, add_comment
from tests.ledger.facts import NOW, polarity, statement, user


def write(about: Statement, text: str = "Which clause is the outcome?", by: str = "ana", **changes: Any) -> Comment:
    facts: dict[str, Any] = {"answers": None, "idempotency_key": uuid.uuid4()}
    return add_comment(task=polarity(), statement=about, author=user(by), text=text, now=NOW, **(facts | changes))


def test_a_comment_is_kept_as_written_and_linked(said: Statement) -> None:
    comment = write(said, "  <b>2 × täglich</b>\n")
    assert (comment.text, comment.author, comment.written_at) == ("<b>2 × täglich</b>", user("ana"), NOW)
    link = ChainLink.objects.latest("position")
    assert (link.kind, link.first_id, link.last_id) == (ChainLink.Kind.COMMENT, comment.pk, comment.pk)


def test_a_reply_names_what_it_answers(said: Statement) -> None:
    first = write(said)
    assert write(said, "The second.", by="ben", answers=first).answers == first


def test_a_reply_to_another_statement_is_refused(said: Statement) -> None:
    elsewhere = write(statement("Aspirin", "Ibuprofen"))
    with pytest.raises(AnswersAnotherStatement):
        write(said, answers=elsewhere)
    assert Comment.objects.count() == ChainLink.objects.count() == 1


@pytest.mark.parametrize("text", ["", "  \n ", "x" * (MOST_CHARACTERS + 1)])
def test_nothing_and_too_much_are_refused(said: Statement, text: str) -> None:
    with pytest.raises(NothingSaid):
        write(said, text)
    assert not Comment.objects.exists()


def test_sent_twice_it_stands_once(said: Statement) -> None:
    key = uuid.uuid4()
    assert write(said, idempotency_key=key) == write(said, "another text", idempotency_key=key)
    assert Comment.objects.count() == ChainLink.objects.count() == 1
