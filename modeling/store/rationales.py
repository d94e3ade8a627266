"""From a prediction of the ledger to the row that says what moved its model."""

from __future__ import annotations

import random
from collections import Counter

from django.utils import timezone

from ledger.models import ModelVersion, Prediction, Rationale, Statement, Task
from ledger.queries import statements_of
from ledger.record.ensembles import ENSEMBLE
from ledger.record.rationales import add_rationale
from modeling import records
from modeling.inference import LoadedModel
from modeling.rationale import METHOD, VERSION, NotExplainable, attribute
from modeling.serving import INT8
from modeling.store.models import load_exactly
from modeling.store.statements import as_records


def explain(prediction_id: int) -> Rationale:
    """The rationale of a prediction, worked out unless it stands in the ledger already.

    Raises what loading the model and `attribute` raise.
    """
    prediction = Prediction.objects.select_related("statement", "model_version", "label").get(pk=prediction_id)
    known = Rationale.objects.filter(prediction=prediction, method=METHOD, version=VERSION).first()
    if known:
        return known
    version = prediction.model_version
    model = load_to_explain(version)
    (statement,) = as_records(Statement.objects.filter(pk=prediction.statement_id))
    found = attribute(model, statement, label_index=version.labels.index(prediction.label.slug))
    return add_rationale(
        prediction=prediction,
        method=METHOD,
        version=VERSION,
        parameters={"steps": found.steps, "blank": found.blank, "movement": found.movement},
        tokens=[(token.start, token.end, token.weight) for token in found.tokens],
        completeness_error=found.completeness_error,
        now=timezone.now(),
    )


def load_to_explain(version: ModelVersion) -> LoadedModel:
    """The model version in float32, in which movements add up.

    Raises NotExplainable, and what `load_exactly` raises.
    """
    if version.architecture == ENSEMBLE:
        raise NotExplainable(f"The {version} is an ensemble: ask one of its members what moved it.")
    if version.architecture == INT8:
        raise NotExplainable(
            f"The {version} computes in whole numbers, which have no gradients: ask the one it was made from."
        )
    return load_exactly(version)


def statements_to_check(task: Task, n: int, *, seed: int) -> list[records.Statement]:
    """Up to `n` statements of the task, by id, drawn so that the first of each pattern comes before the second.

    Reads the ids of all statements: one query, and one for the chosen.
    """
    drawn = list(statements_of(task).order_by("id").values_list("id", "pattern_id"))
    random.Random(seed).shuffle(drawn)  # noqa: S311  a sample, no secret
    met: Counter[int] = Counter()
    places: list[tuple[int, int, int]] = []
    for number, pattern in drawn:
        places.append((met[pattern], len(places), number))
        met[pattern] += 1
    chosen = [number for _, _, number in sorted(places)[:n]]
    return list(as_records(Statement.objects.filter(pk__in=chosen).order_by("id")))
