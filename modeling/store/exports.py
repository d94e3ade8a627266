"""A model version as an ONNX folder, and its int8 form as a version of its own."""

from __future__ import annotations

import dataclasses
import importlib.metadata
import tempfile
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from django.conf import settings

from ledger.models import ModelVersion, TrainingExample
from ledger.record.ensembles import members_of
from ledger.record.models import add_derived_version, check_derivable
from modeling import artifacts
from modeling.agreement import agreement
from modeling.calibration import fit_temperature, probabilities_of
from modeling.chunks import Reading
from modeling.forward import logits_of
from modeling.inference import LoadedModel
from modeling.lessons import curated_examples
from modeling.onnx_export import OPSET, difference, quantise, write_graph
from modeling.pace import median_seconds
from modeling.records import Example, Input
from modeling.serving import FLOAT32, GRAPH, INT8, Graph
from modeling.store.hard_task import HardTask, hard_task
from modeling.store.models import fetch, load_exactly, publish, registry_facts
from modeling.store.statements import examples

LIBRARIES = ("torch", "transformers", "tokenizers", "onnx", "onnxruntime", "numpy")
MOST_COMPARED = 512  # inputs on which graph and network are held together, logit by logit
MOST_TIMED = 128


class NotExportable(ValueError):
    """The version is no network of its own, so no graph can be written of it."""


class NotRegistrable(ValueError):
    """Only the int8 form of a model is a version of its own."""


class NoRoomForExport(FileExistsError):
    """The folder to write to is not an empty place inside a folder that exists."""


class NothingToCompareOn(ValueError):
    """The ledger holds no statement on which the exported model could be held against the original."""


@dataclass(frozen=True, slots=True)
class Exported:
    """What came of an export: the folder written, the seal over its files, what was measured, the version registered.

    `facts` are JSON values: bytes, calibration, compared, hard_task, speed, and for int8 agreement.
    """

    folder: Path | None
    sha256: str
    facts: dict[str, Any]
    version: ModelVersion | None


def export(version: ModelVersion, *, int8: bool, output: Path | None, register: bool, now: datetime) -> Exported:
    """Write the version's merged model as ONNX to `output`, register its int8 form, or both.

    The graph is held against the model on statements of the ledger and refused where it differs. All is written
    beside its final place first. Raises NotRegistrable, NotExportable, NoRoomForExport, NothingToCompareOn,
    NotATrainedVersion, AlreadyDerived, GraphDiffers, and what `load` and `encode` raise.
    """
    if register and not int8:
        raise NotRegistrable(
            f"The float32 export answers as model {version.number} does, so it is no version of its own: register "
            "with --int8, or export without --register."
        )
    if members := members_of(version):
        numbers = ", ".join(str(one.number) for one in members)
        raise NotExportable(
            f"Model {version.number} is an ensemble, which is no network of its own: export one of its members, "
            f"{numbers}."
        )
    check_derivable(version, INT8 if register else FLOAT32)
    _check_room(output)
    with tempfile.TemporaryDirectory(dir=output.parent if output else settings.VAR_DIR, prefix=".export-") as scratch:
        draft = Path(scratch) / "model"
        draft.mkdir()
        facts = _write(version, draft, Path(scratch), int8=int8)
        sha256 = artifacts.seal(draft)
        registered = _register(version, draft, sha256, facts, now) if register else None
        if output:
            draft.rename(output)
    return Exported(output, sha256, facts, registered)


def _check_room(output: Path | None) -> None:
    if output is None:
        return
    if not output.parent.is_dir():
        raise NoRoomForExport(f"The folder {output.parent} does not exist: make it, or name another with --output.")
    if output.is_symlink() or output.is_file() or (output.is_dir() and any(output.iterdir())):
        raise NoRoomForExport(f"{output} is not an empty folder: empty it, or name another with --output.")


