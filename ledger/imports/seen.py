"""What a file has said so far, kept on disk so that memory stays flat however long the file is."""

from __future__ import annotations

import sqlite3
from hashlib import blake2b


class Seen:
    """The keys met so far in one file, with the line and the claim each was first met with."""

    def __init__(self) -> None:
        # An empty name is SQLite's temporary database: in memory up to its page cache, then on disk, gone at close.
        self._rows = sqlite3.connect("", isolation_level=None)
        self._rows.execute("PRAGMA journal_mode=OFF")
        self._rows.execute("CREATE TABLE seen (key BLOB PRIMARY KEY, line INTEGER, claim TEXT) WITHOUT ROWID")
        self._rows.execute("BEGIN")

    def earlier(self, key: str, line: int, claim: str) -> tuple[int, str] | None:
        """The line and claim the key was first met with, or None when this is the first time."""
        digest = blake2b(key.encode(), digest_size=16).digest()
        added = self._rows.execute("INSERT OR IGNORE INTO seen VALUES (?, ?, ?)", (digest, line, claim)).rowcount
        if added:
            return None
        found: tuple[int, str] = self._rows.execute("SELECT line, claim FROM seen WHERE key = ?", (digest,)).fetchone()
        return found

    def close(self) -> None:
        self._rows.close()
