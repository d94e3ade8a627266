"""Which mentions are paired, what marks them, and what is lost and left out."""

from __future__ import annotations

from pathlib import Path

from ledger.corpora.counts import CorpusCounts
from ledger.corpora.ddi2013 import read_ddi2013
from ledger.corpora.drugprot import read_drugprot
from ledger.corpora.pairs import Paired, pairs_of
from ledger.patterns import Span
from tests.ledger.corpora.annotated_files import ddi_document, ddi_zip, drugprot

GENES, DRUGS = ("chemical", "gene"), ("drug", "drug")


def paired(folder: Path, body: str, relations: list[tuple[str, str, str]] | None = None) -> Paired:
    rows = [("17", *row) for row in relations or []]
    (document,) = read_drugprot(drugprot(folder, [("17", "A title", body)], rows))
    return pairs_of(document, GENES)


def test_each_chemical_meets_each_gene_of_its_sentence_and_no_other(tmp_path: Path) -> None:
    found = paired(
        tmp_path,
        "[T1 CHEMICAL Atropine] and [T2 CHEMICAL quinine] spare [T3 GENE-Y CHRM3]. "
        "[T4 GENE-N Kinases] differ. [T5 CHEMICAL Zinc] does not.",
        [("INHIBITOR", "T2", "T3"), ("INHIBITOR", "T1", "T4")],
    )
    assert [one.external_id for one in found.pairs] == ["17:T1:T3", "17:T2:T3"]
    first, second = found.pairs
    assert first.text == second.text == "Atropine and quinine spare CHRM3."
    assert (first.head_span, first.tail_span) == (Span(0, 8), Span(27, 32))
    assert first.others == ((Span(13, 20), "chemical"),)
    assert (first.relations, [one.type for one in second.relations]) == ((), ["INHIBITOR"])
    assert [(one.head, one.tail) for one in found.split_apart] == [("T1", "T4")]
    assert found.n_sentences == 4


def test_a_relation_counts_whichever_way_round_it_is_written(tmp_path: Path) -> None:
    body = "[T1 GENE-Y CHRM3] binds [T2 CHEMICAL atropine]."
    (pair,) = paired(tmp_path, body, [("INHIBITOR", "T1", "T2"), ("ANTAGONIST", "T2", "T1")]).pairs
    assert (pair.head.id, pair.tail.id) == ("T2", "T1")
    assert [one.type for one in pair.relations] == ["INHIBITOR", "ANTAGONIST"]


def test_mentions_of_which_one_holds_the_other_are_no_pair_but_those_that_cross_are(tmp_path: Path) -> None:
    tables = drugprot(tmp_path, [("17", "T", "[T1 GENE-Y glutamate dehydrogenase inhibitor] works.")], [])
    with tables.entities.open("a") as file:
        file.write("17\tT2\tCHEMICAL\t2\t11\tglutamate\n17\tT3\tCHEMICAL\t12\t44\tdehydrogenase inhibitor works.\n")
        file.write("17\tT4\tCHEMICAL\t2\t35\tglutamate dehydrogenase inhibitor\n")
    text = tables.entities.read_text().replace("12\t44\tdehydrogenase", "12\t42\tdehydrogenase")
    tables.entities.write_text(text)
    assert tables.relations
    tables.relations.write_text("17\tPART-OF\tArg1:T2\tArg2:T1\n")
    (document,) = read_drugprot(tables)
    found = pairs_of(document, GENES)
    assert [one.head.id for one in found.pairs] == ["T3"]
    assert [[one.type for one in relations] for relations in found.overlapping] == [["PART-OF"], []]


def test_two_drugs_are_paired_once_the_left_one_first_and_marked_by_their_own_pieces(tmp_path: Path) -> None:
    sentence = (
        '<sentence id="s0" text="mu- and delta-selective opioids differ from naloxone.">'
        '<entity id="a" charOffset="0-2;14-30" type="group" text="mu-selective opioids"/>'
        '<entity id="b" charOffset="8-30" type="group" text="delta-selective opioids"/>'
        '<entity id="c" charOffset="44-51" type="drug" text="naloxone"/>'
        '<pair id="p" e1="c" e2="a" ddi="true" type="int"/></sentence>'
    )
    (document,) = read_ddi2013(ddi_zip(tmp_path, {"a.xml": ddi_document([sentence])}))
    first, second, third = pairs_of(document, DRUGS).pairs
    assert [(one.head.id, one.tail.id) for one in (first, second, third)] == [("a", "b"), ("a", "c"), ("b", "c")]
    assert (first.head_span, first.tail_span) == (Span(0, 3), Span(8, 31))
    assert (second.head_span, second.tail_span) == (Span(0, 31), Span(44, 52))
    assert [len(one.relations) for one in (first, second, third)] == [0, 1, 0]


def test_counts_are_of_rows_and_say_what_is_lost(tmp_path: Path) -> None:
    rows = [
        ("17", "INHIBITOR", "T1", "T2"),
        ("17", "INHIBITOR", "T1", "T2"),
        ("17", "SUBSTRATE", "T1", "T2"),
        ("17", "ANTAGONIST", "T1", "T4"),
    ]
    body = "[T1 CHEMICAL Zinc] meets [T2 GENE-Y CHRM3] and [T3 GENE-N kinases]. [T4 GENE-Y ADRB2] is alone here."
    (document,) = read_drugprot(drugprot(tmp_path, [("17", "A title", body)], rows))
    counts = CorpusCounts()
    counts.add(document, pairs_of(document, GENES))
    facts = counts.as_dict()
    assert facts["relations"] == {"INHIBITOR": 2, "SUBSTRATE": 1, "ANTAGONIST": 1}
    assert (facts["repeated_rows"], facts["pairs_of_several_types"]) == (1, 1)
    assert (facts["split_apart"], facts["share_lost"]) == ({"ANTAGONIST": 1}, 0.25)
    assert (facts["related_pairs"], facts["unrelated_pairs"]) == (1, 1)
    assert "1 relations lost between two sentences (25.00%): 1 ANTAGONIST" in counts.facts()
    assert CorpusCounts().share_lost == 0
