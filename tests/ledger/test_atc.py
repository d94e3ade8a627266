"""What pharmacology expects of a pair of drugs, against expectations worked out by hand."""

from __future__ import annotations

import pytest

from ledger.atc import LEVEL_LENGTHS, ClassRule, RuleBook
from ledger.models import AtcRule

SYNERGISTIC, ANTAGONISTIC = 1, 2
WARFARIN, ASPIRIN_CLOTTING, ASPIRIN_PAIN = "B01AA03", "B01AC06", "N02BA01"
NALOXONE, MORPHINE, IBUPROFEN = "V03AB15", "N02AA01", "M01AE01"


def rule(number: int, prefix_a: str, prefix_b: str, label: int = ANTAGONISTIC) -> ClassRule:
    return ClassRule(number, prefix_a, prefix_b, label)


def expected(rules: list[ClassRule], codes: list[str], other_codes: list[str]) -> tuple[list[int], int | None] | None:
    """Ids of the rules that speak and the label they expect, the same in either order of the drugs."""
    found = RuleBook(rules).expectation(codes, other_codes)
    assert RuleBook(rules).expectation(other_codes, codes) == found
    return ([one.id for one in found.rules], found.label_id) if found else None


@pytest.mark.parametrize("prefix", ["V", "V03", "V03A", "V03AB", "V03AB15"])
def test_a_rule_may_speak_of_classes_at_every_level(prefix: str) -> None:
    assert expected([rule(1, prefix, "N02A")], [NALOXONE], [MORPHINE]) == ([1], ANTAGONISTIC)


def test_a_rule_holds_in_either_order_of_its_own_classes() -> None:
    assert expected([rule(1, "N02A", "V03AB")], [NALOXONE], [MORPHINE]) == ([1], ANTAGONISTIC)


def test_where_no_rule_speaks_nothing_is_expected() -> None:
    rules = [rule(1, "V03AB", "N02A")]
    assert expected(rules, [NALOXONE], [IBUPROFEN]) is None
    assert expected(rules, [MORPHINE], [MORPHINE]) is None
    assert expected(rules, [], [MORPHINE]) is None
    assert expected(rules, [NALOXONE], []) is None
    assert expected([], [NALOXONE], [MORPHINE]) is None


def test_part_of_a_class_name_is_not_the_class() -> None:
    assert expected([rule(1, "V0", "N02A")], [NALOXONE], [MORPHINE]) is None
    assert expected([rule(1, "V03AB15", "N02A")], ["V03AB"], [MORPHINE]) is None


def test_the_most_specific_rule_speaks_for_a_pair_of_codes() -> None:
    rules = [rule(1, "B01", "M01", ANTAGONISTIC), rule(2, "B01AA", "M01AE", SYNERGISTIC)]
    assert expected(rules, [WARFARIN], [IBUPROFEN]) == ([2], SYNERGISTIC)
    assert expected(rules, [WARFARIN], ["M01AB05"]) == ([1], ANTAGONISTIC)


def test_equally_specific_rules_that_disagree_expect_nothing_and_are_both_shown() -> None:
    rules = [rule(1, "B01", "M01AE", ANTAGONISTIC), rule(2, "B01AA", "M01", SYNERGISTIC)]
    assert expected(rules, [WARFARIN], [IBUPROFEN]) == ([1, 2], None)


def test_equally_specific_rules_that_agree_expect_what_they_say() -> None:
    rules = [rule(1, "B01", "M01AE"), rule(2, "B01AA", "M01")]
    assert expected(rules, [WARFARIN], [IBUPROFEN]) == ([1, 2], ANTAGONISTIC)


def test_every_code_of_a_drug_counts() -> None:
    rules = [rule(1, "B01AA", "B01AC", ANTAGONISTIC)]
    assert expected(rules, [WARFARIN], [ASPIRIN_PAIN, ASPIRIN_CLOTTING]) == ([1], ANTAGONISTIC)


def test_codes_of_one_drug_whose_rules_disagree_expect_nothing() -> None:
    rules = [rule(1, "B01AA", "B01AC", ANTAGONISTIC), rule(2, "B01AA", "N02BA", SYNERGISTIC)]
    assert expected(rules, [WARFARIN], [ASPIRIN_PAIN, ASPIRIN_CLOTTING]) == ([1, 2], None)
    assert expected(rules, [WARFARIN], [ASPIRIN_CLOTTING]) == ([1], ANTAGONISTIC)


def test_a_rule_about_one_class_with_itself_speaks_once() -> None:
    assert expected([rule(1, "N02A", "N02A")], [MORPHINE], ["N02AB03"]) == ([1], ANTAGONISTIC)


def test_the_rule_shown_is_the_most_specific_and_of_equals_the_first() -> None:
    book = RuleBook([rule(3, "B01AA", "M01", 2), rule(2, "B01AA", "M01AE", 2), rule(1, "B01AA", "N02", 2)])
    found = book.expectation([WARFARIN], [IBUPROFEN, ASPIRIN_PAIN])
    assert found is not None
    assert ([one.id for one in found.rules], found.rule.id) == ([1, 2], 2)
    equals = RuleBook([rule(5, "B01AA", "M01", 2), rule(4, "B01", "M01AE", 2)]).expectation([WARFARIN], [IBUPROFEN])
    assert equals is not None
    assert equals.rule.id == 4


def test_the_shipped_rules_speak_of_real_levels_and_never_contradict_themselves(db: None) -> None:
    shipped = list(AtcRule.objects.select_related("expected"))
    assert len(shipped) > 20
    pairs = set()
    for one in shipped:
        assert {len(one.prefix_a), len(one.prefix_b)} <= set(LEVEL_LENGTHS), one
        assert one.expected.trainable, one
        assert one.mechanism.endswith("."), one
        assert one.reference, one
        pairs.add(frozenset((one.prefix_a, one.prefix_b)))
    assert len(pairs) == len(shipped)


def test_the_shipped_rules_expect_an_opioid_antagonist_to_work_against_an_opioid(db: None) -> None:
    book = RuleBook(ClassRule(one.pk, one.prefix_a, one.prefix_b, one.expected_id) for one in AtcRule.objects.all())
    found = book.expectation([MORPHINE], [NALOXONE])
    assert found is not None
    assert AtcRule.objects.get(pk=found.rule.id).expected.slug == "antagonistic"
