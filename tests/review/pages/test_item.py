"""The page of one item: what it shows, to whom, and how much that costs."""

from __future__ import annotations

import uuid

from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from ledger.models import AtcRule
from ledger.record.comments import add_comment
from ledger.record.rationales import add_rationale
from review.actions.claim import claim
from review.models import ReviewItem
from tests.ledger import facts
from tests.review.conftest import MakeItem, answered, item_page, predict, sign_in


def test_it_shows_what_is_needed_to_decide(make_item: MakeItem, pharmacist: User) -> None:
    rule = AtcRule.objects.create(
        task=facts.polarity(), table="test", prefix_a="B01AA", prefix_b="B01AF", expected=facts.label("synergistic"),
        mechanism="Both slow clotting.", reference="Textbook, page 4", source="curated",
    )  # fmt: skip
    item = make_item(
        prediction={"head": "Dabigatran", "tail": "Phenprocoumon", "confidence": 0.625},
        reasons=[{"rule": "atc_contradiction", "explanation": "Expected otherwise.", "atc_rule": rule.pk}],
    )
    facts.drug("Phenprocoumon", "B01AA04")
    facts.AtcCode.objects.create(code="B01AA", name="Vitamin K antagonists")
    claim(item=item, reviewer=pharmacist, now=timezone.now())
    page = item_page(item, pharmacist)
    assert '<mark class="head">Dabigatran<sub>1</sub></mark>' in page
    assert '<mark class=" tail">Phenprocoumon<sub>2</sub></mark>' in page
    for shown in (
        "ATC contradiction", "Expected otherwise.", "Both slow clotting.", "Textbook, page 4", "B01AA04",
        "Vitamin K antagonists", "0.63", "unsure", f"Model {item.prediction.model_version.number} says",
        "held for you until", 'name="label" value="undetermined"',
    ):  # fmt: skip
        assert shown in page


def test_htmx_gets_the_fragment_that_the_page_includes(held: ReviewItem, pharmacist: User) -> None:
    page = item_page(held, pharmacist)
    fragment = item_page(held, pharmacist, **{"HX-Request": "true"})
    assert fragment.startswith('<main id="work"')
    assert "<html" in page
    assert "<html" not in fragment
    restored = item_page(held, pharmacist, **{"HX-Request": "true", "HX-History-Restore-Request": "true"})
    assert "<html" in restored


def test_an_item_nobody_holds_can_be_taken(item: ReviewItem, pharmacist: User) -> None:
    client = sign_in(pharmacist)
    assert "Take this item" in item_page(item, pharmacist)
    response = client.post(reverse("review:take", args=[item.pk]))
    assert (response.status_code, response["Location"]) == (303, reverse("review:item", args=[item.pk]))
    item.refresh_from_db()
    assert item.lease_by == pharmacist


def test_an_item_somebody_else_holds_has_no_buttons(held: ReviewItem, second_pharmacist: User) -> None:
    page = item_page(held, second_pharmacist)
    assert "Another pharmacist holds this item until" in page
    assert 'name="label" value=' not in page
    sign_in(second_pharmacist).post(reverse("review:take", args=[held.pk]))
    held.refresh_from_db()
    assert held.lease_by != second_pharmacist


def test_answers_of_others_stay_hidden_until_ones_own(
    make_item: MakeItem, pharmacist: User, second_pharmacist: User
) -> None:
    item = make_item(reviews_needed=2)
    answered(item, second_pharmacist, "synergistic", comment="I am quite certain of this")
    claim(item=item, reviewer=pharmacist, now=timezone.now())
    before = item_page(item, pharmacist)
    assert "quite certain" not in before
    assert second_pharmacist.username + "," not in before
    answered(item, pharmacist, "antagonistic")
    assert "quite certain" in item_page(item, pharmacist)


def test_one_that_does_not_exist_is_not_found(pharmacist: User, db: None) -> None:
    client = sign_in(pharmacist)
    for number in (0, 999, 10**30):
        assert client.get(f"/items/{number}/").status_code == 404


def test_it_takes_eight_queries_however_much_there_is_to_show(
    make_item: MakeItem, pharmacist: User, second_pharmacist: User
) -> None:
    rule = AtcRule.objects.create(
        task=facts.polarity(), table="test", prefix_a="B01AA", prefix_b="B01AF", expected=facts.label("synergistic"),
        mechanism="Both slow clotting.", reference="Textbook", source="curated",
    )  # fmt: skip
    broken = [{"rule": "atc_contradiction", "explanation": "otherwise", "atc_rule": rule.pk}]
    plain = make_item(reasons=broken)
    for _ in range(3):
        answered(make_item(), pharmacist)
    busy = make_item(reviews_needed=2, reasons=broken)
    add_rationale(
        prediction=busy.prediction, method="integrated gradients", version=1, parameters={"steps": 8, "movement": 1.0},
        tokens=[(0, 5, 1.0)], completeness_error=0.1, now=facts.NOW,
    )  # fmt: skip
    for number in range(3):
        decision = answered(busy, second_pharmacist)
        sign_in(second_pharmacist).post(reverse("review:undo", args=[decision.pk]), {"idempotency_key": uuid.uuid4()})
        predict(facts.model_version(), of=busy.statement)
        facts.statement(wording="{} beside {} number " + str(number))
        add_comment(
            task=busy.task, statement=busy.statement, author=second_pharmacist, text="hm", idempotency_key=uuid.uuid4(),
            now=facts.NOW,
        )  # fmt: skip
    for code in ("B01AA03", "A01AA01", "C01AA05", "D01AA01", "J01CA04", "N02AA01"):
        facts.DrugAtc.objects.create(
            drug=busy.statement.head_drug,
            code=facts.AtcCode.objects.get_or_create(code=code, defaults={"name": "x"})[0],
        )
    who = 3  # the session, the person with their preferences, their roles
    counts = []
    client = sign_in(pharmacist)
    for item in (plain, busy):
        claim(item=item, reviewer=pharmacist, now=timezone.now())
        with CaptureQueriesContext(connection) as captured:
            response = client.get(reverse("review:item", args=[item.pk]))
        counts.append(len(captured) - who)
        assert len(response.content) < 80_000
    assert counts == [8, 8], "\n".join(query["sql"][:200] for query in captured)
