"""What a seed corpus is made of, counted by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ledger.corpora.bad_input import BadFile, BadRow
from ledger.imports import UnsuitableCorpus, import_labels
from ledger.models import GoldLabel, Statement, Task
from ledger.oracle import Oracle
from ledger.seed_corpus import Seed, Sources, build_seed
from tests.ledger.imports.files import NOW, labels
from tests.ledger.seed_corpus.conftest import row
from tests.ledger.seed_corpus.files import ANTAGONISTIC, SYNERGISTIC, free_text, pair_list, screen


def built(task: Task, sources: Sources, **options: Any) -> Seed:
    wanted = {"corpus_name": "drugbank", "free_text_corpus": "papers", "seed": 0, "balance": False} | options
    return build_seed(sources=sources, task=task, **wanted)


def lists(folder: Path, **more: Any) -> Sources:
    return Sources(
        synergistic=(pair_list(folder / "asdcd.csv", SYNERGISTIC),),
        antagonistic=(pair_list(folder / "against.csv", ANTAGONISTIC),),
        **more,
    )


def said(seed: Seed) -> dict[str, str]:
    return {one.text: one.label for one in seed.kept}


def test_pairs_meet_statements_and_the_table_counts_them(corpus: Task, tmp_path: Path) -> None:
    report = built(corpus, lists(tmp_path)).report
    assert report.views == {
        "drugbank": {
            "train": {"synergistic": 3, "antagonistic": 1},
            "test": {"synergistic": 1},
            "one_unseen": {"synergistic": 1},
            "validation": {"antagonistic": 1},
            "bridge": {"antagonistic": 1},
        }
    }
    assert report.names["pairs"].steps == {"name": 6, "id": 2, "synonym": 1, "without salt or stereo": 1}
    # "raises" is synergistic and "lowers" antagonistic throughout
    assert report.oracle == Oracle(n=8, n_patterns=2, n_right=8, n_alone=0, n_commonest=5)
    assert report.wordings == {"drugbank": {"synergistic": 1, "antagonistic": 1}}
    assert GoldLabel.objects.count() == 0


def test_balancing_makes_both_classes_equal_in_every_view(corpus: Task, tmp_path: Path) -> None:
    seed = built(corpus, lists(tmp_path), balance=True)
    assert seed.report.views == {"drugbank": {"train": {"synergistic": 1, "antagonistic": 1}}}
    assert (seed.report.n_before, seed.report.n_kept, seed.report.left_out_to_balance) == (8, 2, 6)
    again = built(corpus, lists(tmp_path), balance=True)
    assert said(again) == said(seed)
    others = [said(built(corpus, lists(tmp_path), balance=True, seed=number)) for number in range(1, 9)]
    assert any(other != said(seed) for other in others)


def test_each_label_keeps_its_source_and_score(corpus: Task, tmp_path: Path) -> None:
    path = screen(tmp_path / "oneil.csv", ["Alpha,Beta,A,12", "Beta,Alpha,B,14", "Alpha,Gamma,A,3"])
    (one,) = built(corpus, Sources(screens=((path,),))).kept
    assert one.origin == "oneil: 2 synergistic and 0 antagonistic of 2 cell lines, medians loewe +13.0"


def test_a_pair_measured_in_both_orders_must_not_contradict_itself(corpus: Task, tmp_path: Path) -> None:
    path = screen(tmp_path / "oneil.csv", ["Alpha,Beta,A,40", "Beta,Alpha,A,-12"])
    seed = built(corpus, Sources(screens=((path,),)))
    assert seed.report.sources[0].lines_dropped == {"(A, B) and (B, A) contradict each other beyond ±10": 1}


def test_files_of_one_screen_are_judged_together(corpus: Task, tmp_path: Path) -> None:
    zips = screen(tmp_path / "oneil_zip.csv", ["Alpha,Beta,A,2"], "zip")
    loewes = screen(tmp_path / "oneil_loewe.csv", ["Alpha,Beta,A,30"])
    together = built(corpus, Sources(screens=((zips, loewes),)))
    assert together.kept == []
    (tally,) = together.report.sources
    assert (tally.source, tally.n_rows, tally.lines_dropped) == (
        "oneil",
        2,
        {"at most half of the scores reach ±10": 1},
    )
    assert len(built(corpus, Sources(screens=((zips,), (loewes,)))).kept) == 1


def test_every_dropped_row_is_counted_by_reason(corpus: Task, tmp_path: Path) -> None:
    rows = ["Alpha,Nobody,A,12", "Alpha,Alphaine,A,12", "Alpha,NA,A,12", "Alpha,Beta,A,NA", "Beta,Gamma,A,-3"]
    report = built(corpus, Sources(screens=((screen(tmp_path / "oneil.csv", rows),),))).report
    (tally,) = report.sources
    assert tally.rows_dropped == {
        "a drug is not resolved": 1,
        "both drugs are the same": 1,
        "one drug tested alone": 1,
        "no score": 1,
    }
    assert tally.lines_dropped == {"no score reaches ±10": 1}
    assert tally.pairs_dropped == {"no cell line speaks": 1}
    assert report.names["pairs"].unresolved == ["Nobody"]


def test_sources_that_disagree_about_a_pair_label_nothing(corpus: Task, tmp_path: Path) -> None:
    path = screen(tmp_path / "oneil.csv", ["Alpha,Beta,A,-30", "Alpha,Gamma,A,30", "Gamma,Delta,A,30"])
    seed = built(corpus, lists(tmp_path, screens=((path,),)))
    assert "Alpha raises Beta." not in said(seed)
    assert seed.report.dropped == {"the sources disagree": 1, "no statement about the pair in the corpus": 1}
    (both,) = [one for one in seed.kept if one.text == "Alpha raises Gamma."]
    assert both.source == "asdcd + oneil"


def test_a_label_of_the_sentence_goes_before_one_of_its_pair(corpus: Task, tmp_path: Path) -> None:
    path = labels(tmp_path, [f"{row('Alpha', 'raises', 'Beta')},undetermined"])
    seed = built(corpus, lists(tmp_path, labels=(path,)), balance=True)
    assert said(seed)["Alpha raises Beta."] == "undetermined"
    assert seed.report.dropped == {"the sentence has a label of its own": 1}


def test_label_files_that_disagree_about_a_sentence_leave_it_unlabelled(corpus: Task, tmp_path: Path) -> None:
    one = labels(tmp_path, [f"{row('Alpha', 'raises', 'Beta')},synergistic"], "one.csv")
    two = labels(tmp_path, [f"{row('Alpha', 'raises', 'Beta')},antagonistic"], "two.csv")
    seed = built(corpus, Sources(labels=(one, two)))
    assert seed.kept == []
    assert seed.report.sources[1].rows_dropped == {"two files disagree about the sentence": 1}


def test_a_sentence_the_corpus_lacks_is_counted(corpus: Task, tmp_path: Path) -> None:
    path = labels(tmp_path, [f"{row('Alpha', 'helps', 'Beta')},synergistic"])
    report = built(corpus, Sources(labels=(path,))).report
    assert report.sources[0].rows_dropped == {"the corpus does not hold the sentence": 1}


def test_a_relation_of_three_drugs_gives_its_pairs(corpus: Task, tmp_path: Path) -> None:
    lines = [("d0", "Alpha with Beta and Sham is worse.", [("NEG", ["Alpha", "Beta", "Sham"])])]
    seed = built(corpus, Sources(free_text=(free_text(tmp_path / "papers.jsonl", lines),)), corpus_name=None)
    assert [(one.pattern, one.label, one.view) for one in seed.kept] == [
        ("⟨1⟩ with ⟨2⟩ and Sham is worse.", "antagonistic", "train"),
        ("⟨1⟩ with Beta and ⟨2⟩ is worse.", "antagonistic", "train"),
        ("Alpha with ⟨1⟩ and ⟨2⟩ is worse.", "antagonistic", "train"),
    ]
    assert [one.origin for one in seed.kept] == ["papers: NEG of 3 drugs"] * 3
    assert seed.report.names["free text"].unresolved == ["Sham"]
    assert Statement.objects.filter(corpus__name="papers").count() == 0


def test_relations_that_disagree_about_a_pair_drop_it(corpus: Task, tmp_path: Path) -> None:
    relations = [("POS", ["Alpha", "Beta"]), ("COMB", ["Alpha", "Beta", "Gamma"])]
    path = free_text(tmp_path / "papers.jsonl", [("d0", "Alpha, Beta and Gamma.", relations)])
    seed = built(corpus, Sources(free_text=(path,)))
    assert [one.label for one in seed.kept] == ["undetermined", "undetermined"]
    assert seed.report.sources[0].pairs_dropped == {"two relations of the sentence disagree about the pair": 1}


def test_a_pair_must_be_two_drugs_and_two_mentions(corpus: Task, tmp_path: Path) -> None:
    lines = [
        ("d0", "Alpha and Alphaine.", [("POS", ["Alpha", "Alphaine"])]),
        ("d1", "Sham and SHAM.", [("POS", ["Sham", "SHAM"])]),
        ("d2", "Gammaine with Gamma sodium.", [("POS", ["Gamma sodium", "sodium"])]),
    ]
    seed = built(corpus, Sources(free_text=(free_text(tmp_path / "papers.jsonl", lines),)))
    assert seed.kept == []
    assert seed.report.sources[0].pairs_dropped == {"both drugs are the same": 2, "the two mentions overlap": 1}


def test_what_the_sentence_alone_does_not_decide_is_marked_or_left_out(corpus: Task, tmp_path: Path) -> None:
    lines = [
        ("d0", "Alpha with Beta.", [("POS?", ["Alpha", "Beta"])]),
        ("d1", "Gamma, Delta.", [("POS", ["Gamma", "Delta"])]),
    ]
    sources = Sources(free_text=(free_text(tmp_path / "papers.jsonl", lines),))
    assert [one.evidence for one in built(corpus, sources).kept] == [
        "POS of 2 drugs, read with its paragraph",
        "POS of 2 drugs",
    ]
    decided = built(corpus, sources, sentence_decides=True)
    assert [one.text for one in decided.kept] == ["Gamma, Delta."]
    assert decided.report.sources[0].rows_dropped == {"the sentence alone does not decide": 1}


def test_free_text_given_twice_counts_once_and_where_it_differs_not_at_all(corpus: Task, tmp_path: Path) -> None:
    pair, other = ["Alpha", "Beta"], ["Gamma", "Delta"]
    one = free_text(
        tmp_path / "one.jsonl", [("d0", "Alpha, Beta.", [("POS", pair)]), ("d1", "Gamma, Delta.", [("POS", other)])]
    )
    two = free_text(
        tmp_path / "two.jsonl", [("d0", "Alpha, Beta.", [("POS", pair)]), ("d1", "Gamma, Delta.", [("NEG", other)])]
    )
    seed = built(corpus, Sources(free_text=(one, two)))
    assert said(seed) == {"Alpha, Beta.": "synergistic"}
    assert seed.report.dropped == {"the statement was read already": 1, "two files disagree about the sentence": 1}


def test_what_would_let_test_data_teach_is_left_out(corpus: Task, tmp_path: Path) -> None:
    lines = [
        ("d3", "Alpha helps Gamma here.", [("POS", ["Alpha", "Gamma"])]),  # a test document
        ("d0", "Here Alpha and Gamma.", [("POS", ["Alpha", "Gamma"])]),  # a train document about the same pair
        ("d1", "Beta and Delta.", [("POS", ["Beta", "Delta"])]),
    ]
    path = free_text(tmp_path / "papers.jsonl", lines)
    seed = built(corpus, lists(tmp_path, free_text=(path,)))
    assert "Alpha helps Gamma here." in said(seed)
    assert "Here Alpha and Gamma." not in said(seed)
    assert "Alpha raises Gamma." not in said(seed)
    assert seed.report.dropped == {"its drug pair is tested elsewhere": 2}


def test_what_a_standing_label_teaches_is_not_tested_by_a_new_one(corpus: Task, tmp_path: Path) -> None:
    path = labels(tmp_path, [f"{row('Alpha', 'raises', 'Gamma')},synergistic"])
    import_labels(path=path, corpus_name="drugbank", task=corpus, now=NOW)
    papers = free_text(tmp_path / "papers.jsonl", [("d3", "Alpha helps Gamma.", [("POS", ["Alpha", "Gamma"])])])
    seed = built(corpus, Sources(free_text=(papers,)))
    assert (seed.kept, seed.report.dropped) == ([], {"its drug pair teaches elsewhere": 1})


def test_a_score_in_fractions_is_refused(corpus: Task, tmp_path: Path) -> None:
    path = screen(tmp_path / "oneil.csv", [f"Alpha,Beta,L{n},0.{n:02}" for n in range(50)], "bliss")
    with pytest.raises(BadFile, match=r"column bliss: none of the 50 scores is beyond ±1, as if they were fractions"):
        built(corpus, Sources(screens=((path,),)))


def test_a_bad_row_stops_the_build_unless_it_is_to_be_left_out(corpus: Task, tmp_path: Path) -> None:
    path = pair_list(tmp_path / "asdcd.csv", ["Alpha,Beta", "Alpha,"])
    with pytest.raises(BadRow, match="line 3, column drug2"):
        built(corpus, Sources(synergistic=(path,)))
    seed = built(corpus, Sources(synergistic=(path,)), skip_bad=True)
    assert (len(seed.kept), seed.report.bad_rows) == (1, {str(path): 1})


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ({"corpus_name": None}, "name the corpus that has them with --corpus"),
        ({"corpus_name": "absent"}, "there is no corpus absent; import its statements first"),
        ({"free_text_corpus": "drugbank"}, "name another corpus with --free-text-corpus"),
    ],
)
def test_a_corpus_that_cannot_take_the_labels(corpus: Task, tmp_path: Path, options: dict[str, Any], why: str) -> None:
    with pytest.raises(UnsuitableCorpus, match=why):
        built(corpus, lists(tmp_path, free_text=(tmp_path / "papers.jsonl",)), **options)
