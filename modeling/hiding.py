"""Sentences without the names in them, to learn from what is said of two things and not from what they are called.

Peng et al. 2020 (Learning from Context or Names?, section 4) found that relation models lean on names; like Baldini
Soares et al. 2019 (Matching the Blanks, section 4.2) they put a blank in the place of some.
"""

from __future__ import annotations

import torch
from torch import Tensor


def hidden(input_ids: Tensor, kinds: Tensor, *, share: float, blank: int) -> Tensor:
    """`input_ids` (sentences, tokens) with `blank` on every token of every mention in about `share` of the sentences.

    kinds: (sentences, tokens), above 0 on a mention's tokens. Draws from torch's global generator.
    """
    is_drawn = torch.rand(len(input_ids), 1, device=input_ids.device) < share
    return input_ids.masked_fill(is_drawn & (kinds > 0), blank)
