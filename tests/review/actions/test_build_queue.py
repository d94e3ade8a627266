from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from ledger.models import DisagreementCause, GoldLabel, ModelVersion, Promotion, Run, Task
from ledger.record.gold import add_seed_labels
from review.actions import build_queue as module
from review.actions.adjudicate import adjudicate
from review.actions.build_queue import NoCurrentModel, build_queue
from review.actions.claim import claim, claim_next
from review.jobs import run_queue_build
from review.models import ReviewItem
from review.priorities import needs_second_opinion
from tests.conftest import person
from tests.ledger import facts
from tests.review.conftest import Flagged, answered, live_model, predict, queue_build

NOW = timezone.now()


def queued() -> set[int]:
    return set(ReviewItem.objects.values_list("statement_id", flat=True))


def test_every_flagged_statement_becomes_an_item_with_its_reasons(flagged: Flagged, build: Run) -> None:
    flagged(confidence=0.99)  # sure and unflagged: nobody needs to look
    one = flagged("low_confidence", "atc_contradiction")
    assert build_queue(run=build, now=NOW).n_added == 1
    item = ReviewItem.objects.get()
    assert (item.statement, item.prediction, item.main_reason) == (one.statement, one, "atc_contradiction")
    assert [reason["rule"] for reason in item.reasons] == ["atc_contradiction", "low_confidence"]
    assert item.reasons[0]["explanation"] == "because of atc_contradiction"
    assert item.reviews_needed == (2 if needs_second_opinion(one.statement_id, build.task.second_opinion_share) else 1)


def test_doubt_is_judged_by_the_thresholds_as_they_are_now(flagged: Flagged, build: Run, task: Task) -> None:
    sure, unsure = flagged(confidence=0.95), flagged("low_confidence", confidence=0.8)
    build_queue(run=build, now=NOW)
    assert queued() == {unsure.statement_id}
    Task.objects.filter(pk=task.pk).update(doubt_threshold=0.97)
    build.task.refresh_from_db()
    build_queue(run=build, now=NOW)
    assert queued() == {sure.statement_id, unsure.statement_id}
    told = ReviewItem.objects.get(statement=sure.statement_id).reasons
    assert told == [{
        "rule": "low_confidence", "explanation": "Confidence 0.950 is below the task's threshold of 0.97.",
        "atc_rule": None,
    }]  # fmt: skip


def test_a_label_has_a_threshold_of_its_own(flagged: Flagged, build: Run, task: Task) -> None:
    common, rare = flagged(confidence=0.8, said="synergistic"), flagged(confidence=0.8, said="antagonistic")
    task.labels.filter(slug="antagonistic").update(doubt_threshold=0.5)
    other = queue_build()
    build_queue(run=other, now=NOW)
    assert queued() == {common.statement_id}
    task.labels.filter(slug="antagonistic").update(doubt_threshold=0.95)
    build_queue(run=other, now=NOW)
    assert queued() == {common.statement_id, rare.statement_id}
    (reason,) = ReviewItem.objects.get(statement=rare.statement_id).reasons
    assert reason["explanation"] == "Confidence 0.800 is below the threshold of 0.95 for antagonistic."


