"""The second paper's networks through the same training, folder and loading as every other."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from modeling import deletion, training
from modeling.adapter_facts import described
from modeling.backbones import Backbone
from modeling.config import TrainingConfig
from modeling.deletion import NothingToDelete, deletion_test
from modeling.inference import LoadedModel
from modeling.networks.on_encoder import OnEncoder
from modeling.networks.pair_reader import PairReader
from modeling.networks.rbert_cnn import RBertCnn
from modeling.rationale import attribute
from modeling.records import Input
from modeling.sharing import SharedBackbone
from modeling.training import TrainedModel, train
from tests.modeling.conftest import make_examples, make_statement

LABELS = ("synergistic", "antagonistic")
WAYS = {
    "Model II in full": {"architecture": "rbert_cnn", "tuning": "full", "balanced_sampling": True},
    "Model I in full": {"architecture": "cls_dense", "tuning": "full"},
    "Model II with an adapter": {"architecture": "rbert_cnn", "target_modules": ("query", "value", "dense")},
    "mean of all tokens in full": {"architecture": "cls", "pooling": "mean", "tuning": "full"},
    "pair reader in full": {"architecture": "pair_reader", "tuning": "full", "mentions": "raw", "learning_rate": 1e-3},
    "pair reader with an adapter": {"architecture": "pair_reader", "mentions": "raw", "head_learning_rate": 1e-3},
}


@pytest.fixture(scope="module")
def relations(quick: TrainingConfig) -> TrainingConfig:
    return dataclasses.replace(quick, mentions="tagged", dropout=0.1, learning_rate=3e-3, max_epochs=6)


@pytest.fixture(scope="module", params=WAYS)
def way(request: pytest.FixtureRequest, relations: TrainingConfig) -> TrainingConfig:
    return dataclasses.replace(relations, **WAYS[request.param])


def taught(backbone: Backbone, config: TrainingConfig, folder: Path) -> TrainedModel:
    return train(
        make_examples(64), make_examples(40, first_id=1000),
        labels=LABELS, backbone=backbone, config=config, out_dir=folder,
    )  # fmt: skip


@pytest.fixture(scope="module")
def made(backbone: Backbone, way: TrainingConfig, tmp_path_factory: pytest.TempPathFactory) -> TrainedModel:
    return taught(backbone, way, tmp_path_factory.mktemp("relations"))


def test_the_examples_are_learnt(made: TrainedModel) -> None:
    assert made.validation is not None
    assert made.validation["macro_f1"] == 1.0


@pytest.mark.parametrize("network", [RBertCnn, PairReader])
def test_the_library_reads_a_network_from_the_folder(
    backbone: Backbone, relations: TrainingConfig, network: type[OnEncoder], tmp_path: Path
) -> None:
    kind = {"architecture": "rbert_cnn"} if network is RBertCnn else {"architecture": "pair_reader", "mentions": "raw"}
    config = dataclasses.replace(relations, tuning="full", max_epochs=1, patience=1, **kind)
    made = taught(backbone, config, tmp_path)
    stored = load_file(made.folder / "network/model.safetensors")
    read = network.from_pretrained(made.folder / "network").state_dict()
    assert read.keys() == stored.keys()
    assert all(torch.equal(read[name], tensor) for name, tensor in stored.items())
    assert str(backbone.path) not in (made.folder / "network/config.json").read_text()


def test_the_folder_holds_what_was_trained_and_nothing_else(made: TrainedModel, way: TrainingConfig) -> None:
    facts = described(made.manifest)
    assert made.manifest["architecture"] == way.architecture
    names = {path.relative_to(made.folder).as_posix() for path in made.folder.rglob("*") if path.is_file()}
    if way.tuning == "full":
        assert names == {"manifest.json", "network/config.json", "network/model.safetensors"}
        assert (facts["frozen_parameters"], facts["adapter_parameters"]) == (0, 0)
        assert (
            sum(tensor.numel() for tensor in load_file(made.folder / "network/model.safetensors").values())
            >= (facts["head_parameters"])
        )
        assert facts["adapter_bytes"] == (made.folder / "network" / "model.safetensors").stat().st_size
    else:
        assert names == {"manifest.json", "adapter/adapter_config.json", "adapter/adapter_model.safetensors"}
        stored = load_file(made.folder / "adapter/adapter_model.safetensors")
        assert not [name for name in stored if "embeddings" in name]
        assert any("convolutions" in name or "reading" in name for name in stored)
        assert 0 < facts["merge_max_difference"] < 1e-4


def test_loaded_it_answers_as_it_was_calibrated(
    made: TrainedModel, way: TrainingConfig, backbone: Backbone, tmp_path: Path
) -> None:
    model = LoadedModel.load(made.folder, backbone, sha256=made.sha256, device="cpu")
    assert model.config == way
    examples = make_examples(40, first_id=1000)
    scored = model.answer([one.statement for one in examples])
    assert [one.label_index for one in scored] == [one.label_index for one in examples]
    again = LoadedModel.load(made.folder, backbone, sha256=made.sha256, device="cpu", probes=tmp_path)
    assert [one.label_index for one in again.answer([one.statement for one in examples])] == [
        one.label_index for one in scored
    ]


def test_a_model_of_each_kind_stands_beside_the_others(
    made: TrainedModel, trained: TrainedModel, backbone: Backbone
) -> None:
    """Loaded on a backbone that another model uses, it answers to the last bit as alone, and so does the other."""
    shared = SharedBackbone(backbone)
    statements = [one.statement for one in make_examples(8)]
    for folder, sha256 in ((trained.folder, trained.sha256), (made.folder, made.sha256)):
        alone = LoadedModel.load(folder, backbone, sha256=sha256, device="cpu")
        beside = LoadedModel.load(folder, backbone, sha256=sha256, device="cpu", shared=shared)
        assert alone.answer(statements) == beside.answer(statements)


@pytest.fixture(scope="module")
def model_ii(backbone: Backbone, relations: TrainingConfig, tmp_path_factory: pytest.TempPathFactory) -> TrainedModel:
    config = dataclasses.replace(relations, **WAYS["Model II in full"], max_epochs=1, patience=1, mentions="raw")
    return taught(backbone, config, tmp_path_factory.mktemp("relations"))


def test_the_same_seed_gives_the_same_folder(model_ii: TrainedModel, backbone: Backbone, tmp_path: Path) -> None:
    config = TrainingConfig.from_json(model_ii.manifest["config"])
    assert taught(backbone, config, tmp_path).sha256 == model_ii.sha256
    assert taught(backbone, dataclasses.replace(config, seed=8), tmp_path).sha256 != model_ii.sha256


def test_one_sentence_with_two_pairs_is_two_inputs(model_ii: TrainedModel, backbone: Backbone) -> None:
    """Unmarked, both pairs have the same token ids: the cache tells them apart by their mentions."""
    model = LoadedModel.load(model_ii.folder, backbone, sha256=model_ii.sha256, device="cpu")
    first = make_statement(1, "⟨1⟩ will enhance ⟨2⟩ and heparin .")
    second = first._replace(id=2, head=first.tail, tail=first.head)
    one, other = model.answer([first, second])
    assert (model.cache.misses, model.cache.hits) == (2, 0)
    assert not np.allclose(one.scores, other.scores, atol=1e-4)
    chunks = list(model.predict([second, first], chunk_size=1))
    assert [scored.scores for (scored,) in chunks] == [other.scores, one.scores]
    assert model.cache.hits == 2


def test_a_rationale_is_given(model_ii: TrainedModel, backbone: Backbone) -> None:
    model = LoadedModel.load(model_ii.folder, backbone, sha256=model_ii.sha256, device="cpu")
    rationale = attribute(model, make_examples(1)[0].statement, label_index=0)
    assert abs(sum(abs(token.weight) for token in rationale.tokens) - 1) < 1e-6


def test_words_are_taken_out_around_the_mentions_that_are_read(
    made: TrainedModel, way: TrainingConfig, backbone: Backbone, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = LoadedModel.load(made.folder, backbone, sha256=made.sha256, device="cpu")
    asked: list[list[Input]] = []
    answer = deletion.logits_of

    def noting(network: object, inputs: list[Input], **options: object) -> object:
        asked.append(inputs)
        return answer(network, inputs, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(deletion, "logits_of", noting)
    statements = [one.statement for one in make_examples(12)]
    result = deletion_test(model, statements, seed=1)
    assert result.n_statements == 12
    assert result.chosen.mean > result.random.mean, "the verb decides, and it is no mention"
    for (whole,), (again, *shorter) in zip(asked[::2], asked[1::2], strict=True):
        assert whole == again
        for one in shorter:
            assert len(one.ids) < len(whole.ids)
            assert (one.ids[0], one.ids[-1]) == (whole.ids[0], whole.ids[-1])
            assert (one.kinds is None) == (whole.kinds is None) == (not way.reads_kinds)
            assert (one.places is None) == (whole.places is None) == (not way.reads_places)
            assert mentions(one) == mentions(whole)


def mentions(one: Input) -> list[tuple[tuple[int, ...], tuple[int, ...]]]:
    """The tokens and kinds of both mentions, of an input that says where they stand."""
    if one.places is None:
        return []
    spans = (slice(*one.places[:2]), slice(*one.places[2:]))
    return [(one.ids[span], (one.kinds or ())[span]) for span in spans]


def test_a_statement_of_mentions_alone_has_nothing_to_take_out(model_ii: TrainedModel, backbone: Backbone) -> None:
    model = LoadedModel.load(model_ii.folder, backbone, sha256=model_ii.sha256, device="cpu")
    with pytest.raises(NothingToDelete, match=r"^Statement 3 has no token outside its mentions"):
        deletion_test(model, [make_statement(3, "⟨1⟩ ⟨2⟩")], seed=1)


def test_a_training_that_fails_leaves_nothing(
    backbone: Backbone, relations: TrainingConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*args: object) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr(training.whole, "save", broken)
    config = dataclasses.replace(relations, **WAYS["Model I in full"], max_epochs=1, patience=1)
    with pytest.raises(OSError, match="No space left"):
        taught(backbone, config, tmp_path)
    assert list(tmp_path.iterdir()) == []
