from __future__ import annotations

import pytest
from django.db import transaction

from ledger.models import AtcCode, Corpus, Drug, DrugAtc, Pattern, Statement, Task
from ledger.patterns import Span
from ledger.record.statements import (
    NOT_IN_INDEX,
    DrugDraft,
    Mention,
    StatementDraft,
    add_atc_codes,
    add_drugs,
    add_statements,
    link_atc,
)
from tests.ledger.facts import NOW

pytestmark = pytest.mark.django_db


def draft(external_id: str, text: str = "A meets B", **changes: object) -> StatementDraft:
    facts = {
        "external_id": external_id,
        "text": text,
        "head": Mention(Span(0, 1), "chemical", None),
        "tail": Mention(Span(8, 9), "gene", None),
        "pattern": "⟨1⟩ meets ⟨2⟩",
        "split": "train",
        "document": "d1",
    }
    return StatementDraft(**{**facts, **changes})  # type: ignore[arg-type]


@pytest.fixture
def corpus() -> Corpus:
    return Corpus.objects.create(name="c", title="c", task=Task.objects.get(slug="drugprot"), created_at=NOW)


def test_statements_of_any_kind_of_entity_are_added_once(corpus: Corpus) -> None:
    assert add_statements(corpus=corpus, drafts=[draft("1"), draft("2"), draft("1")]) == 2
    assert add_statements(corpus=corpus, drafts=[draft("2"), draft("3")]) == 1
    assert add_statements(corpus=corpus, drafts=[]) == 0
    statement = Statement.objects.get(external_id="1")
    assert (statement.head_text, statement.head_kind, statement.head_drug) == ("A", "chemical", None)
    assert (statement.tail_text, statement.tail_kind, statement.document) == ("B", "gene", "d1")
    assert Pattern.objects.count() == 1


def test_a_statement_that_is_there_stays_as_it_is(corpus: Corpus) -> None:
    add_statements(corpus=corpus, drafts=[draft("1")])
    changed = draft("1", text="A avoids B", pattern="⟨1⟩ avoids ⟨2⟩")
    assert add_statements(corpus=corpus, drafts=[changed]) == 0
    assert Statement.objects.get().text == "A meets B"
    assert Pattern.objects.count() == 1  # no pattern that nothing uses


def test_content_hash_covers_text_spans_and_kinds() -> None:
    same = draft("1").content_hash
    assert draft("2", document="d2", split="test").content_hash == same
    others = [
        draft("1", text="A meets C"),
        draft("1", head=Mention(Span(0, 2), "chemical", None)),
        draft("1", tail=Mention(Span(7, 9), "gene", None)),
        draft("1", head=Mention(Span(0, 1), "drug", None)),
        draft("1", head=Mention(Span(8, 9), "gene", None), tail=Mention(Span(0, 1), "chemical", None)),
    ]
    assert len({same, *(other.content_hash for other in others)}) == 6


def test_batch_is_all_or_nothing(corpus: Corpus) -> None:
    empty_mention = draft("2", head=Mention(Span(3, 3), "chemical", None))
    with pytest.raises(Exception, match="mentions_are_not_empty"), transaction.atomic():
        add_statements(corpus=corpus, drafts=[draft("1"), empty_mention])
    assert not Statement.objects.exists()
    assert not Pattern.objects.exists()


def test_drugs_and_codes_count_only_what_is_new() -> None:
    assert add_drugs(drafts=[DrugDraft("DB00001", "A", ("a", "B"))]) == 1
    assert add_drugs(drafts=[DrugDraft("DB00001", "A", ("C",)), DrugDraft("DB00002", "D", ())]) == 1
    drug = Drug.objects.get(drugbank_id="DB00001")
    assert list(drug.names.order_by("id").values_list("name", flat=True)) == ["A", "B", "C"]
    assert add_atc_codes(entries=[("A01", "one"), ("A02", "two")]) == 2
    assert add_atc_codes(entries=[("A01", "first"), ("A03", "three")]) == 1
    assert link_atc(pairs=[(drug.pk, "A01"), (drug.pk, "Z99"), (drug.pk, "A01")]) == 2
    assert link_atc(pairs=[(drug.pk, "A01")]) == 0
    assert dict(AtcCode.objects.values_list("code", "name")) == {
        "A01": "first",
        "A02": "two",
        "A03": "three",
        "Z99": NOT_IN_INDEX,
    }
    assert DrugAtc.objects.count() == 2
