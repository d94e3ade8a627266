"""How much of what this machine can multiply goes into answers."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch.nn.functional import linear

from modeling.forward import one_core_each

SHAPES = ((2_048, 2_048, 2_048), (1_024, 384, 1_536), (1_024, 1_536, 384), (1_024, 768, 3_072), (1_024, 3_072, 768))
"""Rows, inner and outer width of the products timed: a large square one, and those of both encoders' widest layers."""

OPERATIONS_TIMED = 2e10  # a tenth of a second on two cores


def useful_operations(config: Any, lengths: Iterable[int], *, first_token_only: bool) -> int:
    """Floating-point operations that a BERT encoder owes inputs of these lengths; a product and its sum are two.

    A layer of width h with i in its middle owes each of an input's n tokens 2 (4 h² + 2 h i) for its matrices and
    4 n h for attention. Below a head that reads the first token alone, the last layer owes that token the same, and
    each token 4 h for each head that looks at it. Padding counts nothing, and neither do embeddings, norms, softmax,
    activations and the head. `config` is the encoder's.
    """
    h, layers = config.hidden_size, config.num_hidden_layers
    matrices = 2 * (4 * h * h + 2 * h * config.intermediate_size)
    total = 0
    for n in lengths:
        layer = n * (matrices + 4 * n * h)
        last = matrices + n * 4 * h * config.num_attention_heads if first_token_only else layer
        total += (layers - 1) * layer + last
    return total


def peak_operations_per_second() -> dict[str, float]:
    """What the library's own float32 product reaches on all cores, by shape and by way, from about two seconds.

    Two ways: the cores together on one product, and each core on its own. The machine's peak is the best of them.
    """
    cores = torch.get_num_threads()
    found = {}
    with one_core_each(cores) as pool, torch.inference_mode():
        for shape in SHAPES:
            rows, inner, outer = shape
            times = max(1, round(OPERATIONS_TIMED / (2 * rows * inner * outer * cores)))
            multiply = _multiplying(*shape, times=times)
            name = f"{rows} x {inner} x {outer}"
            done = cores * times * 2 * rows * inner * outer
            started = time.perf_counter()
            for _ in range(cores):
                multiply()
            found[f"{name}, cores together"] = done / (time.perf_counter() - started)
            started = time.perf_counter()
            for each in [pool.submit(multiply) for _ in range(cores)]:
                each.result()
            found[f"{name}, each core its own"] = done / (time.perf_counter() - started)
    return found


def _multiplying(rows: int, inner: int, outer: int, *, times: int) -> Callable[[], None]:
    left, right = torch.randn(rows, inner), torch.randn(outer, inner)
    linear(left, right)  # the first product of a shape is slower

    def multiply() -> None:
        with torch.inference_mode():
            for _ in range(times):
                linear(left, right)

    return multiply
