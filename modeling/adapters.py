"""LoRA: a few thousand parameters beside a frozen encoder (Hu et al. 2021; the first paper's section 3.2)."""

from __future__ import annotations

import contextlib
import json
import warnings
from collections.abc import Iterator
from pathlib import Path

from peft import LoraConfig, PeftModel, TaskType, get_peft_model
from torch import nn

from modeling.config import TrainingConfig
from modeling.networks.cls import Classifier


class TargetModulesMissing(ValueError):
    """The backbone has no projection of the configured names."""


def attach(classifier: Classifier, config: TrainingConfig) -> PeftModel:
    """The network with trainable adapters on its `target_modules`; the encoder's own weights are frozen.

    What starts from chance (the classifier, perhaps the pooler) is trained in full and stored with the adapter.
    Raises TargetModulesMissing.
    """
    names = {name.rsplit(".", 1)[-1] for name, _ in classifier.network.named_modules()}
    for target in config.target_modules:
        if target not in names:
            linear = sorted(
                {
                    name.rsplit(".", 1)[-1]
                    for name, module in classifier.network.named_modules()
                    if isinstance(module, nn.Linear)
                }
            )
            raise TargetModulesMissing(
                f"The backbone has no projection named {target}: choose target_modules among {', '.join(linear)}."
            )
    lora = LoraConfig(
        task_type=TaskType.SEQ_CLS,
        r=config.rank,
        lora_alpha=config.alpha,  # type: ignore[arg-type]  # a float scales as well
        lora_dropout=config.lora_dropout,
        target_modules=list(config.target_modules),
        modules_to_save=list(classifier.untrained),
    )
    with _without_deprecation_notes():
        return get_peft_model(classifier.network, lora)


def save(model: PeftModel, folder: Path, *, backbone_name: str) -> None:
    """The adapter in PEFT's own format, safetensors only, byte for byte the same for the same weights.

    PEFT writes the backbone's folder on this machine, sets in hash order, and a model card: the folder gives way to
    the backbone's public name, the sets are sorted, the card is left out.
    """
    model.save_pretrained(str(folder), safe_serialization=True, save_embedding_layers=False)
    (folder / "README.md").unlink(missing_ok=True)
    path = folder / "adapter_config.json"
    written = json.loads(path.read_text(encoding="utf-8"))
    written["base_model_name_or_path"] = backbone_name
    for name in ("target_modules", "modules_to_save"):
        written[name] = sorted(set(written[name]))
    path.write_text(json.dumps(written, indent=2, sort_keys=True) + "\n", encoding="utf-8")


def load(network: nn.Module, folder: Path) -> PeftModel:
    """The network with the stored adapter and classifier, not merged, in evaluation mode."""
    with _without_deprecation_notes():
        model = PeftModel.from_pretrained(network, str(folder), torch_device="cpu")
    model.eval()
    return model


def merge(model: PeftModel) -> nn.Module:
    """The plain network with the adapter folded into its weights: same answers, no extra cost."""
    merged: nn.Module = model.merge_and_unload()
    merged.eval()
    return merged


@contextlib.contextmanager
def _without_deprecation_notes() -> Iterator[None]:
    """PEFT reads an attribute that transformers is about to rename: nothing the user could act on."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        yield


def trainable_parameters(model: nn.Module) -> dict[str, int]:
    """How many parameters training changes: {"adapter": LoRA matrices, "head": parts trained in full, "frozen": …}."""
    counts = {"adapter": 0, "head": 0, "frozen": 0}
    for name, parameter in model.named_parameters():
        part = "frozen" if not parameter.requires_grad else "adapter" if ".lora_" in name else "head"
        counts[part] += parameter.numel()
    return counts
