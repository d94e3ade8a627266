"""The evidence beside a sentence of a document: drugs found by name, its other pairs, the same names elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from ledger.models import Drug, DrugAtc, GoldLabel, Statement, Task
from ledger.record.statements import DrugDraft, add_atc_codes, add_drugs
from review.actions.claim import claim
from review.models import ReviewItem
from review.queries.item import get_item_page
from tests.ledger import facts
from tests.review.conftest import Flagged, MakeItem, answered, item_page, put_in_queue, queue_build, sign_in

OfDocument = Callable[..., ReviewItem]
LISTED = "Other pairs of this sentence"


@pytest.fixture(autouse=True)
def _vocabulary(task: Task) -> None:
    add_drugs(drafts=[DrugDraft("DB00682", "Warfarin", ("Coumadin",)), DrugDraft("DB00945", "Aspirin", ("ASA",))])
    add_atc_codes(entries=[("B01AA03", "warfarin")])
    DrugAtc.objects.create(drug=Drug.objects.get(drugbank_id="DB00682"), code_id="B01AA03")


def of_document(head: str, tail: str, wording: str = "{} beside {}.", **changes: Any) -> Statement:
    unlinked: dict[str, Any] = {"head_drug": None, "tail_drug": None, "document": "doc.1"}
    return facts.statement(head, tail, wording, **(unlinked | changes))


@pytest.fixture
def asked(flagged: Flagged) -> OfDocument:
    """Puts a statement of a document into the queue."""
    build = queue_build()

    def ask(*names: str, **changes: Any) -> ReviewItem:
        return put_in_queue(build, flagged("low_confidence", of=of_document(*names, **changes)), "low_confidence")

    return ask


def test_a_mention_is_linked_to_the_drug_of_its_name(asked: OfDocument, pharmacist: User) -> None:
    item = asked("coumadin", "warfarin  sodium")
    for page in (item_page(item, pharmacist), statement_page(item.statement, pharmacist)):
        assert page.count("Warfarin DB00682") == 2
        assert page.count("Found by its name; the corpus does not say which drug is meant.") == 2
        assert page.count("<code>B01AA03</code>") == 2
        assert "no ATC code known" not in page


def test_what_is_no_known_drug_is_not_linked_and_has_no_missing_code(asked: OfDocument, pharmacist: User) -> None:
    page = item_page(asked("toxins", "ASA"), pharmacist)
    assert page.count("not linked to a drug") == 1
    assert page.count("no ATC code known") == 1  # of aspirin, which the vocabulary above has none for


def test_a_gene_is_no_drug_even_where_one_has_its_name(asked: OfDocument, pharmacist: User) -> None:
    page = item_page(asked("Warfarin", "ASA", head_kind="chemical", tail_kind="gene"), pharmacist)
    assert page.count("Found by its name") == 1
    assert "DB00945" not in page
    assert "not linked to a drug" not in page


def test_a_name_that_several_drugs_go_by_means_none(asked: OfDocument, pharmacist: User) -> None:
    add_drugs(drafts=[DrugDraft("DB00001", "Acetoxy", ("ASA",))])
    assert "not linked to a drug" in item_page(asked("ASA", "Warfarin"), pharmacist)


def test_the_link_is_not_kept_with_the_statement(asked: OfDocument, pharmacist: User) -> None:
    item = asked("Warfarin", "Aspirin")
    item_page(item, pharmacist)
    kept = Statement.objects.get(pk=item.statement_id)
    assert (kept.head_drug_id, kept.tail_drug_id) == (None, None)


def test_two_pairs_without_drugs_are_not_the_same_pair(asked: OfDocument, pharmacist: User) -> None:
    asked("Chem0", "GENE0", "{} inhibits {}.", head_kind="chemical", tail_kind="gene", document="doc.0")
    page = item_page(asked("Chem1", "GENE1", head_kind="chemical", tail_kind="gene"), pharmacist)
    assert "elsewhere" not in page
    assert "GENE0" not in page


def test_the_same_two_names_elsewhere_whatever_their_case_and_order(
    asked: OfDocument, pharmacist: User, second_pharmacist: User
) -> None:
    kinds = {"head_kind": "chemical", "tail_kind": "gene"}
    elsewhere = asked("CHEM  A", "gene1", "{} binds {} firmly.", document="doc.2", **kinds)
    turned = asked("Gene1", "Chem a", "{} is bound by {}.", document="doc.3", head_kind="gene", tail_kind="chemical")
    asked("Chem a", "Gene1", "{} and {} are words here.", document="doc.4", head_kind="drug", tail_kind="drug")
    asked("Chem a", "Gene12", "{} does not touch {}, unlike Gene1.", document="doc.5", **kinds)
    answered(elsewhere, second_pharmacist, "synergistic")
    page = item_page(asked("Chem a", "Gene1", **kinds), pharmacist)
    shown = page[page.index("The same two names elsewhere") :]
    assert f">#{elsewhere.pk}</a>" in shown
    assert f">#{turned.pk}</a>" in shown
    assert shown.count('<li><a href="/items/') == 2
    assert "synergistic</span>" in shown


def test_names_in_other_letters_than_ascii_are_the_same_too(asked: OfDocument, pharmacist: User) -> None:
    kinds = {"head_kind": "chemical", "tail_kind": "gene"}
    elsewhere = asked("Δ9-Thc  acid", "ΒLock", "{} binds {} firmly.", document="doc.2", **kinds)
    page = item_page(asked("δ9-THC acid", "βlock", **kinds), pharmacist)
    assert f">#{elsewhere.pk}</a>" in page[page.index("The same two names elsewhere") :]


def test_the_other_pairs_of_the_sentence_with_what_is_said_of_them(
    asked: OfDocument, flagged: Flagged, pharmacist: User
) -> None:
    text = "{} beside ibuprofen and {}."
    other = asked("Aspirin", "Warfarin", text, head_start=15, head_end=24)
    unread = of_document("Aspirin", "Warfarin", text, tail_start=15, tail_end=24)
    asked("Aspirin", "Warfarin", text, document="doc.2")
    page = item_page(asked("Aspirin", "Warfarin", text), pharmacist)
    shown = page[page.index(LISTED) :].split("</section>")[0]
    assert f'href="/items/{other.pk}/"' in shown
    assert f'href="/statements/{unread.pk}/"' in shown
    assert shown.count("<li>") == 2
    assert shown.index("Aspirin") < shown.index("ibuprofen <span")  # in the order of the sentence
    assert shown.count("The model says") == 1
    assert shown.count("not settled") == 1


def test_before_ones_own_answer_nothing_is_told_of_other_peoples(
    asked: OfDocument, pharmacist: User, second_pharmacist: User
) -> None:
    text = "{} beside ibuprofen and {}."
    other = asked("Aspirin", "Warfarin", text, head_start=15, head_end=24)
    answered(other, second_pharmacist, "synergistic")
    assert GoldLabel.objects.filter(statement=other.statement_id).exists()
    item = asked("Aspirin", "Warfarin", text)
    shown = _listed(item, pharmacist)
    assert "synergistic" in shown
    ReviewItem.objects.filter(pk=other.pk).update(state=ReviewItem.State.AWAITING_SECOND)  # a model disputes the gold
    assert "synergistic" not in _listed(item, pharmacist)
    assert "synergistic" in _listed(item, second_pharmacist)  # who answered it


def test_where_answers_are_blind_the_models_answers_wait_for_ones_own(
    asked: OfDocument, task: Task, pharmacist: User
) -> None:
    Task.objects.filter(pk=task.pk).update(blind=True)
    text = "{} beside ibuprofen and {}."
    read = asked("Aspirin", "Warfarin", text, head_start=15, head_end=24)
    item = asked("Aspirin", "Warfarin", text)
    assert "The model says" not in _listed(item, pharmacist)
    claim(item=item, reviewer=pharmacist, now=timezone.now())
    item.refresh_from_db()
    answered(item, pharmacist)
    assert "The model says" not in _listed(item, pharmacist)  # the other pair still waits for an answer
    ReviewItem.objects.filter(pk=read.pk).update(state=ReviewItem.State.SETTLED)
    assert "The model says" in _listed(item, pharmacist)
    untouched = asked("Aspirin", "Warfarin", text, tail_start=15, tail_end=24)
    assert "The model says" not in _listed(untouched, pharmacist)  # nor of a settled one, before the first answer


def test_the_queries_do_not_grow_with_what_is_found(
    asked: OfDocument, make_item: MakeItem, pharmacist: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    by_key = make_item()
    few = asked("Chem1", "Chem2", document="doc.9")
    text = "{} beside ibuprofen and {}."
    for number in range(8):
        asked("Aspirin", "Warfarin", f"{{}} with {{}} again, {number}.", document=f"doc.{number}")
        asked("Aspirin", "Warfarin", text, head_start=15, head_end=24, external_id=f"of-{number}")
    many = asked("Aspirin", "Warfarin", text)
    with django_assert_num_queries(7):
        get_item_page(by_key.pk, pharmacist, facts.NOW)
    with django_assert_num_queries(8):  # nobody is asked for the codes of drugs that are none
        get_item_page(few.pk, pharmacist, facts.NOW)
    with django_assert_num_queries(9):
        page = get_item_page(many.pk, pharmacist, facts.NOW)
    assert len(page.neighbours.of_pair) == 5
    assert len(page.neighbours.of_sentence) == 8


def statement_page(statement: Statement, reader: User) -> str:
    return sign_in(reader).get(f"/statements/{statement.pk}/").content.decode()


def _listed(item: ReviewItem, reader: User) -> str:
    page = item_page(item, reader)
    return page[page.index(LISTED) :].split("</section>")[0]
