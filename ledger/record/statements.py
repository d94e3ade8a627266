"""Insert what files bring: drugs, their names and ATC codes, and statements with their patterns.

Every function takes one transaction's worth of rows and adds those that are not there yet, so that it may be called
again with the same rows, or by two imports at once, and nothing comes twice. The counts returned are rows inserted.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256

from django.db import transaction

from ledger.chain import statement_hash
from ledger.models import AtcCode, Corpus, Drug, DrugAtc, DrugName, Pattern, Statement
from ledger.patterns import Span, fold
from ledger.record.bulk import insert_new

NOT_IN_INDEX = "(not in the ATC index)"


@dataclass(frozen=True, slots=True)
class DrugDraft:
    """A drug to be added: its id, common name and synonyms."""

    drugbank_id: str
    name: str
    synonyms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Mention:
    """A marked entity of a statement to be added; `drug_id` is the Drug row's key, where the entity is a known drug."""

    span: Span
    kind: str
    drug_id: int | None


@dataclass(frozen=True, slots=True)
class StatementDraft:
    """A statement to be added, complete but for its place in a corpus.

    `others` are the sentence's other mentions with their kinds, for a page to dim.
    """

    external_id: str
    text: str
    head: Mention
    tail: Mention
    pattern: str
    split: str
    document: str = ""
    others: tuple[tuple[Span, str], ...] = ()

    @property
    def content_hash(self) -> str:
        """Hash over text, spans and kinds: the same statement in two corpora has the same one."""
        head, tail = ((mention.span.start, mention.span.end, mention.kind) for mention in (self.head, self.tail))
        return statement_hash(self.text, head, tail)


@transaction.atomic
def add_drugs(*, drafts: Sequence[DrugDraft]) -> int:
    """Add drugs and their names; returns how many drugs are new.

    A drug that is there keeps its common name; a file that calls it otherwise adds a synonym.
    """
    n_added = insert_new(Drug, ("drugbank_id", "name"), [(draft.drugbank_id, draft.name) for draft in drafts])
    known = {
        drugbank_id: (pk, name)
        for pk, drugbank_id, name in Drug.objects.filter(
            drugbank_id__any_of=[draft.drugbank_id for draft in drafts]
        ).values_list("pk", "drugbank_id", "name")
    }
    names: list[tuple[int, str, str, str]] = []
    for draft in drafts:
        pk, common = known[draft.drugbank_id]
        for name in dict.fromkeys((common, draft.name, *draft.synonyms)):
            kind = DrugName.Kind.COMMON if name == common else DrugName.Kind.SYNONYM
            names.append((pk, name, fold(name), kind.value))
    insert_new(DrugName, ("drug_id", "name", "folded", "kind"), names)
    return n_added


@transaction.atomic
def add_atc_codes(*, entries: Iterable[tuple[str, str]]) -> int:
    """Add codes with their names, and give codes that are there their name of now; returns how many are new."""
    wanted = dict(entries)
    known = dict(AtcCode.objects.filter(code__any_of=wanted).values_list("code", "name"))
    AtcCode.objects.bulk_update(
        [AtcCode(code, wanted[code]) for code, name in known.items() if wanted[code] != name], ["name"]
    )
    return insert_new(AtcCode, ("code", "name"), list(wanted.items()))


@transaction.atomic
def link_atc(*, pairs: Iterable[tuple[int, str]]) -> int:
    """Note that drugs (by key) carry ATC codes; returns how many links are new.

    A code the index no longer has is added under a name that says so: its prefix still tells the drug's class.
    """
    links = list(pairs)
    insert_new(AtcCode, ("code", "name"), [(code, NOT_IN_INDEX) for code in {code for _, code in links}])
    return insert_new(DrugAtc, ("drug_id", "code_id"), links)


@transaction.atomic
def add_statements(*, corpus: Corpus, drafts: Sequence[StatementDraft]) -> int:
    """Add statements and the patterns they need; returns how many are new. One that is there stays as it is."""
    known = set(
        Statement.objects.filter(
            corpus=corpus, external_id__any_of=[draft.external_id for draft in drafts]
        ).values_list("external_id", flat=True)
    )
    fresh = [draft for draft in drafts if draft.external_id not in known]
    patterns = _patterns({draft.pattern for draft in fresh})
    return insert_new(
        Statement,
        (
            "corpus_id", "external_id", "content_hash", "text", "pattern_id", "document", "split",
            "head_kind", "head_start", "head_end", "head_drug_id",
            "tail_kind", "tail_start", "tail_end", "tail_drug_id", "other_mentions",
        ),
        [
            (
                corpus.pk, draft.external_id, draft.content_hash, draft.text, patterns[draft.pattern], draft.document,
                draft.split,
                draft.head.kind, draft.head.span.start, draft.head.span.end, draft.head.drug_id,
                draft.tail.kind, draft.tail.span.start, draft.tail.span.end, draft.tail.drug_id,
                [[span.start, span.end, kind] for span, kind in draft.others] or None,
            )
            for draft in fresh
        ],
    )  # fmt: skip


def _patterns(texts: Iterable[str]) -> dict[str, int]:
    """Keys of the patterns with these texts, adding those that are missing."""
    by_hash = {sha256(text.encode()).hexdigest(): text for text in texts}
    found = {by_hash[digest]: pk for pk, digest in _pattern_keys(by_hash)}
    missing = [(text, digest) for digest, text in by_hash.items() if text not in found]
    if missing:
        insert_new(Pattern, ("text", "sha256"), missing)
        found |= {by_hash[digest]: pk for pk, digest in _pattern_keys([digest for _, digest in missing])}
    return found


def _pattern_keys(hashes: Iterable[str]) -> Iterable[tuple[int, str]]:
    return Pattern.objects.filter(sha256__any_of=hashes).values_list("pk", "sha256")
