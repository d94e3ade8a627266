"""Why a prediction goes to a person, against flags worked out by hand."""

from __future__ import annotations

import random
from typing import Any

import pytest

from ledger.atc import ClassRule, Expectation
from ledger.flagging import VERSIONS, Beside, Raised, Said, Thresholds, flags_among, flags_of, in_audit
from ledger.models import Flag, FlagRule

SYNERGISTIC, ANTAGONISTIC, UNDETERMINED = 1, 2, 3
TITLES = {1: "Synergistic", 2: "Antagonistic", 3: "Not determinable"}
THRESHOLDS = Thresholds(doubt=0.9, sure=0.98, audit_share=0.0, atc_tables=("curated 1",))
OPIOIDS = ClassRule(7, "V03AB", "N02A", ANTAGONISTIC)


def said(**changes: Any) -> Said:
    facts: dict[str, Any] = {
        "statement_id": 5, "label_id": SYNERGISTIC, "confidence": 0.99, "expectation": None,
        "previous_label_id": None, "gold_label_id": None,
    }  # fmt: skip
    return Said(**(facts | changes))


def flags(one: Said, **changes: Any) -> dict[str, Raised]:
    facts = {name: getattr(THRESHOLDS, name) for name in ("doubt", "sure", "audit_share", "atc_tables")}
    return {flag.rule: flag for flag in flags_of(one, Thresholds(**(facts | changes)), TITLES)}


def test_a_sure_prediction_nothing_speaks_against_raises_no_flag() -> None:
    assert flags(said()) == {}
    agreed = said(
        expectation=Expectation((OPIOIDS,), SYNERGISTIC), previous_label_id=SYNERGISTIC, gold_label_id=SYNERGISTIC
    )
    assert flags(agreed) == {}


@pytest.mark.parametrize(("confidence", "is_doubtful"), [(0.5, True), (0.8999999, True), (0.9, False), (1.0, False)])
def test_doubt_begins_below_the_threshold(confidence: float, is_doubtful: bool) -> None:
    assert set(flags(said(confidence=confidence))) == ({"low_confidence"} if is_doubtful else set())


@pytest.mark.parametrize(
    ("confidence", "threshold", "sentence"),
    [
        (0.6234, 0.9, "Confidence 0.623 is below the task's threshold of 0.9."),
        (0.8999999, 0.9, "Confidence 0.899 is below the task's threshold of 0.9."),
        (0.98, 0.985, "Confidence 0.980 is below the task's threshold of 0.985."),
    ],
)
def test_the_doubt_reads_as_a_doubt_also_close_to_the_threshold(
    confidence: float, threshold: float, sentence: str
) -> None:
    assert flags(said(confidence=confidence), doubt=threshold)["low_confidence"].explanation == sentence


def test_a_label_with_a_threshold_of_its_own_is_doubtful_below_that() -> None:
    own = {"doubt_by_label": {ANTAGONISTIC: 0.6, UNDETERMINED: 0.95}}
    assert flags(said(label_id=ANTAGONISTIC, confidence=0.7), **own) == {}
    raised = flags(said(label_id=UNDETERMINED, confidence=0.94), **own)["low_confidence"]
    assert raised.explanation == "Confidence 0.940 is below the threshold of 0.95 for not determinable."
    assert set(flags(said(confidence=0.89), **own)) == {"low_confidence"}
    thresholds = Thresholds(doubt=0.9, sure=0.98, audit_share=0.0, atc_tables=(), **own)
    answers = [(1, ANTAGONISTIC, 0.7), (2, UNDETERMINED, 0.94), (3, SYNERGISTIC, 0.95), (4, SYNERGISTIC, 0.89)]
    assert [one for one, _ in flags_among(answers, Beside({}, {}, {}), thresholds, TITLES)] == [2, 4]
    assert thresholds.of("low_confidence") == {"below": 0.9, "below_by_label": [[2, 0.6], [3, 0.95]]}
    assert THRESHOLDS.of("low_confidence") == {"below": 0.9}


def test_contradicting_the_drugs_classes_names_the_classes_and_the_rule() -> None:
    raised = flags(said(expectation=Expectation((OPIOIDS,), ANTAGONISTIC)))["atc_contradiction"]
    assert raised.explanation == (
        "The classes V03AB and N02A are expected to be antagonistic; the model says synergistic."
    )
    assert raised.atc_rule_id == 7


def test_rules_that_disagree_contradict_nothing() -> None:
    other = ClassRule(8, "V03AB", "N02A", SYNERGISTIC)
    assert flags(said(expectation=Expectation((OPIOIDS, other), None))) == {}


def test_an_answer_only_people_give_can_contradict_an_expectation() -> None:
    one = said(label_id=UNDETERMINED, expectation=Expectation((OPIOIDS,), ANTAGONISTIC))
    assert flags(one)["atc_contradiction"].explanation.endswith("the model says not determinable.")


