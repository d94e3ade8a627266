from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.http import HttpResponse
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from ledger.models import AtcRule, Comment, Decision
from ledger.record.comments import add_comment
from ledger.record.rationales import add_rationale
from review.actions.build_queue import build_queue
from review.actions.claim import claim, release
from review.models import ReviewItem
from tests.ledger import facts
from tests.review.conftest import MakeItem, answered, predict, queue_build, sign_in


def page_of(item: ReviewItem, reader: User, **headers: str) -> str:
    response = sign_in(reader).get(reverse("review:item", args=[item.pk]), headers=headers)
    assert response.status_code == 200
    return response.content.decode()


@pytest.fixture
def held(make_item: MakeItem, pharmacist: User) -> ReviewItem:
    item = make_item()
    claim(item=item, reviewer=pharmacist, now=timezone.now())
    return item


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
    page = page_of(item, pharmacist)
    assert '<mark class="head">Dabigatran<sub>1</sub></mark>' in page
    assert '<mark class=" tail">Phenprocoumon<sub>2</sub></mark>' in page
    for shown in (
        "ATC contradiction", "Expected otherwise.", "Both slow clotting.", "Textbook, page 4", "B01AA04",
        "Vitamin K antagonists", "0.63", "unsure", f"Model {item.prediction.model_version.number} says",
        "held for you until", 'name="label" value="undetermined"',
    ):  # fmt: skip
        assert shown in page


def test_htmx_gets_the_fragment_that_the_page_includes(held: ReviewItem, pharmacist: User) -> None:
    page = page_of(held, pharmacist)
    fragment = page_of(held, pharmacist, **{"HX-Request": "true"})
    assert fragment.startswith('<main id="work"')
    assert "<html" in page
    assert "<html" not in fragment
    restored = page_of(held, pharmacist, **{"HX-Request": "true", "HX-History-Restore-Request": "true"})
    assert "<html" in restored


def test_an_item_nobody_holds_can_be_taken(item: ReviewItem, pharmacist: User) -> None:
    client = sign_in(pharmacist)
    assert "Take this item" in page_of(item, pharmacist)
    response = client.post(reverse("review:take", args=[item.pk]))
    assert (response.status_code, response["Location"]) == (303, reverse("review:item", args=[item.pk]))
    item.refresh_from_db()
    assert item.lease_by == pharmacist


def test_an_item_somebody_else_holds_has_no_buttons(held: ReviewItem, second_pharmacist: User) -> None:
    page = page_of(held, second_pharmacist)
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
    before = page_of(item, pharmacist)
    assert "quite certain" not in before
    assert second_pharmacist.username + "," not in before
    answered(item, pharmacist, "antagonistic")
    assert "quite certain" in page_of(item, pharmacist)


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


class TestBeside:
    """What stands beside the sentence."""

    def test_the_same_two_drugs_elsewhere_and_the_same_wording_as_people_judged_them(
        self, make_item: MakeItem, pharmacist: User, second_pharmacist: User
    ) -> None:
        pair = make_item(prediction={"wording": "{} is safer than {} alone."})
        alike = make_item(prediction={"head": "Apixaban", "tail": "Heparin"})
        unjudged = make_item(prediction={"head": "Aspirin", "tail": "Heparin"})
        answered(pair, second_pharmacist, "undetermined")
        answered(alike, second_pharmacist, "synergistic")
        page = page_of(make_item(), pharmacist)
        elsewhere = page[page.index("The same two drugs elsewhere") : page.index("The same wording, answered lately")]
        wording = page[page.index("The same wording, answered lately") :]
        assert "not determinable</span>" in elsewhere
        assert f">#{pair.pk}</a>" in elsewhere
        assert "single review" in wording
        assert f">#{alike.pk}</a>" in wording
        assert f">#{unjudged.pk}</a>" not in page

    def test_a_spot_check_is_answered_by_itself(
        self, make_item: MakeItem, pharmacist: User, second_pharmacist: User
    ) -> None:
        answered(make_item(prediction={"head": "Apixaban", "tail": "Heparin"}), second_pharmacist)
        page = page_of(make_item(main_reason="spot_check"), pharmacist)
        assert "answered lately" not in page
        assert "All statements with this wording" not in page

    def test_history_has_every_models_answer_and_every_decision(
        self, make_item: MakeItem, pharmacist: User, second_pharmacist: User
    ) -> None:
        item = make_item(reviews_needed=2)
        other = predict(facts.model_version(), of=item.statement, said="synergistic", confidence=0.875)
        answered(item, second_pharmacist, "synergistic", comment="the effect grows")
        answered(item, pharmacist, "antagonistic")
        page = page_of(item, pharmacist)
        history = page[page.index('id="history"') : page.index('id="guideline"')]
        for shown in ("the effect grows", f"saw model {item.prediction.model_version.number} say antagonistic", "0.88"):
            assert shown in history
        assert f'<th scope="row">{other.model_version.number}</th>' in history
        assert "(asked about)" in history

    def test_progress_counts_todays_batch(self, make_item: MakeItem, pharmacist: User) -> None:
        for _ in range(27):
            answered(make_item(), pharmacist)
        page = page_of(make_item(), pharmacist)
        assert '<progress max="25" value="2"' in page
        assert page.count("<dd>27</dd>") == 2

    def test_ones_latest_answers_can_be_undone_and_looked_at(self, make_item: MakeItem, pharmacist: User) -> None:
        items = [make_item() for _ in range(12)]
        given = [answered(item, pharmacist) for item in items]
        page = page_of(items[5], pharmacist)
        for decision in given[2:]:
            assert reverse("review:undo", args=[decision.pk]) in page
        assert reverse("review:undo", args=[given[1].pk]) not in page
        assert f'data-key="k" href="{reverse("review:item", args=[items[4].pk])}"' in page
        assert f'data-key="j" href="{reverse("review:item", args=[items[6].pk])}"' in page

    def test_the_first_visit_is_offered_a_tour_until_it_is_taken_or_declined(
        self, item: ReviewItem, pharmacist: User
    ) -> None:
        assert "Your first visit?" in page_of(item, pharmacist)
        sign_in(pharmacist).post(reverse("review:end_tour"))
        assert "Your first visit?" not in page_of(item, pharmacist)


