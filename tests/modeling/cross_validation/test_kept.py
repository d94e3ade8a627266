"""A kept training is named by all that decides it."""

from __future__ import annotations

import dataclasses

from modeling.backbones import Backbone
from modeling.cross_validation.kept import name_of
from modeling.presets import PRESETS
from tests.modeling.conftest import make_examples


def test_whatever_decides_the_training_is_in_its_name(backbone: Backbone) -> None:
    config, examples = PRESETS["paper"], make_examples(6)
    names = {
        name_of(config, backbone, "ab", examples[:4], examples[4:]),
        name_of(config, backbone, "ab", examples[:4], examples[4:], beside=["a wording"]),
        name_of(config, backbone, "ab", examples[:4], examples[4:], beside=["a", "wording"]),
        name_of(config, backbone, "ab", examples[:3], examples[3:]),
        name_of(config, backbone, "ba", examples[:4], examples[4:]),
        name_of(dataclasses.replace(config, seed=1), backbone, "ab", examples[:4], examples[4:]),
    }
    assert len(names) == 6
    statement = examples[0].statement._replace(id=99)
    again = [dataclasses.replace(examples[0], statement=statement), *examples[1:4]]
    assert name_of(config, backbone, "ab", again, examples[4:]) in names
