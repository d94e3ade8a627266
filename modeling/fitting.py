"""The steps themselves: weighted cross-entropy, AdamW, linear warm-up, by the Hugging Face Trainer."""

from __future__ import annotations

import tempfile
from collections.abc import Collection
from typing import Any, NotRequired, TypedDict

import numpy as np
import torch
from torch import nn
from torch.utils.data import Sampler
from transformers import EvalPrediction, PrinterCallback, Trainer, TrainerCallback, TrainingArguments

from modeling.batching import together
from modeling.calibration import probabilities_of
from modeling.checkpoints import Checkpoints
from modeling.config import TrainingConfig
from modeling.hiding import hidden
from modeling.losses import none_of, surprise, surprise_by_type, types_of
from modeling.metrics import macro_f1, micro_f1
from modeling.networks.arguments import arguments_of
from modeling.networks.encoder import without_progress_bar
from modeling.precision import can_bfloat16
from modeling.records import Input, Places
from modeling.sampling import BalancedSampler, TogetherSampler, examples_a_step
from modeling.watching import TrainingCancelled


class Row(TypedDict):
    """One example as numbers, under the names the trainer knows: token ids, label index, weight.

    `places` and `kinds` are there for a network that reads them, `further` where a pair has more than one label.
    """

    input_ids: list[int]
    labels: int
    weights: float
    places: NotRequired[Places]
    kinds: NotRequired[tuple[int, ...]]
    further: NotRequired[tuple[int, ...]]


def row_of(one: Input, *, label: int, weight: float, further: tuple[int, ...] = ()) -> Row:
    """An input with its answer."""
    row = Row(input_ids=list(one.ids), labels=label, weights=weight)
    if one.places is not None:
        row["places"] = one.places
    if one.kinds is not None:
        row["kinds"] = one.kinds
    if further:
        row["further"] = further
    return row


def input_of(row: Row) -> Input:
    """What the network reads of a row."""
    return Input(tuple(row["input_ids"]), row.get("places"), row.get("kinds"))


def labels_of(row: Row) -> tuple[int, ...]:
    """All labels of a row, the one it counts under first."""
    return (row["labels"], *row.get("further", ()))


class _WeightedTrainer(Trainer):
    """Cross-entropy in which each example counts by its weight: the mean over the batch of weight x loss.

    With balanced sampling the weights decide how often an example is drawn instead. `fresh` are the names of the parts
    that start from chance; `unrelated` is the label of a pair without a type, where each type is learnt by itself;
    `blank` is the token that hides a mention, where some are to be hidden.
    """

    config: TrainingConfig
    fresh: frozenset[str] = frozenset()
    unrelated: int | None = None
    blank: int | None = None

    def compute_loss(
        self,
        model: nn.Module,
        inputs: dict[str, Any],
        return_outputs: bool = False,
        num_items_in_batch: torch.Tensor | int | None = None,
    ) -> torch.Tensor | tuple[torch.Tensor, Any]:
        labels, weights = inputs["labels"], inputs["weights"]
        if self.blank is not None and model.training:
            share = self.config.hidden_mentions
            ids = hidden(inputs["input_ids"], inputs["kinds"], share=share, blank=self.blank)
            inputs = {**inputs, "input_ids": ids}
        outputs = model(**{name: part for name, part in inputs.items() if name not in ("labels", "weights", "types")})
        losses = (  # (batch,)
            surprise(outputs.logits, labels)
            if self.unrelated is None
            else surprise_by_type(outputs.logits, inputs["types"], unrelated=self.unrelated)
        )
        loss = losses.mean() if self.config.balanced_sampling and model.training else (losses * weights).mean()
        return (loss, outputs) if return_outputs else loss

    def _get_train_sampler(self, train_dataset: Any = None) -> Sampler[int] | None:
        rows: list[Row] = self.train_dataset  # type: ignore[assignment]
        lengths = [len(row["input_ids"]) for row in rows]
        drawing = {"batch_size": self.args.train_batch_size, "seed": self.args.seed}
        if self.config.balanced_sampling:
            labels, weights = [row["labels"] for row in rows], [row["weights"] for row in rows]
            return BalancedSampler(lengths, labels, weights, **drawing)
        if self.config.reads_kinds:
            groups = together([input_of(row) for row in rows])
            return TogetherSampler(groups, [lengths[group[0]] for group in groups], **drawing)
        return super()._get_train_sampler(train_dataset)

    def create_optimizer(self, model: nn.Module | None = None) -> torch.optim.Optimizer:
        """The library's own AdamW; parts that start from chance have their own peak step size where one is given."""
        is_new = self.optimizer is None
        optimizer: torch.optim.Optimizer = super().create_optimizer(model)
        rate = self.config.head_learning_rate
        if is_new and rate is not None:
            fresh = {
                id(parameter)
                for name, parameter in self.model.named_parameters()  # type: ignore[union-attr]
                if not self.fresh.isdisjoint(name.split("."))
            }
            for group in list(optimizer.param_groups):
                apart = [one for one in group["params"] if id(one) in fresh]
                if apart:
                    group["params"] = [one for one in group["params"] if id(one) not in fresh]
                    optimizer.add_param_group({**group, "params": apart, "lr": rate})
        return optimizer


