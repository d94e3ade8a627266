from __future__ import annotations

from pathlib import Path

import numpy as np
import torch

from modeling.forward import logits_of
from modeling.inference import LoadedModel
from modeling.networks.onnx import OnnxNetwork
from modeling.onnx_export import write_graph
from modeling.records import Input
from modeling.serving import Graph

INPUTS = [Input(ids) for ids in ((2, 7, 8, 9, 3), (2, 11, 3), (2, 12, 13, 14, 15, 16, 3))]


def test_a_graph_stands_in_for_the_network_it_came_from(model: LoadedModel, tmp_path: Path) -> None:
    write_graph(model.network, tmp_path / "model.onnx")
    network = OnnxNetwork(Graph(tmp_path / "model.onnx")).eval()
    assert [(one.numel(), one.device.type) for one in network.parameters()] == [(0, "cpu")]
    logits = logits_of(network, INPUTS, pad_id=0)
    np.testing.assert_allclose(logits, logits_of(model.network, INPUTS, pad_id=0), atol=1e-5)


def test_its_logits_are_a_tensor_that_nothing_can_be_learnt_through(model: LoadedModel, tmp_path: Path) -> None:
    write_graph(model.network, tmp_path / "model.onnx")
    ids = torch.tensor([[2, 7, 3]])
    logits = OnnxNetwork(Graph(tmp_path / "model.onnx"))(input_ids=ids, attention_mask=torch.ones_like(ids)).logits
    assert (logits.shape, logits.dtype, logits.requires_grad) == ((1, 2), torch.float32, False)
