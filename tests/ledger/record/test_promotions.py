"""The live model is a row; going back is one more."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from ledger.integrity import problems
from ledger.models import ModelVersion, Promotion
from ledger.queries import current_model, predecessor_of
from ledger.record.promotions import AlreadyCurrent, NothingToRollBackTo, promote, roll_back, roll_back_target
from tests.ledger.facts import NOW, polarity, user
from tests.ledger.together import at_once
from tests.ledger.whole import taught, trained_model


@pytest.fixture
def models(db: None) -> list[ModelVersion]:
    taught()
    return [trained_model() for _ in range(3)]


def live(version: ModelVersion) -> Promotion:
    return promote(model_version=version, by=user("lead"), reason="It is better.", now=NOW)


def back() -> Promotion:
    return roll_back(task=polarity(), by=user("lead"), reason="It is worse.", now=NOW)


def history() -> list[tuple[str, int]]:
    return list(Promotion.objects.order_by("id").values_list("act", "model_version__number"))


def test_before_the_first_promotion_no_model_is_live(models: list[ModelVersion]) -> None:
    assert current_model(polarity()) is None
    assert predecessor_of(polarity(), models[0]) is None


def test_promoting_adds_a_row_that_names_who_when_why_and_what_it_replaces(models: list[ModelVersion]) -> None:
    first, second = live(models[0]), live(models[1])
    assert (second.replaces, second.by, second.at, second.reason) == (first, user("lead"), NOW, "It is better.")
    assert current_model(polarity()) == models[1]
    assert Promotion.objects.count() == 2
    assert list(problems()) == []


def test_promoting_the_live_model_again_is_refused(models: list[ModelVersion]) -> None:
    live(models[0])
    with pytest.raises(AlreadyCurrent, match="live one already"):
        live(models[0])
    assert Promotion.objects.count() == 1


def test_rolling_back_adds_a_row_and_twice_goes_two_back(models: list[ModelVersion]) -> None:
    a, b, c = models
    for version in models:
        live(version)
    assert (back().model_version, current_model(polarity())) == (b, b)
    assert (back().model_version, current_model(polarity())) == (a, a)
    with pytest.raises(NothingToRollBackTo, match="No other model"):
        back()
    assert history() == [
        ("promote", a.number), ("promote", b.number), ("promote", c.number),
        ("roll_back", b.number), ("roll_back", a.number),
    ]  # fmt: skip
    assert list(problems()) == []


@pytest.mark.parametrize("n_live", [0, 1])
def test_without_a_model_before_there_is_nothing_to_roll_back_to(models: list[ModelVersion], n_live: int) -> None:
    for version in models[:n_live]:
        live(version)
    assert roll_back_target(polarity()) is None
    with pytest.raises(NothingToRollBackTo):
        back()
    assert Promotion.objects.count() == n_live


def test_after_rolling_back_the_other_model_may_be_promoted_again(models: list[ModelVersion]) -> None:
    a, b, _ = models
    live(a)
    live(b)
    back()
    live(b)
    assert current_model(polarity()) == b
    assert back().model_version == a


def test_a_model_made_live_twice_is_gone_back_over_twice(models: list[ModelVersion]) -> None:
    a, b, _ = models
    for version in (a, b, a):
        live(version)
    assert [back().model_version, back().model_version] == [b, a]
    with pytest.raises(NothingToRollBackTo):
        back()


def test_the_predecessor_is_the_model_that_was_live_before(models: list[ModelVersion]) -> None:
    a, b, c = models
    live(a)
    assert predecessor_of(polarity(), b) == a
    live(b)
    live(c)
    assert [predecessor_of(polarity(), version) for version in models] == [None, a, b]
    back()
    assert predecessor_of(polarity(), b) == c


def test_the_database_itself_refuses_a_second_first_promotion(models: list[ModelVersion]) -> None:
    live(models[0])
    with pytest.raises(IntegrityError), transaction.atomic():
        Promotion.objects.create(task=polarity(), model_version=models[1], at=NOW, reason="beside")


def test_of_several_promotions_at_once_each_names_the_one_before(committed_db: str) -> None:
    taught()
    versions = [trained_model() for _ in range(4)]
    user("lead")
    assert at_once(4, lambda number: live(versions[number])) == []
    rows = list(Promotion.objects.order_by("id"))
    assert [row.replaces for row in rows] == [None, *rows[:-1]]
    assert list(problems()) == []
