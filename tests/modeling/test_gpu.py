"""What a machine with a GPU does otherwise: it trains there, answers there, and asks which number format is faster."""

from __future__ import annotations

import dataclasses
import itertools
from pathlib import Path

import numpy as np
import pytest
import torch

from modeling.backbones import Backbone
from modeling.config import TrainingConfig
from modeling.encode import load_tokenizer
from modeling.forward import logits_of
from modeling.inference import LoadedModel
from modeling.inputs import inputs_of
from modeling.precision import can_bfloat16, fastest_safe_dtype
from modeling.records import Progress
from modeling.training import TrainedModel, train
from tests.modeling.conftest import make_examples

pytestmark = [
    pytest.mark.gpu,
    pytest.mark.skipif(not torch.cuda.is_available(), reason="torch sees no CUDA device on this machine"),
]
EXAMPLES = make_examples(50)
STATEMENTS = [example.statement for example in EXAMPLES]
TAUGHT = [example.label_index for example in EXAMPLES]


def loaded(trained: TrainedModel, backbone: Backbone, device: str, *, probes: Path | None = None) -> LoadedModel:
    return LoadedModel.load(trained.folder, backbone, sha256=trained.sha256, device=device, probes=probes)


def labels_of(model: LoadedModel) -> list[int]:
    return [one.label_index for chunk in model.predict(STATEMENTS, chunk_size=16) for one in chunk]


def test_what_was_learnt_on_the_gpu_is_answered_alike_on_both_devices(
    trained: TrainedModel, backbone: Backbone
) -> None:
    on_cpu, on_gpu = (loaded(trained, backbone, device) for device in ("cpu", "cuda"))
    assert {parameter.device.type for parameter in on_gpu.network.parameters()} == {"cuda"}
    assert {parameter.dtype for parameter in on_gpu.network.parameters()} == {torch.float32}
    inputs = inputs_of(STATEMENTS, on_cpu.tokenizer, on_cpu.config)
    ours, theirs = (logits_of(one.network, inputs, pad_id=one.pad_id) for one in (on_gpu, on_cpu))
    np.testing.assert_allclose(ours, theirs, atol=1e-3)
    assert labels_of(on_gpu) == labels_of(on_cpu) == TAUGHT


def test_without_a_device_a_model_goes_to_the_gpu(trained: TrainedModel, backbone: Backbone) -> None:
    model = LoadedModel.load(trained.folder, backbone, sha256=trained.sha256)
    assert next(model.network.parameters()).device.type == "cuda"


def test_the_format_found_for_the_gpu_is_used_there_and_changes_no_label(
    trained: TrainedModel, backbone: Backbone, tmp_path: Path
) -> None:
    probed = loaded(trained, backbone, "cuda", probes=tmp_path)
    first = next(probed.network.parameters())
    assert first.device.type == "cuda"
    assert first.dtype in (torch.float32, torch.bfloat16)
    assert labels_of(probed) == labels_of(loaded(trained, backbone, "cpu")) == TAUGHT


@pytest.mark.skipif(
    not (torch.cuda.is_available() and can_bfloat16("cuda")), reason="this GPU has no instructions for bfloat16"
)
@pytest.mark.parametrize(("half", "expected"), [(0.5, torch.bfloat16), (2.0, torch.float32)])
def test_the_probe_asks_the_gpu_and_not_the_processor(
    trained: TrainedModel, backbone: Backbone, half: float, expected: torch.dtype
) -> None:
    """A processor without the instructions is told of, and a clock that only the probe's passes read."""
    model = loaded(trained, backbone, "cpu")
    times = itertools.cycle([0.0, 1.0, 0.0, half])
    torch.cuda.reset_peak_memory_stats()
    held = torch.cuda.memory_allocated()
    found = fastest_safe_dtype(
        model.network, load_tokenizer(backbone.path), pad_id=model.pad_id, device="cuda", capabilities={},
        clock=lambda: next(times),
    )  # fmt: skip
    assert found == expected
    assert torch.cuda.max_memory_allocated() > held, "nothing was asked of the GPU"
    assert next(model.network.parameters()).device.type == "cpu", "the probe moved the network itself"


@pytest.mark.skipif(
    not (torch.cuda.is_available() and can_bfloat16("cuda")), reason="this GPU has no instructions for bfloat16"
)
def test_training_in_bfloat16_learns_what_training_in_float32_learns(
    backbone: Backbone, quick: TrainingConfig, tmp_path: Path
) -> None:
    seen: dict[str, set[torch.dtype]] = {}
    layer = torch.nn.Linear
    forward = layer.forward

    for precision in ("float32", "auto"):
        dtypes = seen[precision] = set()

        def noting(self: torch.nn.Linear, given: torch.Tensor, dtypes: set[torch.dtype] = dtypes) -> torch.Tensor:
            made = forward(self, given)
            dtypes.add(made.dtype)
            return made

        progress: list[Progress] = []
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(layer, "forward", noting)
            made = train(
                make_examples(64), make_examples(40, first_id=1000), labels=("synergistic", "antagonistic"),
                backbone=backbone, config=dataclasses.replace(quick, precision=precision),  # type: ignore[arg-type]
                out_dir=tmp_path / precision, on_progress=progress.append,
            )  # fmt: skip
        assert made.history[-1]["macro_f1"] == 1.0
        assert labels_of(loaded(made, backbone, "cuda")) == TAUGHT
        stored = loaded(made, backbone, "cpu")
        assert {parameter.dtype for parameter in stored.network.parameters()} == {torch.float32}
    assert torch.bfloat16 in seen["auto"]
    assert seen["float32"] == {torch.float32}
