"""The entries of a gettext catalogue (.po), for tests that compare them with the sources and the compiled file."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings

FIELD = re.compile(r'(msgctxt|msgid_plural|msgid|msgstr)(?:\[\d\])? (".*")')


@dataclass
class Entry:
    """One text; `plural` is None where it has one form alone."""

    context: str | None = None
    text: str = ""
    plural: str | None = None
    translations: list[str] = field(default_factory=list)
    is_fuzzy: bool = False

    @property
    def key(self) -> tuple[str | None, str, str | None]:
        return self.context, self.text, self.plural


def catalogue_path(ending: str = ".po") -> Path:
    return settings.BASE_DIR / "ddi_site" / "locale" / "ro" / "LC_MESSAGES" / f"django{ending}"


def read(path: Path) -> list[Entry]:
    """Every entry but the header; obsolete ones are no entries."""
    return [entry for block in path.read_text(encoding="utf-8").split("\n\n") if (entry := _entry(block)).text]


def _entry(block: str) -> Entry:
    entry, name = Entry(), ""
    for line in block.splitlines():
        if line.startswith("#"):
            entry.is_fuzzy |= line.startswith("#,") and "fuzzy" in line
            continue
        if found := FIELD.fullmatch(line):
            name, quoted = found.groups()
            if name == "msgstr":
                entry.translations.append("")
        else:
            quoted = line
        words = ast.literal_eval(quoted)
        if name == "msgstr":
            entry.translations[-1] += words
        elif name == "msgid":
            entry.text += words
        elif name == "msgid_plural":
            entry.plural = (entry.plural or "") + words
        else:
            entry.context = (entry.context or "") + words
    return entry
