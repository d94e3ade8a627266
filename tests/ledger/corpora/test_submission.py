"""The shared task's rows: written, read back, and refused where they are none."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest

from ledger.corpora.bad_input import BadRow
from ledger.corpora.submission import (
    SubmittedRelation,
    read_documents,
    read_entity_kinds,
    read_submission,
    submitted,
    write_submission,
)
from tests.ledger.corpora.annotated_files import drugprot, write_lines


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    rows = [submitted("17:T1:T2", "indirect-upregulator"), submitted("17:T3:T2", "substrate_product-of")]
    written = StringIO()
    assert write_submission(written, rows) == 2
    assert written.getvalue() == (
        "17\tINDIRECT-UPREGULATOR\tArg1:T1\tArg2:T2\n17\tSUBSTRATE_PRODUCT-OF\tArg1:T3\tArg2:T2\n"
    )
    path = tmp_path / "s.tsv"
    path.write_text(written.getvalue())
    assert list(read_submission(path)) == rows
    assert rows[0] == SubmittedRelation("17", "INDIRECT-UPREGULATOR", "T1", "T2")


def test_unknown_types_and_documents_are_read_but_broken_rows_refused(tmp_path: Path) -> None:
    path = write_lines(
        tmp_path / "s.tsv", [("elsewhere", "whatever", "Arg1:T1", "Arg2:T2"), ("17", "X", "T1", "Arg2:T2")]
    )
    rows = read_submission(path)
    assert next(rows).type == "whatever"
    with pytest.raises(BadRow, match="line 2, column arg1: “T1” is not Arg1, a colon and an entity's id"):
        next(rows)


def test_entities_and_documents(tmp_path: Path) -> None:
    kinds = read_entity_kinds(drugprot(tmp_path).entities)
    assert kinds == {"17": {"T1": "chemical", "T2": "gene", "T3": "gene", "T4": "chemical"}}
    assert read_documents(write_lines(tmp_path / "pmids.txt", [("17",), ("18",)])) == ["17", "18"]
    assert read_entity_kinds(write_lines(tmp_path / "e.tsv", [("17", "T1", "Drug", 0, 1, "x")])) == {
        "17": {"T1": "drug"}
    }
    with pytest.raises(BadRow, match="column kind: the entity “T1” has no kind"):
        read_entity_kinds(write_lines(tmp_path / "e.tsv", [("17", "T1", " ", 0, 1, "x")]))
