"""The annotated corpora themselves, against the counts of docs/corpora-relations.md."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from ledger.corpora.annotated import Source, find_sources
from ledger.corpora.chemprot import evaluated_rows, read_gold_standard
from ledger.corpora.counts import CorpusCounts
from ledger.corpora.pairs import pairs_of

pytestmark = pytest.mark.realdata

PAPER = {  # the training column of the paper's Table I, for 3,500 documents
    "ANTAGONIST": 972, "INHIBITOR": 5_392, "AGONIST": 658, "ACTIVATOR": 1_428, "INDIRECT-UPREGULATOR": 1_378,
    "INDIRECT-DOWNREGULATOR": 1_330, "PART-OF": 886, "DIRECT-REGULATOR": 2_250, "SUBSTRATE": 2_003, "PRODUCT-OF": 921,
    "AGONIST-ACTIVATOR": 29, "AGONIST-INHIBITOR": 13, "SUBSTRATE_PRODUCT-OF": 25,
}  # fmt: skip
DRUGPROT = {
    "ANTAGONIST": 779, "INHIBITOR": 4_563, "AGONIST": 518, "ACTIVATOR": 1_241, "INDIRECT-UPREGULATOR": 1_136,
    "INDIRECT-DOWNREGULATOR": 1_078, "PART-OF": 735, "DIRECT-REGULATOR": 1_825, "SUBSTRATE": 1_762, "PRODUCT-OF": 786,
    "AGONIST-ACTIVATOR": 26, "AGONIST-INHIBITOR": 1, "SUBSTRATE_PRODUCT-OF": 25,
}  # fmt: skip
MOST_LOST = 0.015


def counted(source: Source) -> CorpusCounts:
    counts = CorpusCounts()
    for document in source.read(()):
        paired = pairs_of(document, source.kinds)
        counts.add(document, paired)
        for pair in paired.pairs:
            marked = pair.text[pair.head_span.start : pair.head_span.end]
            assert marked == document.text[pair.head.span.start : pair.head.span.end] or len(pair.head.pieces) > 1
    return counts


def test_drugprot_has_the_counts_of_the_paper_s_table_less_the_documents_left_out(real_data: Path) -> None:
    (source,) = find_sources(real_data / "drugprot")
    counts = counted(source)
    assert (counts.n_documents, counts.n_sentences) == (2_935, 29_504)
    assert counts.mentions == {"CHEMICAL": 38_750, "GENE-Y": 23_488, "GENE-N": 12_418}
    assert counts.relations == DRUGPROT
    assert (counts.n_relations, counts.n_repeated_rows, counts.n_pairs_of_several_types) == (14_475, 12, 160)
    assert (counts.n_overlapping, counts.overlapping_relations) == (4_719, {"PART-OF": 5})
    assert (counts.n_related_pairs, counts.n_unrelated_pairs) == (14_298, 35_218)
    assert counts.split_apart.total() == 0
    assert counts.share_lost <= MOST_LOST
    assert set(PAPER) == set(DRUGPROT)
    assert all(DRUGPROT[type_] <= n for type_, n in PAPER.items())
    assert sum(PAPER.values()) == 17_285  # the paper says 17,288


def test_chemprot_s_parts_and_their_gold_standard(real_data: Path) -> None:
    development, training = find_sources(real_data / "chemprot")
    counts = counted(development)
    assert (counts.n_documents, counts.n_relations, counts.n_related_pairs) == (428, 2_529, 2_492)
    assert (counts.overlapping_relations.total(), counts.split_apart.total()) == (0, 0)
    counts = counted(training)
    assert (counts.n_documents, counts.n_relations, counts.n_related_pairs) == (696, 4_468, 4_410)
    assert (counts.overlapping_relations.total(), counts.split_apart.total()) == (21, 0)
    for source, n_evaluated, n_gold in ((development, 1_678, 1_671), (training, 2_959, 2_947)):
        _, _, relations, gold = source.files
        assert len(list(evaluated_rows(relations))) == n_evaluated
        assert len({row for _, row in read_gold_standard(gold)}) == n_gold


def test_every_chemprot_document_is_a_drugprot_document(real_data: Path) -> None:
    (drugprot,) = find_sources(real_data / "drugprot")
    development, training = find_sources(real_data / "chemprot")
    texts = {one.id: one.text for one in drugprot.read(())}
    parts = [{one.id: one.text for one in source.read(())} for source in (development, training)]
    assert [len(part) for part in parts] == [428, 696]
    assert all(part.keys() <= texts.keys() for part in parts)
    assert not parts[0].keys() & parts[1].keys()


def test_ddi_2013_is_read_whole(real_data: Path) -> None:
    (source,) = find_sources(real_data / "ddi2013" / "DDICorpus-2013-train.zip")
    documents = list(source.read(()))
    assert (len(documents), sum(one.id.isdigit() for one in documents)) == (714, 142)
    assert sum(len(mention.pieces) > 1 for one in documents for mention in one.mentions) == 38
    counts = counted(source)
    assert counts.mentions == {"drug": 9_425, "group": 3_399, "brand": 1_437, "drug_n": 504}
    assert counts.relations == Counter(effect=1_687, mechanism=1_319, advise=826, int=188, untyped=1)
    assert (counts.n_related_pairs, counts.n_unrelated_pairs, counts.n_mended) == (4_021, 23_771, 1)
    assert (counts.n_overlapping, counts.split_apart.total()) == (0, 0)