def test_a_model_that_changed_its_mind_says_from_what_to_what() -> None:
    raised = flags(said(label_id=ANTAGONISTIC, previous_label_id=SYNERGISTIC))
    assert set(raised) == {"flip"}
    assert raised["flip"].explanation == "The model before said synergistic; this one says antagonistic."


@pytest.mark.parametrize(("confidence", "disputes"), [(0.97, False), (0.98, True)])
def test_only_a_sure_model_disputes_a_gold_label(confidence: float, disputes: bool) -> None:
    raised = flags(said(confidence=confidence, gold_label_id=UNDETERMINED))
    assert set(raised) == ({"suspect_gold"} if disputes else set())
    if disputes:
        assert raised["suspect_gold"].explanation == (
            "The gold label is not determinable; the model says synergistic with confidence 0.980."
        )


def test_a_prediction_may_raise_every_flag_at_once_and_each_only_once() -> None:
    one = said(
        confidence=0.985, expectation=Expectation((OPIOIDS,), ANTAGONISTIC), previous_label_id=ANTAGONISTIC,
        gold_label_id=ANTAGONISTIC,
    )  # fmt: skip
    raised = list(flags_of(one, Thresholds(0.99, 0.98, 1.0, ()), TITLES))
    assert [flag.rule for flag in raised] == list(VERSIONS) == FlagRule.Rule.values


def test_among_many_answers_the_same_are_flagged_as_one_by_one() -> None:
    """Answers that may raise nothing are passed over: of every kind, close to every threshold, none is missed."""
    draw = random.Random(3)
    statement_ids = sorted(draw.sample(range(1, 20_000), 3_000))
    labels = (SYNERGISTIC, ANTAGONISTIC)
    answers = [(number, draw.choice(labels), draw.choice((0.5, 0.8999999, 0.9, 0.97, 0.98, 1.0)))
               for number in statement_ids]  # fmt: skip
    beside = Beside(
        expectations={
            number: Expectation((OPIOIDS,), draw.choice((*labels, None))) for number in draw.sample(statement_ids, 300)
        },
        previous_label_ids={number: draw.choice(labels) for number in draw.sample(statement_ids, 900)},
        gold_label_ids={number: draw.choice((*labels, UNDETERMINED)) for number in draw.sample(statement_ids, 300)},
    )
    thresholds = Thresholds(doubt=0.9, sure=0.98, audit_share=0.02, atc_tables=())
    found = list(flags_among(answers, beside, thresholds, TITLES))
    assert found == [
        (number, flag)
        for number, label_id, confidence in answers
        for flag in flags_of(
            Said(
                number, label_id, confidence, beside.expectations.get(number), beside.previous_label_ids.get(number),
                beside.gold_label_ids.get(number),
            ),
            thresholds,
            TITLES,
        )
    ]  # fmt: skip
    assert {flag.rule for _, flag in found} == set(VERSIONS)


def test_the_audit_is_the_same_slice_every_time_and_close_to_its_share() -> None:
    for share in (0.01, 0.05, 0.5):
        drawn = [number for number in range(1, 40_001) if in_audit(number, share)]
        assert drawn == [number for number in range(1, 40_001) if in_audit(number, share)]
        spread = (40_000 * share * (1 - share)) ** 0.5
        assert abs(len(drawn) - 40_000 * share) < 4 * spread


def test_a_larger_audit_contains_the_smaller_one() -> None:
    small, large = ({n for n in range(5_000) if in_audit(n, share)} for share in (0.02, 0.04))
    assert small < large


def test_no_audit_draws_nobody_and_a_full_one_everybody() -> None:
    assert not any(in_audit(number, 0.0) for number in range(5_000))
    assert all(in_audit(number, 1.0) for number in range(5_000))


@pytest.mark.parametrize(("share", "shown"), [(0.01, "1 %"), (0.07, "7 %"), (0.0005, "0.05 %"), (0.125, "12.5 %")])
def test_the_audit_says_its_share(share: float, shown: str) -> None:
    number = next(number for number in range(1, 100_000) if in_audit(number, share))
    explanation = flags(said(statement_id=number), audit_share=share)["audit"].explanation
    assert explanation == f"Drawn at random ({shown} of all statements), to estimate accuracy."


def test_the_longest_explanation_fits_its_column() -> None:
    titles = dict.fromkeys(TITLES, "x" * 80)
    longest = max(
        len(flag.explanation)
        for flag in flags_of(
            said(confidence=0.985, expectation=Expectation((ClassRule(7, "V03AB15", "N02AA01", 2),), 2),
                 previous_label_id=2, gold_label_id=2),
            Thresholds(0.123456789, 0.98, 0.123456789, ()), titles,
        )
    )  # fmt: skip
    assert longest <= Flag._meta.get_field("explanation").max_length


def test_every_rule_stores_the_parameters_it_depends_on() -> None:
    assert {rule: THRESHOLDS.of(rule) for rule in VERSIONS} == {
        "low_confidence": {"below": 0.9},
        "atc_contradiction": {"tables": ["curated 1"]},
        "flip": {},
        "suspect_gold": {"at_least": 0.98},
        "audit": {"share": 0.0},
    }
