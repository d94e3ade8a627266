"""Statements and documents to import, and how to import them, in short."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ledger.corpora.annotated import find_sources
from ledger.imports import DocumentsReport, ImportReport, import_documents, import_statements
from ledger.models import Task
from tests.ledger.imports.files import NOW

GOOD = [
    "DB06228,Rivaroxaban,DB00682,Warfarin,Rivaroxaban may thin the blood beside Warfarin.",
    "DB00682,Warfarin,DB06228,Rivaroxaban,Rivaroxaban may thin the blood beside Warfarin.",
    "DB00030,Insulin human,DB00047,Insulin glargine,Insulin glargine acts longer than Insulin.",
]


def bring(path: Path, task: Task, **options: Any) -> ImportReport:
    return import_statements(path=path, **{"corpus_name": "demo", "task": task, "now": NOW, **options})


def bring_documents(folder: Path, task: str = "drugprot", corpus: str = "small", **options: bool) -> DocumentsReport:
    (source,) = find_sources(folder)
    return import_documents(source=source, corpus_name=corpus, task=Task.objects.get(slug=task), now=NOW, **options)


def numbers(report: ImportReport) -> tuple[int, int, int, int, int]:
    return report.n_rows, report.n_added, report.n_already_there, report.n_repeated, report.n_rejected


def many(n: int) -> list[str]:
    return [f"DB06228,Rivaroxaban,DB00682,Warfarin,Rivaroxaban meets Warfarin in case {number}." for number in range(n)]