class TestFlag:
    """f: a second pharmacist is asked."""

    def send(self, item: ReviewItem, by: User, **values: object) -> HttpResponse:
        sent = {"idempotency_key": uuid.uuid4()} | values
        return sign_in(by).post(reverse("review:flag", args=[item.pk]), sent, headers={"HX-Request": "true"})

    def test_two_people_answer_it_and_the_comment_says_why(
        self, held: ReviewItem, pharmacist: User, second_pharmacist: User
    ) -> None:
        key = uuid.uuid4()
        for _ in range(2):
            response = self.send(held, pharmacist, comment="which dose?", idempotency_key=key)
            assert response.status_code == 200
        assert "A second pharmacist is asked" in response.content.decode()
        held.refresh_from_db()
        assert (held.reviews_needed, held.build, held.lease_by) == (2, None, pharmacist)
        assert [one.text for one in Comment.objects.all()] == ["which dose?"]
        answered(held, pharmacist)
        held.refresh_from_db()
        assert held.state == "awaiting_second"

    def test_one_need_not_say_why(self, held: ReviewItem, pharmacist: User) -> None:
        self.send(held, pharmacist)
        assert Comment.objects.get().text == "Asks for a second opinion."

    def test_an_item_somebody_else_holds_or_others_settled_is_left_alone_and_the_words_are_kept(
        self, held: ReviewItem, make_item: MakeItem, pharmacist: User, second_pharmacist: User
    ) -> None:
        response = self.send(held, second_pharmacist, comment="mine")
        assert (response.status_code, Comment.objects.count()) == (409, 0)
        settled = make_item()
        answered(settled, pharmacist)
        assert self.send(settled, second_pharmacist).status_code == 409
        held.refresh_from_db()
        assert held.reviews_needed == 1

    def test_without_a_key_nothing_is_asked(self, held: ReviewItem, pharmacist: User) -> None:
        response = self.send(held, pharmacist, idempotency_key="no", comment="my words")
        assert response.status_code == 422
        assert "my words" in response.content.decode()
        assert not Comment.objects.exists()

    def test_the_next_building_of_the_queue_leaves_it_in_place(self, held: ReviewItem, pharmacist: User) -> None:
        self.send(held, pharmacist)
        release(item=held, reviewer=pharmacist)
        build_queue(run=queue_build(), now=timezone.now())
        assert ReviewItem.objects.get(pk=held.pk).reviews_needed == 2


