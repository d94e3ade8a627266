"""What is settled can be looked at again: by an adjudicator, or by somebody who has not answered it."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from ledger.integrity import problems
from ledger.models import Comment, Decision, DisagreementCause, GoldLabel
from ledger.queries import current_gold
from ledger.record.decisions import AlreadyAdjudicated
from review.actions.adjudicate import OwnDisagreement, adjudicate, take_back
from review.actions.claim import claim_next
from review.actions.decide import undo
from review.actions.reopen import NobodyElse, NothingToWeigh, NotSettled, reopen
from review.models import LooksAgain, ReviewItem
from tests.conftest import person
from tests.ledger import facts
from tests.review.conftest import MakeItem, answered


@pytest.fixture
def third(db: None) -> User:
    return person("third", "pharmacist")


def settle(item: ReviewItem, by: User, slug: str = "undetermined", **changes: Any) -> GoldLabel:
    given: dict[str, Any] = {
        "item": item, "by": by, "label": facts.label(slug), "cause": DisagreementCause.Cause.NO_OUTCOME,
        "comment": "no outcome stated", "idempotency_key": uuid.uuid4(), "now": timezone.now(),
    }  # fmt: skip
    return adjudicate(**(given | changes))


def open_again(item: ReviewItem, by: User, to: str = "adjudication", key: uuid.UUID | None = None) -> ReviewItem:
    return reopen(
        item=item, by=by, to=LooksAgain(to), reason="The label was read too fast.",
        idempotency_key=key or uuid.uuid4(), now=timezone.now(),
    )  # fmt: skip


def stands(item: ReviewItem) -> tuple[str, str | None]:
    """The item's state, and the label that holds."""
    item.refresh_from_db()
    gold = current_gold(item.task, item.statement)
    return item.state, gold.label.slug if gold and gold.label else None


@pytest.fixture
def agreed(make_item: MakeItem, pharmacist: User, second_pharmacist: User) -> ReviewItem:
    item = make_item(reviews_needed=2)
    for by in (pharmacist, second_pharmacist):
        answered(item, by, "antagonistic")
    return item


@pytest.fixture
def disputed(make_item: MakeItem, pharmacist: User, second_pharmacist: User) -> ReviewItem:
    item = make_item(reviews_needed=2)
    answered(item, pharmacist, "antagonistic")
    answered(item, second_pharmacist, "synergistic")
    return item


def test_an_adjudicator_takes_the_own_adjudication_back_once(disputed: ReviewItem, adjudicator: User) -> None:
    settle(disputed, adjudicator)
    said, key = Decision.objects.get(kind="adjudication"), uuid.uuid4()
    for _ in range(2):
        assert take_back(decision=said, by=adjudicator, idempotency_key=key, now=timezone.now()) == disputed
    assert stands(disputed) == ("adjudication", None)
    assert Decision.objects.filter(kind="withdrawal").count() == 1
    settle(disputed, adjudicator, "synergistic")
    assert stands(disputed) == ("settled", "synergistic")


def test_opened_for_an_adjudicator_what_was_confirmed_is_taken_back_by_new_rows(
    agreed: ReviewItem, lead: User, adjudicator: User
) -> None:
    key, gold = uuid.uuid4(), GoldLabel.objects.get()
    for _ in range(2):
        open_again(agreed, lead, key=key)
    assert stands(agreed) == ("adjudication", None)
    taken = GoldLabel.objects.latest("id")
    assert (taken.replaces, taken.label, GoldLabel.objects.count()) == (gold, None, 2)
    assert set(taken.decisions.all()) == set(Decision.objects.all())
    comment = Comment.objects.get()
    assert (comment.author, comment.text) == (lead, "The label was read too fast.")
    settle(agreed, adjudicator, "synergistic")
    take_back(
        decision=Decision.objects.get(kind="adjudication"), by=adjudicator, idempotency_key=uuid.uuid4(),
        now=timezone.now(),
    )  # fmt: skip
    assert stands(agreed) == ("adjudication", None), "it is for an adjudicator again, though both answers agree"


