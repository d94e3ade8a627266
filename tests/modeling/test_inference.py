from __future__ import annotations

import dataclasses
import itertools
import json
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import torch

from modeling import artifacts
from modeling.artifacts import ArtifactChanged
from modeling.backbones import Backbone, resolve
from modeling.inference import BackboneMismatch, LoadedModel, ScoresNotFinite, UnknownArchitecture
from modeling.records import Scored, Statement
from modeling.training import TrainedModel
from tests.modeling.conftest import make_examples, make_statement, write_backbone

STATEMENTS = [example.statement for example in make_examples(50)]


def answers(model: LoadedModel, statements: list[Statement], *, chunk_size: int = 16) -> list[Scored]:
    return list(itertools.chain.from_iterable(model.predict(statements, chunk_size=chunk_size)))


def test_one_list_per_chunk_in_the_order_of_the_input(model: LoadedModel) -> None:
    chunks = list(model.predict(STATEMENTS, chunk_size=16))
    assert [len(chunk) for chunk in chunks] == [16, 16, 16, 2]
    assert [one.statement_id for chunk in chunks for one in chunk] == [one.id for one in STATEMENTS]


def test_what_was_learnt_is_answered(model: LoadedModel) -> None:
    assert [one.label_index for one in answers(model, STATEMENTS)] == [one.label_index for one in make_examples(50)]


def test_confidence_is_the_largest_of_calibrated_32_bit_scores(model: LoadedModel) -> None:
    for one in answers(model, STATEMENTS):
        assert one.confidence == max(one.scores) == one.scores[one.label_index]
        assert sum(one.scores) == pytest.approx(1.0, abs=1e-6)
        assert all(float(np.float32(score)) == score for score in one.scores)
        assert all(type(score) is float for score in one.scores)


def test_temperature_is_applied(model: LoadedModel) -> None:
    assert model.temperature != 1.0
    warm = answers(model, STATEMENTS[:4])
    model.temperature *= 3
    model.cache = type(model.cache)(10)
    assert all(hot.confidence < one.confidence for hot, one in zip(answers(model, STATEMENTS[:4]), warm, strict=True))


def test_chunks_order_and_company_change_nothing(model: LoadedModel, trained: TrainedModel, backbone: Backbone) -> None:
    model.config = dataclasses.replace(model.config, mentions="raw")  # no two inputs alike
    together = {one.statement_id: one.scores for one in answers(model, STATEMENTS, chunk_size=50)}
    alone = LoadedModel.load(trained.folder, backbone, sha256=trained.sha256, device="cpu")
    alone.config = model.config
    for one in answers(alone, STATEMENTS[::-1], chunk_size=1):
        assert one.scores == pytest.approx(together[one.statement_id], abs=1e-5)


def test_loaded_twice_it_answers_the_same(model: LoadedModel, trained: TrainedModel, backbone: Backbone) -> None:
    again = LoadedModel.load(trained.folder, backbone, sha256=trained.sha256, device="cpu")
    assert answers(again, STATEMENTS) == answers(model, STATEMENTS)


def test_equal_inputs_are_computed_once(model: LoadedModel) -> None:
    computed: list[int] = []

    def count(module: object, args: object, given: dict[str, torch.Tensor]) -> None:
        computed.append(given["position_ids"].eq(0).sum().item())

    model.network.base_model.embeddings.register_forward_pre_hook(count, with_kwargs=True)
    distinct = len({one.pattern for one in STATEMENTS})
    assert distinct == 12
    answers(model, STATEMENTS, chunk_size=16)
    answers(model, STATEMENTS, chunk_size=16)
    assert sum(computed) == distinct
    assert (model.cache.hits, model.cache.misses) == (100 - distinct, distinct)


def test_cached_answers_equal_computed_ones(model: LoadedModel) -> None:
    assert answers(model, STATEMENTS) == answers(model, STATEMENTS)


def test_the_model_works_one_chunk_ahead_and_no_further(model: LoadedModel) -> None:
    """What is worked out twice after a kill is what was not yet taken: at most the chunk given and the one after it."""
    model.config = dataclasses.replace(model.config, mentions="raw")
    read: list[int] = []

    def source() -> Iterator[Statement]:
        for one in STATEMENTS:
            read.append(one.id)
            yield one

    seen = []
    for chunk in model.predict(source(), chunk_size=10):
        seen.append(len(read))
        assert chunk[-1].statement_id == STATEMENTS[10 * len(seen) - 1].id
    assert seen == [20, 30, 40, 50, 50]


