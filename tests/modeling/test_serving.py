"""An exported folder is answered by onnxruntime and tokenizers alone, as the model itself answers."""

from __future__ import annotations

import dataclasses
import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from modeling import artifacts
from modeling.artifacts import ArtifactChanged
from modeling.inference import LoadedModel
from modeling.inputs import inputs_of
from modeling.onnx_export import quantise, write_graph
from modeling.records import Input, Statement
from modeling.serving import FLOAT32, GRAPH, Graph, NoNumber, NotServable, ServedModel, has_exact_products
from modeling.training import TrainedModel
from tests.modeling.conftest import make_examples, make_statement

ROOT = Path(__file__).parents[2]
STATEMENTS = [example.statement for example in make_examples(50)]

ANSWER = """
import json, sys
from pathlib import Path
from modeling.records import Span, Statement
from modeling.serving import ServedModel

statements = [
    Statement(**{**one, "head": Span(*one["head"]), "tail": Span(*one["tail"])}) for one in json.load(sys.stdin)
]
answers = list(ServedModel.load(Path(sys.argv[1])).answer(statements))
loaded = {name.partition(".")[0] for name in sys.modules}
heavy = {"torch", "transformers", "peft", "sklearn", "scipy", "accelerate", "onnx", "django", "ledger"}
print(json.dumps({"answers": answers, "heavy": sorted(loaded & heavy)}))
"""


@pytest.fixture
def folder(model: LoadedModel, trained: TrainedModel, tmp_path: Path) -> Path:
    """The trained model as it is exported."""
    made = tmp_path / "exported"
    made.mkdir()
    write_graph(model.network, made / GRAPH)
    model.tokenizer.save(str(made / "tokenizer.json"))
    kept = {name: trained.manifest[name] for name in ("labels", "config", "calibration", "pad_id")}
    artifacts.write_manifest(made, {**kept, "architecture": FLOAT32})
    return made


def test_a_fresh_interpreter_answers_without_torch(folder: Path, model: LoadedModel) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", ANSWER, str(folder)],
        cwd=ROOT,
        input=json.dumps([one._asdict() for one in STATEMENTS]),
        capture_output=True,
        text=True,
        check=True,
    )
    seen = json.loads(ended.stdout)
    assert seen["heavy"] == []
    expected = model.answer(STATEMENTS)
    for (statement_id, label_index, confidence, scores), one in zip(seen["answers"], expected, strict=True):
        assert (statement_id, label_index) == (one.statement_id, one.label_index)
        assert confidence == pytest.approx(one.confidence, abs=1e-5)
        assert scores == pytest.approx(one.scores, abs=1e-5)


def test_scores_are_calibrated_and_confidence_is_their_largest(folder: Path, trained: TrainedModel) -> None:
    served = ServedModel.load(folder)
    assert served.temperature == trained.calibration.temperature != 1.0
    assert served.labels == ("synergistic", "antagonistic")
    for one in served.answer(STATEMENTS):
        assert sum(one.scores) == pytest.approx(1, abs=1e-6)
        assert one.confidence == max(one.scores) == one.scores[one.label_index]


def test_order_and_number_of_statements_are_kept(folder: Path) -> None:
    served = ServedModel.load(folder)
    turned = STATEMENTS[::-1] * 12  # more than one chunk
    assert [one.statement_id for one in served.answer(turned)] == [one.id for one in turned]
    assert list(served.answer([])) == []


def test_hostile_sentence_gets_an_answer(folder: Path) -> None:
    hostile = make_statement(5, "⟨1⟩ " + "[SEP] \x00 <script> " * 5_000 + " ⟨2⟩")
    (one,) = ServedModel.load(folder).answer([hostile])
    assert 0.5 <= one.confidence <= 1.0


