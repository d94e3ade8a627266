"""The embedded encoder, from statements to answers: what a fresh installation runs."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from modeling.backbones import resolve
from modeling.encode import load_tokenizer
from modeling.evaluation.asking import ask
from modeling.inference import LoadedModel
from modeling.networks.cls import build
from modeling.onnx_export import difference, quantise, write_graph
from modeling.presets import PRESETS
from modeling.records import Example, Input
from modeling.serving import Graph
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
    config = dataclasses.replace(PRESETS["default"], batch_size=8, max_epochs=3, curated_share=0.03)
    known = ("aspirin", "ibuprofen", "naproxen", "morphine", "codeine", "tramadol", "celecoxib", "ketorolac")
    made = train(
        examples(known, first_id=1),
        [],
        labels=("synergistic", "antagonistic"),
        backbone=backbone,
        config=config,
        out_dir=tmp_path,
    )
    # per layer of width 384 at rank 8: four projections that keep the width, and two between it and 1,536
    assert made.trainable["adapter"] == 6 * 8 * (4 * (384 + 384) + 2 * (384 + 1_536))
    assert made.manifest["curated"]["taught"] > 100
    model = LoadedModel.load(made.folder, backbone, sha256=made.sha256)
    answers = ask(model, examples(("fentanyl", "diclofenac"), first_id=100))
    assert answers.right.all()
    assert (model.cache.hits, model.cache.misses) == (4, 4), "two drugs in four wordings are four masked inputs"


def test_its_export_fuses_every_layer_and_rounds_to_a_quarter_of_the_size(tmp_path: Path) -> None:
    backbone = resolve("")
    network = build(backbone, n_labels=3, pooling="mean").network.eval()
    fused = write_graph(network, tmp_path / "model.onnx")
    assert (fused["Attention"], fused["BiasGelu"], fused["SkipLayerNormalization"]) == (6, 6, 12)
    tokenizer = load_tokenizer(backbone.path)
    texts = [pattern.replace("⟨1⟩", "drug1").replace("⟨2⟩", "drug2") for pattern in (*SYNERGISTIC, *ANTAGONISTIC)]
    inputs = [Input(tuple(tokenizer.encode(text * times).ids)) for text in texts for times in (1, 3, 9)]
    found = difference(network, Graph(tmp_path / "model.onnx"), inputs, pad_id=0)
    assert max(found.padded, found.unpadded) < 1e-5

    quantise(tmp_path / "model.onnx", tmp_path / "int8.onnx")
    sizes = [(tmp_path / name).stat().st_size for name in ("model.onnx", "int8.onnx")]
    assert sizes[1] < 0.27 * sizes[0]