class TestDecide:
    def send(self, item: ReviewItem, by: User, slug: str = "antagonistic", **changes: object) -> object:
        values = {"label": slug, "comment": "", "idempotency_key": uuid.uuid4(), "prediction_seen": item.prediction_id}
        return sign_in(by).post(reverse("review:decide", args=[item.pk]), values | changes)

    def test_saving_goes_on_to_the_next_item_with_a_receipt(
        self, held: ReviewItem, make_item: MakeItem, pharmacist: User
    ) -> None:
        following = make_item()
        response = self.send(held, pharmacist, comment="bleeding", seconds_spent="4.5")
        decision = Decision.objects.get()
        assert (decision.label.slug, decision.comment, decision.seconds_spent) == ("antagonistic", "bleeding", 4.5)
        assert decision.prediction_seen == held.prediction
        assert response.status_code == 303
        assert response["Location"] == reverse("review:item", args=[following.pk])
        page = sign_in(pharmacist).get(response["Location"]).content.decode()
        assert f"#{held.pk} <strong>antagonistic</strong> · saved" in page
        assert reverse("review:undo", args=[decision.pk]) in page

    def test_htmx_gets_the_next_item_with_the_answer_to_this_one(
        self, held: ReviewItem, make_item: MakeItem, pharmacist: User
    ) -> None:
        following = make_item()
        values = {"label": "antagonistic", "idempotency_key": uuid.uuid4()}
        response = sign_in(pharmacist).post(
            reverse("review:decide", args=[held.pk]), values, headers={"HX-Request": "true"}
        )
        page = response.content.decode()
        assert response.status_code == 200
        assert response["HX-Push-Url"] == reverse("review:item", args=[following.pk])
        assert page.startswith('<main id="work"')
        assert f"<h1>#{following.pk} " in page
        assert f"#{held.pk} <strong>antagonistic</strong> · saved" in page
        following.refresh_from_db()
        assert following.lease_by == pharmacist

    def test_the_receipt_says_when_a_second_pharmacist_is_waited_for(
        self, make_item: MakeItem, pharmacist: User, second_pharmacist: User
    ) -> None:
        item = make_item(reviews_needed=2)
        response = self.send(item, pharmacist)
        assert response["Location"].startswith(reverse("review:queue", args=["ddi-polarity"]))
        assert "waits for a second pharmacist" in sign_in(pharmacist).get(response["Location"]).content.decode()
        assert "saved" not in sign_in(second_pharmacist).get(response["Location"]).content.decode()

    def test_the_filter_stays(self, held: ReviewItem, make_item: MakeItem, pharmacist: User) -> None:
        make_item("low_confidence")
        flip = make_item("flip")
        response = self.send(held, pharmacist, reason="flip")
        assert response["Location"].startswith(reverse("review:item", args=[flip.pk]))
        assert response["Location"].endswith("?reason=flip")

    def test_sending_twice_saves_once(self, held: ReviewItem, pharmacist: User) -> None:
        key = uuid.uuid4()
        first, second = (self.send(held, pharmacist, idempotency_key=key) for _ in range(2))
        assert first["Location"] == second["Location"]
        assert Decision.objects.count() == 1

    def test_a_form_that_cannot_be_read_keeps_the_comment(self, held: ReviewItem, pharmacist: User) -> None:
        response = self.send(held, pharmacist, "no-such-label", comment="my long thought")
        assert response.status_code == 422
        assert "my long thought" in response.content.decode()
        assert not Decision.objects.exists()

    @pytest.mark.parametrize(
        "changes",
        [
            {"idempotency_key": "not-a-uuid"},
            {"seconds_spent": "nan"},
            {"seconds_spent": "-1"},
            {"prediction_seen": "999999"},
            {"comment": "x" * 2001},
        ],
    )
    def test_hostile_fields_are_refused(self, held: ReviewItem, pharmacist: User, changes: dict[str, object]) -> None:
        assert self.send(held, pharmacist, **changes).status_code == 422
        assert not Decision.objects.exists()

    def test_a_prediction_of_another_statement_was_not_seen_here(
        self, held: ReviewItem, make_item: MakeItem, pharmacist: User
    ) -> None:
        other = make_item()
        assert self.send(held, pharmacist, prediction_seen=other.prediction_id).status_code == 422

    def test_an_item_taken_by_somebody_else_keeps_the_answer_on_the_page(
        self, held: ReviewItem, pharmacist: User, second_pharmacist: User
    ) -> None:
        ReviewItem.objects.filter(pk=held.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
        claim(item=held, reviewer=second_pharmacist, now=timezone.now())
        response = self.send(held, pharmacist, comment="I had typed all of this")
        page = response.content.decode()
        assert response.status_code == 409
        assert "I had typed all of this" in page
        assert "was not saved" in page
        assert not Decision.objects.exists()

    def test_answering_again_with_another_key_is_refused(self, held: ReviewItem, pharmacist: User) -> None:
        self.send(held, pharmacist)
        assert self.send(held, pharmacist, "synergistic").status_code == 409
        assert Decision.objects.count() == 1

    def test_an_answer_outlives_a_session(self, held: ReviewItem, pharmacist: User) -> None:
        client = sign_in(pharmacist)
        client.logout()
        values = {"label": "synergistic", "comment": "kept over sign-in", "idempotency_key": uuid.uuid4()}
        response = client.post(reverse("review:decide", args=[held.pk]), values)
        assert response["Location"] == f"{reverse('login')}?next={reverse('review:item', args=[held.pk])}"
        password = {"username": "pharmacist", "password": "a-long-passphrase-17"}
        back = client.post(response["Location"], password, follow=True)
        page = back.content.decode()
        assert back.redirect_chain[-1][0] == reverse("review:item", args=[held.pk])
        assert "kept over sign-in" in page
        assert 'class="answer synergistic kept"' in page
        assert not Decision.objects.exists()
        client.post(reverse("review:decide", args=[held.pk]), values | {"idempotency_key": uuid.uuid4()})
        assert Decision.objects.get().comment == "kept over sign-in"

    def test_htmx_is_told_to_leave_for_the_sign_in_page(self, held: ReviewItem, pharmacist: User) -> None:
        client = sign_in(pharmacist)
        client.logout()
        response = client.post(reverse("review:decide", args=[held.pk]), {}, headers={"HX-Request": "true"})
        assert response.status_code == 204
        assert response["HX-Redirect"].startswith(reverse("login"))
