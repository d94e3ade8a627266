from __future__ import annotations

from typing import Any

import pytest

from ledger.models import ModelVersion
from review.queries import flips
from review.queries.comparison import Pair
from review.queries.flips import flip_page
from tests.ledger import facts
from tests.review.conftest import predict
from tests.review.queries.models_beside import both_say, held_out_for


@pytest.fixture
def pair(model: ModelVersion) -> Pair:
    return Pair(facts.model_version(), model)


def test_only_what_both_read_and_answer_differently_is_listed(pair: Pair) -> None:
    both_say(pair.this, pair.other, "synergistic", "synergistic", n=2)
    predict(pair.this, said="synergistic")
    (late,) = both_say(pair.this, pair.other, "synergistic", "antagonistic", confidence=0.9)
    (early,) = both_say(pair.this, pair.other, "antagonistic", "synergistic", confidence=0.6)
    held_out_for(pair.this, [late], "synergistic")
    page = flip_page(pair, None)
    assert [(one.statement, one.this.label.slug, one.other.label.slug, one.gold) for one in page.rows] == [
        (early, "antagonistic", "synergistic", ""),
        (late, "synergistic", "antagonistic", "Synergistic"),
    ]
    assert (page.n, page.is_all_counted, page.more) == (2, True, None)


def test_pages_follow_one_another_without_a_gap(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flips, "PAGE", 3)
    monkeypatch.setattr(flips, "MOST_COUNTED", 5)
    for confidence in (0.7, 0.6, 0.7, 0.5):
        both_say(pair.this, pair.other, "synergistic", "antagonistic", n=2, confidence=confidence)
    met, after = [], None
    while True:
        page = flip_page(pair, after)
        assert (page.n, page.is_all_counted) == (5, False)
        met += [(one.this.confidence, one.this.pk) for one in page.rows]
        if page.more is None:
            break
        after = page.more
    assert len(met) == 8
    assert met == sorted(met)


def test_a_page_costs_as_much_whatever_is_on_it(pair: Pair, django_assert_num_queries: Any) -> None:
    both_say(pair.this, pair.other, "synergistic", "antagonistic", n=12)
    with django_assert_num_queries(4):
        flip_page(pair, None)
