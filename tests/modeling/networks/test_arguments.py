"""What a network is called with, by hand."""

from __future__ import annotations

from modeling.batching import together
from modeling.networks.arguments import arguments_of
from modeling.records import Input, Places

HERE, THERE = Places(1, 2, 2, 3), Places(2, 3, 1, 2)


def test_inputs_without_kinds_are_rows_of_their_own_even_where_they_are_equal() -> None:
    found = arguments_of([Input((2, 5, 3)), Input((2, 5, 3)), Input((2, 3))], pad_id=9, at_least=4)
    assert found.keys() == {"input_ids", "attention_mask"}
    assert found["input_ids"].tolist() == [[2, 5, 3, 9], [2, 5, 3, 9], [2, 3, 9, 9]]
    assert found["attention_mask"].tolist() == [[1, 1, 1, 0], [1, 1, 1, 0], [1, 1, 0, 0]]


def test_places_stand_beside_each_input() -> None:
    found = arguments_of([Input((2, 5, 6, 3), HERE), Input((2, 5, 6, 3), THERE)], pad_id=0)
    assert found["places"].tolist() == [[1, 2, 2, 3], [2, 3, 1, 2]]
    assert found["input_ids"].shape == (2, 4)


def test_pairs_of_a_sentence_share_its_row() -> None:
    kinds = (0, 1, 2, 0)
    inputs = [
        Input((2, 5, 6, 3), HERE, kinds),
        Input((2, 7, 8, 7, 3), HERE, (0, 1, 2, 0, 0)),
        Input((2, 5, 6, 3), THERE, kinds),
        Input((2, 5, 6, 3), HERE, (0, 1, 1, 0)),
    ]
    found = arguments_of(inputs, pad_id=0)
    assert found["input_ids"].tolist() == [[2, 5, 6, 3, 0], [2, 7, 8, 7, 3], [2, 5, 6, 3, 0]]
    assert found["kinds"].tolist() == [[0, 1, 2, 0, 0], [0, 1, 2, 0, 0], [0, 1, 1, 0, 0]]
    assert found["sentences"].tolist() == [0, 1, 0, 2]
    assert found["places"].tolist() == [list(one.places or ()) for one in inputs]
    assert together(inputs) == [[0, 2], [1], [3]]


def test_without_kinds_nothing_belongs_together() -> None:
    assert together([Input((2, 3)), Input((2, 3))]) == [[0], [1]]
