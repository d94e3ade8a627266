"""The panel that says what the model looked at: asked for, on its way, there, or a sentence why not."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from redis.exceptions import ConnectionError as RedisIsDown

from ledger.enqueue import Asked, WorkerInfo
from ledger.models import Prediction, Rationale
from ledger.record.rationales import add_rationale
from review.actions.claim import claim
from review.models import ReviewItem
from tests.ledger import facts
from tests.review.conftest import MakeItem, sign_in

HTMX = {"HX-Request": "true"}


class Broker:
    """The queue server's side: what it was asked, and what it answers."""

    def __init__(self) -> None:
        self.pushed: list[int] = []
        self.asked: Asked | None = None
        self.workers = [WorkerInfo("w", ("default", "gpu"), "idle", None)]
        self.is_down = False

    def ask(self, prediction: Prediction) -> None:
        self._answer()
        self.pushed.append(prediction.pk)
        self.asked = self.asked or Asked("waiting")

    def look(self, prediction: Prediction, now: object) -> Asked | None:
        self._answer()
        return self.asked

    def _answer(self) -> None:
        if self.is_down:
            raise RedisIsDown("no socket")


@pytest.fixture
def broker(monkeypatch: pytest.MonkeyPatch) -> Broker:
    made = Broker()
    monkeypatch.setattr("review.views.rationale.ask_for_rationale", made.ask)
    monkeypatch.setattr("review.queries.rationale.rationale_asked_for", made.look)
    monkeypatch.setattr("review.queries.rationale.listening_workers", lambda: made.workers)
    return made


def explained(item: ReviewItem, tokens: list[tuple[int, int, float]], **changes: Any) -> Rationale:
    values: dict[str, Any] = {
        "method": "integrated gradients",
        "version": 1,
        "parameters": {"steps": 32, "movement": 8.0},
        "completeness_error": 0.02,
        "now": facts.NOW,
    }
    return add_rationale(prediction=item.prediction, tokens=tokens, **(values | changes))


def panel_of(item: ReviewItem, reader: User, **headers: str) -> str:
    response = sign_in(reader).get(reverse("review:rationale", args=[item.pk]), headers=headers or HTMX)
    assert response.status_code == 200
    return response.content.decode()


def ask(item: ReviewItem, by: User, **headers: str) -> HttpResponse:
    response: HttpResponse = sign_in(by).post(reverse("review:explain", args=[item.pk]), headers=headers)
    return response


def item_page(item: ReviewItem, reader: User) -> str:
    return sign_in(reader).get(reverse("review:item", args=[item.pk])).content.decode()


class TestThere:
    """A rationale of a sentence: “Rivaroxaban may thin the blood further beside Warfarin.”"""

    TOKENS = [(0, 5, 0.2), (5, 11, 0.1), (16, 20, -0.5), (21, 24, 0.002), (46, 54, 0.198)]

    def test_the_item_page_shades_the_sentence_and_says_what_it_means(self, item: ReviewItem, pharmacist: User) -> None:
        explained(item, self.TOKENS)
        page = item_page(item, pharmacist)
        assert (
            '<p class="shaded"><span class="shade-3">Rivaroxaban</span> may <span class="shade-5 away">thin</span> the '
            'blood further beside <span class="shade-2">Warfarin</span>.</p>' in page
        )
        assert "not whether it is right, nor a pharmacological cause" in page
        assert "score for “antagonistic”" in page
        assert "32 steps; the shares miss what they add up to by 0.3 %" in page
        assert "as rough" not in page
        assert "Why?" not in page

    def test_a_table_has_the_strongest_words_with_numbers_and_directions(
        self, item: ReviewItem, pharmacist: User
    ) -> None:
        explained(item, self.TOKENS)
        page = item_page(item, pharmacist)
        rows = [
            f'<th scope="row" class="word">{word}</th><td class="number">{percent} %</td><td>{way}</td>'
            for word, percent, way in (
                ("thin", 50, "away"),
                ("Rivaroxaban", 30, "towards"),
                ("Warfarin", 20, "towards"),
            )
        ]
        places = [page.index(row) for row in rows]
        assert places == sorted(places)
        assert page.count('class="word"') == 3

    def test_it_polls_no_more_and_needs_no_queue_server(
        self, item: ReviewItem, pharmacist: User, broker: Broker
    ) -> None:
        explained(item, self.TOKENS)
        broker.is_down = True
        panel = panel_of(item, pharmacist)
        assert "shade-5" in panel
        assert "every 1s" not in panel

    def test_the_item_page_and_the_fragment_show_the_same_panel(
        self, item: ReviewItem, pharmacist: User, broker: Broker
    ) -> None:
        explained(item, self.TOKENS)
        fragment = panel_of(item, pharmacist)
        assert fragment.startswith('<section id="rationale"')
        assert fragment.strip() in item_page(item, pharmacist)

    def test_figures_that_do_not_add_up_are_called_rough(self, item: ReviewItem, pharmacist: User) -> None:
        explained(item, self.TOKENS, completeness_error=0.8)
        page = item_page(item, pharmacist)
        assert "read them as rough" in page
        assert "by 10.0 %" in page

    def test_a_model_that_nothing_moves_is_said_to_be_one(self, item: ReviewItem, pharmacist: User) -> None:
        explained(item, [(0, 11, 0.0)], parameters={"steps": 32, "movement": 0.0})
        assert "No word moved it" in item_page(item, pharmacist)

    def test_a_model_that_reads_no_names_is_said_to_be_one(self, make_item: MakeItem, pharmacist: User) -> None:
        sentence = "It read placeholders instead of the two names"
        item = make_item()
        explained(item, self.TOKENS)
        assert sentence not in item_page(item, pharmacist)
        reader = facts.model_version(config={"mentions": "masked"})
        facts_of = {
            field.attname: getattr(item.prediction, field.attname)
            for field in Prediction._meta.concrete_fields
            if not field.primary_key
        }
        item.prediction = Prediction.objects.create(**(facts_of | {"model_version_id": reader.pk}))
        item.save()
        explained(item, self.TOKENS)
        assert sentence in item_page(item, pharmacist)

    def test_the_newest_method_version_is_shown(self, item: ReviewItem, pharmacist: User) -> None:
        explained(item, self.TOKENS)
        explained(item, [(12, 15, 1.0)], version=2)
        assert '<span class="shade-5">may</span>' in item_page(item, pharmacist)


