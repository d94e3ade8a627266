"""Small annotated corpora, written into a test's folder from sentences with the mentions marked in them.

`[T1 CHEMICAL atropine]` marks a mention: its id, its kind and its text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import quoteattr
from zipfile import ZipFile

from ledger.corpora.drugprot import Tables

MARK = re.compile(r"\[(\S+) (\S+) ([^\]]+)\]")

TITLE = "Atropine on the isolated trachea"
BODY = (
    "[T1 CHEMICAL Atropine] blocks the [T2 GENE-Y M3 receptor] but not [T3 GENE-N calmodulin]. "
    "[T4 CHEMICAL Pilocarpine] excites it in vivo."
)
RELATIONS = [("ANTAGONIST", "T1", "T2")]


@dataclass(frozen=True, slots=True)
class Marked:
    """A text without its marks, and what they marked: (id, kind, start, end, text)."""

    text: str
    mentions: tuple[tuple[str, str, int, int, str], ...]


def marked(markup: str, offset: int = 0) -> Marked:
    """The text and its mentions, their places counted from `offset`."""
    text, mentions, at = "", [], 0
    for match in MARK.finditer(markup):
        text += markup[at : match.start()]
        mention_id, kind, written = match.groups()
        start = offset + len(text)
        mentions.append((mention_id, kind, start, start + len(written), written))
        text += written
        at = match.end()
    return Marked(text + markup[at:], tuple(mentions))


def write_lines(path: Path, rows: Sequence[Sequence[object]]) -> Path:
    path.write_text("".join("\t".join(map(str, row)) + "\n" for row in rows), encoding="utf-8")
    return path


def drugprot(
    folder: Path,
    documents: Sequence[tuple[str, str, str]] = (("17", TITLE, BODY),),
    relations: Sequence[Sequence[str]] | None = tuple(("17", *row) for row in RELATIONS),
    part: str = "small",
) -> Tables:
    """DrugProt's three tables; documents are (id, title, marked abstract), relations (document, type, T-id, T-id)."""
    abstracts, entities = [], []
    for document, title, body in documents:
        abstract = marked(body, len(title) + 1)
        abstracts.append((document, title, abstract.text))
        entities += [(document, *mention) for mention in abstract.mentions]
    tables = Tables(
        write_lines(folder / f"{part}_abstracts.tsv", abstracts),
        write_lines(folder / f"{part}_entities.tsv", entities),
        None,
    )
    if relations is None:
        return tables
    rows = [(document, type_, f"Arg1:{head}", f"Arg2:{tail}") for document, type_, head, tail in relations]
    return Tables(tables.abstracts, tables.entities, write_lines(folder / f"{part}_relations.tsv", rows))


def chemprot(folder: Path, relations: Sequence[Sequence[str]], gold: Sequence[Sequence[str]] | None = None) -> Tables:
    """ChemProt's tables of the small document; relations are (group, evaluated, type, T-id, T-id)."""
    tables = drugprot(folder, relations=None)
    rows = [("17", group, said, type_, f"Arg1:{head}", f"Arg2:{tail}") for group, said, type_, head, tail in relations]
    return Tables(
        tables.abstracts,
        tables.entities,
        write_lines(folder / "small_relations.tsv", rows),
        None if gold is None else write_lines(folder / "small_gold_standard.tsv", gold),
    )


def ddi_sentence(number: int, markup: str, pairs: Sequence[tuple[str, str, str]], document: str = "DDI-Own.d0") -> str:
    """A sentence's XML; marks are `[e0 drug atropine]`, pairs (e-id, e-id, type or "false")."""
    sentence = marked(markup)
    name = f"{document}.s{number}"
    lines = [f"  <sentence id={quoteattr(name)} text={quoteattr(sentence.text)}>"]
    lines += [
        f'    <entity id="{name}.{mention_id}" charOffset="{start}-{end - 1}" type="{kind}" text={quoteattr(text)}/>'
        for mention_id, kind, start, end, text in sentence.mentions
    ]
    for pair, (first, second, said) in enumerate(pairs):
        how = 'ddi="false"' if said == "false" else f'ddi="true" type="{said}"'
        lines.append(f'    <pair id="{name}.p{pair}" e1="{name}.{first}" e2="{name}.{second}" {how}/>')
    return "\n".join([*lines, "  </sentence>"])


def ddi_document(sentences: Sequence[str], document: str = "DDI-Own.d0") -> str:
    return "\n".join(
        ['<?xml version="1.0" encoding="UTF-8"?>', f'<document id="{document}">', *sentences, "</document>"]
    )


def ddi_zip(folder: Path, files: dict[str, str], name: str = "ddi.zip") -> Path:
    path = folder / name
    with ZipFile(path, "w") as archive:
        for member, content in files.items():
            archive.writestr(member, content)
    return path


def pubtator(document: str, title: str, body: str, more: Sequence[str] = ()) -> str:
    """A document in PubTator's form; its marks' ids are the concepts."""
    abstract = marked(body, len(title) + 1)
    rows = [
        f"{document}\t{start}\t{end}\t{text}\t{kind}\t{concept}"
        for concept, kind, start, end, text in abstract.mentions
    ]
    return "\n".join([f"{document}|t|{title}", f"{document}|a|{abstract.text}", *rows, *more]) + "\n\n"
