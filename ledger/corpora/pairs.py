"""The pairs of mentions that stand in one sentence: what a model is asked about, and what a corpus says of them."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from ledger.corpora.documents import Document, Mention, Relation
from ledger.corpora.sentences import sentences_of
from ledger.patterns import Span


@dataclass(frozen=True, slots=True)
class Pair:
    """A head and a tail in one sentence; spans count from the sentence's start.

    `others` are the sentence's other mentions with their kinds; `relations` the corpus's rows about the pair, repeated
    ones included, in its order; none where the corpus names no relation of the two. `is_judged` is false where it
    does not say that they are unrelated either.
    """

    document: str
    text: str
    head: Mention
    tail: Mention
    head_span: Span
    tail_span: Span
    others: tuple[tuple[Span, str], ...]
    relations: tuple[Relation, ...]
    is_judged: bool

    @property
    def external_id(self) -> str:
        """Document and both mentions' ids: enough to write the pair into a submission."""
        return f"{self.document}:{self.head.id}:{self.tail.id}"


@dataclass(frozen=True, slots=True)
class Paired:
    """A document's pairs, and the relations that none of them carries.

    `split_apart`: their mentions stand in two sentences. `overlapping`: pairs of which one mention holds the other,
    with what the corpus says of them; they are never asked about.
    """

    n_sentences: int
    pairs: tuple[Pair, ...]
    split_apart: tuple[Relation, ...]
    overlapping: tuple[tuple[Relation, ...], ...]


def pairs_of(document: Document, kinds: tuple[str, str]) -> Paired:
    """All pairs of a head and a tail of these kinds in one sentence, by sentence and by where the mentions stand.

    Where both kinds are the same, the left mention is the head.
    """
    said: dict[frozenset[str], list[Relation]] = defaultdict(list)
    for relation in document.relations:
        said[frozenset((relation.head, relation.tail))].append(relation)
    sentences = sentences_of(document)
    starts = [sentence.start for sentence in sentences]
    members: dict[int, list[Mention]] = defaultdict(list)
    of_mention: dict[str, int] = {}
    for mention in document.mentions:
        number = bisect_right(starts, mention.span.start) - 1
        members[number].append(mention)
        of_mention[mention.id] = number
    pairs: list[Pair] = []
    overlapping: list[tuple[Relation, ...]] = []
    for number in sorted(members):
        inside = sorted(members[number], key=lambda one: (one.span.start, one.span.end))
        for head, tail in _candidates(inside, kinds):
            relations = tuple(said.get(frozenset((head.id, tail.id)), ()))
            if _holds(head, tail) or _holds(tail, head):
                overlapping.append(relations)
            else:
                pairs.append(_pair(document, sentences[number], inside, head, tail, relations))
    apart = [one for one in document.relations if of_mention[one.head] != of_mention[one.tail]]
    return Paired(len(sentences), tuple(pairs), tuple(apart), tuple(overlapping))


def _candidates(mentions: Sequence[Mention], kinds: tuple[str, str]) -> Iterator[tuple[Mention, Mention]]:
    if kinds[0] == kinds[1]:
        yield from combinations([one for one in mentions if one.kind == kinds[0]], 2)
        return
    tails = [one for one in mentions if one.kind == kinds[1]]
    for head in mentions:
        if head.kind == kinds[0]:
            for tail in tails:
                yield head, tail


def _holds(one: Mention, other: Mention) -> bool:
    """Whether every piece of `other` lies inside some piece of `one`."""
    return all(
        any(outer.start <= inner.start and inner.end <= outer.end for outer in one.pieces) for inner in other.pieces
    )


def _pair(
    document: Document,
    sentence: Span,
    inside: Sequence[Mention],
    head: Mention,
    tail: Mention,
    relations: tuple[Relation, ...],
) -> Pair:
    text = document.text[sentence.start : sentence.end]
    denied = document.denied is None or frozenset((head.id, tail.id)) in document.denied
    return Pair(
        document.id,
        text,
        head,
        tail,
        _within(_beside(head, tail), sentence),
        _within(_beside(tail, head), sentence),
        tuple((_within(one.span, sentence), one.kind) for one in inside if one is not head and one is not tail),
        relations,
        bool(relations) or (document.is_labelled and denied),
    )


def _beside(one: Mention, other: Mention) -> Span:
    """The span that marks `one`: all of it, or of a mention in pieces those the other one does not reach into.

    "mu- and delta-selective opioids" names two groups that share their last words: each is marked by its first.
    """
    if len(one.pieces) == 1 or not one.span.overlaps(other.span):
        return one.span
    own = [piece for piece in one.pieces if not piece.overlaps(other.span)]
    own = own or [piece for piece in one.pieces if not any(piece.overlaps(its) for its in other.pieces)]
    return Span(own[0].start, own[-1].end) if own else one.span


def _within(span: Span, sentence: Span) -> Span:
    return Span(span.start - sentence.start, span.end - sentence.start)
