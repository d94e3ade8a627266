"""Two model versions side by side: on the fixed test, and on the audited statements that taught neither."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, OuterRef, QuerySet, Subquery
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ledger.models import (
    Evaluation,
    Flag,
    FlagRule,
    GoldLabel,
    Label,
    ModelVersion,
    Prediction,
    TrainingExample,
    TrainingSet,
)
from review.gate import Part
from review.queries.evaluated import chance_kept, comparison_kept, from_evaluations
from review.versus import Chance, beside, chance

Role = TrainingExample.Role
ANSWERED_ONE_BY_ONE = (GoldLabel.Source.SINGLE_REVIEW, GoldLabel.Source.AGREEMENT, GoldLabel.Source.ADJUDICATION)
"""Where the gold labels of the audit come from: a person read the very statement."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A model version, and the one it is held against; `labels` are the classes both know."""

    this: ModelVersion
    other: ModelVersion

    @property
    def labels(self) -> list[str]:
        return [slug for slug in self.this.labels if slug in self.other.labels]

    def unrelated(self) -> str | None:
        """The class that says a pair has no relation, where both know one (one query)."""
        negative = Label.objects.filter(task=self.this.task_id, negative=True, slug__in=self.labels)
        return negative.values_list("slug", flat=True).first()

    @property
    def newer(self) -> ModelVersion:
        return max(self.this, self.other, key=lambda version: version.pk)

    @property
    def settings_that_differ(self) -> list[tuple[str, object, object]]:
        """Name, this one's value and the other's, of what their trainings did differently."""
        names = dict.fromkeys([*self.this.config, *self.other.config])
        values = [(name, self.this.config.get(name, "–"), self.other.config.get(name, "–")) for name in names]
        return [(name, this, other) for name, this, other in values if this != other]


def parts_of(pair: Pair) -> list[Part]:
    """The fixed test and the audit (at most eight queries)."""
    unrelated = pair.unrelated()
    return [fixed_test(pair, unrelated), audit(pair, unrelated)]


def fixed_test(pair: Pair, unrelated: str | None = None) -> Part:
    """The test examples both were evaluated on, else those of the newer one's round that both have read.

    At most five queries.
    """
    name = _("fixed test")
    evaluated = Evaluation.objects.filter(model_version__in=[pair.this, pair.other], view=Role.TEST)
    asked = Counter(evaluated.values_list("training_set", flat=True))
    common = max((training_set for training_set, n in asked.items() if n == 2), default=None)
    if common is None:
        return _from_predictions(name, pair, _test_examples(pair, pair.newer.training_set), unrelated)
    found = {one.model_version_id: one for one in evaluated.filter(training_set=common)}
    this, other = found[pair.this.pk].metrics, found[pair.other.pk].metrics
    if not (this.get("per_label") and other.get("per_label")):
        return _from_predictions(name, pair, _test_examples(pair, pair.newer.training_set), unrelated)
    compared = comparison_kept(pair.other, found[pair.this.pk])
    kept_or_counted = chance_kept(compared) or _counted_chance(pair, _test_examples(pair, common))
    return Part(name, from_evaluations(this, other, compared, kept_or_counted))


def audit(pair: Pair, unrelated: str | None = None) -> Part:
    """The audited statements (one query)."""
    return _from_predictions(_("audit"), pair, audited(pair), unrelated)


def audited(pair: Pair) -> QuerySet[GoldLabel]:
    """Gold labels that came of reading statements drawn at random, of those that taught neither model."""
    drawn = Flag.objects.filter(prediction__statement=OuterRef("statement"), rule__rule=FlagRule.Rule.AUDIT)
    taught = TrainingExample.objects.filter(
        training_set__in=[pair.this.training_set_id, pair.other.training_set_id],
        statement=OuterRef("statement"),
        role__in=[Role.TRAIN, Role.VALIDATION],
    )
    return (
        GoldLabel.objects.current()
        .filter(task=pair.this.task_id, source__in=ANSWERED_ONE_BY_ONE, label__slug__in=pair.labels)
        .filter(Exists(drawn), ~Exists(taught))
    )


def _test_examples(pair: Pair, training_set: TrainingSet | int) -> QuerySet[Any]:
    return TrainingExample.objects.filter(training_set=training_set, role=Role.TEST, label__slug__in=pair.labels)


def counted(pair: Pair, labelled: QuerySet[Any]) -> tuple[Counter[tuple[str, str, str]], dict[str, int]]:
    """(gold, this says, other says) → statements; and how many each, by name, has not read (one query)."""

    def said_by(version: ModelVersion) -> Subquery:
        of = Prediction.objects.filter(statement=OuterRef("statement"), model_version=version)
        return Subquery(of.values("label__slug")[:1])

    rows = (
        labelled.annotate(this=said_by(pair.this), other=said_by(pair.other))
        .order_by()
        .values_list("label__slug", "this", "other")
        .annotate(n=Count("id"))
    )
    cells: Counter[tuple[str, str, str]] = Counter()
    unread = {"this": 0, "other": 0}
    for gold, this, other, n in rows:
        if this is not None and other is not None:
            cells[gold, this, other] += n
        unread["this"] += n * (this is None)
        unread["other"] += n * (other is None)
    return cells, unread


def _from_predictions(name: str, pair: Pair, labelled: QuerySet[Any], unrelated: str | None) -> Part:
    cells, unread = counted(pair, labelled)
    if not cells:
        return Part(name, None, _why_none(pair, unread))
    return Part(name, beside(cells, pair.labels, unrelated))


def _why_none(pair: Pair, unread: Mapping[str, int]) -> str:
    for version, n in ((pair.this, unread["this"]), (pair.other, unread["other"])):
        if n:
            return ngettext(
                "Model %(number)s has not read the %(n)s statement: let it read all statements first.",
                "Model %(number)s has not read any of the %(n)s statements: let it read all statements first.",
                n,
            ) % {"number": version.number, "n": n}
    return _("There is no such statement with a gold label yet.")


def _counted_chance(pair: Pair, examples: QuerySet[Any]) -> Chance | None:
    """Where the evaluation kept no such test: of the examples both have read, if that is all of them."""
    cells, unread = counted(pair, examples)
    return chance(cells) if cells and not any(unread.values()) else None
