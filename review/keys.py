"""The single keys that mean the same on every item page, whichever task it is."""

from __future__ import annotations

PAGE_KEYS = frozenset("axsfuzjkgcw/? ")


def can_be_a_labels(key: str) -> bool:
    """Whether a label may have this key: a letter from a to z or a digit that does nothing else on the page."""
    return len(key) == 1 and key.isascii() and key.isalnum() and key == key.lower() and key not in PAGE_KEYS
