"""Small files to import, written into a test's folder."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from ledger.models import AtcCode, Corpus, Drug, DrugAtc, DrugName, GoldLabel, Import, Pattern, Statement

NOW = datetime(2026, 3, 4, 9, 30, tzinfo=UTC)

DRUGS = [
    ("DB00682", "Warfarin", "Coumadin | Warfarina"),
    ("DB06228", "Rivaroxaban", "Xarelto"),
    ("DB00945", "Acetylsalicylic acid", "Aspirin | ASA"),
    ("DB00030", "Insulin human", "Insulin | Human insulin"),
    ("DB00047", "Insulin glargine", "Lantus"),
    ("DB00125", "Arginine", "TMP"),
    ("DB04243", "TMP", ""),
    ("DB90001", "First", "Shared name"),
    ("DB90002", "Second", "Shared name"),
]


def write(path: Path, header: str, rows: Sequence[str]) -> Path:
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return path


def vocabulary(folder: Path, drugs: Sequence[tuple[str, str, str]] = DRUGS) -> Path:
    return write(
        folder / "drugs.csv",
        "DrugBank ID,Common name,Synonyms",
        [f'{drugbank_id},"{name}","{synonyms}"' for drugbank_id, name, synonyms in drugs],
    )


def interactions(folder: Path, rows: Sequence[str], name: str = "interactions.csv") -> Path:
    return write(folder / name, "drug1_id,drug1_name,drug2_id,drug2_name,sentence", rows)


def by_name(folder: Path, rows: Sequence[str], name: str = "by_name.csv") -> Path:
    return write(folder / name, "Drug 1,Drug 2,Interaction Description", rows)


def labels(folder: Path, rows: Sequence[str], name: str = "labels.csv") -> Path:
    return write(folder / name, "drug1_id,drug1_name,drug2_id,drug2_name,sentence,label", rows)


def counts() -> dict[str, int]:
    """How many rows each table has that an import could write to."""
    tables = (AtcCode, Corpus, Drug, DrugAtc, DrugName, GoldLabel, Import, Pattern, Statement)
    return {table.__name__: table._default_manager.count() for table in tables}
