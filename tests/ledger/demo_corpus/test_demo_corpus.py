"""The shipped demonstration corpus and class rules hold what the demonstration relies on."""

from __future__ import annotations

import csv
import re
from collections import Counter
from pathlib import Path

import pytest

from ledger.atc import LEVEL_LENGTHS, ClassRule, RuleBook
from ledger.demo_corpus import compose as program
from ledger.demo_corpus.compose import FOLDER, STATEMENT_COLUMNS, Corpus, MissingFacts, compose, read, wordings
from ledger.patterns import HEAD_MARK, TAIL_MARK, find_mentions, pattern_of
from ledger.splits import split_of_pair

CURATED = Path(__file__).parents[3] / "ledger" / "curated" / "atc_rules.csv"
LABELS = ("synergistic", "antagonistic", "undetermined")
ATC_CODE = re.compile(r"[A-Z]\d{2}[A-Z]{2}\d{2}")


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    return compose()


@pytest.fixture(scope="module")
def codes() -> dict[str, list[str]]:
    with (FOLDER / "drug_atc.tsv").open(encoding="utf-8", newline="") as lines:
        return {r["drugbank_id"]: r["atc_codes"].split("|") for r in csv.DictReader(lines, delimiter="\t")}


@pytest.fixture(scope="module")
def rules() -> list[dict[str, str]]:
    with CURATED.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def test_drugs_are_named_once_with_wellformed_ids(codes: dict[str, list[str]]) -> None:
    drugs = read("drugs.csv")
    assert len(drugs) >= 220
    assert all(re.fullmatch(r"DB\d{5}", drug["DrugBank ID"]) for drug in drugs)
    assert len({drug["DrugBank ID"] for drug in drugs}) == len({drug["Common name"] for drug in drugs}) == len(drugs)
    named = {drug["DrugBank ID"]: drug["Common name"] for drug in drugs}
    assert {row["drugbank_id"]: row["name"] for row in read("effects.csv")} == named
    assert set(codes) == set(named)


def test_synonyms_name_no_other_drug() -> None:
    drugs = read("drugs.csv")
    names = [drug["Common name"].casefold() for drug in drugs]
    synonyms = [s.casefold() for drug in drugs for s in drug["Synonyms"].split(" | ") if s]
    assert len(synonyms) == len(set(synonyms))
    assert not set(synonyms) & set(names)


def test_every_code_and_its_classes_are_in_the_index(codes: dict[str, list[str]]) -> None:
    index = [row["atc_code"] for row in read("atc_index.csv")]
    assert len(index) == len(set(index))
    used = {code for drug_codes in codes.values() for code in drug_codes}
    assert all(ATC_CODE.fullmatch(code) for code in used)
    assert {code[:length] for code in used for length in LEVEL_LENGTHS} == set(index)


def test_composed_files_are_what_the_facts_give(corpus: Corpus) -> None:
    def rows(name: str) -> list[tuple[str, ...]]:
        with (FOLDER / name).open(encoding="utf-8", newline="") as lines:
            return [tuple(row) for row in csv.reader(lines)]

    assert rows("interactions.csv") == [STATEMENT_COLUMNS, *(s.row for s in corpus.statements)]
    assert rows("seed_labels.csv")[1:] == [(*s.row, s.wording.label) for s in corpus.labelled]
    assert rows("planted.csv")[1:] == [(*s.row, s.contradicts) for s in corpus.planted]


def test_every_sentence_names_both_drugs_and_masks_to_its_wording(corpus: Corpus) -> None:
    for statement in corpus.statements:
        head, head_name, tail, tail_name, sentence = statement.row
        assert head != tail
        pattern = pattern_of(sentence, *find_mentions(sentence, [head_name], [tail_name]))
        wanted = statement.wording.text.replace("{1}", HEAD_MARK).replace("{2}", TAIL_MARK)
        assert pattern == wanted, sentence


def test_no_statement_is_told_twice(corpus: Corpus) -> None:
    assert len({s.row for s in corpus.statements}) == len(corpus.statements)
    assert len({(s.pair, s.wording.slug) for s in corpus.statements}) == len(corpus.statements)


def test_counts_and_shares_of_statements(corpus: Corpus) -> None:
    n = len(corpus.statements)
    share = {label: sum(s.wording.label == label for s in corpus.statements) / n for label in LABELS}
    assert n >= 3200
    assert share["synergistic"] >= 0.28
    assert share["antagonistic"] >= 0.38
    assert share["undetermined"] >= 0.17
    assert len(corpus.planted) >= 60


