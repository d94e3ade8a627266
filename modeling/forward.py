"""Running a network over many inputs, on every core of the machine."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from types import TracebackType

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from modeling.batching import CORE_TOKEN_BUDGET, GPU_TOKEN_BUDGET, batches_of
from modeling.networks.arguments import arguments_of
from modeling.networks.packed import Packed
from modeling.records import Input


class Stopped(Exception):
    """The caller asked to stop before everything was computed."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Inputs that a network was asked about: the positions in each batch, and the batch's answers when it has them."""

    n: int
    batches: list[list[int]]
    answers: list[Future[npt.NDArray[np.float32]]]

    def logits(self, should_stop: Callable[[], bool] = lambda: False) -> npt.NDArray[np.float32]:
        """Logits (inputs, labels) in the order of the inputs, once all are computed; none were asked about, none come.

        `should_stop` is asked before each batch; a yes raises Stopped. What a batch raised is raised here.
        """
        rows: list[npt.NDArray[np.float32]] = [np.empty(0, np.float32)] * self.n
        for batch, answer in zip(self.batches, self.answers, strict=True):
            if should_stop():
                raise Stopped
            for position, row in zip(batch, answer.result(), strict=True):
                rows[position] = row
        return np.stack(rows) if rows else np.empty((0, 0), np.float32)


class Answering:
    """A network in evaluation mode, answering batches while the block lasts.

    On a CPU each core has a thread of its own and works on its own batch: all cores on one batch would wait for one
    another after every operation. On a GPU one thread asks. Leaving the block drops the batches not yet begun.
    """

    def __init__(self, network: nn.Module, *, pad_id: int) -> None:
        self.network = network
        self.pad_id = pad_id
        self.device = next(network.parameters()).device
        self.packed = Packed(network) if self.device.type == "cpu" and Packed.fits(network) else None
        if self.device.type != "cpu":
            self._budget, self._pool = GPU_TOKEN_BUDGET, ThreadPoolExecutor(1)
        else:
            self._budget, self._pool = CORE_TOKEN_BUDGET, one_core_each(torch.get_num_threads())

    def __enter__(self) -> Answering:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pool.shutdown(cancel_futures=True)

    def ask(self, inputs: Sequence[Input]) -> Asked:
        """Begin to compute these inputs, in batches of like length, after those asked about before.

        What a network reads as one sentence is never divided between batches.
        """
        batches = batches_of(inputs, budget=self._budget)
        answers = [self._pool.submit(self._answer, [inputs[position] for position in batch]) for batch in batches]
        return Asked(len(inputs), batches, answers)

    @torch.inference_mode()
    def _answer(self, inputs: list[Input]) -> npt.NDArray[np.float32]:
        logits = self.packed([one.ids for one in inputs]) if self.packed else self._padded(inputs)
        return logits.float().cpu().numpy()

    def _padded(self, inputs: list[Input]) -> Tensor:
        arguments = arguments_of(inputs, pad_id=self.pad_id)
        on_device = {name: argument.to(self.device) for name, argument in arguments.items()}
        logits: Tensor = self.network(**on_device).logits
        return logits


def logits_for(
    network: nn.Module,
    token_ids: Sequence[Sequence[int]],
    *,
    pad_id: int,
    should_stop: Callable[[], bool] = lambda: False,
) -> npt.NDArray[np.float32]:
    """`logits_of` token ids, for a network that asks for nothing beside them."""
    return logits_of(network, [Input(tuple(ids)) for ids in token_ids], pad_id=pad_id, should_stop=should_stop)


def logits_of(
    network: nn.Module,
    inputs: Sequence[Input],
    *,
    pad_id: int,
    should_stop: Callable[[], bool] = lambda: False,
) -> npt.NDArray[np.float32]:
    """Logits (inputs, labels) in the order of the inputs, computed in batches of like length.

    The network must be in evaluation mode and is run where its parameters are. `should_stop` is asked before each
    batch; a yes raises Stopped.
    """
    with Answering(network, pad_id=pad_id) as answering:
        return answering.ask(inputs).logits(should_stop)


def one_core_each(n: int) -> ThreadPoolExecutor:
    """`n` threads, on each of which torch computes with one core."""
    settled = threading.Barrier(n + 1)

    def settle() -> None:
        torch.get_num_threads()  # a thread's first question sets its count anew, so it comes before the next line
        torch.set_num_threads(1)
        settled.wait()

    pool = ThreadPoolExecutor(n)
    for _ in range(n):
        pool.submit(settle)
    settled.wait()
    torch.set_num_threads(n)  # what the last call says is where threads of others start from
    return pool
