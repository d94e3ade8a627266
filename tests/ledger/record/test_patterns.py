"""Statements of one wording decided together: what is covered, what is not, and how it is taken back."""

from __future__ import annotations

import uuid

import pytest

from ledger.atc import ClassRule
from ledger.covering import window
from ledger.flagging import in_audit
from ledger.integrity import problems
from ledger.models import (
    ChainLink,
    GoldLabel,
    LedgerIsAppendOnly,
    ModelVersion,
    PatternDecision,
    PatternEvidence,
    SpotCheck,
    Statement,
    Task,
)
from ledger.record import pattern_gold
from ledger.record.decisions import KeyUsedElsewhere
from ledger.record.gold import add_seed_labels
from ledger.record.patterns import DecidedOtherwise, NoModelHasRead, NotDecided, NothingLeftToDecide
from tests.ledger.facts import NOW, answer, label, polarity, statement
from tests.ledger.patterned import PATTERN, WORDING, class_rule, decided, give_codes, held, withdrawn
from tests.ledger.whole import Says, finished_run, seed, statements


def test_one_decision_labels_every_statement_of_the_wording_and_no_other(made: list[Statement]) -> None:
    other = statement()
    outcome = decided(made[0], comment="The sentence names no harm.")
    assert outcome.covered == [one.pk for one in made]
    assert {held(one) for one in made} == {("synergistic", PATTERN)}
    assert held(other) is None
    assert outcome.decision.n_statements == 20
    assert PatternEvidence.objects.filter(decision=outcome.decision).count() == 20


def test_the_gold_is_one_link_a_batch_and_is_hashed_as_it_reads_back(
    made: list[Statement], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pattern_gold, "BATCH", 8)
    before = ChainLink.objects.count()
    decided(made[0])
    links = list(ChainLink.objects.order_by("position"))[before:]
    assert [(link.kind, link.n_rows) for link in links] == [("pattern", 1), ("gold", 8), ("gold", 8), ("gold", 4)]


def test_what_people_answered_stays_theirs(made: list[Statement]) -> None:
    answer(made[3], "antagonistic", by="ben")
    answer(made[4], "antagonistic", by="ben", reviews_needed=2)  # waits for a second person
    outcome = decided(made[0])
    assert {made[3].pk, made[4].pk}.isdisjoint(outcome.covered)
    assert held(made[3]) == ("antagonistic", "single_review")
    assert held(made[4]) is None


def test_flagged_statements_stay_individual_and_doubtful_ones_do_not(live: ModelVersion) -> None:
    made = statements(6, wording=WORDING)
    rule = class_rule("B01A", "M01A", "antagonistic")
    contradicted = ClassRule(rule.pk, "B01A", "M01A", label("antagonistic").pk)
    Task.objects.update(audit_share=0)
    finished_run(live, [Says(made[0], atc_rule=contradicted), Says(made[1], confidence=0.6), *map(Says, made[2:5])])
    outcome = decided(made[2])
    assert outcome.covered == [one.pk for one in made[1:5]]
    assert outcome.left_out == {"flagged": 1, "unread": 1}
    assert list(problems()) == []


def test_the_audit_slice_stays_individual(made: list[Statement]) -> None:
    Task.objects.update(audit_share=0.5)
    drawn = [one.pk for one in made if in_audit(one.pk, 0.5)]
    assert 0 < len(drawn) < 20
    outcome = decided(made[0], task=polarity())
    assert set(outcome.covered) == {one.pk for one in made} - set(drawn)
    assert outcome.left_out == {"audit": len(drawn)}


def test_statements_whose_drugs_classes_expect_another_label_are_exceptions(made: list[Statement]) -> None:
    class_rule("V03AB", "N02A", "antagonistic")
    give_codes(made[5], "V03AB15", "N02AA01")
    outcome = decided(made[0])
    assert made[5].pk not in outcome.covered
    assert outcome.left_out["atc"] >= 1
    withdrawn(outcome.decision)
    assert made[5].pk in decided(made[0], "antagonistic").covered


def test_rules_that_disagree_make_no_exception(made: list[Statement]) -> None:
    class_rule("V03AB", "N02A", "antagonistic")
    class_rule("V03AC", "N02A", "synergistic")
    give_codes(made[5], "V03AB15", "N02AA01")
    give_codes(made[5], "V03AC01", "N02AA01")
    assert made[5].pk in decided(made[0]).covered


def test_what_the_caller_sets_apart_stays_apart(made: list[Statement]) -> None:
    outcome = decided(made[0], apart={made[1].pk: "held", made[2].pk: "held"})
    assert {made[1].pk, made[2].pk}.isdisjoint(outcome.covered)
    assert outcome.left_out == {"held": 2}


