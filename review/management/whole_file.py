"""Files that commands write for people."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from django.core.management.base import CommandError


def write_whole(parts: Iterable[bytes], output: Path) -> int:
    """Bytes written; the file appears under its name only once it is whole. Raises CommandError when it cannot be."""
    draft = output.with_name(f".{output.name}.part")
    try:
        with draft.open("wb") as file:
            for part in parts:
                file.write(part)
        draft.replace(output)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise CommandError(f"{output} cannot be written ({error.strerror}).") from error
    return output.stat().st_size
