"""A bench's figures: ratios, goals, and both ways taken in turns."""

from __future__ import annotations

from ddi_site.bench.report import alternately, as_json, at_least, at_most


def test_a_rate_is_held_against_its_peer() -> None:
    row = at_least("rows", "rows/s", 80.0, 100.0, "bare", 0.8)
    assert row.as_dict() == {
        "name": "rows", "unit": "rows/s", "ours": 80.0, "peer": 100.0, "peer_name": "bare", "ratio": 0.8,
        "goal": "ratio >= 0.8", "met": True,
    }  # fmt: skip
    assert at_least("rows", "rows/s", 79.0, 100.0, "bare", 0.8).met is False


def test_a_size_is_held_against_its_goal_alone() -> None:
    assert at_most("row", "bytes", 200.0, 200).as_dict()["met"] is True
    assert at_most("row", "bytes", 200.0, 200).as_dict()["ratio"] is None
    assert at_most("row", "bytes", 200.5, 200).met is False


def test_both_ways_take_turns_at_going_first() -> None:
    order: list[str] = []

    def ours() -> int:
        order.append("ours")
        return 10

    def peer() -> int:
        order.append("peer")
        return 10

    rates = alternately(ours, peer, rounds=3)
    assert order == ["ours", "peer", "peer", "ours", "ours", "peer"]
    assert all(rate > 0 for rate in rates)


def test_the_object_names_bench_rows_machine_and_data() -> None:
    facts = as_json("ledger", [at_most("row", "bytes", 77.0, 200)], {"predictions": 5})
    assert list(facts) == ["bench", "rows", "machine", "data"]
    assert facts["machine"]["cores"] >= 1
