"""A bench's figures: ratios, goals, and both ways taken in turns."""

from __future__ import annotations

from ddi_site.bench.report import alternately, as_json, at_least, at_most, in_words, not_below, not_here


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


def test_a_figure_may_be_held_against_a_peers_that_is_nothing() -> None:
    row = not_below("micro-F1", "of 1", 0.25, 0.0, "the other way")
    assert (row.ratio, row.met) == (None, True)
    assert row.in_words() == "micro-F1: 0.25 of 1, beside the other way (0.0); goal at least the peer's: met"
    assert not_below("micro-F1", "of 1", 0.25, 0.5, "the other way").met is False
    assert not_below("micro-F1", "of 1", 0.25, 0.5, "the other way").ratio == 0.5


def test_people_are_told_the_rows_and_below_them_each_single_fact() -> None:
    rows = [at_least("rows", "rows/s", 80.0, 100.0, "bare", 0.8), not_here("faster rows", "rows/s", "ratio >= 2")]
    data = {"corpus": "made up", "statements": 108_887, "statements_of_each": 1_296.3, "by_turn": {"ours": [1.0]}}
    assert in_words(rows, data) == [
        "rows: 80.0 rows/s, 0.800 × bare (100.0); goal ratio >= 0.8: met",
        "faster rows: not on this machine; goal ratio >= 2",
        "corpus: made up",
        "statements: 108,887",
        "statements of each: 1,296.3",
    ]
