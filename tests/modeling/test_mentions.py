"""The forms in which a model reads a statement's two mentions."""

from __future__ import annotations

from typing import get_args

import pytest

from modeling.config import MentionForm
from modeling.mentions import SpanOutsideText, input_text, names_in
from modeling.records import Span, Statement
from tests.modeling.conftest import make_statement

TEMPLATE = "⟨1⟩ may increase the anticoagulant activities of ⟨2⟩."


def marked(statement: Statement, form: str) -> tuple[str, str, str]:
    """The text with the parts of it where head and tail stand."""
    text, head, tail = input_text(statement, form)  # type: ignore[arg-type]
    return text, text[head.start : head.end], text[tail.start : tail.end]


def test_masked_names_kind_and_number() -> None:
    statement = make_statement(1, TEMPLATE)._replace(tail_kind="protein")
    text = "drug1 may increase the anticoagulant activities of protein2."
    assert marked(statement, "masked") == (text, "drug1", "protein2")


def test_typed_writes_kind_and_number_beside_the_names() -> None:
    statement = make_statement(1, TEMPLATE)._replace(tail_kind="protein")
    text = "drug1 (aspirin) may increase the anticoagulant activities of protein2 (warfarin)."
    assert marked(statement, "typed") == (text, "drug1 (aspirin)", "protein2 (warfarin)")


def test_typed_with_the_tail_first() -> None:
    text = "aspirin is reduced by warfarin"
    statement = Statement(1, text, "⟨2⟩ is reduced by ⟨1⟩", head=Span(22, 30), tail=Span(0, 7))
    expected = "drug2 (aspirin) is reduced by drug1 (warfarin)"
    assert marked(statement, "typed") == (expected, "drug1 (warfarin)", "drug2 (aspirin)")


def test_typed_with_one_mention_inside_the_other() -> None:
    statement = Statement(1, "insulin glargine", "", head=Span(0, 7), tail=Span(0, 16))
    text = "drug2 (drug1 (insulin) glargine)"
    assert marked(statement, "typed") == (text, "drug1 (insulin)", text)


def test_tagged_writes_the_second_papers_signs_around_the_names() -> None:
    text = "$aspirin$ may increase the anticoagulant activities of #warfarin#."
    assert marked(make_statement(1, TEMPLATE), "tagged") == (text, "$aspirin$", "#warfarin#")


def test_tagged_with_the_tail_first_keeps_each_mentions_sign() -> None:
    statement = Statement(1, "aspirin is reduced by warfarin", "", head=Span(22, 30), tail=Span(0, 7))
    assert marked(statement, "tagged") == ("#aspirin# is reduced by $warfarin$", "$warfarin$", "#aspirin#")


@pytest.mark.parametrize("form", get_args(MentionForm))
def test_the_names_are_the_mentions_without_their_marks(form: MentionForm) -> None:
    statement = make_statement(1, TEMPLATE)
    text, head, tail = input_text(statement, form)
    names = [text[span.start : span.end] for span in names_in(statement, form, head, tail)]
    assert names == (["drug1", "drug2"] if form == "masked" else ["aspirin", "warfarin"])


@pytest.mark.parametrize("form", ["raw", "typed", "tagged"])
def test_a_span_outside_its_sentence_is_refused(form: str) -> None:
    broken = make_statement(41, TEMPLATE)._replace(head=Span(5, 500))
    with pytest.raises(SpanOutsideText, match="Statement 41 marks characters 5 to 500"):
        marked(broken, form)
