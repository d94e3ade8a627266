"""Test data never teaches: what a training set shares with its own test examples is named and refused."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

import pytest

from ledger.candidates import Candidate, Composition, LeakyTrainingSet, content_hash, counted, refuse_leaks


def candidate(statement_id: int, role: str, **changes: Any) -> Candidate:
    facts: dict[str, Any] = {
        "statement_id": statement_id, "label_id": 1, "role": role, "source": "gold", "gold_id": statement_id,
        "prediction_id": None, "pair": (statement_id, statement_id + 1_000), "document": f"doc{statement_id}",
        "text_sha256": sha256(str(statement_id).encode()).digest(),
    }  # fmt: skip
    return Candidate(**(facts | changes))


SHARED = {"pair": (1, 2), "document": "PMID 17", "text_sha256": b"same"}
WORDS = {"pair": "drug pair", "document": "document PMID 17", "text_sha256": "exact text"}


@pytest.mark.parametrize("field", SHARED)
@pytest.mark.parametrize("taught", ["train", "validation"])
@pytest.mark.parametrize("held_out", ["test", "one_unseen"])
def test_what_teaches_and_tests_at_once_is_refused_by_name(field: str, taught: str, held_out: str) -> None:
    shared = {field: SHARED[field]}
    set_ = [candidate(1, "train"), candidate(11, held_out, **shared), candidate(22, taught, **shared)]
    sentence = (
        f"Statement 22 is in the {taught} examples and shares its {WORDS[field]} with test statement 11; "
        "leave one of them out. Test data never teaches."
    )
    for rows in (set_, set_[::-1], iter(set_)):
        with pytest.raises(LeakyTrainingSet) as refused:
            refuse_leaks(rows)
        assert str(refused.value) == sentence


@pytest.mark.parametrize("field", SHARED)
@pytest.mark.parametrize(
    "roles", [("train", "validation"), ("train", "train"), ("test", "one_unseen"), ("test", "test")]
)
def test_what_only_teaches_or_only_tests_may_be_shared(field: str, roles: tuple[str, str]) -> None:
    refuse_leaks([candidate(number, role, **{field: SHARED[field]}) for number, role in enumerate(roles)])


def test_statements_without_drugs_or_documents_share_nothing_by_that() -> None:
    nothing = {"pair": None, "document": ""}
    refuse_leaks([candidate(1, "train", **nothing), candidate(2, "test", **nothing)])


def test_a_clean_set_and_an_empty_one_pass() -> None:
    refuse_leaks([])
    refuse_leaks([candidate(1, "train"), candidate(2, "validation"), candidate(3, "test"), candidate(4, "one_unseen")])


ROWS = [(1, 2, "train", "gold", 9), (3, 2, "train", "pseudo", 9), (4, 1, "test", "gold", 12)]


def test_the_same_examples_have_the_same_hash_on_every_machine() -> None:
    assert content_hash(ROWS) == content_hash(list(ROWS)) == content_hash(iter(ROWS))
    assert content_hash(ROWS) == sha256(b"1|2|train|gold|9\n3|2|train|pseudo|9\n4|1|test|gold|12\n").hexdigest()


def test_every_part_of_an_example_is_in_the_hash() -> None:
    changed = [
        ROWS[:2],
        ROWS[::-1],
        [(2, 2, "train", "gold", 9), *ROWS[1:]],
        [(1, 1, "train", "gold", 9), *ROWS[1:]],
        [(1, 2, "test", "gold", 9), *ROWS[1:]],
        [(1, 2, "train", "pseudo", 9), *ROWS[1:]],
        [(1, 2, "train", "gold", 8), *ROWS[1:]],
        [(12, 2, "train", "gold", 9), *ROWS[1:]],
    ]
    assert len({content_hash(ROWS), *map(content_hash, changed)}) == 1 + len(changed)


def test_a_composition_counts_by_role_and_source() -> None:
    made = Composition(
        examples={"train": {"gold": {"synergistic": 2, "antagonistic": 3}, "pseudo": {"synergistic": 4}},
                  "test": {"gold": {"synergistic": 1}}},
        pseudo_by_confidence={}, left_out={},
    )  # fmt: skip
    assert (made.n("train"), made.n("train", "gold"), made.n("train", "pseudo")) == (9, 5, 4)
    assert (made.n("test"), made.n("test", "pseudo"), made.n("validation")) == (1, 0, 0)


def test_examples_are_counted_by_role_source_and_label() -> None:
    examples = [("train", "gold", "a"), ("train", "gold", "b"), ("test", "gold", "a"), ("train", "gold", "a")]
    assert counted(examples) == {"train": {"gold": {"a": 2, "b": 1}}, "test": {"gold": {"a": 1}}}
    assert counted([]) == {}
