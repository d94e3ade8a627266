"""Which annotated corpora a folder or file holds, told by the names of the files and by their first rows."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from ledger.corpora import chemprot, ddi2013, drugprot
from ledger.corpora.bad_input import BadFile
from ledger.corpora.chemprot import read_chemprot
from ledger.corpora.ddi2013 import read_ddi2013
from ledger.corpora.documents import Document
from ledger.corpora.drugprot import Tables, read_drugprot
from ledger.corpora.lines import opened, physical_lines
from ledger.corpora.pubtator import read_pubtator

ABSTRACTS = re.compile(r"(?P<part>.+?)_?abstract?s?(?P<suffix>_gs)?\.tsv(\.gz)?", re.IGNORECASE)
"""DrugProt's are called "abstracs"; the files of ChemProt's test part but its gold standard end in "_gs"."""
TITLE_LINE = re.compile(r"[^|\t]{1,60}\|t\|")


@dataclass(frozen=True, slots=True)
class Source:
    """One annotated corpus, or one part of it, and how it is read.

    `task` is the one it is usually read for; `kinds` are those of its pairs, None where its mentions are of any; pairs
    with a type in `denials` are thereby said to be unrelated; `labels` is the file whose rows label the pairs, None
    where they are to be predicted.
    """

    form: str
    files: tuple[Path, ...]
    task: str
    kinds: tuple[str, str] | None
    labels: Path | None
    read: Callable[[Collection[str]], Iterator[Document]]
    denials: frozenset[str] = frozenset()

    @property
    def name(self) -> str:
        return self.files[0].name


def find_sources(path: Path) -> list[Source]:
    """The annotated corpora in a folder, by name, or the one a file is; none where there are none.

    Raises BadFile where a part lacks its entities, or a file cannot be opened.
    """
    if not path.is_dir():
        source = _of_file(path)
        return [source] if source else []
    files = sorted(one for one in path.iterdir() if one.is_file() and not one.name.startswith("."))
    tables = [
        _of_tables(file, match["part"], match["suffix"] or "", files)
        for file in files
        if (match := ABSTRACTS.fullmatch(file.name))
    ]
    taken = {file for source in tables for file in source.files}
    return tables + [source for file in files if file not in taken and (source := _of_file(file))]


def _of_file(path: Path) -> Source | None:
    if path.suffix.casefold() == ".zip":
        return Source("ddi-2013", (path,), "ddi-2013", ddi2013.KINDS, path, lambda types: read_ddi2013(path))
    if TITLE_LINE.match(_first_line(path)):
        return Source("pubtator", (path,), "drugprot", None, None, lambda types: read_pubtator(path))
    return None


def _of_tables(abstracts: Path, part: str, suffix: str, files: Collection[Path]) -> Source:
    """The part of DrugProt or ChemProt these abstracts belong to; ChemProt's relations have six columns."""
    named = {file.name.casefold(): file for file in files}

    def table(name: str) -> Path | None:
        stems = (f"{part}_{name}{ending}.tsv{packed}".casefold() for ending in (suffix, "") for packed in ("", ".gz"))
        return next((named[stem] for stem in stems if stem in named), None)

    entities, relations, gold = table("entities"), table("relations"), table("gold_standard")
    if entities is None:
        wanted = abstracts.with_name(f"{part}_entities{suffix}.tsv")
        raise BadFile(wanted, None, None, "there is no such file", f"put it beside {abstracts.name}")
    present = tuple(file for file in (abstracts, entities, relations, gold) if file)
    if relations and len(_first_line(relations).split("\t")) == len(chemprot.RELATION_COLUMNS):
        tables = Tables(abstracts, entities, relations, gold)
        read = lambda types: read_chemprot(tables)  # noqa: E731
        return Source("chemprot", present, "drugprot", drugprot.KINDS, relations, read, frozenset({chemprot.NEGATED}))
    return Source(
        "drugprot",
        present,
        "drugprot",
        drugprot.KINDS,
        relations,
        partial(_drugprot, Tables(abstracts, entities, relations)),
    )


def _drugprot(tables: Tables, types: Collection[str]) -> Iterator[Document]:
    return read_drugprot(tables, (*drugprot.TYPES, *(type_ for type_ in types if type_ not in drugprot.TYPES)))


def _first_line(path: Path) -> str:
    """The first line that is not blank; empty where there is none."""
    with opened(path) as stream:
        for line in physical_lines(stream, path):
            if line.text.strip():
                return line.text.rstrip("\r\n")
    return ""
