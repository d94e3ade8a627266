"""What a network is given beside the token ids: where both mentions stand, and of which kinds the others are."""

from __future__ import annotations

from typing import get_args

import pytest
from tokenizers import Tokenizer

from modeling.backbones import Backbone
from modeling.config import MentionForm, TrainingConfig
from modeling.encode import MentionCutOff, encode, load_tokenizer
from modeling.inputs import MentionUnread, encode_with_kinds, encode_with_places, inputs_of
from modeling.mentions import SpanOutsideText
from modeling.records import Input, Other, Span, Statement
from tests.modeling.conftest import make_statement
from tests.modeling.test_encode import TEMPLATE, far, words

SENTENCE = "aspirin and warfarin may reduce heparin"
AT = {"aspirin": Span(0, 7), "warfarin": Span(12, 20), "heparin": Span(32, 39)}


@pytest.fixture(scope="module")
def tokenizer(backbone: Backbone) -> Tokenizer:
    return load_tokenizer(backbone.path)


def pair(number: int, head: str, tail: str, other: str, text: str = SENTENCE) -> Statement:
    """Two of the sentence's three drugs, of which heparin is said to be a gene."""
    kinds = {name: "gene" if name == "heparin" else "chemical" for name in AT}
    others = (Other(AT[other], kinds[other]),)
    return Statement(number, text, "⟨1⟩ ⟨2⟩", AT[head], AT[tail], "chemical", "gene", others)


def placed(tokenizer: Tokenizer, one: Input) -> tuple[list[str], list[str]]:
    """The words of both places."""
    assert one.places
    read = words(tokenizer, list(one.ids))
    head_start, head_end, tail_start, tail_end = one.places
    return read[head_start:head_end], read[tail_start:tail_end]


@pytest.mark.parametrize("form", get_args(MentionForm))
def test_places_are_the_tokens_of_both_names_without_marks(tokenizer: Tokenizer, form: MentionForm) -> None:
    statement = make_statement(1, TEMPLATE, head="ibuprofen")
    (one,) = encode_with_places([statement], tokenizer, mentions=form, max_tokens=64)
    assert [list(one.ids)] == encode([statement], tokenizer, mentions=form, max_tokens=64)
    expected = (["drug", "##1"], ["drug", "##2"]) if form == "masked" else (["ibu", "##pro", "##fen"], ["warfarin"])
    assert placed(tokenizer, one) == expected


@pytest.mark.parametrize(("before", "between", "after"), [(100, 3, 100), (30_000, 3, 30_000), (100, 50_000, 100)])
def test_places_are_kept_where_the_text_is_cut(tokenizer: Tokenizer, before: int, between: int, after: int) -> None:
    statement = far(before, between, after)
    (one,) = encode_with_places([statement], tokenizer, mentions="tagged", max_tokens=24)
    assert [list(one.ids)] == encode([statement], tokenizer, mentions="tagged", max_tokens=24)
    assert placed(tokenizer, one) == (["aspirin"], ["warfarin"])


def test_a_mention_that_cannot_be_kept_is_refused_with_places_too(tokenizer: Tokenizer) -> None:
    statement = make_statement(9, "⟨1⟩" + " much" * 40 + " ⟨2⟩", head=" ".join(["aspirin"] * 12))
    with pytest.raises(MentionCutOff, match=r"statement 9 take up to 14 tokens .* raise max_tokens to 30"):
        encode_with_places([statement], tokenizer, mentions="tagged", max_tokens=16)


def test_a_mention_of_which_no_token_is_left_is_refused(tokenizer: Tokenizer) -> None:
    statement = make_statement(8, TEMPLATE, tail="\u200b")  # the normaliser takes it for a control character
    with pytest.raises(MentionUnread, match="no token of the tail of statement 8"):
        encode_with_places([statement], tokenizer, mentions="tagged", max_tokens=64)


def test_only_a_network_that_reads_places_is_given_them(tokenizer: Tokenizer) -> None:
    statements = [make_statement(1, TEMPLATE)]
    (with_places,) = inputs_of(statements, tokenizer, TrainingConfig(architecture="rbert_cnn", mentions="tagged"))
    (without,) = inputs_of(statements, tokenizer, TrainingConfig(mentions="tagged"))
    assert with_places.places
    assert without == Input(with_places.ids)


def test_all_pairs_of_a_sentence_are_one_input_with_places_of_their_own(tokenizer: Tokenizer) -> None:
    statements = [pair(1, "aspirin", "heparin", "warfarin"), pair(2, "warfarin", "heparin", "aspirin")]
    first, second = inputs_of(statements, tokenizer, TrainingConfig(architecture="pair_reader", mentions="raw"))
    assert list(first.ids) == encode(statements, tokenizer, mentions="raw", max_tokens=64)[0]
    assert (first.ids, first.kinds) == (second.ids, second.kinds)
    assert first.ids is second.ids  # read once
    assert words(tokenizer, list(first.ids)) == ["[CLS]", *SENTENCE.split(), "[SEP]"]
    assert first.kinds == (0, 1, 0, 1, 0, 0, 2, 0)
    assert placed(tokenizer, first) == (["aspirin"], ["heparin"])
    assert placed(tokenizer, second) == (["warfarin"], ["heparin"])


def test_mentions_of_one_kind_are_told_alike_and_of_a_third_not_at_all(tokenizer: Tokenizer) -> None:
    statement = pair(1, "aspirin", "heparin", "warfarin")._replace(tail_kind="chemical")
    (alike,) = encode_with_kinds([statement], tokenizer, max_tokens=64)
    assert alike.kinds == (0, 1, 0, 1, 0, 0, 1, 0)
    (third,) = encode_with_kinds(
        [statement._replace(others=(Other(AT["warfarin"], "disease"),))], tokenizer, max_tokens=64
    )
    assert third.kinds == (0, 1, 0, 0, 0, 0, 1, 0)


def test_of_two_mentions_the_inner_one_tells_the_kind(tokenizer: Tokenizer) -> None:
    around = Other(Span(0, 20), "gene")
    (one,) = encode_with_kinds(
        [pair(1, "aspirin", "heparin", "warfarin")._replace(others=(around,))], tokenizer, max_tokens=64
    )
    assert one.kinds == (0, 1, 2, 2, 0, 0, 2, 0)


def test_a_sentence_that_is_too_long_is_cut_around_each_pair(tokenizer: Tokenizer) -> None:
    text = SENTENCE + " very" * 40
    statements = [pair(1, "aspirin", "heparin", "warfarin", text), pair(2, "warfarin", "heparin", "aspirin", text)]
    for one, head in zip(encode_with_kinds(statements, tokenizer, max_tokens=16), ("aspirin", "warfarin"), strict=True):
        assert len(one.ids) == len(one.kinds or ()) == 16
        assert placed(tokenizer, one) == ([head], ["heparin"])
        assert [(one.kinds or ())[place] for place in range(1, 8)] == [1, 0, 1, 0, 0, 2, 0]


def test_a_mention_outside_its_sentence_is_refused_with_kinds_too(tokenizer: Tokenizer) -> None:
    broken = pair(7, "aspirin", "heparin", "warfarin")._replace(tail=Span(32, 60))
    with pytest.raises(SpanOutsideText, match="Statement 7"):
        encode_with_kinds([broken], tokenizer, max_tokens=64)
