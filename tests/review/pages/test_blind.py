"""A blind task: before one's own answer nothing on any page tells of the model's; then both looks are kept."""

from __future__ import annotations

import uuid

import pytest
from django.contrib.auth.models import User
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone

from ledger.models import AtcRule, Decision, Task
from ledger.record.rationales import add_rationale
from review.actions.claim import claim
from review.models import ReviewItem
from tests.ledger import facts
from tests.review.conftest import MakeItem, answered, sign_in

HTMX = {"HX-Request": "true"}
TELLING = (
    "Model ", "0.63", "unsure", "confidence", "ATC contradiction", "Expected otherwise", "Both slow clotting",
    "disputes a gold label", "shaded", "prediction_seen", 'name="said"><option', "data-key=\"2 a\"", "rationale",
)  # fmt: skip


@pytest.fixture
def blind_item(make_item: MakeItem, pharmacist: User, task: Task) -> ReviewItem:
    """An item about which everything there is would tell of the model's answer; `pharmacist` holds it."""
    Task.objects.update(blind=True)
    rule = AtcRule.objects.create(
        task=task, table="test", prefix_a="B01AA", prefix_b="B01AF", expected=facts.label("synergistic"),
        mechanism="Both slow clotting.", reference="Textbook", source="curated",
    )  # fmt: skip
    item = make_item(
        prediction={"confidence": 0.625},
        reasons=[
            {"rule": "atc_contradiction", "explanation": "Expected otherwise.", "atc_rule": rule.pk},
            {"rule": "suspect_gold", "explanation": "The gold label says otherwise.", "atc_rule": None},
            {"rule": "audit", "explanation": "Drawn at random.", "atc_rule": None},
        ],
    )
    add_rationale(
        prediction=item.prediction, method="integrated gradients", version=1, parameters={"steps": 8, "movement": 1.0},
        tokens=[(0, 5, 1.0)], completeness_error=0.1, now=facts.NOW,
    )  # fmt: skip
    claim(item=item, reviewer=pharmacist, now=timezone.now())
    return ReviewItem.objects.select_related("task", "statement", "prediction").get(pk=item.pk)


def page_of(item: ReviewItem, reader: User) -> str:
    return sign_in(reader).get(reverse("review:item", args=[item.pk])).content.decode()


def send(name: str, item: ReviewItem, by: User, slug: str, **changes: object) -> HttpResponse:
    values = {"label": slug, "idempotency_key": uuid.uuid4(), "prediction_seen": item.prediction_id} | changes
    return sign_in(by).post(reverse(f"review:{name}", args=[item.pk]), values, headers=HTMX)


def test_nothing_tells_of_the_models_answer_before_ones_own(blind_item: ReviewItem, pharmacist: User) -> None:
    page = page_of(blind_item, pharmacist)
    assert "Blind: answer first" in page
    assert "Drawn at random." in page
    for telling in TELLING:
        assert telling not in page, telling


@pytest.mark.parametrize(("name", "verb"), [("rationale", "get"), ("explain", "post")])
def test_nor_does_what_moved_it(blind_item: ReviewItem, pharmacist: User, name: str, verb: str) -> None:
    response = getattr(sign_in(pharmacist), verb)(reverse(f"review:{name}", args=[blind_item.pk]), headers=HTMX)
    assert response.status_code == 403
    assert "shade" not in response.content.decode()


def test_the_first_answer_saw_no_model_whatever_the_page_claims(blind_item: ReviewItem, pharmacist: User) -> None:
    page = send("decide", blind_item, pharmacist, "synergistic").content.decode()
    assert Decision.objects.get().prediction_seen is None
    assert f"<h1>#{blind_item.pk} " in page, "the same item, revealed"
    assert "Model " in page
    assert "0.63" in page
    assert "Keep:" in page
    assert "ATC contradiction" in page_of(blind_item, pharmacist)


@pytest.mark.parametrize("slug", ["synergistic", "antagonistic"])
def test_keeping_and_changing_are_one_more_row_and_gold_follows(
    blind_item: ReviewItem, make_item: MakeItem, pharmacist: User, slug: str
) -> None:
    following, key = make_item(), uuid.uuid4()
    send("decide", blind_item, pharmacist, "synergistic")
    for _ in range(2):
        response = send("revise", blind_item, pharmacist, slug, idempotency_key=key)
        assert response["HX-Push-Url"] == reverse("review:item", args=[following.pk])
    first, second = Decision.objects.order_by("id")
    assert (first.label.slug, first.prediction_seen) == ("synergistic", None)
    assert (second.label.slug, second.prediction_seen, second.replaces) == (slug, blind_item.prediction, first)
    gold = second.gold_labels.get()
    assert (gold.label.slug, gold.source) == (slug, "single_review")
    assert "Keep:" not in page_of(blind_item, pharmacist)


def test_leaving_without_choosing_loses_nothing(blind_item: ReviewItem, pharmacist: User) -> None:
    send("decide", blind_item, pharmacist, "synergistic")
    blind_item.refresh_from_db()
    assert (blind_item.state, blind_item.lease_by) == ("settled", None)
    assert "Keep:" in page_of(blind_item, pharmacist), "and the choice waits"


def test_there_is_no_second_choice_and_none_for_somebody_else(
    blind_item: ReviewItem, pharmacist: User, second_pharmacist: User
) -> None:
    assert send("revise", blind_item, pharmacist, "synergistic").status_code == 409
    send("decide", blind_item, pharmacist, "synergistic")
    assert send("revise", blind_item, second_pharmacist, "antagonistic").status_code == 409
    send("revise", blind_item, pharmacist, "synergistic")
    assert send("revise", blind_item, pharmacist, "antagonistic").status_code == 409
    assert send("revise", blind_item, pharmacist, "no-such-label").status_code == 422
    assert Decision.objects.count() == 2


def test_who_undid_a_blind_answer_has_seen_the_model(blind_item: ReviewItem, pharmacist: User) -> None:
    send("decide", blind_item, pharmacist, "synergistic")
    decision = Decision.objects.get()
    client = sign_in(pharmacist)
    client.post(reverse("review:undo", args=[decision.pk]), {"idempotency_key": uuid.uuid4()})
    assert "Model " in page_of(blind_item, pharmacist)
    send("decide", blind_item, pharmacist, "antagonistic")
    assert Decision.objects.latest("id").prediction_seen == blind_item.prediction


def test_a_changed_mind_settles_or_opens_a_disagreement(
    make_item: MakeItem, pharmacist: User, second_pharmacist: User, task: Task
) -> None:
    Task.objects.update(blind=True)
    item = make_item(reviews_needed=2)
    answered(item, second_pharmacist, "antagonistic")
    send("decide", item, pharmacist, "synergistic")
    item.refresh_from_db()
    assert item.state == "adjudication"
    send("revise", item, pharmacist, "antagonistic")
    item.refresh_from_db()
    assert item.state == "settled"


def test_a_second_pharmacist_who_has_it_open_keeps_it_while_the_first_revises(
    make_item: MakeItem, pharmacist: User, second_pharmacist: User, task: Task
) -> None:
    Task.objects.update(blind=True)
    item = make_item(reviews_needed=2)
    send("decide", item, pharmacist, "synergistic")
    claim(item=item, reviewer=second_pharmacist, now=timezone.now())
    send("revise", item, pharmacist, "antagonistic")
    item.refresh_from_db()
    assert (item.state, item.lease_by) == ("awaiting_second", second_pharmacist)