def _write(version: ModelVersion, draft: Path, scratch: Path, *, int8: bool) -> dict[str, Any]:
    """Fill the folder `draft` and say what was measured on the way."""
    task = hard_task(version)
    if not task.statements:
        raise NothingToCompareOn(
            f"The task {version.task.slug} has no statements to hold the exported model against: import some first."
        )
    model = load_exactly(version)
    parent = artifacts.read_manifest(fetch(version))
    inputs = _distinct_inputs(model, task)
    exact = scratch / "float32.onnx"
    fused = write_graph(model.network, exact)
    graphs = {"onnx float32": Graph(exact, threads=torch.get_num_threads())}
    compared = difference(model.network, graphs["onnx float32"], _spread(inputs, MOST_COMPARED), pad_id=model.pad_id)
    facts: dict[str, Any] = {"compared": compared.to_json(), "calibration": parent["calibration"]}
    if int8:
        quantise(exact, draft / GRAPH)
        graph = graphs["onnx int8"] = Graph(draft / GRAPH, threads=torch.get_num_threads())
        facts["calibration"] = _calibration(version, model, graph)
        facts["agreement"] = _agreement(version, model, graph, facts["calibration"]["temperature"], inputs)
    else:
        exact.rename(draft / GRAPH)
    model.tokenizer.save(str(draft / "tokenizer.json"))
    artifacts.write_manifest(
        draft,
        {
            "format": 1,
            "architecture": INT8 if int8 else FLOAT32,
            "exported_from": version.artifact,
            **{
                name: parent[name] for name in ("backbone", "labels", "unrelated", "config", "pad_id") if name in parent
            },
            "libraries": {name: importlib.metadata.version(name) for name in LIBRARIES},
            "opset": OPSET,
            "fused": fused,
            **facts,
        },
    )
    return facts | {
        "bytes": (draft / GRAPH).stat().st_size,
        "hard_task": {"statements": len(task.statements), "inputs": len(inputs), "sources": task.sources},
        "speed": _speed(model, graphs, _spread(inputs, MOST_TIMED)),
    }


def _distinct_inputs(model: LoadedModel, task: HardTask) -> dict[Input, bool]:
    """The hard task's inputs, as far as they can be read, each once, and of each whether its wording was taught."""
    statements, read, _ = Reading(model.tokenizer, model.config).readable(task.statements)
    inputs: dict[Input, bool] = {}
    for statement, one in zip(statements, read, strict=True):
        inputs[one] = inputs.get(one, False) or statement.pattern in task.taught_patterns
    return inputs


def _spread(inputs: Collection[Input], most: int) -> list[Input]:
    """At most `most` of the inputs, evenly from all of them."""
    return list(inputs)[:: -(-len(inputs) // most)]


def _calibration(version: ModelVersion, model: LoadedModel, graph: Graph) -> dict[str, Any]:
    """The graph's own temperature, on the very examples its parent's was fitted on."""
    labels = list(version.labels)
    taught, validation = (
        examples(version.training_set, role, labels)
        for role in (TrainingExample.Role.TRAIN, TrainingExample.Role.VALIDATION)
    )
    _, curated = curated_examples(
        labels, share=model.config.curated_share, like=[example.statement for example in taught]
    )
    known: list[Example] = [*validation, *curated]
    read = Reading(model.tokenizer, model.config)([example.statement for example in known])
    logits = graph.logits_of(read, pad_id=model.pad_id) if known else np.empty((0, len(labels)), dtype=np.float32)
    true = np.asarray([example.label_index for example in known], dtype=np.int64)
    return dataclasses.asdict(fit_temperature(logits, true, unrelated=model.unrelated))


def _agreement(
    version: ModelVersion,
    model: LoadedModel,
    graph: Graph,
    temperature: float,
    inputs: dict[Input, bool],
) -> dict[str, Any]:
    """How often the graph says what the model says, and how often where the model itself is unsure."""
    asked = list(inputs)
    theirs, ours = (
        probabilities_of(logits, warmth, unrelated=model.unrelated)
        for logits, warmth in (
            (logits_of(model.network, asked, pad_id=model.pad_id), model.temperature),
            (graph.logits_of(asked, pad_id=model.pad_id), temperature),
        )
    )
    threshold = version.task.doubt_threshold
    doubtful = theirs.max(axis=1) < threshold
    untaught = ~np.asarray(list(inputs.values()))
    return {"doubt_below": threshold, **agreement(ours, theirs, parts={"doubtful": doubtful, "untaught": untaught})}


def _speed(model: LoadedModel, graphs: dict[str, Graph], inputs: Sequence[Input]) -> dict[str, Any]:
    """Inputs a second of the network and of each graph, and the last graph's ratio to the network."""
    ways: dict[str, Callable[[], object]] = {
        "torch float32": partial(logits_of, model.network, inputs, pad_id=model.pad_id),
        **{name: partial(graph.logits_of, inputs, pad_id=model.pad_id) for name, graph in graphs.items()},
    }
    per_second = {name: len(inputs) / seconds for name, seconds in median_seconds(ways).items()}
    *_, last = per_second.values()
    return {
        "inputs": len(inputs),
        "threads": torch.get_num_threads(),
        "per_second": per_second,
        "ratio": last / per_second["torch float32"],
    }


def _register(version: ModelVersion, draft: Path, sha256: str, facts: dict[str, Any], now: datetime) -> ModelVersion:
    manifest = artifacts.read_manifest(draft)
    files = publish(draft, sha256)
    columns = registry_facts(manifest, sha256, files) | {"measured": facts}
    return add_derived_version(derived_from=version, now=now, **columns)