def test_the_model_works_on_while_the_caller_deals_with_a_chunk(model: LoadedModel) -> None:
    model.config = dataclasses.replace(model.config, mentions="raw")
    computed: list[int] = []

    def count(module: object, args: object, given: dict[str, torch.Tensor]) -> None:
        computed.append(given["position_ids"].eq(0).sum().item())

    model.network.base_model.embeddings.register_forward_pre_hook(count, with_kwargs=True)
    in_two_chunks = len({one.text for one in STATEMENTS[:20]})
    chunks = model.predict(STATEMENTS, chunk_size=10)
    next(chunks)
    deadline = time.monotonic() + 30
    while sum(computed) < in_two_chunks:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    chunks.close()
    assert sum(computed) == in_two_chunks


def test_nothing_works_on_once_the_iterator_is_closed(model: LoadedModel) -> None:
    model.config = dataclasses.replace(model.config, mentions="raw")
    threads = threading.active_count()
    chunks = model.predict(STATEMENTS, chunk_size=10)
    next(chunks)
    chunks.close()
    assert threading.active_count() == threads


def test_stopping_gives_whole_chunks_only(model: LoadedModel) -> None:
    model.config = dataclasses.replace(model.config, mentions="raw")
    given: list[list[Scored]] = []
    for chunk in model.predict(STATEMENTS, chunk_size=10, should_stop=lambda: len(given) == 2):
        given.append(chunk)
    assert [len(chunk) for chunk in given] == [10, 10]


def test_no_statements_give_no_chunk(model: LoadedModel) -> None:
    assert list(model.predict([], chunk_size=10)) == []


def test_network_that_gives_no_number_is_refused(model: LoadedModel) -> None:
    with torch.no_grad():
        next(model.network.parameters()).fill_(float("nan"))
    with pytest.raises(ScoresNotFinite, match="The model gave statement 1 the scores"):
        answers(model, STATEMENTS)


def test_hostile_sentence_gets_an_answer(model: LoadedModel) -> None:
    hostile = make_statement(5, "⟨1⟩ " + "[SEP] \x00 <script> " * 5_000 + " ⟨2⟩")
    (one,) = answers(model, [hostile])
    assert 0.5 <= one.confidence <= 1.0


def test_changed_artifact_is_refused(trained: TrainedModel, backbone: Backbone, tmp_path: Path) -> None:
    folder = tmp_path / trained.sha256
    shutil.copytree(trained.folder, folder)
    weights = folder / "adapter" / "adapter_model.safetensors"
    content = bytearray(weights.read_bytes())
    content[-1] ^= 1
    weights.write_bytes(content)
    with pytest.raises(ArtifactChanged, match=r"adapter_model\.safetensors was changed"):
        LoadedModel.load(folder, backbone, sha256=trained.sha256)


def test_another_backbone_is_refused(trained: TrainedModel, tmp_path: Path) -> None:
    other = resolve(str(write_backbone(tmp_path / "other", seed=1)))
    with pytest.raises(BackboneMismatch, match=r"trained on the weights .* set DDI_BACKBONE to the former"):
        LoadedModel.load(trained.folder, other, sha256=trained.sha256)


def test_same_weights_with_another_tokenizer_are_refused(
    trained: TrainedModel, backbone_copy: Callable[..., Path]
) -> None:
    folder = backbone_copy()
    text = (folder / "tokenizer.json").read_text(encoding="utf-8")
    (folder / "tokenizer.json").write_text(text.replace('"warfarin"', '"warfarim"'), encoding="utf-8")
    with pytest.raises(BackboneMismatch, match="trained on the tokenizer"):
        LoadedModel.load(trained.folder, resolve(str(folder)), sha256=trained.sha256)


def test_unknown_architecture_is_refused(trained: TrainedModel, backbone: Backbone, tmp_path: Path) -> None:
    folder = tmp_path / "model"
    shutil.copytree(trained.folder, folder)
    manifest = {**artifacts.read_manifest(folder), "architecture": "hologram"}
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    with pytest.raises(UnknownArchitecture, match="'hologram' and this version builds cls, cls_dense, rbert_cnn"):
        LoadedModel.load(folder, backbone, sha256=artifacts.seal(folder))
