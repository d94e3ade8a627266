from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from transformers import BertConfig, BertForSequenceClassification

from modeling import adapters
from modeling.adapters import TargetModulesMissing
from modeling.backbones import Backbone
from modeling.config import TrainingConfig
from modeling.networks.cls import Classifier, build

IDS = torch.tensor([[2, 7, 8, 9, 3], [2, 11, 12, 13, 3]])


def disturbed(backbone: Backbone, config: TrainingConfig) -> torch.nn.Module:
    """An adapted network whose trainable weights are no longer the starting ones (LoRA starts as no change)."""
    torch.manual_seed(1)
    model = adapters.attach(build(backbone, n_labels=2), config)
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.requires_grad:
                parameter.add_(torch.randn_like(parameter) * 0.3)
    return model.eval()


def logits(network: torch.nn.Module) -> torch.Tensor:
    with torch.inference_mode():
        return network(input_ids=IDS, attention_mask=torch.ones_like(IDS)).logits  # type: ignore[no-any-return]


def test_rank_8_on_query_and_value_of_twelve_layers_of_768_is_294_912_parameters() -> None:
    with torch.device("meta"):
        network = BertForSequenceClassification(BertConfig(num_labels=2))  # BERT base: 12 layers of 768
    counts = adapters.trainable_parameters(adapters.attach(Classifier(network, ("classifier",)), TrainingConfig()))
    assert counts["adapter"] == 294_912
    assert counts["head"] == 768 * 2 + 2
    assert counts["adapter"] + counts["head"] == 296_450


def test_nothing_of_the_encoder_is_trained(backbone: Backbone) -> None:
    model = adapters.attach(build(backbone, n_labels=2), TrainingConfig())
    trained = [name for name, parameter in model.named_parameters() if parameter.requires_grad]
    assert trained
    assert all(".lora_" in name or "classifier.modules_to_save" in name for name in trained)


def test_merged_answers_equal_unmerged_ones(backbone: Backbone) -> None:
    model = disturbed(backbone, TrainingConfig())
    before = logits(model)
    without = logits(build(backbone, n_labels=2).network.eval())
    assert not torch.allclose(before, without, atol=1e-2)
    torch.testing.assert_close(logits(adapters.merge(model)), before, atol=1e-5, rtol=1e-5)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["backbone", "backbone_without_pooler"])
def test_saved_and_loaded_gives_the_same_logits(name: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    backbone: Backbone = request.getfixturevalue(name)
    model = disturbed(backbone, TrainingConfig())
    adapters.save(model, tmp_path, backbone_name="acme/bert")  # type: ignore[arg-type]
    torch.manual_seed(99)  # a fresh classifier or pooler would now be another
    loaded = adapters.load(build(backbone, n_labels=2).network, tmp_path)
    torch.testing.assert_close(logits(loaded), logits(model), atol=0, rtol=0)


def test_files_are_pefts_own_and_safetensors_only(backbone: Backbone, tmp_path: Path) -> None:
    adapters.save(disturbed(backbone, TrainingConfig()), tmp_path, backbone_name="acme/bert")  # type: ignore[arg-type]
    assert {path.name for path in tmp_path.iterdir()} == {"adapter_config.json", "adapter_model.safetensors"}
    written = json.loads((tmp_path / "adapter_config.json").read_text(encoding="utf-8"))
    assert (written["peft_type"], written["r"], written["base_model_name_or_path"]) == ("LORA", 8, "acme/bert")
    assert str(backbone.path) not in (tmp_path / "adapter_config.json").read_text(encoding="utf-8")


def test_same_weights_are_the_same_bytes(backbone: Backbone, tmp_path: Path) -> None:
    config = TrainingConfig(target_modules=("value", "query", "key", "dense"))
    contents = []
    for name in ("first", "second"):
        adapters.save(disturbed(backbone, config), tmp_path / name, backbone_name="acme/bert")  # type: ignore[arg-type]
        contents.append({path.name: path.read_bytes() for path in (tmp_path / name).iterdir()})
    assert contents[0] == contents[1]
    written = json.loads(contents[0]["adapter_config.json"])
    # PEFT keeps these as sets, whose order changes from process to process
    assert written["target_modules"] == ["dense", "key", "query", "value"]
    assert written["modules_to_save"] == ["classifier", "score"]


def test_projection_that_the_backbone_lacks_is_refused_with_those_it_has(backbone: Backbone) -> None:
    with pytest.raises(TargetModulesMissing, match=r"no projection named q_proj: choose .* query, value"):
        adapters.attach(build(backbone, n_labels=2), TrainingConfig(target_modules=("q_proj",)))
