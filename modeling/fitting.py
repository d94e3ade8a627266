"""The steps themselves: weighted cross-entropy, AdamW, linear warm-up, by the Hugging Face Trainer."""

from __future__ import annotations

import tempfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any, NotRequired, TypedDict

import numpy as np
import torch
from torch import nn
from torch.nn.functional import cross_entropy
from torch.utils.data import Sampler
from transformers import EvalPrediction, PrinterCallback, Trainer, TrainerCallback, TrainingArguments
from transformers.trainer_pt_utils import get_length_grouped_indices

from modeling.batching import padded
from modeling.config import TrainingConfig
from modeling.metrics import macro_f1
from modeling.precision import can_bfloat16
from modeling.records import Input, Places


class Row(TypedDict):
    """One example as numbers, under the names the trainer knows: token ids, label index, weight.

    `places` are there for a network that reads them.
    """

    input_ids: list[int]
    labels: int
    weights: float
    places: NotRequired[Places]


def row_of(one: Input, *, label: int, weight: float) -> Row:
    """An input with its answer."""
    row = Row(input_ids=list(one.ids), labels=label, weights=weight)
    return row if one.places is None else Row(**row, places=one.places)


def input_of(row: Row) -> Input:
    """What the network reads of a row."""
    return Input(tuple(row["input_ids"]), row.get("places"))


class _WeightedTrainer(Trainer):
    """Cross-entropy in which each example counts by its weight: the mean over the batch of weight x loss.

    With `balanced` the weights decide how often an example is drawn instead.
    """

    balanced = False

    def compute_loss(
        self,
        model: nn.Module,
        inputs: dict[str, Any],
        return_outputs: bool = False,
        num_items_in_batch: torch.Tensor | int | None = None,
    ) -> torch.Tensor | tuple[torch.Tensor, Any]:
        labels, weights = inputs["labels"], inputs["weights"]
        outputs = model(**{name: part for name, part in inputs.items() if name not in ("labels", "weights")})
        losses = cross_entropy(outputs.logits.float(), labels, reduction="none")  # (batch,)
        loss = losses.mean() if self.balanced and model.training else (losses * weights).mean()
        return (loss, outputs) if return_outputs else loss

    def _get_train_sampler(self, train_dataset: Any = None) -> Sampler[int] | None:
        if self.balanced:
            rows: list[Row] = self.train_dataset  # type: ignore[assignment]
            return BalancedSampler(rows, batch_size=self.args.train_batch_size, seed=self.args.seed)
        return super()._get_train_sampler(train_dataset)


class BalancedSampler(Sampler[int]):
    """As many rows as there are, drawn with replacement: each label equally likely, its rows by their weights.

    The second paper's weighted sampler (section III). Rows of like length stand together, as they do without it, and
    each epoch draws anew.
    """

    def __init__(self, rows: Sequence[Row], *, batch_size: int, seed: int) -> None:
        self.lengths = [len(row["input_ids"]) for row in rows]
        self.batch_size = batch_size
        by_label: defaultdict[int, float] = defaultdict(float)
        for row in rows:
            by_label[row["labels"]] += row["weights"]
        self.chances = torch.tensor([row["weights"] / by_label[row["labels"]] for row in rows], dtype=torch.float64)
        self.generator = torch.Generator().manual_seed(seed)

    def __len__(self) -> int:
        return len(self.lengths)

    def __iter__(self) -> Iterator[int]:
        drawn = torch.multinomial(self.chances, len(self), replacement=True, generator=self.generator).tolist()
        lengths = [self.lengths[row] for row in drawn]
        order = get_length_grouped_indices(  # type: ignore[no-untyped-call]
            lengths, self.batch_size, generator=self.generator
        )
        return iter([drawn[place] for place in order])


def fit(
    model: nn.Module,
    rows: list[Row],
    validation_rows: list[Row],
    config: TrainingConfig,
    *,
    n_labels: int,
    pad_id: int,
    callbacks: list[TrainerCallback],
) -> None:
    """Train `model` in place, and tell `callbacks` of each step and of each epoch's validation figures.

    Without validation rows there are no such figures. Writes nothing that outlives the call.
    """

    def collate(batch: list[Row]) -> dict[str, torch.Tensor]:
        width = config.max_tokens if config.padding == "max_tokens" else 0
        inputs, mask = padded([row["input_ids"] for row in batch], pad_id=pad_id, at_least=width)
        places = [row["places"] for row in batch if "places" in row]
        return {
            "input_ids": torch.from_numpy(inputs),
            "attention_mask": torch.from_numpy(mask),
            **({"places": torch.tensor(places)} if places else {}),
            "labels": torch.tensor([row["labels"] for row in batch]),
            "weights": torch.tensor([row["weights"] for row in batch]),
        }

    def figures(outcome: EvalPrediction) -> dict[str, float]:
        said = np.argmax(outcome.predictions, axis=1)
        true = np.asarray(outcome.label_ids)
        return {
            "macro_f1": macro_f1(true.tolist(), said.tolist(), n_labels=n_labels),
            "accuracy": float((said == true).mean()),
        }

    on_gpu = torch.cuda.is_available()
    with tempfile.TemporaryDirectory() as scratch:
        trainer = _WeightedTrainer(
            model=model,
            args=TrainingArguments(
                output_dir=scratch,
                seed=config.seed,
                learning_rate=config.learning_rate,
                warmup_steps=config.warmup_share,
                weight_decay=config.weight_decay,
                adam_beta1=0.9,
                adam_beta2=0.999,
                adam_epsilon=1e-8,
                num_train_epochs=config.max_epochs,
                per_device_train_batch_size=config.batch_size,
                per_device_eval_batch_size=64,
                train_sampling_strategy="group_by_length",
                eval_strategy="epoch" if validation_rows else "no",
                save_strategy="no",
                logging_steps=5,
                report_to="none",
                disable_tqdm=True,
                remove_unused_columns=False,
                label_names=["labels"],
                dataloader_pin_memory=on_gpu,
                use_cpu=not on_gpu,
                bf16=config.precision == "auto" and can_bfloat16(),
            ),
            train_dataset=rows,
            eval_dataset=validation_rows or None,
            data_collator=collate,
            compute_metrics=figures,
            callbacks=callbacks,
        )
        trainer.balanced = config.balanced_sampling
        trainer.remove_callback(PrinterCallback)
        trainer.train()
