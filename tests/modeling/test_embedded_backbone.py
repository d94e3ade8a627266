"""The embedded encoder, from statements to answers: what a fresh installation runs."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from modeling.backbones import resolve
from modeling.config import PRESETS
from modeling.evaluation import evaluate
from modeling.inference import LoadedModel
from modeling.records import Example
from modeling.training import train
from tests.modeling.conftest import make_statement

SYNERGISTIC = (
    "⟨1⟩ may increase the analgesic activities of ⟨2⟩.",
    "⟨1⟩ used together with ⟨2⟩ increases the therapeutic efficacy of both.",
)
ANTAGONISTIC = (
    "⟨1⟩ may decrease the analgesic activities of ⟨2⟩.",
    "The risk or severity of bleeding can be increased when ⟨1⟩ is combined with ⟨2⟩.",
)


def examples(first_drugs: tuple[str, ...], *, first_id: int) -> list[Example]:
    made: list[Example] = []
    for drug in first_drugs:
        for label, templates in enumerate((SYNERGISTIC, ANTAGONISTIC)):
            for template in templates:
                made.append(Example(make_statement(first_id + len(made), template, drug, "warfarin"), label))
    return made


def test_default_preset_learns_wordings_and_answers_for_unseen_drugs(tmp_path: Path) -> None:
    backbone = resolve("")
    config = dataclasses.replace(PRESETS["default"], batch_size=4, max_epochs=6)
    known = ("aspirin", "ibuprofen", "naproxen", "morphine", "codeine", "tramadol", "celecoxib", "ketorolac")
    made = train(
        examples(known, first_id=1),
        [],
        labels=("synergistic", "antagonistic"),
        backbone=backbone,
        config=config,
        out_dir=tmp_path,
    )
    assert made.trainable["adapter"] == 6 * 2 * 2 * 8 * 384  # layers, projections, matrices, rank, width
    model = LoadedModel.load(made.folder, backbone, sha256=made.sha256)
    figures = evaluate(model, examples(("fentanyl", "diclofenac"), first_id=100))
    assert figures["accuracy"] == 1.0
    assert (model.cache.hits, model.cache.misses) == (4, 4), "two drugs in four wordings are four masked inputs"