def fit(
    model: nn.Module,
    rows: list[Row],
    validation_rows: list[Row],
    config: TrainingConfig,
    *,
    n_labels: int,
    pad_id: int,
    callbacks: list[TrainerCallback],
    fresh: Collection[str] = (),
    unrelated: int | None = None,
    blank: int | None = None,
    checkpoints: Checkpoints | None = None,
) -> None:
    """Train `model` in place, and tell `callbacks` of each step and of each epoch's validation figures.

    Without validation rows there are no such figures. `fresh` names the model's parts that start from chance;
    `unrelated` is the label that says a pair has no relation, in a task that has one; `blank` the token that hides a
    mention, where the configuration hides some. Goes on after the last of `checkpoints`, where there are any, and adds
    one after each epoch, but forgets them when it is cancelled; writes nothing else that outlives the call.
    """

    by_type = none_of(config, unrelated)

    def collate(batch: list[Row]) -> dict[str, torch.Tensor]:
        width = config.max_tokens if config.padding == "max_tokens" else 0
        return {
            "labels": torch.tensor([row["labels"] for row in batch]),  # first, since the trainer counts its rows
            "weights": torch.tensor([row["weights"] for row in batch]),
            **({} if by_type is None else {"types": types_of([labels_of(row) for row in batch], n_labels=n_labels)}),
            **arguments_of([input_of(row) for row in batch], pad_id=pad_id, at_least=width),
        }

    def figures(outcome: EvalPrediction) -> dict[str, float]:
        said = np.argmax(probabilities_of(np.asarray(outcome.predictions), 1.0, unrelated=by_type), axis=1)
        true = np.asarray(outcome.label_ids)
        return {
            "macro_f1": macro_f1(true.tolist(), said.tolist(), n_labels=n_labels),
            "accuracy": float((said == true).mean()),
            **({} if unrelated is None else {"micro_f1": micro_f1(true, said, unrelated=unrelated)}),
        }

    on_gpu = torch.cuda.is_available()
    last = checkpoints.take_up() if checkpoints else None
    with tempfile.TemporaryDirectory() as scratch:
        trainer = _WeightedTrainer(
            model=model,
            args=TrainingArguments(
                output_dir=str(checkpoints.folder) if checkpoints else scratch,
                seed=config.seed,
                learning_rate=config.learning_rate,
                warmup_steps=config.warmup_share,
                weight_decay=config.weight_decay,
                adam_beta1=0.9,
                adam_beta2=0.999,
                adam_epsilon=1e-8,
                num_train_epochs=config.max_epochs,
                per_device_train_batch_size=examples_a_step(
                    len(rows), at_most=config.batch_size, least_steps=config.least_steps
                ),
                per_device_eval_batch_size=64,
                train_sampling_strategy="random" if config.sampling == "random" else "group_by_length",
                eval_strategy="epoch" if validation_rows else "no",
                save_strategy="epoch" if checkpoints else "no",
                save_total_limit=2,  # the last whole one has to outlive the writing of the next
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
            callbacks=[*callbacks, *([checkpoints] if checkpoints else [])],
        )
        trainer.config = config
        trainer.fresh = frozenset(fresh)
        trainer.unrelated = by_type
        trainer.blank = blank
        trainer.remove_callback(PrinterCallback)
        if checkpoints and checkpoints.best.stopped_early:
            return
        try:
            with without_progress_bar():
                trainer.train(resume_from_checkpoint=str(last) if last else None)
        except TrainingCancelled:
            if checkpoints:
                checkpoints.forget()
            raise
