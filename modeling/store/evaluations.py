"""Examples that taught nothing, with their circumstances, and the evaluations that come of them.

Those of the views test and one drug unseen decided nothing; by those of validation the training was stopped.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.db.models import Count
from django.db.models.functions import Length
from django.utils import timezone

from ledger.models import AtcCode, DrugAtc, Evaluation, Label, ModelVersion, Statement, TrainingExample, TrainingSet
from ledger.record.ensembles import ENSEMBLE, members_of
from ledger.record.models import add_comparison, add_evaluation
from modeling import curated
from modeling.config import TrainingConfig
from modeling.ensemble import Ensemble
from modeling.evaluation.answers import Answers
from modeling.evaluation.asking import ask
from modeling.evaluation.figures import figures
from modeling.evaluation.held_out import HeldOut
from modeling.evaluation.pretrained import untrained
from modeling.inference import LoadedModel
from modeling.records import Example, Progress
from modeling.store.models import backbone_of, load, shared_backbone
from modeling.store.statements import as_records

Role = TrainingExample.Role
VIEWS = (Role.TEST, Role.ONE_UNSEEN, Role.VALIDATION)
LENGTH_STEP = 20  # characters a bar of the histogram
FACTS = (
    "statement_id", "label__slug", "gold__further", "gold__source", "statement__corpus__name",
    "statement__document", "statement__head_drug_id", "statement__tail_drug_id",
)  # fmt: skip


def held_out_examples(training_set: TrainingSet, view: str, version: ModelVersion) -> list[HeldOut]:
    """The examples of one view that carry a class of this model, by statement id (six queries)."""
    of_view = TrainingExample.objects.filter(training_set=training_set, role=view, label__slug__in=version.labels)
    facts = {row[0]: row[1:] for row in of_view.values_list(*FACTS)}
    taught = _taught_patterns(version)
    groups = _main_groups() if facts else {}
    found = []
    for statement in as_records(Statement.objects.filter(id__in=of_view.values("statement_id")).order_by("id")):
        slug, further, source, corpus, document, *pair = facts[statement.id]
        drugs = tuple(drug for drug in pair if drug)
        found.append(
            HeldOut(
                example=Example(statement, version.labels.index(slug)),
                drugs=drugs,
                atc_groups=tuple(groups.get(drug, ()) for drug in drugs),
                document=document,
                corpus=corpus,
                gold_source=source,
                is_known_pattern=statement.pattern in taught,
                further=tuple(version.labels.index(other) for other in further or () if other in version.labels),
            )
        )
    return found


def _taught_patterns(version: ModelVersion) -> set[str]:
    """The patterns that taught this version: of its training examples, and of the curated sentences (two queries).

    An ensemble was taught what any of its members was.
    """
    taught = members_of(version) or [version]
    sets = {one.training_set_id for one in taught}
    examples = TrainingExample.objects.filter(training_set__in=sets, role=TrainingExample.Role.TRAIN)
    share = max(float(one.config.get("curated_share", 0)) for one in taught)
    sentences = curated.sentences(share=share) if share else []
    return {
        *examples.values_list("statement__pattern__text", flat=True).distinct(),
        *(sentence.pattern for sentence in sentences if not curated.is_held_out(sentence)),
    }


def _main_groups() -> dict[int, tuple[str, ...]]:
    """The ATC main groups of every drug that has a code, by the drug's key (two queries)."""
    names = dict(AtcCode.objects.annotate(level=Length("code")).filter(level=1).values_list("code", "name"))
    groups: dict[int, set[str]] = defaultdict(set)
    for drug, code in DrugAtc.objects.values_list("drug_id", "code_id"):
        groups[drug].add(f"{code[0]} {names.get(code[0], '').capitalize()}".strip())
    return {drug: tuple(sorted(found)) for drug, found in groups.items()}


