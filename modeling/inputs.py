"""What a configured network reads of statements: token ids, and the mentions' places and kinds if it asks for them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tokenizers import Tokenizer

from modeling.config import MentionForm, TrainingConfig
from modeling.encode import CHARACTERS_PER_TOKEN, cut, encode, encode_with_spans, nearby, spans_of, touching
from modeling.mentions import UnreadableStatement, input_text, names_in
from modeling.records import Input, Other, Places, Span, Statement


class MentionUnread(UnreadableStatement):
    """The tokenizer leaves nothing of a mention, so a network that reads its tokens would read none."""


def inputs_of(statements: Sequence[Statement], tokenizer: Tokenizer, config: TrainingConfig) -> list[Input]:
    """What the configured network reads of each statement, in their order.

    Raises what `encode` raises, and MentionUnread where the network reads the mentions' own tokens.
    """
    mentions, max_tokens = config.mentions, config.max_tokens
    if config.reads_kinds:
        return encode_with_kinds(statements, tokenizer, max_tokens=max_tokens)
    if config.reads_places:
        return encode_with_places(statements, tokenizer, mentions=mentions, max_tokens=max_tokens)
    return [Input(tuple(ids)) for ids in encode(statements, tokenizer, mentions=mentions, max_tokens=max_tokens)]


def encode_with_places(
    statements: Sequence[Statement], tokenizer: Tokenizer, *, mentions: MentionForm, max_tokens: int
) -> list[Input]:
    """The token ids that `encode` gives, and the tokens of both names, without the marks around them.

    Raises what `encode` raises, and MentionUnread.
    """
    reach = CHARACTERS_PER_TOKEN * max_tokens
    texts = [nearby(*input_text(statement, mentions), reach=reach) for statement in statements]
    found = []
    for statement, encoding, (text, head, tail) in zip(
        statements, tokenizer.encode_batch([text for text, _, _ in texts]), texts, strict=True
    ):
        if len(encoding.ids) <= max_tokens:
            ids, spans = encoding.ids, spans_of(encoding)
        else:
            ids, spans = cut(tokenizer, statement, text, (head, tail), max_tokens=max_tokens)
        names = names_in(statement, mentions, head, tail)
        found.append(Input(tuple(ids), _places(statement, spans, *names)))
    return found


def encode_with_kinds(statements: Sequence[Statement], tokenizer: Tokenizer, *, max_tokens: int) -> list[Input]:
    """The tokens of each sentence as it is, of what kind of mention each is a part, and where the pair's two stand.

    All pairs of a sentence have equal ids and kinds, so a network needs to encode it once; a sentence longer than
    `max_tokens` is cut around each pair apart. Raises what `encode` raises, and MentionUnread.
    """
    texts = list(dict.fromkeys(one.text for one in statements if len(one.text) <= CHARACTERS_PER_TOKEN * max_tokens))
    whole = {
        text: (tuple(encoding.ids), spans_of(encoding))
        for text, encoding in zip(texts, tokenizer.encode_batch(texts), strict=True)
        if len(encoding.ids) <= max_tokens
    }
    kinds_of: dict[tuple[str, frozenset[Other]], tuple[int, ...]] = {}
    found = []
    for statement in statements:
        if statement.text in whole:
            input_text(statement, "raw")  # which refuses a mention outside it
            ids, spans = whole[statement.text]
            marked = frozenset(_mentions(statement))
            kinds = kinds_of.get((statement.text, marked))
            if kinds is None:
                kinds = kinds_of[statement.text, marked] = _kinds(statement, marked, spans)
        else:
            around, spans = encode_with_spans(statement, tokenizer, mentions="raw", max_tokens=max_tokens)
            ids, kinds = tuple(around), _kinds(statement, _mentions(statement), spans)
        found.append(Input(ids, _places(statement, spans, statement.head, statement.tail), kinds))
    return found


def _mentions(statement: Statement) -> tuple[Other, ...]:
    """All that the sentence mentions."""
    pair = Other(statement.head, statement.head_kind), Other(statement.tail, statement.tail_kind)
    return (*pair, *statement.others)


def _kinds(statement: Statement, mentions: Iterable[Other], spans: Sequence[Span | None]) -> tuple[int, ...]:
    """Of each token: 0 no part of a mention, 1 of one of the head's kind, 2 of the tail's; the inner of two counts."""
    kinds = [0] * len(spans)
    for mention in sorted(mentions, key=lambda one: (one.span.start, -one.span.end, one.kind)):
        number = 1 if mention.kind == statement.head_kind else 2 if mention.kind == statement.tail_kind else 0
        first, end = touching(spans, mention.span)
        kinds[first:end] = [number] * (end - first)
    return tuple(kinds)


def _places(statement: Statement, spans: Sequence[Span | None], head: Span, tail: Span) -> Places:
    """The tokens of head and tail. Raises MentionUnread."""
    (head_start, head_end), (tail_start, tail_end) = touching(spans, head), touching(spans, tail)
    if not (head_end and tail_end):
        raise MentionUnread(
            f"The backbone's tokenizer leaves no token of the {'tail' if head_end else 'head'} of statement "
            f"{statement.id}: correct its text, or train a model that reads the whole sentence."
        )
    return Places(head_start, head_end, tail_start, tail_end)
