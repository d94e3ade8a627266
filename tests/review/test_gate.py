from __future__ import annotations

import pytest

from review.gate import LEAST, MARGIN, Part, Verdict, advise
from review.versus import Beside, Figure, OfClass

NOTHING = Figure(None, None)


def part(
    name: str,
    *classes: tuple[str, int, float, float],
    difference: tuple[float, float] | None = None,
    micro: Figure | None = None,
) -> Part:
    """(label, statements, F1 of the candidate, F1 of the live model) each; `micro` of all relations together."""
    found = [
        OfClass(label, n, Figure(this, other, difference_interval=difference), NOTHING, NOTHING)
        for label, n, this, other in classes
    ]
    return Part(name, Beside(sum(one.n for one in found), NOTHING, NOTHING, found, None, [], micro))


def test_no_class_falls_by_more_than_the_margin() -> None:
    advice = advise([part("fixed test", ("synergistic", 200, 0.90, 0.915), ("antagonistic", 100, 0.8, 0.7))])
    assert advice.verdict == Verdict.PROMOTE
    assert [one.sentence for one in advice.reasons] == [
        "F1 0.900, before 0.915 (−0.015): not worse by more than the margin of 0.02.",
        "F1 0.800, before 0.700 (+0.100): not worse by more than the margin of 0.02.",
    ]


def test_one_class_that_falls_is_enough_against() -> None:
    better = ("synergistic", 200, 0.95, 0.90)
    advice = advise([part("fixed test", better), part("audit", better, ("antagonistic", LEAST, 0.85, 0.9))])
    assert advice.verdict == Verdict.DO_NOT
    assert [(one.part, one.label, one.verdict) for one in advice.reasons] == [
        ("fixed test", "synergistic", Verdict.PROMOTE),
        ("audit", "synergistic", Verdict.PROMOTE),
        ("audit", "antagonistic", Verdict.DO_NOT),
    ]


@pytest.mark.parametrize(("fall", "verdict"), [(0.9 * MARGIN, Verdict.PROMOTE), (1.1 * MARGIN, Verdict.DO_NOT)])
def test_the_margin_is_where_it_says(fall: float, verdict: Verdict) -> None:
    assert advise([part("fixed test", ("a", 500, 0.9 - fall, 0.9))]).verdict == verdict


def test_too_few_statements_leave_it_open() -> None:
    advice = advise([part("audit", ("a", LEAST - 1, 0.5, 0.9))])
    assert advice.verdict == Verdict.CANNOT_TELL
    assert "on 49 statements: with fewer than 50" in advice.reasons[0].sentence
    assert "on 1 statement:" in advise([part("audit", ("a", 1, 1.0, 1.0))]).reasons[0].sentence


def test_types_that_are_too_rare_to_tell_are_one_line() -> None:
    few = part(
        "audit", ("agonist", 3, 0.5, 0.9), ("inhibitor", 60, 0.9, 0.8), ("substrate", 7, 1.0, 1.0),
        micro=Figure(0.9, 0.8),
    )  # fmt: skip
    advice = advise([few])
    assert advice.verdict == Verdict.CANNOT_TELL
    assert [(one.label, one.sentence.split(": ")[0]) for one in advice.reasons] == [
        ("", "micro-F1 of relations 0.900, before 0.800 (+0.100)"),
        ("inhibitor", "F1 0.900, before 0.800 (+0.100)"),
        ("", "agonist 3, substrate 7"),
    ]
    alone = advise([part("audit", ("agonist", 3, 0.5, 0.9), ("inhibitor", 60, 0.9, 0.8), micro=Figure(0.9, 0.8))])
    assert [one.label for one in alone.reasons] == ["", "agonist", "inhibitor"]


def test_an_audit_of_few_relations_is_told_once() -> None:
    few = part("audit", ("agonist", 3, 0.5, 0.9), ("inhibitor", 2, 0.9, 0.8), micro=Figure(0.6, 0.8))
    (reason,) = advise([few]).reasons
    assert "on 5 statements: with fewer than 50" in reason.sentence
    fallen = part("audit", *[(one, 20, 0.1, 0.9) for one in "ab"], micro=Figure(0.1, 0.9), difference=(-0.9, -0.5))
    assert [one.verdict for one in advise([fallen]).reasons][1:] == [Verdict.DO_NOT] * 2


def test_a_fall_that_is_no_chance_counts_on_few_statements_too() -> None:
    few = part("audit", ("a", 30, 0.3, 0.9), difference=(-0.8, -0.4))
    assert advise([few]).verdict == Verdict.DO_NOT
    wide = part("audit", ("a", 30, 0.85, 0.9), difference=(-0.2, 0.1))
    assert advise([wide]).verdict == Verdict.CANNOT_TELL


def test_what_could_not_be_measured_says_why() -> None:
    held = part("fixed test", ("a", 500, 0.9, 0.9))
    advice = advise([held, Part("audit", None, "Nobody audited anything.")])
    assert (advice.verdict, advice.reasons[-1].sentence) == (Verdict.CANNOT_TELL, "Nobody audited anything.")
    unmeasured = advise([Part("audit", Beside(3, NOTHING, NOTHING, [OfClass("a", 3, *[NOTHING] * 3)], None, []))])
    assert unmeasured.reasons[0].sentence == "It was not measured."
    assert advise([]).verdict == Verdict.CANNOT_TELL


def test_a_statement_weighs_at_most_the_margin_from_the_least_number_on() -> None:
    assert 1 / LEAST <= MARGIN < 1 / (LEAST - 1)
