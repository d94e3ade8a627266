"""Refusing to test on documents that teach: two corpora may hold the same ones under other file names.

Every ChemProt document is also a DrugProt document, so a model taught by the one and tested on the other has been
tested on what it learnt by heart.
"""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256

from ledger.candidates import LeakyTrainingSet
from ledger.corpora.documents import Document


def refuse_shared_documents(taught: Iterable[Document], tested: Iterable[Document], *, names: tuple[str, str]) -> None:
    """Raise LeakyTrainingSet where a document that teaches is tested too, by its id or by its text.

    names: what the two sides are called in the sentence that says so
    """
    ids: set[str] = set()
    texts: dict[bytes, str] = {}
    for document in taught:
        ids.add(document.id)
        texts.setdefault(_digest(document), document.id)
    shared = [
        document.id if document.id in ids else f"{document.id} (the text of {texts[_digest(document)]})"
        for document in tested
        if document.id in ids or _digest(document) in texts
    ]
    if shared:
        some = ", ".join(shared[:3]) + (" and others" if len(shared) > 3 else "")
        raise LeakyTrainingSet(
            f"{names[0]} teaches {len(shared):,} documents on which {names[1]} tests: {some}; leave them out of one of "
            "the two. Test data never teaches."
        )


def _digest(document: Document) -> bytes:
    """What texts are compared by: case and blanks make no difference."""
    return sha256(" ".join(document.text.casefold().split()).encode()).digest()
