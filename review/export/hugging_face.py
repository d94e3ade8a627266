"""Gold labels as a dataset in the layout of the Hugging Face hub: a card, and one Parquet file for each split."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from django.conf import settings

from ledger.models import Split
from review.export import manifest as manifests
from review.export import parquet
from review.export.archive import zip_files
from review.export.rows import COLUMNS, Kind, Row, batches
from review.filters import Selection

NAME = "hugging-face"
CARD = "README.md"
MANIFEST = "manifest.json"
TYPES: dict[Kind, str] = {
    "int": "dtype: int64",
    "float": "dtype: float64",
    "text": "dtype: string",
    "time": "dtype: timestamp[us, tz=UTC]",
    "ints": "sequence: int64",
    "texts": "sequence: string",
}


def hugging_face_zip(selection: Selection) -> Iterator[bytes]:
    """A zip of the card, `data/` and a manifest of these; written to a scratch folder first, then handed out."""
    with tempfile.TemporaryDirectory(dir=settings.VAR_DIR, prefix="export-") as scratch:
        folder = Path(scratch)
        (folder / "data").mkdir()
        counts = _write_splits(selection, folder)
        (folder / CARD).write_text(_card(selection, folder, counts), encoding="utf-8")
        names = [CARD, *map(file_of, counts)]
        facts = [manifests.facts_of(name, manifests.read_parts(folder / name)) for name in names]
        (folder / MANIFEST).write_bytes(manifests.as_bytes(manifests.manifest(selection, NAME, facts)))
        whole = folder / "dataset.zip"
        with whole.open("wb") as file:
            zip_files(folder, [*names, MANIFEST], file)
        yield from manifests.read_parts(whole)


def file_of(split: str) -> str:
    """Where a split's rows are inside the zip."""
    return f"data/{split}-00000-of-00001.parquet"


def _write_splits(selection: Selection, folder: Path) -> dict[str, int]:
    """One file for each split that has rows; returns how many rows each has, in the order of the splits."""
    counts: dict[str, int] = {}
    with ExitStack() as open_files:
        writers: dict[str, Any] = {}
        held: dict[str, list[Row]] = {}

        def write(split: str) -> None:
            if split not in writers:
                writers[split] = open_files.enter_context(parquet.writer(str(folder / file_of(split))))
            writers[split].write_table(parquet.table(held[split]))
            held[split] = []

        for batch in batches(selection):
            for row in batch:
                split = str(row.values["split"])
                counts[split] = counts.get(split, 0) + 1
                held.setdefault(split, []).append(row)
                if len(held[split]) >= parquet.GROUP_ROWS:
                    write(split)
        for split in [split for split, rows in held.items() if rows]:
            write(split)
    return {split: counts[split] for split in Split.values if split in counts}


def _card(selection: Selection, folder: Path, counts: dict[str, int]) -> str:
    """The dataset's card: its front matter says what the loader needs, its text what a reader needs."""
    sizes = {split: (folder / file_of(split)).stat().st_size for split in counts}
    lines = ["---", "configs:", "- config_name: default", "  data_files:"]
    for split in counts:
        lines += [f"  - split: {split}", f"    path: {file_of(split)}"]
    lines += ["dataset_info:", "  features:"]
    for name, kind in COLUMNS.items():
        lines += [f"  - name: {name}", f"    {TYPES[kind]}"]
    lines += ["  splits:"]
    for split, n in counts.items():
        lines += [f"  - name: {split}", f"    num_bytes: {sizes[split]}", f"    num_examples: {n}"]
    lines += [f"  download_size: {sum(sizes.values())}", f"  dataset_size: {sum(sizes.values())}", "---", ""]
    chosen = {name: value for name, value in selection.parameters.items() if value not in (None, "")}
    told = ", ".join(f"{name} {value}" for name, value in chosen.items() if name != "gold_id") or "none"
    lines += [
        f"# Curated labels of {selection.chosen.task.slug}",
        "",
        "One row for each gold label: a statement with its two marked mentions (`head` and `tail`; offsets count "
        "characters, the end is exclusive), its `label`, the other labels its corpus gives the same pair (`further`), "
        "and where they came from.",
        "",
        f"- As of gold label {selection.gold_id}; filters: {told}.",
        "- `source`: `seed` (imported), `single_review`, `agreement` of two, `adjudication`, or `pattern_review`: "
        "decided for all statements of one wording together.",
        "- `split`: `train`, `validation` and `test` share no drug, or where a corpus has documents, no document; "
        "`bridge` statements join drugs of different groups and neither teach nor test.",
        "- `manifest.json` holds the hash of every file, and the link of the ledger's hash chain that covers them.",
        "",
    ]  # fmt: skip
    return "\n".join(lines)
