"""Whatever is done to the facts behind their guards is found and named, and nothing else is."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable

from django.db import IntegrityError, connection, models, transaction

from ledger.chain import COVERED, link_hash
from ledger.integrity import problems
from ledger.models import (
    ChainLink,
    Decision,
    GoldEvidence,
    GoldLabel,
    Run,
)
from tests.ledger.facts import NOW, answer, statement
from tests.ledger.tampering import found, remove, rewrite, something_else, unguarded
from tests.ledger.whole import (
    statements,
)

Rows = dict[str, models.Model]


def test_nothing_is_found_in_a_ledger_nobody_touched(ledger: Rows) -> None:
    assert set(ChainLink.objects.values_list("kind", flat=True)) == set(COVERED) == set(ledger)
    assert list(problems()) == []


def test_nothing_is_found_in_an_empty_ledger(db: None) -> None:
    assert list(problems()) == []


def test_every_field_of_every_fact_is_held_by_the_chain(ledger: Rows) -> None:
    for kind in COVERED:
        row = ledger[kind]
        link = ChainLink.objects.get(kind=kind, first_id=row.pk)
        which = f"row {row.pk}" if link.n_rows == 1 else f"a row from {row.pk} to {link.last_id}"
        sentence = f"Link {link.position}: the {link.get_kind_display()} {which} was changed after it was written."
        fields = [name for name in COVERED[kind][1] if name not in ("id", "evidence_ids")]
        fields += ["further"] if "evidence_ids" in COVERED[kind][1] else []  # hashed with what the label rests on
        concrete = {field.attname for field in type(row)._meta.concrete_fields}
        assert set(fields) <= concrete
        if type(row) is not Run:
            assert concrete - set(fields) == {"id"}
        for name in fields:
            with unguarded():
                try:
                    with transaction.atomic():
                        rewrite(row, **{name: something_else(getattr(row, name))})
                except IntegrityError:  # the table itself refuses it: an act without what it needs
                    assert name in {"act", "model_version_id"}
                    continue
                by_chain = [problem for problem in found() if problem.startswith("Link")]
                assert by_chain == [sentence], name
        assert list(problems()) == []


def test_a_fact_taken_out_is_missed(ledger: Rows) -> None:
    for kind in ["decision", "gold", "promotion", "evaluation", "model_version", "training_set"]:
        link = ChainLink.objects.get(kind=kind, first_id=ledger[kind].pk)
        with unguarded():
            remove(ledger[kind])
            sentences = found()
            assert f"Link {link.position} covers 1 {link.get_kind_display()} rows; 0 are there." in sentences
            assert any("its chain covers" in sentence for sentence in sentences)


def test_a_fact_slipped_in_is_noticed(ledger: Rows) -> None:
    for kind in ["decision", "gold", "promotion", "evaluation", "model_version"]:
        model = COVERED[kind][0]
        with unguarded():
            copy = model._default_manager.get(pk=ledger[kind].pk)
            copy.pk = None
            copy._state.adding = True
            for name in ("replaces_id", "statement_id", "number", "view"):  # past the unique constraints
                if hasattr(copy, name):
                    setattr(copy, name, something_else(getattr(copy, name)))
            if isinstance(copy, Decision):
                copy.idempotency_key = uuid.uuid4()
            models.Model.save(copy)
            n_rows = model._default_manager.count()
            (sentence,) = found()
            label = ChainLink.Kind(kind).label
            assert sentence == f"{n_rows} {label} rows stand in the ledger; its chain covers {n_rows - 1}."


def test_a_gold_label_keeps_the_decisions_it_rests_on(ledger: Rows) -> None:
    gold = ledger["gold"]
    link = ChainLink.objects.get(kind="gold", first_id=gold.pk)
    evidence = GoldEvidence.objects.get(gold_id=gold.pk)
    other = Decision.objects.exclude(pk=evidence.decision_id).earliest("id")
    deeds: list[Callable[[], object]] = [
        lambda: remove(evidence),
        lambda: rewrite(evidence, decision_id=other.pk),
        lambda: GoldEvidence.objects.create(gold_id=gold.pk, decision=other),
    ]
    for deed in deeds:
        with unguarded():
            deed()
            (sentence,) = found()
            assert sentence.startswith(f"Link {link.position}: the gold label row {gold.pk} was changed")


def test_one_row_of_an_imported_batch_is_held_too(ledger: Rows) -> None:
    from ledger.record.gold import add_seed_labels
    from tests.ledger.facts import label, polarity

    made = statements(3, wording="{} and {} were imported.")
    add_seed_labels(task=polarity(), rows=[(one.pk, label("synergistic").pk, "seeds.csv") for one in made], now=NOW)
    middle = GoldLabel.objects.get(statement=made[1])
    link = ChainLink.objects.latest("position")
    with unguarded():
        rewrite(middle, origin="another file")
        (sentence,) = found()
        assert sentence.startswith(f"Link {link.position}: the gold label a row from {link.first_id} to {link.last_id}")
    with unguarded():
        remove(middle)
        assert f"Link {link.position} covers 3 gold label rows; 2 are there." in found()


def test_every_field_of_a_link_is_held_by_the_link(ledger: Rows) -> None:
    link = ChainLink.objects.filter(kind="decision").earliest("position")
    for field in ("kind", "first_id", "last_id", "n_rows", "digest", "previous", "hash", "linked_at", "position"):
        value = getattr(link, field)
        changed = "gold" if field == "kind" else something_else(value)
        with unguarded():
            rewrite(link, **{field: changed})
            assert any("Link" in sentence for sentence in found()), field


def test_a_link_taken_out_is_missed(ledger: Rows) -> None:
    third = ChainLink.objects.get(position=3)
    with unguarded():
        remove(third)
        sentences = found()
        assert "Link 3 of the chain is missing; the next one is 4." in sentences
        assert "Link 4 does not follow the link before it." in sentences


def test_the_newest_link_taken_out_leaves_its_fact_uncovered(ledger: Rows) -> None:
    newest = ChainLink.objects.latest("position")
    with unguarded():
        remove(newest)
        (sentence,) = found()
        assert re.fullmatch(r"\d+ gold label rows stand in the ledger; its chain covers \d+\.", sentence)


def test_two_links_swapped_are_noticed(ledger: Rows) -> None:
    second, third = ChainLink.objects.filter(position__in=(2, 3))
    with unguarded():
        rewrite(second, position=1_000)
        rewrite(third, position=2)
        rewrite(second, position=3)
        sentences = found()
    assert "Link 2 was changed: its own hash does not hold." in sentences
    assert "Link 3 was changed: its own hash does not hold." in sentences


def test_a_link_made_anew_over_a_changed_fact_does_not_fit_the_next(ledger: Rows) -> None:
    """Whoever changes a fact and its link would have to change every link after it as well."""
    from ledger.chain import rows_digest

    decision = ledger["decision"]
    link = ChainLink.objects.get(kind="decision", first_id=decision.pk)
    with unguarded():
        rewrite(decision, comment="never said")
        digest = rows_digest("decision", [Decision.objects.get(pk=decision.pk)])
        names = ("position", "kind", "first_id", "last_id", "n_rows", "previous", "linked_at")
        rewrite(link, digest=digest, hash=link_hash(digest=digest, **{name: getattr(link, name) for name in names}))
        assert found() == [f"Link {link.position + 1} does not follow the link before it."]


def test_a_guard_taken_down_is_named_although_nothing_was_changed(ledger: Rows) -> None:
    sentences = [
        f"The trigger ledger_promotion_refuses_{act} is missing: a fact could be changed."
        for act in ("update", "delete")
    ]
    from ledger.triggers import drop_sql

    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for sql in drop_sql(connection.vendor, "ledger_promotion"):
            cursor.execute(sql)
    assert list(problems()) == sentences


def test_work_that_goes_on_after_a_look_is_found_clean_again(ledger: Rows) -> None:
    assert list(problems()) == []
    answer(statement(tail="Heparin"), "synergistic")
    assert list(problems()) == []


def test_a_rewritten_statement_is_found(ledger: Rows) -> None:
    said = statement("Rivaroxaban", "Warfarin")
    for change in ({"text": said.text.replace("further", "less")}, {"head_end": 3}, {"tail_kind": "gene"}):
        with unguarded():
            rewrite(said, **change)
            assert found() == [f"Statement {said.pk}: its text or its mentions were changed after it was imported."]
    assert list(problems()) == []
