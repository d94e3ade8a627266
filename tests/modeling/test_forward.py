from __future__ import annotations

import numpy as np
import pytest

from modeling.backbones import Backbone
from modeling.forward import Stopped, logits_for
from modeling.networks.cls import build


def test_logits_come_back_in_the_order_of_the_inputs(backbone: Backbone) -> None:
    network = build(backbone, n_labels=2).network.eval()
    inputs = [[2, *range(5, 5 + n), 3] for n in (1, 30, 7, 50, 2, 19)] * 20
    together = logits_for(network, inputs, pad_id=0)
    assert together.shape == (120, 2)
    for row, ids in zip(together[:6], inputs, strict=False):
        np.testing.assert_allclose(row, logits_for(network, [ids], pad_id=0)[0], atol=1e-5)


def test_a_wish_to_stop_is_heard_between_batches(backbone: Backbone) -> None:
    network = build(backbone, n_labels=2).network.eval()
    asked = iter([False, True])
    with pytest.raises(Stopped):
        logits_for(network, [[2, *[7] * 60, 3]] * 200, pad_id=0, should_stop=lambda: next(asked))
