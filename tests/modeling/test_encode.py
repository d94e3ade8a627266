from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from tokenizers import Tokenizer
from tokenizers.models import WordLevel

from modeling.backbones import Backbone
from modeling.encode import (
    MentionCutOff,
    NoBlank,
    TokenizerMissing,
    blank_of,
    encode,
    load_tokenizer,
    tokenizer_sha256,
)
from modeling.mentions import PlaceholderMissing, SpanOutsideText
from modeling.records import Span, Statement
from tests.modeling.conftest import make_statement

TEMPLATE = "⟨1⟩ may increase the anticoagulant activities of ⟨2⟩."


@pytest.fixture(scope="module")
def tokenizer(backbone: Backbone) -> Tokenizer:
    return load_tokenizer(backbone.path)


def words(tokenizer: Tokenizer, ids: list[int]) -> list[str]:
    return [tokenizer.id_to_token(number) for number in ids]


def test_raw_is_the_sentence_as_it_is(tokenizer: Tokenizer) -> None:
    (ids,) = encode([make_statement(1, TEMPLATE)], tokenizer, mentions="raw", max_tokens=64)
    expected = "[CLS] aspirin may increase the anticoagulant activities of warfarin . [SEP]"
    assert words(tokenizer, ids) == expected.split()


def test_statements_of_one_pattern_are_one_masked_input(tokenizer: Tokenizer) -> None:
    pair = [make_statement(1, TEMPLATE, "aspirin", "heparin"), make_statement(2, TEMPLATE, "warfarin", "ibuprofen")]
    first, second = encode(pair, tokenizer, mentions="masked", max_tokens=64)
    assert first == second


def test_swapping_head_and_tail_changes_the_masked_input(tokenizer: Tokenizer) -> None:
    statement = make_statement(1, TEMPLATE)
    swapped = statement._replace(pattern="⟨2⟩ may increase the anticoagulant activities of ⟨1⟩.")
    first, second = encode([statement, swapped], tokenizer, mentions="masked", max_tokens=64)
    assert first != second


def test_special_tokens_written_in_a_sentence_are_only_text(tokenizer: Tokenizer) -> None:
    (ids,) = encode([make_statement(1, "⟨1⟩ [SEP] [PAD] ⟨2⟩")], tokenizer, mentions="raw", max_tokens=64)
    assert words(tokenizer, ids) == ["[CLS]", "aspirin", "[", "sep", "]", "[", "[UNK]", "]", "warfarin", "[SEP]"]


@pytest.mark.parametrize("span", [Span(0, 0), Span(5, 3), Span(-1, 4), Span(0, 10_000)])
def test_span_outside_its_sentence_is_refused(tokenizer: Tokenizer, span: Span) -> None:
    broken = make_statement(41, TEMPLATE)._replace(tail=span)
    with pytest.raises(SpanOutsideText, match="Statement 41 marks characters"):
        encode([broken], tokenizer, mentions="raw", max_tokens=64)


@pytest.mark.parametrize(("pattern", "missing"), [("no mark", "⟨1⟩"), ("⟨1⟩ alone", "⟨2⟩"), ("⟨2⟩ alone", "⟨1⟩")])
def test_pattern_without_one_of_its_marks_is_refused(tokenizer: Tokenizer, pattern: str, missing: str) -> None:
    broken = make_statement(42, TEMPLATE)._replace(pattern=pattern)
    with pytest.raises(PlaceholderMissing, match=f"statement 42 has no {missing}"):
        encode([broken], tokenizer, mentions="masked", max_tokens=64)


def far(before: int, between: int, after: int) -> Statement:
    return make_statement(7, "very " * before + "⟨1⟩ may " + "much " * between + "reduce ⟨2⟩" + " more" * after)


@pytest.mark.parametrize("mentions", ["raw", "masked"])
@pytest.mark.parametrize(("before", "between", "after"), [(100, 3, 0), (0, 3, 100), (100, 3, 100), (30_000, 3, 30_000)])
def test_long_text_is_cut_around_both_mentions_and_what_lies_between(
    tokenizer: Tokenizer, mentions: str, before: int, between: int, after: int
) -> None:
    (ids,) = encode([far(before, between, after)], tokenizer, mentions=mentions, max_tokens=24)  # type: ignore[arg-type]
    assert len(ids) == 24
    text = " ".join(words(tokenizer, ids)).replace(" ##", "")
    head, tail = ("aspirin", "warfarin") if mentions == "raw" else ("drug1", "drug2")
    assert f"{head} may much much much reduce {tail}" in text
    assert text.startswith("[CLS] ")
    assert text.endswith(" [SEP]")


@pytest.mark.parametrize("between", [100, 50_000])
def test_mentions_too_far_apart_keep_the_words_around_each(tokenizer: Tokenizer, between: int) -> None:
    (ids,) = encode([far(100, between, 100)], tokenizer, mentions="raw", max_tokens=16)
    assert len(ids) == 16
    text = " ".join(words(tokenizer, ids))
    assert "very aspirin may much" in text
    assert "much reduce warfarin more" in text