def test_wordings_are_many_and_partly_unlabelled(corpus: Corpus) -> None:
    used = {s.wording for s in corpus.statements}
    assert used == set(wordings())
    assert len({w.text for w in used}) == len(used) >= 64
    assert {w.label for w in used} == set(LABELS)
    assert sum(w.slug.startswith("vague_") for w in used) >= 6
    labelled = {s.wording for s in corpus.labelled}
    assert 0.55 <= len(labelled) / len(used) <= 0.70
    assert any(w.text.index("{2}") < w.text.index("{1}") for w in used)
    assert any(w.text.count("{2}") == 2 for w in used)


def test_labels_are_enough_in_every_split_and_absent_from_bridges(corpus: Corpus) -> None:
    n = Counter((split_of_pair(s.head.id, s.tail.id), s.wording.label) for s in corpus.labelled)
    for split in ("validation", "test"):
        assert sum(n[split, label] for label in LABELS) >= 160
        assert n[split, "synergistic"] >= 50
        assert n[split, "antagonistic"] >= 50
    assert sum(n["train", label] for label in LABELS) >= 700
    assert {split for split, _ in n} == {"train", "validation", "test"}


def test_some_labelled_wordings_wait_for_validation_and_test(corpus: Corpus) -> None:
    labelled_in_train = {s.wording.slug for s in corpus.labelled if s.split == "train"}
    elsewhere = {s.wording.slug for s in corpus.labelled if s.split != "train"} - labelled_in_train
    unseen = {w.slug for w in wordings() if w.seed == "unseen"}
    assert unseen <= elsewhere
    assert len(unseen) >= 6
    assert not any(s.wording.slug in unseen for s in corpus.statements if s.split in ("train", "bridge"))


def test_names_inside_names_occur(corpus: Corpus) -> None:
    nested = [s for s in corpus.statements if s.head.name in s.tail.name or s.tail.name in s.head.name]
    assert len(nested) >= 3


def test_rules_are_wellformed_and_do_not_contradict_each_other(rules: list[dict[str, str]]) -> None:
    assert len(rules) >= 80
    for rule in rules:
        for prefix in (rule["prefix_a"], rule["prefix_b"]):
            assert len(prefix) in LEVEL_LENGTHS
            assert re.fullmatch(r"[A-Z](\d{2}([A-Z]([A-Z](\d{2})?)?)?)?", prefix)
        assert rule["expected_label"] in ("synergistic", "antagonistic")
        assert rule["mechanism"].endswith(".")
        assert rule["reference"]
    assert len({frozenset((r["prefix_a"], r["prefix_b"])) for r in rules}) == len(rules)


def test_rules_expect_the_opposite_of_planted_statements_and_agree_with_the_others(
    corpus: Corpus, codes: dict[str, list[str]], rules: list[dict[str, str]]
) -> None:
    book = RuleBook(
        ClassRule(i, r["prefix_a"], r["prefix_b"], LABELS.index(r["expected_label"])) for i, r in enumerate(rules)
    )
    told: Counter[bool] = Counter()
    for statement in corpus.statements:
        expected = book.expectation(codes[statement.head.id], codes[statement.tail.id])
        if statement.contradicts:
            assert statement.contradicts != statement.wording.label
            assert expected is not None, statement.row
            assert expected.label_id == LABELS.index(statement.contradicts), statement.row
        elif expected is not None and expected.label_id is not None and statement.wording.label != "undetermined":
            told[expected.label_id == LABELS.index(statement.wording.label)] += 1
    assert told[True] > 1000
    assert told[False] <= 5


def test_planted_statements_are_not_labelled_but_their_wordings_are(corpus: Corpus) -> None:
    labelled_in_train = {s.wording.slug for s in corpus.labelled if s.split == "train"}
    assert not set(corpus.planted) & set(corpus.labelled)
    assert {s.wording.slug for s in corpus.planted} <= labelled_in_train


def test_an_unknown_effect_is_refused_by_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "effects.csv").write_text("drugbank_id,name,effects\nDB00682,Warfarin,vka\n", encoding="utf-8")
    header = "relation,first,second,either_order,basis\n"
    (tmp_path / "relations.csv").write_text(header + "bleeding,vka,nsaid,yes,Mucosa\n", encoding="utf-8")
    monkeypatch.setattr(program, "FOLDER", tmp_path)
    with pytest.raises(MissingFacts, match=r"nsaid.*bleeding"):
        compose()
