"""The folder of public data files that a bench measures on instead of what is shipped or made up."""

from __future__ import annotations

import os
from pathlib import Path

VARIABLE = "DDI_REALDATA"


class RealDataMissing(FileNotFoundError):
    """The folder that DDI_REALDATA names lacks what the bench reads of it."""


def real_data(*needed: str) -> Path | None:
    """The folder that DDI_REALDATA names, none where it is unset. Raises RealDataMissing unless it holds `needed`."""
    given = os.environ.get(VARIABLE)
    if not given:
        return None
    folder = Path(given)
    for name in needed:
        if not (folder / name).exists():
            raise RealDataMissing(
                f"{VARIABLE} names {folder}, which lacks {name}: put the public files there as docs/speed.md lists "
                "them, or unset it to measure on what is shipped."
            )
    return folder