class TestWish:
    def test_nobody_asked_yet(self, item: ReviewItem, pharmacist: User, broker: Broker) -> None:
        for page in (item_page(item, pharmacist), panel_of(item, pharmacist)):
            assert "Why?" in page
            assert f'action="{reverse("review:explain", args=[item.pk])}"' in page
            assert "every 1s" not in page

    def test_the_item_page_does_not_wait_for_the_queue_server(
        self, item: ReviewItem, pharmacist: User, broker: Broker
    ) -> None:
        broker.is_down = True
        assert "Why?" in item_page(item, pharmacist)

    def test_asking_shows_that_it_waits_and_asks_again_every_second(
        self, item: ReviewItem, pharmacist: User, broker: Broker
    ) -> None:
        response = ask(item, pharmacist, **HTMX)
        panel = response.content.decode()
        assert response.status_code == 200
        assert broker.pushed == [item.prediction_id]
        assert "Waiting for the worker to be free" in panel
        assert f'hx-get="{reverse("review:rationale", args=[item.pk])}" hx-trigger="every 1s"' in panel
        assert "<button" not in panel

    def test_without_script_asking_leads_to_a_page_of_its_own(
        self, item: ReviewItem, pharmacist: User, broker: Broker
    ) -> None:
        response = ask(item, pharmacist)
        address = reverse("review:rationale", args=[item.pk])
        assert (response.status_code, response["Location"]) == (303, address)
        page = sign_in(pharmacist).get(address).content.decode()
        assert "<html" in page
        assert item.statement.text in page
        assert "Waiting for the worker to be free" in page
        assert "Look again" in page

    @pytest.mark.parametrize(
        ("asked", "sentence", "goes_on"),
        [
            (Asked("running"), "Working it out", True),
            (
                Asked("failed", "The backbone x is not here: set DDI_BACKBONE."),
                "The backbone x is not here: set",
                False,
            ),
        ],
    )
    def test_what_became_of_it_is_said(
        self, item: ReviewItem, pharmacist: User, broker: Broker, asked: Asked, sentence: str, goes_on: bool
    ) -> None:
        broker.asked = asked
        panel = panel_of(item, pharmacist)
        assert sentence in panel
        assert ("every 1s" in panel) == goes_on
        assert ("Ask again" in panel) != goes_on

    @pytest.mark.parametrize("workers", [[], [WorkerInfo("w", ("default",), "idle", None)]])
    def test_when_nobody_listens_it_says_so_and_ends(
        self, item: ReviewItem, pharmacist: User, broker: Broker, workers: list[WorkerInfo]
    ) -> None:
        broker.workers = workers
        panel = ask(item, pharmacist, **HTMX).content.decode()
        assert "No worker is listening on gpu" in panel
        assert "every 1s" not in panel
        assert "Look again" in panel

    def test_without_the_queue_server_it_says_so_and_ends(
        self, item: ReviewItem, pharmacist: User, broker: Broker
    ) -> None:
        broker.is_down = True
        panel = ask(item, pharmacist, **HTMX).content.decode()
        assert "The queue server does not answer" in panel
        assert "every 1s" not in panel
        assert "Ask again" in panel

    def test_a_reason_of_failure_is_no_markup(self, item: ReviewItem, pharmacist: User, broker: Broker) -> None:
        broker.asked = Asked("failed", "<script>alert(1)</script>")
        panel = panel_of(item, pharmacist)
        assert "<script>" not in panel
        assert "&lt;script&gt;" in panel

    def test_asked_for_twice_it_is_one_wish(self, item: ReviewItem, pharmacist: User, broker: Broker) -> None:
        first, second = (ask(item, pharmacist, **HTMX).content.decode() for _ in range(2))
        assert "Waiting for the worker" in first
        assert "Waiting for the worker" in second

    def test_an_item_somebody_else_holds_is_theirs_to_ask_about(
        self, item: ReviewItem, pharmacist: User, second_pharmacist: User, broker: Broker
    ) -> None:
        claim(item=item, reviewer=second_pharmacist, now=timezone.now())
        for page in (item_page(item, pharmacist), panel_of(item, pharmacist)):
            assert "Whoever holds the item may ask" in page
            assert "Why?" not in page
        assert ask(item, pharmacist).status_code == 403
        assert broker.pushed == []
        assert ask(item, second_pharmacist).status_code == 303
        ReviewItem.objects.filter(pk=item.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
        assert ask(item, pharmacist).status_code == 303

    def test_an_item_that_does_not_exist_is_not_found(self, item: ReviewItem, pharmacist: User, broker: Broker) -> None:
        client = sign_in(pharmacist)
        assert client.get(reverse("review:rationale", args=[999_999])).status_code == 404
        assert client.post(reverse("review:explain", args=[999_999])).status_code == 404
