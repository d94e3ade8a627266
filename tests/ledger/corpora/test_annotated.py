"""Which annotated corpora a folder holds: told by file names and first rows."""

from __future__ import annotations

from pathlib import Path

import pytest

from ledger.corpora.annotated import find_sources
from ledger.corpora.bad_input import BadFile
from tests.ledger.corpora.annotated_files import chemprot, ddi_document, ddi_zip, drugprot, pubtator


def test_each_form_is_told_apart(tmp_path: Path) -> None:
    for name in ("a", "b", "c"):
        (tmp_path / name).mkdir()
    drugprot(tmp_path / "a")
    chemprot(tmp_path / "b", [("CPR:10", "N ", "NOT", "T1", "T2")], [])
    drugprot(tmp_path / "c", relations=None, part="test_background")
    drugprot(tmp_path / "c", part="training")
    (tmp_path / "c" / "training_abstracts.tsv").rename(tmp_path / "c" / "training_abstracs.tsv")  # as the corpus has it
    path = ddi_zip(tmp_path / "c", {"a.xml": ddi_document([])})
    batch = tmp_path / "c" / "batch.txt"
    batch.write_text(pubtator("17", "A title", "Nothing."))
    assert [(one.form, one.task, one.labels is not None) for one in find_sources(tmp_path / "a")] == [
        ("drugprot", "drugprot", True)
    ]
    (source,) = find_sources(tmp_path / "b")
    assert (source.form, source.task, source.denials) == ("chemprot", "drugprot", frozenset({"NOT"}))
    assert len(source.files) == 4
    assert [(one.form, one.name, one.labels is not None) for one in find_sources(tmp_path / "c")] == [
        ("drugprot", "test_background_abstracts.tsv", False),
        ("drugprot", "training_abstracs.tsv", True),
        ("pubtator", "batch.txt", False),
        ("ddi-2013", "ddi.zip", True),
    ]
    for one in (path, batch):
        assert [source.files for source in find_sources(one)] == [(one,)]


def test_the_test_part_of_chemprot_ends_its_names_in_gs(tmp_path: Path) -> None:
    tables = chemprot(tmp_path, [("CPR:10", "N ", "NOT", "T1", "T2")], [])
    for path in (tables.abstracts, tables.entities, tables.relations):
        assert path
        path.rename(path.with_name(path.name.replace(".tsv", "_gs.tsv")))
    (source,) = find_sources(tmp_path)
    assert (source.form, source.labels, len(source.files)) == ("chemprot", tmp_path / "small_relations_gs.tsv", 4)
    (document,) = source.read(())
    assert len(document.mentions) > 1
    (tmp_path / "small_entities_gs.tsv").unlink()
    with pytest.raises(BadFile, match=r"small_entities_gs\.tsv: there is no such file"):
        find_sources(tmp_path)


def test_tables_of_statements_are_no_annotated_corpus(tmp_path: Path) -> None:
    (tmp_path / "interactions.csv").write_text("drug1_id,drug1_name,drug2_id,drug2_name,sentence\n")
    (tmp_path / "empty.txt").write_text("")
    assert find_sources(tmp_path) == []


def test_a_part_without_its_entities_and_a_path_that_is_none_are_refused(tmp_path: Path) -> None:
    tables = drugprot(tmp_path)
    tables.entities.unlink()
    with pytest.raises(
        BadFile, match=r"small_entities\.tsv: there is no such file; put it beside small_abstracts\.tsv"
    ):
        find_sources(tmp_path)
    with pytest.raises(BadFile, match="there is no such file; check the path"):
        find_sources(tmp_path / "absent")