@pytest.mark.parametrize("name", [GRAPH, "tokenizer.json"])
def test_changed_file_is_refused_by_name(folder: Path, name: str) -> None:
    content = bytearray((folder / name).read_bytes())
    content[len(content) // 2] ^= 1
    (folder / name).write_bytes(content)
    with pytest.raises(ArtifactChanged, match=f"{name} was changed"):
        ServedModel.load(folder)


def test_changed_manifest_is_refused_where_the_seal_is_known(folder: Path) -> None:
    sha256 = artifacts.seal(folder)
    manifest = artifacts.read_manifest(folder)
    text = json.dumps({**manifest, "calibration": {"temperature": 9.0}})
    (folder / "manifest.json").write_text(text, encoding="utf-8")
    with pytest.raises(ArtifactChanged, match=r"manifest\.json was changed"):
        ServedModel.load(folder, sha256=sha256)


def test_a_folder_that_is_no_export_is_refused(trained: TrainedModel, tmp_path: Path) -> None:
    with pytest.raises(NotServable, match=r"architecture 'cls', which is no exported one: .* export_onnx"):
        ServedModel.load(trained.folder)
    with pytest.raises(ArtifactChanged, match=r"no readable manifest\.json"):
        ServedModel.load(tmp_path)


def test_a_graph_that_gives_no_number_is_refused(folder: Path) -> None:
    served = ServedModel.load(folder)

    class Broken:
        def logits_of(self, inputs: list[Input], *, pad_id: int) -> np.ndarray:
            return np.full((len(inputs), 2), np.nan, dtype=np.float32)

    broken = dataclasses.replace(served, graph=Broken())  # type: ignore[arg-type]
    with pytest.raises(NoNumber, match="gave statement 1 the scores"):
        list(broken.answer(STATEMENTS))


def test_an_exported_model_answers_wherever_a_trained_one_does(folder: Path, model: LoadedModel) -> None:
    exported = LoadedModel.exported(folder, sha256=artifacts.seal(folder))
    answers = [one for chunk in exported.predict(STATEMENTS, chunk_size=16) for one in chunk]
    expected = model.answer(STATEMENTS)
    assert [one.label_index for one in answers] == [one.label_index for one in expected]
    for one, other in zip(answers, expected, strict=True):
        assert one.scores == pytest.approx(other.scores, abs=1e-5)


def test_a_model_that_learnt_each_type_by_itself_is_served_as_one(folder: Path) -> None:
    manifest = artifacts.read_manifest(folder)
    artifacts.write_manifest(folder, {**{name: manifest[name] for name in manifest if name != "files"}, "unrelated": 1})
    served = ServedModel.load(folder)
    inputs = inputs_of(STATEMENTS, served.tokenizer, served.config)
    logits = served.graph.logits_of(inputs, pad_id=served.pad_id)
    types = 1 / (1 + np.exp(-logits[:, 0] / served.temperature))
    exported = LoadedModel.exported(folder, sha256=artifacts.seal(folder))
    for one, other, expected in zip(served.answer(STATEMENTS), exported.answer(STATEMENTS), types, strict=True):
        assert one.scores == pytest.approx((expected, 1 - expected), abs=1e-6)
        assert other.scores == pytest.approx(one.scores, abs=1e-6)


@pytest.mark.parametrize(("flags", "exact"), [("avx2 avx512_vnni", True), ("avx2 avx_vnni", True), ("avx2 fma", False)])
def test_a_processor_without_vnni_is_told_by_its_flags(tmp_path: Path, flags: str, exact: bool) -> None:
    (tmp_path / "cpuinfo").write_text(f"flags : fpu {flags}\n")
    assert has_exact_products(tmp_path / "cpuinfo") is exact
    assert has_exact_products(tmp_path / "nowhere") is False


@pytest.mark.skipif(not has_exact_products(), reason="the quick product of a processor without VNNI overflows")
def test_the_slower_exact_product_gives_the_same_answers(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    quantise(folder / GRAPH, tmp_path / "int8.onnx")
    inputs = [Input((2, *range(4, 4 + n), 3)) for n in (3, 9, 17, 30)]
    quick = Graph(tmp_path / "int8.onnx", threads=1).logits_of(inputs, pad_id=0)
    monkeypatch.setattr("modeling.serving.has_exact_products", lambda: False)
    slow = Graph(tmp_path / "int8.onnx", threads=1).logits_of(inputs, pad_id=0)
    np.testing.assert_array_equal(quick, slow)


def test_batches_computed_at_once_are_those_computed_in_turn(folder: Path) -> None:
    inputs = [Input((2, *range(4, 4 + n % 40), 3)) for n in range(200)]
    at_once, in_turn = (Graph(folder / GRAPH, threads=n).logits_of(inputs, pad_id=0) for n in (4, 1))
    np.testing.assert_array_equal(at_once, in_turn)


def test_a_copy_of_the_folder_elsewhere_answers_the_same(folder: Path, tmp_path: Path) -> None:
    copied: Path = shutil.copytree(folder, tmp_path / "elsewhere" / "model")
    statements: list[Statement] = STATEMENTS[:3]
    assert list(ServedModel.load(copied).answer(statements)) == list(ServedModel.load(folder).answer(statements))
