"""`manage.py bench queue` on a made-up ledger that is as real ones are."""

from __future__ import annotations

import pytest

from ddi_site.bench import queue
from ddi_site.bench.large_ledger import LargeLedger
from ddi_site.bench.report import as_json
from ledger.models import Decision, Flag, GoldLabel, Prediction, Statement
from review.models import ReviewItem


@pytest.mark.django_db
def test_the_made_up_ledger_is_whole_and_grows() -> None:
    made = LargeLedger()
    made.grow(600)
    before = list(ReviewItem.objects.exclude(state="open").order_by("id").values())
    made.grow(3_000)
    assert Statement.objects.count() == 3_000
    assert Prediction.objects.count() == 2 * 3_000
    for one in Statement.objects.select_related("pattern", "head_drug", "tail_drug")[::97]:
        assert one.head_drug
        assert one.tail_drug
        assert (one.head_text, one.tail_text) == (one.head_drug.name, one.tail_drug.name)
        head, tail = (one.head_start, one.head_end), (one.tail_start, one.tail_end)
        assert one.pattern.text == f"{one.text[: head[0]]}⟨1⟩{one.text[head[1] : tail[0]]}⟨2⟩{one.text[tail[1] :]}"
    n_flagged = Flag.objects.filter(prediction__model_version__number=2).values("prediction").distinct().count()
    assert 0.06 < n_flagged / 3_000 < 0.11
    assert ReviewItem.objects.count() == n_flagged
    assert list(ReviewItem.objects.filter(pk__in=[row["id"] for row in before]).order_by("id").values()) == before
    settled = ReviewItem.objects.filter(state="settled").count()
    assert GoldLabel.objects.count() == settled > 0
    assert Decision.objects.count() == settled + ReviewItem.objects.filter(state="awaiting_second").count()
    labels = Prediction.objects.values_list("statement", "label")
    said = {version: dict(labels.filter(model_version__number=version)) for version in (1, 2)}
    differ = sum(said[1][statement] != label for statement, label in said[2].items())
    assert 0.02 < differ / 3_000 < 0.12


@pytest.mark.slow
def test_the_bench_measures_every_page_on_both_ledgers(committed_db: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue, "TURNS", 4)
    facts = as_json("queue", *queue.bench_queue(8_000))
    named = {row["name"]: row for row in facts["rows"]}
    for page in queue.PAGES:
        for place in ("p50", "p95"):
            row = named[f"{page}, {place}"]
            assert row["ours"] > 0
            assert row["goal"] == "ratio <= 1.5"
    assert named["queries of an item, signing in aside"]["met"]
    assert named["queries that a page makes more than on the small ledger"]["met"]
    assert named["heaviest page with its scripts and styles, plotly aside"]["met"]
    assert facts["data"]["kilobytes"]["item page"] > 10
    assert (facts["data"]["statements"], facts["data"]["statements_of_the_small_ledger"]) == (8_000, 4_000)
    assert Statement.objects.count() == 8_000
