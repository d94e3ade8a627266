"""Where the document of a statement can be read."""

from __future__ import annotations

import re

PUBMED_ID = re.compile(r"[1-9][0-9]{0,8}")
ADDRESS = re.compile(r"https?://[^\s\"'<>]+")


def address_of(document: str) -> str | None:
    """The page of a document: PubMed's for a PubMed id, the document itself where it is an address, else None."""
    if PUBMED_ID.fullmatch(document):
        return f"https://pubmed.ncbi.nlm.nih.gov/{document}/"
    return document if ADDRESS.fullmatch(document) else None