def test_building_again_changes_nothing(flagged: Flagged, build: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BATCH", 3)
    for number in range(8):
        flagged("low_confidence", confidence=0.5 + number / 20)
    told: list[tuple[int, int]] = []
    build_queue(run=build, now=NOW, report=lambda done, total: told.append((done, total)))
    before = list(ReviewItem.objects.order_by("id").values())
    built = build_queue(run=build, now=NOW)
    assert (built.n_items, built.n_added, built.n_removed) == (8, 0, 0)
    assert list(ReviewItem.objects.order_by("id").values()) == before
    assert told == [(3, 8), (6, 8), (8, 8)]


def test_statements_with_gold_are_asked_about_only_for_audit_or_suspicion(
    flagged: Flagged, build: Run, task: Task
) -> None:
    plain, audit, suspect = (flagged(reason) for reason in ("low_confidence", "audit", "suspect_gold"))
    label = facts.label("synergistic")
    rows = [(one.statement_id, label.pk, "seed.csv") for one in (plain, audit, suspect)]
    add_seed_labels(task=task, rows=rows, now=NOW)
    build_queue(run=build, now=NOW)
    assert queued() == {audit.statement_id, suspect.statement_id}


def test_a_new_model_replaces_what_nobody_is_on_and_keeps_what_people_hold_or_answered(
    flagged: Flagged, build: Run, task: Task, pharmacist: User, model: ModelVersion
) -> None:
    held, done, waiting, gone = (flagged("low_confidence") for _ in range(4))
    build_queue(run=build, now=NOW)
    items = {item.statement_id: item for item in ReviewItem.objects.all()}
    claim(item=items[held.statement_id], reviewer=pharmacist, now=NOW)
    ReviewItem.objects.filter(pk=items[waiting.statement_id].pk).update(reviews_needed=2)
    ReviewItem.objects.filter(pk=items[done.statement_id].pk).update(reviews_needed=1)
    for prediction in (done, waiting):
        answered(ReviewItem.objects.get(pk=items[prediction.statement_id].pk), pharmacist)
    newer = facts.model_version()
    Promotion.objects.create(task=task, model_version=newer, at=NOW, reason="better", replaces=Promotion.objects.get())
    again = Run.objects.create(kind="queue", task=task, status="running", created_at=NOW)
    built = build_queue(run=again, now=NOW + timedelta(seconds=1))
    assert built.n_removed == 1
    assert queued() == {held.statement_id, done.statement_id, waiting.statement_id}
    assert gone.statement_id not in queued()


def test_without_a_live_model_there_is_nothing_to_build(task: Task, build: Run) -> None:
    with pytest.raises(NoCurrentModel):
        build_queue(run=build, now=NOW)


def test_the_job_reports_on_its_row(committed_db: str) -> None:
    predict(live_model(), "flip")
    run = Run.objects.create(kind="queue", task=facts.polarity(), created_at=NOW)
    run_queue_build(run.pk)
    run.refresh_from_db()
    assert (run.status, run.n_done, run.n_total) == ("finished", 1, 1)
    assert run.detail == {"n_items": 1, "n_added": 1, "n_removed": 0, "n_reopened": 0}


def test_a_job_that_fails_says_so_on_its_row_and_raises(committed_db: str) -> None:
    run = Run.objects.create(kind="queue", task=facts.polarity(), created_at=NOW)
    with pytest.raises(NoCurrentModel):
        run_queue_build(run.pk)
    run.refresh_from_db()
    assert run.status == "failed"
    assert "Promote one first" in run.error


@pytest.mark.parametrize("confirmed", ["single", "agreed", "adjudicated"])
def test_what_people_confirmed_and_a_new_model_disputes_comes_back_once_for_a_second_opinion(
    flagged: Flagged, build: Run, task: Task, pharmacist: User, second_pharmacist: User, adjudicator: User,
    confirmed: str,
) -> None:  # fmt: skip
    asked = flagged("low_confidence")
    build_queue(run=build, now=NOW)
    item = ReviewItem.objects.get()
    ReviewItem.objects.update(reviews_needed=1 if confirmed == "single" else 2)
    answered(item, pharmacist, "antagonistic")
    if confirmed != "single":
        answered(item, second_pharmacist, "antagonistic" if confirmed == "agreed" else "synergistic")
    if confirmed == "adjudicated":
        adjudicate(
            item=item, by=adjudicator, label=facts.label("antagonistic"), cause=DisagreementCause.Cause.SLIP,
            comment="x", idempotency_key=uuid.uuid4(), now=NOW,
        )  # fmt: skip
    assert build_queue(run=queue_build(), now=NOW).n_reopened == 0
    newer = facts.model_version()
    Promotion.objects.create(task=task, model_version=newer, at=NOW, reason="better", replaces=Promotion.objects.get())
    suspect = predict(newer, "suspect_gold", of=asked.statement, said="synergistic", confidence=0.99)
    built = build_queue(run=queue_build(), now=NOW)
    assert (built.n_reopened, built.n_added, built.n_removed) == (1, 0, 0)
    item.refresh_from_db()
    assert (item.state, item.reviews_needed, item.prediction) == ("awaiting_second", 2, suspect)
    assert [reason["rule"] for reason in item.reasons] == ["suspect_gold"]
    assert "disputed by this model" in item.reasons[0]["explanation"]
    gold = GoldLabel.objects.current().get()
    assert gold.label == facts.label("antagonistic"), "it holds until somebody says otherwise"
    third = person("third", "pharmacist")
    assert claim_next(reviewer=pharmacist, task=task, now=NOW) is None
    assert claim_next(reviewer=third, task=task, now=NOW) == item
    answered(item, third, "antagonistic")
    item.refresh_from_db()
    assert (item.state, GoldLabel.objects.current().get().label.slug) == ("settled", "antagonistic")
    assert build_queue(run=queue_build(), now=NOW).n_reopened == 0
    item.refresh_from_db()
    assert item.state == "settled"


def test_a_model_that_says_what_people_confirmed_disputes_nothing(
    flagged: Flagged, build: Run, task: Task, pharmacist: User
) -> None:
    asked = flagged("low_confidence")
    build_queue(run=build, now=NOW)
    ReviewItem.objects.update(reviews_needed=1)
    answered(ReviewItem.objects.get(), pharmacist, "synergistic")
    newer = facts.model_version()
    Promotion.objects.create(task=task, model_version=newer, at=NOW, reason="better", replaces=Promotion.objects.get())
    # Flagged for the imported label that it disputed, before a person said what the model says.
    predict(newer, "suspect_gold", of=asked.statement, said="synergistic", confidence=0.99)
    assert build_queue(run=queue_build(), now=NOW).n_reopened == 0
    assert ReviewItem.objects.get().state == "settled"
