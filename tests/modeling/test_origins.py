"""Every token of every form of input leads back to the characters it stands for."""

from __future__ import annotations

from typing import get_args

import pytest
from tokenizers import Tokenizer

from ledger.patterns import Span as LedgerSpan
from ledger.patterns import pattern_of
from modeling.backbones import Backbone
from modeling.config import MentionForm
from modeling.encode import encode, encode_with_spans, load_tokenizer
from modeling.mentions import input_text
from modeling.origins import NotTraceable, in_sentence, origins
from modeling.records import Span, Statement
from tests.modeling.conftest import make_statement

FORMS = get_args(MentionForm)
TEMPLATE = "may ⟨1⟩ enhance the activity of ⟨2⟩ ."


@pytest.fixture(scope="module")
def tokenizer(backbone: Backbone) -> Tokenizer:
    return load_tokenizer(backbone.path)


def marked(text: str, head: str, tail: str, **changes: object) -> Statement:
    """A statement whose pattern is made as the ledger makes it, from the first place of either name."""
    spans = [LedgerSpan(text.index(name), text.index(name) + len(name)) for name in (head, tail)]
    return Statement(
        id=7,
        text=text,
        pattern=pattern_of(text, *spans),
        head=Span(spans[0].start, spans[0].end),
        tail=Span(spans[1].start, spans[1].end),
        **changes,  # type: ignore[arg-type]
    )


def led_back(statement: Statement, form: MentionForm, tokenizer: Tokenizer, max_tokens: int = 64) -> list[str]:
    """For each token of the input that is no special one, the characters of the sentence it stands for."""
    _, spans = encode_with_spans(statement, tokenizer, mentions=form, max_tokens=max_tokens)
    stretches = origins(statement, form)
    places = [in_sentence(span, stretches) for span in spans if span is not None]
    return [statement.text[place.start : place.end] for place in places]


def test_raw_tokens_are_the_sentences_own_words(tokenizer: Tokenizer) -> None:
    said = make_statement(1, TEMPLATE, head="ibuprofen")
    words = ["may", "ibu", "pro", "fen", "enhance", "the", "activity", "of", "warfarin", "."]
    assert led_back(said, "raw", tokenizer) == words


def test_masked_tokens_stand_for_whole_mentions(tokenizer: Tokenizer) -> None:
    said = make_statement(1, TEMPLATE, head="5-HT blocker")
    words = ["may", "5-HT blocker", "5-HT blocker", "enhance", "the", "activity", "of", "warfarin", "warfarin", "."]
    assert led_back(said, "masked", tokenizer) == words


def test_typed_marks_stand_for_whole_mentions_and_the_name_for_itself(tokenizer: Tokenizer) -> None:
    said = make_statement(1, "⟨1⟩ and ⟨2⟩ .", head="ibuprofen")
    assert input_text(said, "typed")[0] == "drug1 (ibuprofen) and drug2 (warfarin) ."
    head = ["ibuprofen", "ibuprofen", "ibuprofen", "ibu", "pro", "fen", "ibuprofen"]
    assert led_back(said, "typed", tokenizer) == [*head, "and", *["warfarin"] * 5, "."]


@pytest.mark.parametrize("form", FORMS)
def test_stretches_follow_each_other_over_the_whole_input(form: MentionForm) -> None:
    said = marked("When aspirin and warfarin meet, aspirin wins.", "aspirin", "warfarin", tail_kind="protein")
    text, _, _ = input_text(said, form)
    stretches = origins(said, form)
    assert [stretch.read.start for stretch in stretches] == [0, *(stretch.read.end for stretch in stretches[:-1])]
    assert stretches[-1].read.end == len(text)
    for stretch in stretches:
        if stretch.is_copied:
            read, origin = stretch.read, stretch.origin
            assert text[read.start : read.end] == said.text[origin.start : origin.end]


def test_every_occurrence_of_a_name_leads_back_to_its_own_place() -> None:
    said = marked("When aspirin and warfarin meet, aspirin wins.", "aspirin", "warfarin")
    places = [stretch.origin for stretch in origins(said, "masked") if not stretch.is_copied]
    assert places == [Span(5, 12), Span(17, 25), Span(32, 39)]


@pytest.mark.parametrize("form", FORMS)
def test_of_two_mentions_one_inside_the_other_each_keeps_its_place(form: MentionForm) -> None:
    said = marked("very aspirin and heparin .", "aspirin and heparin", "heparin")
    held = [stretch for stretch in origins(said, form) if stretch.origin in (said.head, said.tail)]
    assert bool(held) == (form != "raw")
    assert origins(said, form)[-1].origin.end == len(said.text)


@pytest.mark.parametrize("pattern", ["⟨1⟩ will enhance ⟨2⟩ .", "may ⟨1⟩ enhance the activity of ⟨2⟩", "⟨1⟩ ⟨2⟩"])
def test_a_pattern_of_another_sentence_is_refused(pattern: str) -> None:
    broken = make_statement(4, TEMPLATE)._replace(pattern=pattern)
    with pytest.raises(NotTraceable, match=r"pattern of statement 4 does not lead back .* from character \d+ on"):
        origins(broken, "masked")


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    ("template", "max_tokens"),
    [
        (TEMPLATE, 64),
        ("very " * 100 + "⟨1⟩ may reduce ⟨2⟩" + " more" * 100, 24),
        ("very " * 30_000 + "⟨1⟩ may reduce ⟨2⟩" + " more" * 30_000, 24),
        ("very ⟨1⟩ may " + "much " * 50_000 + "reduce ⟨2⟩ more", 32),
    ],
    ids=["short", "cut", "a page", "far apart"],
)
def test_the_ids_are_those_the_model_reads_and_the_spans_their_words(
    tokenizer: Tokenizer, form: MentionForm, template: str, max_tokens: int
) -> None:
    said = make_statement(1, template)
    ids, spans = encode_with_spans(said, tokenizer, mentions=form, max_tokens=max_tokens)
    assert [ids] == encode([said], tokenizer, mentions=form, max_tokens=max_tokens)
    text, _, _ = input_text(said, form)
    words = [tokenizer.id_to_token(number).removeprefix("##") for number in ids]
    read = [span and text[span.start : span.end].lower() for span in spans]
    assert (words[0], words[-1], read[0], read[-1]) == ("[CLS]", "[SEP]", None, None)
    known = [(word, part) for word, part in zip(words[1:-1], read[1:-1], strict=True) if word != "[UNK]"]
    assert all(word == part for word, part in known)
    assert len(known) >= len(words) - 8