def test_another_adjudicator_settles_what_was_opened_again_and_the_first_undoes_nothing_of_it(
    disputed: ReviewItem, adjudicator: User, lead: User
) -> None:
    settle(disputed, adjudicator, "antagonistic")
    first = Decision.objects.get(kind="adjudication")
    open_again(disputed, lead)
    settle(disputed, lead, "synergistic")
    assert stands(disputed) == ("settled", "synergistic")
    with pytest.raises(AlreadyAdjudicated):
        take_back(decision=first, by=adjudicator, idempotency_key=uuid.uuid4(), now=timezone.now())
    assert stands(disputed) == ("settled", "synergistic")


@pytest.mark.parametrize(("says", "then"), [("antagonistic", "settled"), ("synergistic", "adjudication")])
def test_another_pharmacist_is_asked_and_what_was_confirmed_holds_until_they_differ(
    agreed: ReviewItem, lead: User, pharmacist: User, third: User, says: str, then: str
) -> None:
    open_again(agreed, lead, "reviewer")
    assert stands(agreed) == ("awaiting_second", "antagonistic")
    assert "read too fast" not in str(agreed.reasons)
    assert claim_next(reviewer=pharmacist, task=agreed.task, now=timezone.now()) is None
    assert claim_next(reviewer=third, task=agreed.task, now=timezone.now()) == agreed
    answered(agreed, third, says)
    assert stands(agreed) == (then, "antagonistic" if then == "settled" else None)


def test_an_answer_against_an_adjudication_is_for_an_adjudicator_and_may_be_undone(
    disputed: ReviewItem, adjudicator: User, lead: User, third: User
) -> None:
    settle(disputed, adjudicator, "antagonistic")
    open_again(disputed, lead, "reviewer")
    differs = answered(disputed, third, "synergistic")
    assert stands(disputed) == ("adjudication", "antagonistic")
    undo(decision=differs, by=third, idempotency_key=uuid.uuid4(), now=timezone.now())
    assert stands(disputed) == ("awaiting_second", "antagonistic")
    answered(disputed, third, "antagonistic")
    assert stands(disputed) == ("settled", "antagonistic")


def test_nothing_is_opened_again_that_is_not_settled_or_that_nobody_could_look_at(
    disputed: ReviewItem, make_item: MakeItem, adjudicator: User, pharmacist: User, lead: User
) -> None:
    with pytest.raises(NotSettled):
        open_again(disputed, lead)
    settle(disputed, adjudicator)
    User.objects.filter(pk=lead.pk).update(is_active=False)
    with pytest.raises(NobodyElse):
        open_again(disputed, lead, "reviewer")
    by_pattern = make_item(state="settled")
    with pytest.raises(NothingToWeigh):
        open_again(by_pattern, lead)
    assert not Comment.objects.exists()


def test_nobody_settles_the_own_disagreement_where_another_adjudicator_could(
    make_item: MakeItem, pharmacist: User, lead: User, adjudicator: User
) -> None:
    item = make_item(reviews_needed=2)
    answered(item, pharmacist, "antagonistic")
    answered(item, lead, "synergistic")
    with pytest.raises(OwnDisagreement):
        settle(item, lead)
    assert stands(item) == ("adjudication", None)
    User.objects.filter(pk=adjudicator.pk).update(is_active=False)
    key = uuid.uuid4()
    gold = settle(item, lead, idempotency_key=key)
    User.objects.filter(pk=adjudicator.pk).update(is_active=True)
    assert settle(item, lead, idempotency_key=key) == gold


def test_the_chain_covers_all_of_it(disputed: ReviewItem, adjudicator: User, lead: User, third: User) -> None:
    before = set(problems())
    settle(disputed, adjudicator, "antagonistic")
    open_again(disputed, lead, "reviewer")
    answered(disputed, third, "synergistic")
    settle(disputed, adjudicator, "synergistic")
    open_again(disputed, lead)
    settle(disputed, lead, "antagonistic")
    take_back(
        decision=Decision.objects.filter(kind="adjudication").latest("id"), by=lead, idempotency_key=uuid.uuid4(),
        now=timezone.now(),
    )  # fmt: skip
    assert stands(disputed) == ("adjudication", None)
    assert set(problems()) == before
