"""A pair to which its corpus gives two types: pages name both."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User

from ledger.models import ModelVersion, Prediction, Task, pack_scores
from ledger.record.gold import add_seed_labels
from review.models import ReviewItem
from review.queries.statement import get_statement, statement_page
from tests.ledger import facts
from tests.review.conftest import answered, item_page, predict, sign_in

ALSO = 'also: <span class="label antagonistic">antagonistic</span></span>'


@pytest.fixture
def both(item: ReviewItem, task: Task) -> ReviewItem:
    rows = [(item.statement_id, facts.label("synergistic").pk, "corpus")]
    add_seed_labels(task=task, rows=rows, now=facts.NOW, further={item.statement_id: ["antagonistic"]})
    return item


def test_the_statement_s_page_names_the_other_type(
    both: ReviewItem, pharmacist: User, django_assert_num_queries: Any
) -> None:
    assert ALSO in sign_in(pharmacist).get(f"/statements/{both.statement_id}/").content.decode()
    with django_assert_num_queries(8):
        statement_page(get_statement(both.statement_id), pharmacist)  # its own query, and seven


def test_the_item_s_history_does_once_one_may_see_what_was_confirmed(
    both: ReviewItem, pharmacist: User, second_pharmacist: User
) -> None:
    assert "also:" not in item_page(both, second_pharmacist)
    ReviewItem.objects.filter(pk=both.pk).update(state=ReviewItem.State.SETTLED)
    assert ALSO in item_page(both, second_pharmacist)


def test_what_a_person_confirmed_has_one_type(both: ReviewItem, pharmacist: User) -> None:
    answered(both, pharmacist, "antagonistic")
    assert "also:" not in item_page(both, pharmacist)


def test_what_a_model_says_of_two_types_is_shown_with_its_answer(
    item: ReviewItem, pharmacist: User, task: Task, model: ModelVersion
) -> None:
    page = item_page(item, pharmacist)
    assert "says" in page
    assert "also:" not in page
    said = predict(model, of=facts.statement("Aa", "Bb"), said="synergistic", confidence=0.75)
    scores = pack_scores((0.75, 0.625))
    changed = Prediction(
        statement=facts.statement("Cc", "Dd"), model_version=model, chunk=said.chunk, label=said.label,
        confidence=0.75, scores=scores,
    )  # fmt: skip
    changed.save()
    ReviewItem.objects.filter(pk=item.pk).update(prediction=changed, statement=changed.statement)
    assert ALSO in item_page(item, pharmacist)
    task.blind = True
    task.save()
    assert ALSO not in item_page(item, pharmacist)
