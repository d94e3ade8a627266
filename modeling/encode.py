"""From a statement to the numbers a model reads, with both mentions certainly inside."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

from tokenizers import Encoding, Tokenizer

from modeling.config import MentionForm
from modeling.mentions import UnreadableStatement, input_text
from modeling.records import Span, Statement

BLANKS = ("[MASK]", "<mask>", "[PAD]", "<pad>")
"""What stands in the place of a word that is hidden: the first of these that the backbone knows."""

_PROBE = "Naïve Äpfel: 5-HT₂ (α/β) [SEP] l'ibuprofène, 10 mg/kg; drug1 and DRUG2."

CHARACTERS_PER_TOKEN = 16
"""More than words of any language take on average: text further off could not enter the input anyway."""


class MentionCutOff(UnreadableStatement):
    """The two mentions alone are longer than the longest input, so one of them would be cut."""


class TokenizerMissing(FileNotFoundError):
    """The backbone's folder holds no tokenizer."""


class TokenizerUnreadable(ValueError):
    """The backbone's tokenizer file holds none."""


class NoBlank(ValueError):
    """The backbone's tokenizer has no token that stands for no word."""


def load_tokenizer(folder: Path) -> Tokenizer:
    """The backbone's tokenizer, without truncation or padding.

    A sentence that holds "[SEP]" or the like is text as any other: it gets no special token.
    Raises TokenizerMissing or TokenizerUnreadable.
    """
    if (folder / "tokenizer.json").is_file():
        tokenizer = _read_tokenizer(folder / "tokenizer.json")
    elif (folder / "vocab.txt").is_file():
        from transformers import AutoTokenizer

        tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True).backend_tokenizer
    else:
        raise TokenizerMissing(
            f"The backbone folder {folder} has neither tokenizer.json nor vocab.txt: set DDI_BACKBONE to a complete "
            "model folder."
        )
    tokenizer.no_truncation()
    tokenizer.no_padding()
    tokenizer.encode_special_tokens = True
    return tokenizer


def blank_of(tokenizer: Tokenizer) -> tuple[str, int]:
    """The token that stands for a hidden word, and its id. Raises NoBlank."""
    for word in BLANKS:
        if (number := tokenizer.token_to_id(word)) is not None:
            return word, number
    raise NoBlank(
        f"The backbone's tokenizer knows none of {', '.join(BLANKS)}, so no word can be hidden: set DDI_BACKBONE to "
        "one that does, and hidden_mentions to 0 meanwhile."
    )


def _read_tokenizer(path: Path) -> Tokenizer:
    try:
        return Tokenizer.from_file(str(path))
    except Exception as error:  # the library raises nothing narrower, and does not say which file it is
        raise TokenizerUnreadable(f"The tokenizer {path} cannot be read ({error}): restore it from a copy.") from error


def tokenizer_sha256(tokenizer: Tokenizer) -> str:
    """What tells one tokenizer from another: the hash of its vocabulary and of how it reads one awkward sentence."""
    vocabulary = sorted(tokenizer.get_vocab().items())
    return hashlib.sha256(repr((vocabulary, tokenizer.encode(_PROBE).ids)).encode()).hexdigest()


def encode(
    statements: Sequence[Statement], tokenizer: Tokenizer, *, mentions: MentionForm, max_tokens: int
) -> list[list[int]]:
    """Token ids of each statement, special tokens included, at most `max_tokens` and not padded.

    A longer text is cut to the words around both mentions; where they are too far apart, to half the room around
    each. Raises MentionCutOff, SpanOutsideText or PlaceholderMissing.
    """
    reach = CHARACTERS_PER_TOKEN * max_tokens
    texts = [nearby(*input_text(statement, mentions), reach=reach) for statement in statements]
    encodings = tokenizer.encode_batch_fast([text for text, _, _ in texts])
    return [
        encoding.ids
        if len(encoding.ids) <= max_tokens
        else cut(tokenizer, statement, text, (head, tail), max_tokens=max_tokens)[0]
        for statement, encoding, (text, head, tail) in zip(statements, encodings, texts, strict=True)
    ]


