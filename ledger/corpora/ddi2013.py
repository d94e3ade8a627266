"""DDI-2013: sentences of DrugBank and MedLine texts with their drugs, as XML files in a zip.

A sentence lists its drugs (offsets end-inclusive, several pieces as "0-3;10-15") and all their pairs, each with
whether they interact and how. MedLine's documents are known by their PubMed id, which stands in the file's name.
Files are read with expat and nothing in them is resolved: one that declares a document type or an entity is refused.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from xml.parsers import expat
from zipfile import BadZipFile, ZipFile, ZipInfo

from ledger.corpora.bad_input import BadFile, printable, shown
from ledger.corpora.ddi_sentence import SentenceDraft, needed
from ledger.corpora.documents import LONGEST_DOCUMENT_ID, Document, Place
from ledger.corpora.lines import opened

LONGEST_FILE = 20 * 1024 * 1024  # bytes of XML; the longest of the corpus has 70 thousand
KINDS = ("drug", "drug")
UNZIPPABLE = (BadZipFile, EOFError, NotImplementedError, OSError, ValueError, struct.error, zlib.error)
"""What `zipfile` raises where bytes are not as they were, which may say anything about the file."""


def read_ddi2013(path: Path) -> Iterator[Document]:
    """The zip's documents by name of their file, every offset checked. Raises BadFile or BadRow.

    Discontinuous mentions whose offsets miss their text by one character are set right and counted.
    """
    with opened(path):  # its errors, in its words
        pass
    with _unpacked(path) as archive:
        members = sorted((info for info in archive.infolist() if _is_document(info)), key=lambda info: info.filename)
        if not members:
            raise BadFile(path, None, None, "the zip holds no XML files", "give the corpus as it is distributed")
        known: dict[str, Place] = {}
        for info in members:
            document = _Reader(path / info.filename).read(_bytes(archive, info, path))
            earlier = known.setdefault(document.id, document.place)
            if earlier is not document.place:
                raise document.place.bad("id", f"the document {document.id} stands in {earlier.path} already")
            yield document


def _unpacked(path: Path) -> ZipFile:
    try:
        return ZipFile(path)
    except UNZIPPABLE as error:
        raise BadFile(path, None, None, f"the zip is broken or cut off ({printable(str(error))})", "fetch it again")


def _is_document(info: ZipInfo) -> bool:
    name = PurePosixPath(info.filename)
    return name.suffix.casefold() == ".xml" and not any(part.startswith((".", "__MACOSX")) for part in name.parts)


def _bytes(archive: ZipFile, info: ZipInfo, path: Path) -> bytes:
    """The member's content; raises BadFile where it is encrypted, damaged or too long."""
    member = path / info.filename
    try:
        with archive.open(info) as file:
            content = file.read(LONGEST_FILE + 1)
    except (RuntimeError, NotImplementedError):
        raise BadFile(
            member, None, None, "the file is encrypted or packed in an unknown way", "unpack and zip it again"
        )
    except UNZIPPABLE:
        raise BadFile(member, None, None, "the zip is broken or cut off here", "fetch it again")
    if len(content) > LONGEST_FILE:
        raise BadFile(member, None, None, f"the file unpacks to more than {LONGEST_FILE:,} bytes", "take it out")
    return content


class _Reader:
    """Reads one file's document, sentence by sentence."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._parser = expat.ParserCreate()
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.StartDoctypeDeclHandler = self._refuse_doctype
        self._parser.EntityDeclHandler = self._refuse_entity
        self._open: list[str] = []
        self._document: tuple[str, Place] | None = None
        self._sentence: SentenceDraft | None = None
        self._sentences: list[SentenceDraft] = []

    def read(self, content: bytes) -> Document:
        try:
            self._parser.Parse(content, True)
        except expat.ExpatError as error:
            problem = f"the XML is broken at character {error.offset + 1} ({expat.ErrorString(error.code)})"
            raise BadFile(self._path, error.lineno, None, problem, "correct the file, or take it out of the zip")
        except (ValueError, LookupError):  # an encoding that Python does not know
            raise BadFile(self._path, 1, None, "the XML is in an unknown encoding", "save the file as UTF-8")
        if self._document is None:
            raise BadFile(self._path, 1, None, "the XML holds no document", "take the file out of the zip")
        return self._whole(*self._document)

    def _whole(self, document: str, place: Place) -> Document:
        texts, mentions, relations, spans = [], [], [], []
        at = n_mended = 0
        for sentence in self._sentences:
            span, here, said = sentence.finish(at)
            texts.append(sentence.text)
            spans.append(span)
            mentions += here
            relations += said
            n_mended += sentence.n_mended
            at = span.end + 1
        return Document(
            document,
            " ".join(texts),
            tuple(mentions),
            tuple(relations),
            place,
            sentences=tuple(spans),
            denied=frozenset(pair for sentence in self._sentences for pair in sentence.denied),
            n_mended=n_mended,
        )

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        place = Place(self._path, self._parser.CurrentLineNumber)
        parent = self._open[-1] if self._open else ""
        self._open.append(name)
        if name == "document" and not parent:
            self._document = self._identity(needed(attributes, "id", place), place), place
        elif name == "sentence" and parent == "document":
            self._sentence = SentenceDraft(needed(attributes, "id", place), needed(attributes, "text", place, True))
            self._sentences.append(self._sentence)
        elif name in ("entity", "pair") and parent == "sentence" and self._sentence:
            if name == "entity":
                self._sentence.add_entity(attributes, place)
            else:
                self._sentence.add_pair(attributes, place)
        else:
            raise place.bad(None, f"the element {shown(name)} has no place here", "correct the file")

    def _end(self, name: str) -> None:
        self._open.pop()

    def _identity(self, written: str, place: Place) -> str:
        stem = PurePosixPath(self._path.name).stem
        found = stem if stem.isascii() and stem.isdigit() and "medline" in written.casefold() else written
        if len(found) > LONGEST_DOCUMENT_ID or ":" in found:
            raise place.bad("id", f"{shown(found)} cannot be a document's id")
        return found

    def _refuse_doctype(self, *_: object) -> None:
        self._refuse("a document type")

    def _refuse_entity(self, *_: object) -> None:
        self._refuse("an entity")

    def _refuse(self, what: str) -> None:
        line = self._parser.CurrentLineNumber
        raise BadFile(self._path, line, None, f"the XML declares {what}, which is not resolved", "take it out")
