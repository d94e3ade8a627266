"""plotly.js as a static file, straight from the plotly package: nothing is copied into the tree."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from django.contrib.staticfiles.finders import BaseFinder
from django.core.checks import CheckMessage
from django.core.files.storage import FileSystemStorage

PREFIX = "plotly"
SCRIPT = "plotly.min.js"


class PlotlyFinder(BaseFinder):
    """Finds `plotly/plotly.min.js`, and no other file of the package; plotly itself is not imported."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        spec = find_spec("plotly")
        folders = list(spec.submodule_search_locations or []) if spec else []
        self._folder = Path(folders[0]) / "package_data" if folders else None

    def check(self, **kwargs: Any) -> list[CheckMessage]:
        return []

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        found = self._folder / SCRIPT if self._folder and path == f"{PREFIX}/{SCRIPT}" else None
        if find_all:
            return [str(found)] if found else []
        return str(found) if found else []

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[Any]:
        if self._folder:
            storage = FileSystemStorage(location=self._folder)
            storage.prefix = PREFIX  # type: ignore[attr-defined]  # collectstatic reads it
            yield SCRIPT, storage
