"""The forms gold labels come in, by the names that addresses and the command line use."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from review.export.csv_lines import csv_lines
from review.export.hugging_face import NAME as HUGGING_FACE
from review.export.hugging_face import hugging_face_zip
from review.export.jsonl import json_lines
from review.export.label_studio import label_studio_tasks
from review.export.manifest import facts_of, manifest
from review.export.parquet import parquet_file
from review.filters import Selection


@dataclass(frozen=True, slots=True)
class Format:
    """One form: `parts` gives the file's bytes as they are made, in flat memory."""

    name: str
    title: str | Promise
    ending: str
    content_type: str
    parts: Callable[[Selection], Iterator[bytes]]

    def file_name(self, selection: Selection) -> str:
        """A name made of slugs and numbers alone."""
        chosen = selection.chosen
        named = ["gold", chosen.task.slug, chosen.source, chosen.label]
        if chosen.round is not None:
            named.append(f"round-{chosen.round}")
        named.append(f"as-of-{selection.gold_id}")
        return "-".join(part for part in named if part) + self.ending

    def manifest(self, selection: Selection) -> dict[str, object]:
        """The manifest of the file; makes the whole file to hash it, and keeps none of it."""
        return manifest(selection, self.name, [facts_of(self.file_name(selection), self.parts(selection))])


FORMATS: Mapping[str, Format] = MappingProxyType(
    {
        one.name: one
        for one in (
            Format("csv", _("CSV, for spreadsheets"), ".csv", "text/csv; charset=utf-8", csv_lines),
            Format("jsonl", _("JSON Lines, exact"), ".jsonl", "application/x-ndjson; charset=utf-8", json_lines),
            Format("parquet", _("Parquet"), ".parquet", "application/vnd.apache.parquet", parquet_file),
            Format("label-studio", _("Label Studio tasks"), ".json", "application/json", label_studio_tasks),
            Format(HUGGING_FACE, _("Hugging Face dataset"), ".zip", "application/zip", hugging_face_zip),
        )
    }
)
