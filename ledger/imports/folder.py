"""Importing a whole folder: what each file is, told by its header, and all of them in the order they need."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

from ledger.corpora.bad_input import BadFile
from ledger.corpora.recognise import FileKind, kind_of
from ledger.imports.atc import import_atc
from ledger.imports.drugs import import_drugs
from ledger.imports.labels import import_labels
from ledger.imports.rejects import SUFFIX
from ledger.imports.report import ImportReport, OnProgress
from ledger.imports.statements import import_statements
from ledger.models import Task

PassedOver = tuple[tuple[Path, str], ...]
"""Files that are not imported, and why."""

COMMAND_FOR = {
    FileKind.DRUGS: "import_drugs",
    FileKind.ATC_INDEX: "import_atc",
    FileKind.DRUG_CODES: "import_atc",
    FileKind.STATEMENTS: "import_statements",
    FileKind.LABELS: "import_labels",
}


@dataclass(frozen=True, slots=True)
class FolderContents:
    """The files to import, in order, and those passed over with the reason."""

    files: tuple[tuple[Path, FileKind], ...]
    passed_over: PassedOver


def look_into(folder: Path) -> FolderContents:
    """What each file of the folder is; raises BadFile where there is no such folder or nothing in it to import."""
    if not folder.is_dir():
        raise _no_folder(folder)
    files: list[tuple[Path, FileKind]] = []
    passed_over: list[tuple[Path, str]] = []
    for path in sorted(folder.iterdir()):
        kind = None if _is_ignored(path) else _kind(path)
        if isinstance(kind, FileKind):
            files.append((path, kind))
        else:
            passed_over.append((path, kind or "is not looked at"))
    if not files:
        inside = any(path.is_dir() for path in folder.iterdir())
        remedy = "name one of the folders in it" if inside else "see the README for the columns wanted"
        raise BadFile(folder, None, None, "no file in the folder is of a known kind", remedy)
    order = list(FileKind)
    return FolderContents(tuple(sorted(files, key=lambda file: order.index(file[1]))), tuple(passed_over))


def _no_folder(path: Path) -> BadFile:
    """What is wrong with a file that is no annotated corpus, though it may be a table."""
    kind = _kind(path)
    if isinstance(kind, FileKind):
        return BadFile(path, None, None, f"this is one table ({kind.value})", f"import it with {COMMAND_FOR[kind]}")
    return BadFile(
        path,
        None,
        None,
        "this is neither a folder nor a zip, nor does it begin like a PubTator file (123|t|…)",
        "name the folder that holds the files",
    )


def beside(path: Path, files: Collection[Path]) -> PassedOver:
    """What lies in the folder beside the files of annotated corpora, hidden files left out; of one file, nothing."""
    others = sorted(one for one in path.iterdir() if one not in files) if path.is_dir() else []
    return tuple((one, _why_beside(one)) for one in others if not one.name.startswith("."))


def import_one(
    kind: FileKind,
    *,
    path: Path,
    corpus_name: str,
    task: Task,
    skip_bad: bool,
    reject_path: Path | None,
    now: datetime,
    on_progress: OnProgress,
) -> ImportReport:
    """Import one file of a folder; statements and labels go into the one corpus the folder is."""
    importer: Callable[..., ImportReport]
    match kind:
        case FileKind.DRUGS:
            importer = import_drugs
        case FileKind.ATC_INDEX | FileKind.DRUG_CODES:
            importer = import_atc
        case FileKind.STATEMENTS:
            importer = partial(import_statements, corpus_name=corpus_name, task=task)
        case FileKind.LABELS:
            importer = partial(import_labels, corpus_name=corpus_name, task=task)
    return importer(path=path, skip_bad=skip_bad, reject_path=reject_path, now=now, on_progress=on_progress)


def _why_beside(path: Path) -> str:
    if path.is_dir():
        return "is a folder, which is imported by itself"
    kind = _kind(path)
    if isinstance(kind, FileKind):
        return f"holds the {kind.value} of another corpus, for {COMMAND_FOR[kind]}"
    return "belongs to none of the annotated corpora here"


def _is_ignored(path: Path) -> bool:
    return path.is_dir() or path.name.startswith(".") or path.name.endswith(SUFFIX)


def _kind(path: Path) -> FileKind | str:
    """The kind of file, or why it is passed over."""
    try:
        return kind_of(path) or "has columns that no importer reads"
    except BadFile as error:
        return f"cannot be told: {error.problem}"