def data_figures(training_set: TrainingSet) -> dict[str, Any]:
    """What the first paper's Figure 3 shows of a training set (two queries).

    `counts`: examples by role and label; `lengths`: `bars` of (from how many characters, sentences) in steps of `step`,
    and the mean.
    """
    examples = TrainingExample.objects.filter(training_set=training_set).order_by()
    counts: dict[str, dict[str, int]] = {}
    for role, slug, n in examples.values_list("role", "label__slug").annotate(n=Count("id")).order_by("role"):
        counts.setdefault(role, {})[slug] = n
    by_length = dict(examples.annotate(length=Length("statement__text")).values_list("length").annotate(n=Count("id")))
    bars: dict[int, int] = defaultdict(int)
    for length, n in by_length.items():
        bars[length // LENGTH_STEP * LENGTH_STEP] += n
    total = sum(by_length.values())
    return {
        "counts": counts,
        "lengths": {
            "step": LENGTH_STEP,
            "mean": sum(length * n for length, n in by_length.items()) / total if total else None,
            "bars": [[start, bars.get(start, 0)] for start in range(min(bars), max(bars) + 1, LENGTH_STEP)]
            if bars
            else [],
        },
    }


@dataclass(frozen=True, slots=True)
class Asked:
    """What one model version said of one view's examples, and what its network said before training, if asked."""

    held_out: list[HeldOut]
    answers: Answers
    pretrained: Answers | None


def ask_version(
    version: ModelVersion,
    training_set: TrainingSet,
    *,
    with_pretrained: bool,
    on_progress: Callable[[Progress], None] = lambda progress: None,
    should_stop: Callable[[], bool] = lambda: False,
) -> dict[str, Asked]:
    """The version's answers on the held-out examples it knows the classes of, by view; empty without any.

    Loads the model, and when all is asked its untrained network in its place, which an ensemble has none of. Raises
    EvaluationStopped, and what loading raises.
    """
    by_view = {str(view): held_out_examples(training_set, view, version) for view in VIEWS}
    examples = {view: [one.example for one in held_out] for view, held_out in by_view.items() if held_out}
    if not examples:
        return {}
    ask_all = partial(_ask_all, examples, on_progress=on_progress, should_stop=should_stop)
    answers = ask_all(load(version))
    before = ask_all(_untrained(version)) if with_pretrained and version.architecture != ENSEMBLE else {}
    further = {view: [one.further for one in by_view[view]] for view in examples}
    return {
        view: Asked(
            by_view[view],
            answers[view].accepting(further[view]),
            before[view].accepting(further[view]) if view in before else None,
        )
        for view in examples
    }


def _untrained(version: ModelVersion) -> LoadedModel:
    config = TrainingConfig.from_json(version.config)
    return untrained(shared_backbone(backbone_of(version)), labels=version.labels, config=config)


def _ask_all(
    examples: dict[str, list[Example]],
    model: LoadedModel | Ensemble,
    *,
    on_progress: Callable[[Progress], None],
    should_stop: Callable[[], bool],
) -> dict[str, Answers]:
    return {
        view: ask(model, asked, on_progress=on_progress, should_stop=should_stop) for view, asked in examples.items()
    }


def measure(
    version: ModelVersion,
    training_set: TrainingSet,
    asked: dict[str, Asked],
    *,
    against: ModelVersion | None = None,
    theirs: dict[str, Asked] | None = None,
) -> dict[str, dict[str, Any]]:
    """The version's figures by view, beside another version's answers on the same training set where there are any."""
    data = data_figures(training_set)
    unrelated = unrelated_of(version)
    by_view = {}
    for view, one in asked.items():
        other = theirs.get(view) if theirs else None
        metrics = figures(
            one.held_out,
            one.answers,
            pretrained=one.pretrained,
            other=other.answers if other else None,
            unrelated=unrelated,
        )
        fitted = version.calibration.get("method") == "fitted"
        metrics["calibration"]["fitted_on"] = version.calibration["n"] if fitted else 0
        metrics["data"] = data
        if against and other:
            metrics["compared"]["model"] = against.number
        by_view[view] = metrics
    return by_view


def unrelated_of(version: ModelVersion) -> str | None:
    """The class by which this version says that a pair is unrelated, where it has one (one query)."""
    negative = Label.objects.filter(task=version.task_id, negative=True, slug__in=version.labels)
    return negative.values_list("slug", flat=True).first()


def keep(version: ModelVersion, training_set: TrainingSet, by_view: dict[str, dict[str, Any]]) -> list[Evaluation]:
    """Put figures into the ledger.

    Where a view has been evaluated before, the first evaluation stays, and the comparison with a model it was not
    compared with yet becomes a row of its own.
    """
    return [_kept(version, training_set, view, metrics) for view, metrics in by_view.items()]


def _kept(version: ModelVersion, training_set: TrainingSet, view: str, metrics: dict[str, Any]) -> Evaluation:
    now = timezone.now()
    kept = add_evaluation(model_version=version, training_set=training_set, view=view, metrics=metrics, now=now)
    compared = metrics.get("compared", {})
    if compared.get("n") and kept.metrics.get("compared", {}).get("model") != compared["model"]:
        other = ModelVersion.objects.get(task=version.task_id, number=compared["model"])
        add_comparison(evaluation=kept, other=other, metrics=compared, now=now)
    return kept