def test_mention_longer_than_the_room_is_refused_and_says_what_would_do(tokenizer: Tokenizer) -> None:
    statement = make_statement(9, "⟨1⟩" + " much" * 40 + " ⟨2⟩", head=" ".join(["aspirin"] * 12))
    with pytest.raises(MentionCutOff, match=r"statement 9 take up to 12 tokens .* raise max_tokens to 26"):
        encode([statement], tokenizer, mentions="raw", max_tokens=16)
    (ids,) = encode([statement], tokenizer, mentions="raw", max_tokens=26)
    assert words(tokenizer, ids).count("aspirin") == 12


def test_mention_inside_the_other_is_kept(tokenizer: Tokenizer) -> None:
    text = "very " * 50 + "aspirin and heparin" + " more" * 50
    inside = Statement(5, text, "⟨1⟩ ⟨2⟩", Span(250, 269), Span(262, 269))
    (ids,) = encode([inside], tokenizer, mentions="raw", max_tokens=12)
    assert "aspirin and heparin" in " ".join(words(tokenizer, ids))


def test_of_several_marks_the_nearest_pair_is_kept(tokenizer: Tokenizer) -> None:
    pattern = "⟨2⟩" + " very" * 60 + " ⟨1⟩ may reduce ⟨2⟩" + " more" * 60 + " ⟨1⟩"
    statement = make_statement(3, TEMPLATE)._replace(pattern=pattern)
    (ids,) = encode([statement], tokenizer, mentions="masked", max_tokens=16)
    assert "drug1 may reduce drug2" in " ".join(words(tokenizer, ids)).replace(" ##", "")


def test_a_page_of_a_hundred_thousand_characters_takes_no_time(tokenizer: Tokenizer) -> None:
    hostile = [
        make_statement(1, "⟨1⟩ " + filler * (100_000 // len(filler)) + " ⟨2⟩") for filler in ("a", ". ", "much ", "é́")
    ]
    start = time.perf_counter()
    ids = encode(hostile * 5, tokenizer, mentions="raw", max_tokens=64)
    assert time.perf_counter() - start < 5
    assert max(map(len, ids)) <= 64


def test_published_truncation_and_padding_are_undone(tokenizer: Tokenizer) -> None:
    assert len(tokenizer.encode("much " * 30).ids) == 32
    assert len(tokenizer.encode("much").ids) == 3


def test_a_hidden_word_is_the_mask_where_there_is_one(backbone: Backbone) -> None:
    tokenizer = load_tokenizer(backbone.path)
    assert blank_of(tokenizer) == ("[PAD]", 0)
    tokenizer.add_special_tokens(["[MASK]"])
    assert blank_of(tokenizer)[0] == "[MASK]"


def test_a_tokenizer_without_a_blank_is_refused_with_what_to_do() -> None:
    with pytest.raises(NoBlank, match=r"knows none of \[MASK\], .* set DDI_BACKBONE to one that does"):
        blank_of(Tokenizer(WordLevel({"a": 0, "[UNK]": 1}, unk_token="[UNK]")))


def test_folder_without_tokenizer_is_refused(backbone_copy: Callable[..., Path]) -> None:
    with pytest.raises(TokenizerMissing, match=r"neither tokenizer.json nor vocab.txt"):
        load_tokenizer(backbone_copy("tokenizer.json"))


def test_vocabulary_alone_reads_like_the_tokenizer_file(backbone_copy: Callable[..., Path]) -> None:
    folder = backbone_copy()
    whole = load_tokenizer(folder)
    vocabulary = sorted(whole.get_vocab().items(), key=lambda entry: entry[1])
    (folder / "vocab.txt").write_text("".join(f"{word}\n" for word, _ in vocabulary), encoding="utf-8")
    (folder / "tokenizer.json").unlink()
    sentence = "Aspirin may increase the activities of IBUPROFEN."
    assert load_tokenizer(folder).encode(sentence).ids == whole.encode(sentence).ids


def test_tokenizers_are_told_apart_by_vocabulary_and_by_reading(
    tokenizer: Tokenizer, backbone_copy: Callable[..., Path]
) -> None:
    folder = backbone_copy()
    assert tokenizer_sha256(load_tokenizer(folder)) == tokenizer_sha256(tokenizer)
    text = (folder / "tokenizer.json").read_text(encoding="utf-8")
    for changed in (text.replace('"lowercase": true', '"lowercase": false'), text.replace('"warfarin"', '"warfarim"')):
        assert changed != text
        (folder / "tokenizer.json").write_text(changed, encoding="utf-8")
        assert tokenizer_sha256(load_tokenizer(folder)) != tokenizer_sha256(tokenizer)
