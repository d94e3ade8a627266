"""Zip files that are the same bytes whenever and wherever they are made."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import IO
from zipfile import ZIP_STORED, ZipFile, ZipInfo

FIXED_TIME = (1980, 1, 1, 0, 0, 0)  # the earliest a zip can name


def zip_files(folder: Path, names: Sequence[str], target: IO[bytes]) -> None:
    """Write the named files of a folder, in this order, with one fixed time and mode, and uncompressed.

    Uncompressed, since compressors differ between machines; what is large inside is compressed by itself.
    """
    with ZipFile(target, "w", ZIP_STORED) as archive:
        for name in names:
            facts = ZipInfo(name, FIXED_TIME)
            facts.create_system = 3  # Unix, also where it was made on another
            facts.external_attr = 0o644 << 16
            facts.file_size = (folder / name).stat().st_size
            with (folder / name).open("rb") as source, archive.open(facts, "w") as file:
                shutil.copyfileobj(source, file)