def test_an_imported_label_gives_way_and_holds_again(made: list[Statement]) -> None:
    seed(made[0], "antagonistic")
    outcome = decided(made[1])
    assert held(made[0]) == ("synergistic", PATTERN)
    ended = withdrawn(outcome.decision)
    assert held(made[0]) == ("antagonistic", "seed")
    assert GoldLabel.objects.current().get(statement=made[0]).origin == "seeds.csv line 2"
    assert [held(one) for one in made[1:]] == [None] * 19
    assert (ended.act, ended.n_statements, ended.comment) == ("withdrawal", 20, "Read too fast.")


def test_an_imported_label_holds_again_with_the_others_its_corpus_gives(made: list[Statement]) -> None:
    add_seed_labels(
        task=polarity(),
        rows=[
            (made[0].pk, label("antagonistic").pk, "relations.tsv line 2"),
            (made[1].pk, label("synergistic").pk, ""),
        ],
        further={made[0].pk: ["synergistic"]},
        now=NOW,
    )
    withdrawn(decided(made[2]).decision)
    standing = {one.statement_id: one.further for one in GoldLabel.objects.current().filter(replaces__isnull=False)}
    assert standing == {made[0].pk: ["synergistic"], made[1].pk: None}
    assert list(problems()) == []


def test_withdrawing_leaves_what_people_said_since(made: list[Statement]) -> None:
    outcome = decided(made[0])
    answer(made[7], "synergistic", by="ben")
    withdrawn(outcome.decision)
    assert held(made[7]) == ("synergistic", "single_review")
    assert held(made[8]) is None


def test_the_same_key_changes_nothing(made: list[Statement]) -> None:
    key = uuid.uuid4()
    first = decided(made[0], idempotency_key=key)
    before = (GoldLabel.objects.count(), ChainLink.objects.count(), SpotCheck.objects.count())
    again = decided(made[0], idempotency_key=key)
    assert again.repeated
    assert again.decision == first.decision
    withdrawal = uuid.uuid4()
    assert withdrawn(first.decision, key=withdrawal) == withdrawn(first.decision, key=withdrawal)
    after = (GoldLabel.objects.count(), ChainLink.objects.count(), SpotCheck.objects.count())
    assert (before[0] + 20, before[1] + 2, before[2]) == after
    for other in ({"by": "ben"}, {"slug": "antagonistic"}):
        with pytest.raises(KeyUsedElsewhere):
            decided(made[0], idempotency_key=key, **other)


def test_a_decided_pattern_is_withdrawn_before_it_is_decided_otherwise(made: list[Statement]) -> None:
    first = decided(made[0]).decision
    with pytest.raises(DecidedOtherwise):
        decided(made[0], "antagonistic")
    with pytest.raises(NothingLeftToDecide):
        decided(made[0])
    withdrawn(first)
    with pytest.raises(NotDecided):
        withdrawn(first)
    second = decided(made[0], "antagonistic").decision
    assert second.replaces is not None
    assert second.replaces.replaces == first
    assert held(made[0]) == ("antagonistic", PATTERN)


def test_the_same_answer_again_speaks_for_what_has_come_since(made: list[Statement], live: ModelVersion) -> None:
    first = decided(made[0])
    more = statements(5, start=40, wording=WORDING)
    finished_run(live, [*map(Says, more)])
    second = decided(made[0], by="ben")
    assert second.covered == [one.pk for one in more]
    assert set(PatternDecision.objects.in_force()) == {first.decision, second.decision}
    ended = withdrawn(second.decision, by="ben")
    assert ended.n_statements == 25
    assert [held(one) for one in [*made, *more]] == [None] * 25
    assert not PatternDecision.objects.in_force().exists()


def test_without_a_live_model_nothing_says_what_needs_a_look(db: None) -> None:
    with pytest.raises(NoModelHasRead):
        decided(statement())


def test_a_window_says_when_there_is_more(made: list[Statement], live: ModelVersion) -> None:
    assert window(polarity(), made[0].pattern, live, most=20).more is False
    found = window(polarity(), made[0].pattern, live, most=12)
    assert found.more is True
    assert [one.statement_id for one in found.readings] == [one.pk for one in made[:12]]


def test_rows_about_patterns_are_never_changed(made: list[Statement]) -> None:
    decision = decided(made[0]).decision
    with pytest.raises(LedgerIsAppendOnly):
        decision.save()


def test_a_decision_costs_few_queries_however_many_statements_it_speaks_for(
    made: list[Statement], live: ModelVersion, django_assert_max_num_queries: object
) -> None:
    more = statements(120, wording="{} goes with {}.")
    finished_run(live, [Says(one) for one in more])
    for said in (made[0], more[0]):
        with django_assert_max_num_queries(34):  # type: ignore[operator]
            decided(said)
