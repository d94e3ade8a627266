"""Labelled statements for a cross-validation: whole documents, and what a sentence alone decides."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from modeling.store.labelled import Labelled, free_text
from tests.modeling.evaluation.making import LABELS, held_out
from tests.modeling.management.test_cross_validate import papers as papers


def test_a_sample_holds_a_document_of_two_corpora_whole() -> None:
    first = [held_out(number, document=f"PMID{number // 3}") for number in range(30)]
    both = [*first, *(dataclasses.replace(one, corpus="another") for one in first)]
    found = Labelled(both, LABELS).of_documents(20, seed=1)
    assert len(found.examples) == 18
    assert len({one.document for one in found.examples}) == 3


def test_relations_that_the_sentence_decides_stay_with_their_numbers(papers: Path) -> None:
    found = free_text(papers, labels=LABELS)
    assert found.need_paragraph == {1, 2, 7, 8, 13, 14, 19, 20}
    decided = found.that_sentence_decides()
    assert decided.relations == tuple(number for number in range(1, 25) if number not in found.need_paragraph)
    assert len(decided.examples) == 16
    assert decided.need_paragraph == frozenset()


def test_a_sample_keeps_which_of_its_relations_need_the_paragraph(papers: Path) -> None:
    found = free_text(papers, labels=LABELS)
    sample = found.of_documents(12, seed=1)
    assert len(sample.examples) == 12
    assert sample.need_paragraph == found.need_paragraph.intersection(sample.relations)
