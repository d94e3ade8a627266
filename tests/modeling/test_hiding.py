"""Mentions hidden while learning: all of a sentence or none, in the share asked for, and never while answering."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest
import torch

from modeling.backbones import Backbone
from modeling.config import ContradictoryConfig, FieldOutOfRange, TrainingConfig
from modeling.encode import blank_of, load_tokenizer
from modeling.hiding import hidden
from modeling.networks.pair_reader import PairReader
from modeling.training import train
from tests.modeling.conftest import make_examples

KINDS = torch.tensor([[0, 1, 1, 0, 2, 0], [0, 0, 1, 0, 0, 1]])


def test_all_mentions_of_a_sentence_are_hidden_or_none() -> None:
    ids = torch.arange(10, 16).expand(1_000, -1)
    kinds = KINDS[0].expand(1_000, -1)
    torch.manual_seed(7)
    seen = hidden(ids, kinds, share=0.3, blank=99)
    with_all, without = [10, 11, 12, 13, 14, 15], [10, 99, 99, 13, 99, 15]
    rows = seen.tolist()
    assert {tuple(row) for row in rows} == {tuple(with_all), tuple(without)}
    assert rows.count(without) == pytest.approx(300, abs=60)
    assert ids[0].tolist() == with_all, "the batch itself was changed"


@pytest.mark.parametrize(("share", "n"), [(0.0, 0), (1.0, 5)])
def test_none_and_all(share: float, n: int) -> None:
    seen = hidden(torch.ones_like(KINDS), KINDS, share=share, blank=99)
    assert int((seen == 99).sum()) == n
    assert torch.equal(seen == 99, (KINDS > 0) & bool(n))


@pytest.mark.parametrize("share", [-0.1, 1.5])
def test_a_share_out_of_range_is_refused(share: float) -> None:
    with pytest.raises(FieldOutOfRange, match=r"hidden_mentions is .* but has to be 0 to 1\."):
        TrainingConfig(architecture="pair_reader", hidden_mentions=share)


def test_only_a_network_that_knows_where_all_mentions_stand_can_have_them_hidden() -> None:
    with pytest.raises(ContradictoryConfig, match=r"'cls' is not told where .*: set architecture to \"pair_reader\""):
        TrainingConfig(hidden_mentions=0.5)


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_the_network_reads_them_hidden_while_it_learns_and_plain_while_it_is_tested(
    backbone: Backbone, quick: TrainingConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, share: float
) -> None:
    blank = blank_of(load_tokenizer(backbone.path))[1]
    read: dict[bool, list[bool]] = {True: [], False: []}
    forward = PairReader.forward

    def noting(self: PairReader, input_ids: torch.Tensor, **given: Any) -> Any:
        at_mentions = input_ids[given["kinds"] > 0]
        assert len(at_mentions)
        assert (at_mentions == blank).all() or not (at_mentions == blank).any()
        read[self.training].append(bool((at_mentions == blank).all()))
        return forward(self, input_ids=input_ids, **given)

    monkeypatch.setattr(PairReader, "forward", noting)
    config = dataclasses.replace(
        quick, architecture="pair_reader", tuning="full", mentions="raw", max_epochs=1, patience=1,
        hidden_mentions=share,
    )  # fmt: skip
    train(
        make_examples(16), make_examples(8, first_id=1000), labels=("synergistic", "antagonistic"),
        backbone=backbone, config=config, out_dir=tmp_path,
    )  # fmt: skip
    assert set(read[True]) == {bool(share)}
    assert set(read[False]) == {False}