def encode_with_spans(
    statement: Statement, tokenizer: Tokenizer, *, mentions: MentionForm, max_tokens: int
) -> tuple[list[int], list[Span | None]]:
    """The token ids that `encode` gives, and for each its characters in `input_text`, none for a special token.

    Raises what `encode` raises.
    """
    text, head, tail = input_text(statement, mentions)
    stretches = _stretches(text, head, tail, reach=CHARACTERS_PER_TOKEN * max_tokens)
    near, head, tail = nearby(text, head, tail, reach=CHARACTERS_PER_TOKEN * max_tokens)
    encoding = tokenizer.encode(near)
    ids: list[int] = encoding.ids
    spans = spans_of(encoding)
    if len(ids) > max_tokens:
        ids, spans = cut(tokenizer, statement, near, (head, tail), max_tokens=max_tokens)
    joint = stretches[0].end - stretches[0].start

    def in_text(place: int) -> int:
        return stretches[0].start + place if place < joint else stretches[-1].start + place - joint

    return ids, [span and Span(in_text(span.start), in_text(span.end - 1) + 1) for span in spans]


def _stretches(text: str, head: Span, tail: Span, *, reach: int) -> list[Span]:
    """What of the text lies at most `reach` characters from a mention: the whole of it, or two stretches."""
    if len(text) <= 2 * reach:
        return [Span(0, len(text))]
    first, second = sorted((head, tail), key=lambda span: span.start)
    gap = Span(first.end + reach, max(first.end + reach, second.start - reach))
    return [Span(max(0, first.start - reach), gap.start), Span(gap.end, max(first.end, second.end) + reach)]


def nearby(text: str, head: Span, tail: Span, *, reach: int) -> tuple[str, Span, Span]:
    """The text without what lies more than `reach` characters from both mentions: a page is not tokenised in vain."""
    stretches = _stretches(text, head, tail, reach=reach)
    if len(stretches) == 1:
        return text, head, tail
    before, after = stretches

    def moved(span: Span) -> Span:
        by = before.start + (after.start - before.end if span.start >= after.start else 0)
        return Span(span.start - by, span.end - by)

    return text[before.start : before.end] + text[after.start : after.end], moved(head), moved(tail)


def cut(
    tokenizer: Tokenizer, statement: Statement, text: str, mentions: tuple[Span, Span], *, max_tokens: int
) -> tuple[list[int], list[Span | None]]:
    """Ids and spans of the tokens around both mentions, and of the special tokens, which have no span."""
    plain = tokenizer.encode(text, add_special_tokens=False)
    empty = tokenizer.encode("").ids  # [CLS] [SEP]
    room = max_tokens - len(empty)
    first, second = sorted(touching(spans_of(plain), span) for span in mentions)
    needed = max(second[1], first[1]) - first[0]
    if needed <= room:
        kept = _window(first[0], first[0] + needed, room=room, n=len(plain.ids))
    else:
        half = room // 2
        longest = max(first[1] - first[0], second[1] - second[0])
        if longest > half:
            raise MentionCutOff(
                f"The mentions of statement {statement.id} take up to {longest} tokens each and {max_tokens} are "
                f"allowed in all: raise max_tokens to {2 * longest + len(empty)}."
            )
        kept = _window(*first, room=half, n=len(plain.ids)) | _window(*second, room=half, n=len(plain.ids))
    places = sorted(kept)
    ids = [empty[0], *(plain.ids[place] for place in places), *empty[1:]]
    return ids, [None, *(Span(*plain.offsets[place]) for place in places), *(None for _ in empty[1:])]


def spans_of(encoding: Encoding) -> list[Span | None]:
    """Each token's characters, none for a special token."""
    return [
        None if special else Span(*offsets)
        for special, offsets in zip(encoding.special_tokens_mask, encoding.offsets, strict=True)
    ]


def touching(spans: Sequence[Span | None], mention: Span) -> tuple[int, int]:
    """First and last-but-one token that share a character with the mention; (0, 0) where none does."""
    touching = [
        place for place, span in enumerate(spans) if span and span.start < mention.end and mention.start < span.end
    ]
    return (touching[0], touching[-1] + 1) if touching else (0, 0)


def _window(start: int, end: int, *, room: int, n: int) -> set[int]:
    """`room` of `n` places with start to end in their middle, moved inwards at the text's edges."""
    left = min(max(0, start - (room - (end - start)) // 2), max(0, n - room))
    return set(range(left, min(n, left + room)))
