"""From a statement to the numbers a model reads, with both mentions certainly inside."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from pathlib import Path

from tokenizers import Encoding, Tokenizer

from modeling.config import MentionForm
from modeling.records import Span, Statement

_PLACEHOLDER = re.compile("⟨([12])⟩")
_PROBE = "Naïve Äpfel: 5-HT₂ (α/β) [SEP] l'ibuprofène, 10 mg/kg; drug1 and DRUG2."

CHARACTERS_PER_TOKEN = 16
"""More than words of any language take on average: text further off could not enter the input anyway."""


class SpanOutsideText(ValueError):
    """A mention's span is empty or does not lie inside its sentence."""


class PlaceholderMissing(ValueError):
    """A pattern lacks the mark of one of its two entities."""


class MentionCutOff(ValueError):
    """The two mentions alone are longer than the longest input, so one of them would be cut."""


class TokenizerMissing(FileNotFoundError):
    """The backbone's folder holds no tokenizer."""


def load_tokenizer(folder: Path) -> Tokenizer:
    """The backbone's tokenizer, without truncation or padding.

    A sentence that holds "[SEP]" or the like is text as any other: it gets no special token.
    Raises TokenizerMissing.
    """
    if (folder / "tokenizer.json").is_file():
        tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
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


def tokenizer_sha256(tokenizer: Tokenizer) -> str:
    """What tells one tokenizer from another: the hash of its vocabulary and of how it reads one awkward sentence."""
    vocabulary = sorted(tokenizer.get_vocab().items())
    return hashlib.sha256(repr((vocabulary, tokenizer.encode(_PROBE).ids)).encode()).hexdigest()


def input_text(statement: Statement, mentions: MentionForm) -> tuple[str, Span, Span]:
    """The text a model reads and where head and tail stand in it.

    "raw" is the sentence itself; "masked" its pattern with ⟨1⟩ and ⟨2⟩ as kind and number ("drug1", "drug2"): of
    several marks, the first of the head and the tail's nearest to it. Raises SpanOutsideText or PlaceholderMissing.
    """
    if mentions == "raw":
        for span in (statement.head, statement.tail):
            if not 0 <= span.start < span.end <= len(statement.text):
                raise SpanOutsideText(
                    f"Statement {statement.id} marks characters {span.start} to {span.end} of a sentence of "
                    f"{len(statement.text)}: import it again."
                )
        return statement.text, statement.head, statement.tail
    words = {"1": f"{statement.head_kind}1", "2": f"{statement.tail_kind}2"}
    pieces: list[str] = []
    spans: dict[str, list[Span]] = {"1": [], "2": []}
    length = 0
    for number, piece in enumerate(_PLACEHOLDER.split(statement.pattern)):
        if number % 2:
            spans[piece].append(Span(length, length + len(words[piece])))
            piece = words[piece]
        pieces.append(piece)
        length += len(piece)
    if not spans["1"] or not spans["2"]:
        missing = "⟨2⟩" if spans["1"] else "⟨1⟩"
        raise PlaceholderMissing(f"The pattern of statement {statement.id} has no {missing}: import it again.")
    head = spans["1"][0]
    tail = min(spans["2"], key=lambda span: abs(span.start - head.start))
    return "".join(pieces), head, tail


def encode(
    statements: Sequence[Statement], tokenizer: Tokenizer, *, mentions: MentionForm, max_tokens: int
) -> list[list[int]]:
    """Token ids of each statement, special tokens included, at most `max_tokens` and not padded.

    A longer text is cut to the words around both mentions; where they are too far apart, to half the room around
    each. Raises MentionCutOff, SpanOutsideText or PlaceholderMissing.
    """
    reach = CHARACTERS_PER_TOKEN * max_tokens
    texts = [_nearby(*input_text(statement, mentions), reach=reach) for statement in statements]
    encodings = tokenizer.encode_batch_fast([text for text, _, _ in texts])
    return [
        encoding.ids
        if len(encoding.ids) <= max_tokens
        else _cut(tokenizer, statement, text, (head, tail), max_tokens=max_tokens)
        for statement, encoding, (text, head, tail) in zip(statements, encodings, texts, strict=True)
    ]


def _nearby(text: str, head: Span, tail: Span, *, reach: int) -> tuple[str, Span, Span]:
    """The text without what lies more than `reach` characters from both mentions: a page is not tokenised in vain."""
    if len(text) <= 2 * reach:
        return text, head, tail
    first, second = sorted((head, tail), key=lambda span: span.start)
    start = max(0, first.start - reach)
    gap = Span(first.end + reach, max(first.end + reach, second.start - reach))
    kept = text[start : gap.start] + text[gap.end : max(first.end, second.end) + reach]

    def moved(span: Span) -> Span:
        by = start + (gap.end - gap.start if span.start >= gap.end else 0)
        return Span(span.start - by, span.end - by)

    return kept, moved(head), moved(tail)


def _cut(
    tokenizer: Tokenizer, statement: Statement, text: str, mentions: tuple[Span, Span], *, max_tokens: int
) -> list[int]:
    plain = tokenizer.encode(text, add_special_tokens=False)
    empty = tokenizer.encode("").ids  # [CLS] [SEP]
    room = max_tokens - len(empty)
    first, second = sorted(_token_range(plain, span) for span in mentions)
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
    return [empty[0], *(plain.ids[place] for place in sorted(kept)), *empty[1:]]


def _token_range(encoding: Encoding, span: Span) -> tuple[int, int]:
    """First and last-but-one token that share a character with the span."""
    touching = [place for place, (start, end) in enumerate(encoding.offsets) if start < span.end and span.start < end]
    return (touching[0], touching[-1] + 1) if touching else (0, 0)


def _window(start: int, end: int, *, room: int, n: int) -> set[int]:
    """`room` of `n` places with start to end in their middle, moved inwards at the text's edges."""
    left = min(max(0, start - (room - (end - start)) // 2), max(0, n - room))
    return set(range(left, min(n, left + room)))
