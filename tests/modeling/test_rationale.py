"""What a small trained model reacted to, as figures that add up."""

from __future__ import annotations

import dataclasses
import math
from typing import get_args

import numpy as np
import pytest
import torch
from torch import nn

from modeling import encode
from modeling.config import MentionForm
from modeling.encode import encode_with_spans
from modeling.forward import logits_for
from modeling.inference import LoadedModel
from modeling.rationale import TOLERANCE, Movements, NotExplainable, Rationale, attribute, movements
from modeling.records import Input, Statement
from tests.modeling.conftest import make_examples, make_statement

EXAMPLES = make_examples(12)
SAID = EXAMPLES[0].statement


def log_odds(model: LoadedModel, ids: list[int], label_index: int) -> float:
    """The label's logit less the logarithm of the others' summed exponentials, by hand."""
    (row,) = logits_for(model.network, [ids], pad_id=model.pad_id).tolist()
    others = math.log(sum(math.exp(logit) for place, logit in enumerate(row) if place != label_index))
    return float(row[label_index] - others)


def words(rationale: Rationale, statement: Statement) -> dict[str, float]:
    return {statement.text[token.start : token.end]: token.weight for token in rationale.tokens}


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: f"{example.statement.id}")
def test_movements_add_up_to_the_way_from_the_blanked_input(model: LoadedModel, example: object) -> None:
    statement, label = example.statement, example.label_index  # type: ignore[attr-defined]
    ids, spans = encode_with_spans(statement, model.tokenizer, mentions="masked", max_tokens=32)
    special = [span is None for span in spans]
    blank = encode.blank_of(model.tokenizer)[1]
    blanked = [own if keeps else blank for own, keeps in zip(ids, special, strict=True)]
    way = log_odds(model, ids, label) - log_odds(model, blanked, label)
    moved = movements(model, Input(tuple(ids)), special, label_index=label)
    assert moved.log_odds.sum() == pytest.approx(way, abs=TOLERANCE * np.abs(moved.log_odds).sum() + 1e-4)
    assert moved.completeness_error == pytest.approx(abs(moved.log_odds.sum() - way), abs=1e-4)
    assert not moved.log_odds[special].any()


def test_a_rugged_way_is_walked_in_smaller_steps(model: LoadedModel, monkeypatch: pytest.MonkeyPatch) -> None:
    def walked(*steps: int) -> list[Movements]:
        monkeypatch.setattr("modeling.rationale.STEPS", steps)
        found = []
        for example in EXAMPLES:
            ids, spans = encode_with_spans(example.statement, model.tokenizer, mentions="masked", max_tokens=32)
            special = [span is None for span in spans]
            found.append(movements(model, Input(tuple(ids)), special, label_index=example.label_index))
        return found

    for coarse, found in zip(walked(2), walked(2, 32, 64), strict=True):
        assert coarse.completeness_error > TOLERANCE * np.abs(coarse.log_odds).sum()
        assert found.completeness_error < TOLERANCE * np.abs(found.log_odds).sum()
        assert found.steps == 32


def test_with_two_labels_what_moves_towards_one_moves_away_from_the_other(model: LoadedModel) -> None:
    one, other = (attribute(model, SAID, label_index=index) for index in (0, 1))
    for token, opposite in zip(one.tokens, other.tokens, strict=True):
        assert (token.start, token.end) == (opposite.start, opposite.end)
        assert token.weight == pytest.approx(-opposite.weight, abs=1e-4)


def test_the_word_that_decides_is_first(model: LoadedModel) -> None:
    """The examples differ by their verb alone: "enhance" is label 0, and other sentences with it are, too."""
    for example in EXAMPLES:
        if example.label_index == 0:
            weights = words(attribute(model, example.statement, label_index=0), example.statement)
            assert max(weights, key=lambda word: weights[word]) == "enhance"


@pytest.mark.parametrize("form", get_args(MentionForm))
def test_tokens_lie_in_the_sentence_apart_and_their_weights_are_shares(model: LoadedModel, form: MentionForm) -> None:
    model.config = dataclasses.replace(model.config, mentions=form)
    said = make_statement(5, "may ⟨1⟩ enhance very much ⟨2⟩ .", head="ibuprofen", tail="ibuprofen")
    found = attribute(model, said, label_index=1)
    ends = [0, *(token.end for token in found.tokens)]
    assert all(end <= token.start < token.end for end, token in zip(ends, found.tokens, strict=False))
    assert found.tokens[-1].end == len(said.text)
    assert sum(abs(token.weight) for token in found.tokens) == pytest.approx(1)
    mentions = [(said.head.start, said.head.end), (said.tail.start, said.tail.end)]
    places = [(token.start, token.end) for token in found.tokens]
    assert set(mentions) <= set(places) if form != "raw" else not set(mentions) & set(places)


def test_asked_twice_it_says_the_same(model: LoadedModel) -> None:
    assert attribute(model, SAID, label_index=0) == attribute(model, SAID, label_index=0)


def test_the_model_is_as_it_was(model: LoadedModel) -> None:
    before = {name: tensor.clone() for name, tensor in model.network.state_dict().items()}
    attribute(model, SAID, label_index=0)
    assert all(torch.equal(tensor, before[name]) for name, tensor in model.network.state_dict().items())
    assert not model.network.training
    assert all(parameter.grad is None for parameter in model.network.parameters())


def test_a_model_that_nothing_moves_has_no_weights(model: LoadedModel) -> None:
    with torch.no_grad():
        for name, parameter in model.network.named_parameters():
            if name.startswith("classifier"):
                parameter.zero_()
    found = attribute(model, SAID, label_index=0)
    assert {token.weight for token in found.tokens} == {0.0}
    assert found.completeness_error == pytest.approx(0)


def test_a_network_without_word_embeddings_is_refused(model: LoadedModel) -> None:
    model.network = nn.Linear(2, 2)
    with pytest.raises(NotExplainable, match="no word embeddings"):
        attribute(model, SAID, label_index=0)


def test_a_model_without_a_blank_is_refused(model: LoadedModel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encode, "BLANKS", ("[NONE]",))
    with pytest.raises(NotExplainable, match=r"knows none of \[NONE\], so no word can be hidden"):
        attribute(model, SAID, label_index=0)


def test_an_input_that_was_cut_weighs_only_what_was_read(model: LoadedModel) -> None:
    said = make_statement(6, "very " * 500 + "⟨1⟩ may enhance ⟨2⟩" + " more" * 500)
    found = attribute(model, said, label_index=0)
    assert found.tokens[0].start > 2_000
    assert len(found.tokens) <= model.config.max_tokens
    assert sum(abs(token.weight) for token in found.tokens) == pytest.approx(1)
