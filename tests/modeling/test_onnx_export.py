"""The exported graph answers as the network does, on batches of any shape, and is refused where it does not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
import torch

from modeling.backbones import Backbone
from modeling.config import TrainingConfig
from modeling.forward import logits_of
from modeling.inference import LoadedModel
from modeling.networks.building import build
from modeling.onnx_export import LIMIT, GraphDiffers, difference, quantise, write_graph
from modeling.records import Input, Places
from modeling.serving import Graph

INPUTS = [Input((2, *range(4, 4 + n), 3)) for n in (3, 9, 3, 17, 30, 5, 9, 40, 1)]


@pytest.fixture
def graph(model: LoadedModel, tmp_path: Path) -> Graph:
    write_graph(model.network, tmp_path / "model.onnx")
    return Graph(tmp_path / "model.onnx", threads=1)


@pytest.mark.parametrize("pooling", ["cls", "mean"])
def test_graph_gives_the_networks_logits_with_and_without_padding(
    backbone: Backbone, tmp_path: Path, pooling: str
) -> None:
    torch.manual_seed(3)
    network = build(backbone, n_labels=3, pooling=pooling).network.eval()  # type: ignore[arg-type]
    fused = write_graph(network, tmp_path / "model.onnx")
    assert fused["Attention"] == 2  # one a layer: the fusion recognised them
    found = difference(network, Graph(tmp_path / "model.onnx"), INPUTS, pad_id=0)
    assert found.inputs == len(INPUTS)
    assert 0 <= found.unpadded < 1e-5
    assert 0 <= found.padded < 1e-5
    assert found.to_json()["limit"] == LIMIT == 1e-4


def pairs(*, places: bool, kinds: bool) -> list[Input]:
    """Sentences from short to long with one to three pairs of mentions each, drawn with a seed."""
    drawn = np.random.default_rng(5)
    made = []
    for n in (4, 9, 9, 17, 30, 40, 40):
        ids = (2, *drawn.integers(4, 50, n).tolist(), 3)
        of_tokens = (0, *drawn.integers(0, 3, n).tolist(), 0)
        for _ in range(1 + n % 3):
            head, tail = drawn.integers(1, n - 1, 2).tolist()
            at = Places(head, head + 2, tail, tail + 1)
            made.append(Input(ids, at if places else None, of_tokens if kinds else None))
    return made


@pytest.mark.parametrize("architecture", ["cls_dense", "rbert_cnn", "pair_reader"])
def test_networks_for_relations_are_graphs_too(backbone: Backbone, tmp_path: Path, architecture: Any) -> None:
    torch.manual_seed(3)
    network = build(backbone, n_labels=4, architecture=architecture).network.eval()
    fused = write_graph(network, tmp_path / "model.onnx")
    assert fused["Attention"] == 2
    reads = TrainingConfig(architecture=architecture)
    inputs = pairs(places=reads.reads_places, kinds=reads.reads_kinds)
    graph = Graph(tmp_path / "model.onnx", threads=2)
    found = difference(network, graph, inputs, pad_id=0)
    assert 0 <= found.unpadded < 1e-5
    assert 0 <= found.padded < 1e-5

    expected = logits_of(network, inputs, pad_id=0)
    assert np.ptp(expected, axis=0).max() > 0.01, "else every input would be as good as any other"
    np.testing.assert_allclose(graph.logits_of(inputs, pad_id=0), expected, atol=1e-5)
    alone = np.concatenate([graph.logits_of([one], pad_id=0) for one in inputs])
    np.testing.assert_allclose(alone, expected, atol=1e-5)
    if reads.reads_places:
        swapped = [one._replace(places=Places(*one.places[2:], *one.places[:2])) for one in inputs if one.places]
        assert not np.allclose(graph.logits_of(swapped, pad_id=0), expected, atol=1e-3)

    quantise(tmp_path / "model.onnx", tmp_path / "int8.onnx")
    rounded = Graph(tmp_path / "int8.onnx", threads=1).logits_of(inputs, pad_id=0)
    assert 0 < np.abs(rounded - expected).max() < 0.3 * np.abs(expected).max()


def test_any_batch_and_any_length_go_through(graph: Graph) -> None:
    for batch, tokens in ((1, 2), (5, 7), (2, 64)):
        logits = graph(input_ids=np.full((batch, tokens), 5), attention_mask=np.ones((batch, tokens), dtype=np.int64))
        assert (logits.shape, logits.dtype) == ((batch, 2), np.float32)


def test_padding_and_company_change_no_answer(graph: Graph) -> None:
    alone = np.concatenate([graph.logits_of([one], pad_id=0) for one in INPUTS])
    np.testing.assert_allclose(graph.logits_of(INPUTS, pad_id=0), alone, atol=1e-5)


def test_dropout_is_off_whatever_mode_the_network_is_in(model: LoadedModel, tmp_path: Path) -> None:
    model.network.eval()
    write_graph(model.network.train(), tmp_path / "model.onnx")
    graph = Graph(tmp_path / "model.onnx")
    difference(model.network.eval(), graph, INPUTS, pad_id=0)
    assert not any(node.op_type == "Dropout" for node in onnx.load(tmp_path / "model.onnx").graph.node)


def test_exporting_leaves_the_network_as_it_was(model: LoadedModel, tmp_path: Path) -> None:
    before = model.network.config._attn_implementation
    weights = {name: tensor.clone() for name, tensor in model.network.state_dict().items()}
    write_graph(model.network, tmp_path / "model.onnx")
    assert model.network.config._attn_implementation == before != "eager"
    assert all(torch.equal(tensor, weights[name]) for name, tensor in model.network.state_dict().items())


def test_same_weights_are_the_same_bytes(model: LoadedModel, tmp_path: Path) -> None:
    for name in ("first", "second"):
        write_graph(model.network, tmp_path / f"{name}.onnx")
        quantise(tmp_path / f"{name}.onnx", tmp_path / f"{name}-int8.onnx")
    for suffix in (".onnx", "-int8.onnx"):
        assert (tmp_path / f"first{suffix}").read_bytes() == (tmp_path / f"second{suffix}").read_bytes()


@pytest.mark.parametrize("change", [1.1 * LIMIT, float("nan")])
def test_graph_of_other_weights_is_refused_with_both_differences(
    graph: Graph, model: LoadedModel, change: float
) -> None:
    with torch.no_grad():
        model.network.classifier.bias[0] += change  # type: ignore[union-attr, operator]
    with pytest.raises(
        GraphDiffers, match=r"differ .* by up to \S+ without and \S+ with padding .* nothing was written"
    ):
        difference(model.network, graph, INPUTS, pad_id=0)


def test_quantised_matrices_are_8_bits_with_a_scale_for_each_column(model: LoadedModel, tmp_path: Path) -> None:
    write_graph(model.network, tmp_path / "model.onnx")
    quantise(tmp_path / "model.onnx", tmp_path / "int8.onnx")
    held = {one.name: onnx.numpy_helper.to_array(one) for one in onnx.load(tmp_path / "int8.onnx").graph.initializer}
    matrices = {name: array for name, array in held.items() if name.endswith("_quantized")}
    assert {array.itemsize for array in matrices.values()} == {1}
    feed_forward = [name for name, array in matrices.items() if array.shape == (32, 64) and array.dtype == np.int8]
    assert len(feed_forward) == 2
    for name in feed_forward:
        assert held[name.replace("_quantized", "_scale")].shape == (64,)

    exact, rounded = (Graph(tmp_path / name).logits_of(INPUTS, pad_id=0) for name in ("model.onnx", "int8.onnx"))
    assert 0 < np.abs(exact - rounded).max() < 0.2 * np.abs(exact).max()
