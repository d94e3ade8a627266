"""One model's findings, and the rows they are made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from review.numerals import decimals, signed

Interval = tuple[float, float] | None


@dataclass(frozen=True, slots=True)
class Headline:
    """A figure with its 95 % interval; None where it is not defined."""

    name: str
    value: float | None
    interval: Interval


@dataclass(frozen=True, slots=True)
class BesidePretrained:
    """One line of the first paper's Tables 3 and 4: the network before training, and the model."""

    name: str
    pretrained: float
    trained: float

    @property
    def difference(self) -> float:
        return self.trained - self.pretrained

    @property
    def relative(self) -> str:
        """The difference as a share of the pretrained figure, in percent."""
        if not self.pretrained:
            return "–"
        return signed(100 * self.difference / self.pretrained, 1)


@dataclass(frozen=True, slots=True)
class OfLabel:
    """How one label is found."""

    label: str
    n: int
    precision: float
    recall: float
    f1: float
    f1_interval: Interval
    auc: float | None
    average_precision: float | None


@dataclass(frozen=True, slots=True)
class OfType:
    """How the relations of one type are found, or of all types together where `label` is empty.

    `n` relations are gold, and `n_predicted` were said.
    """

    label: str
    n: int
    n_predicted: int
    precision: float
    recall: float
    f1: float
    precision_interval: Interval
    recall_interval: Interval
    f1_interval: Interval


@dataclass(frozen=True, slots=True)
class Relations:
    """The answers as the shared tasks score them: `unrelated` pairs count for nothing. `absent` types are not there."""

    unrelated: str
    n_documents: int
    rows: list[OfType]
    absent: list[str]


@dataclass(frozen=True, slots=True)
class Confusion:
    """How often each true label (rows) was answered with each label (columns)."""

    of: str
    labels: list[str]
    rows: list[tuple[str, list[int]]]


@dataclass(frozen=True, slots=True)
class Slice:
    """A part of the examples. Places are those of a drawing 100 wide."""

    name: str
    n: int
    accuracy: float
    interval: tuple[float, float]
    macro_f1: float

    @property
    def place(self) -> int:
        return round(100 * self.accuracy)

    @property
    def places(self) -> tuple[int, int]:
        return round(100 * self.interval[0]), round(100 * self.interval[1])


@dataclass(frozen=True, slots=True)
class SliceTable:
    kind: str
    title: str
    rows: list[Slice]


@dataclass(frozen=True, slots=True)
class F1Beside:
    """F1 of all relations together in both models, and the difference with its interval."""

    f1: float
    other_f1: float
    difference: float
    interval: Interval


@dataclass(frozen=True, slots=True)
class Comparison:
    """Another model version on the same examples, and McNemar's test of whether the two differ.

    `compared_at` is None where it was made with the evaluation.
    """

    model: int
    n: int
    accuracy: float
    other_accuracy: float
    difference: float
    interval: Interval
    only_this: int
    only_other: int
    test: str
    p_value: float
    relations: F1Beside | None = None
    compared_at: datetime | None = None

    @property
    def p(self) -> str:
        return f"< {decimals(0.001, 3)}" if self.p_value < 0.001 else f"= {decimals(self.p_value, 3)}"


@dataclass(frozen=True, slots=True)
class Finding:
    """One model on one view's examples. `is_full` is False for an evaluation that an earlier version made.

    `later` are comparisons made after it, with other models; `decided` is True of the examples that stopped training.
    """

    view: str
    title: str
    n: int
    is_full: bool
    headlines: list[Headline]
    beside_pretrained: list[BesidePretrained]
    per_label: list[OfLabel]
    confusions: list[Confusion]
    calibration: list[tuple[str, float, float]]
    temperature: float | None
    fitted_on: int
    comparison: Comparison | None
    slices: list[SliceTable]
    resampled: str
    metrics: Mapping[str, Any]
    relations: Relations | None = None
    later: Sequence[Comparison] = ()

    @property
    def decided(self) -> bool:
        return self.view == "validation"

    @property
    def comparisons(self) -> list[Comparison]:
        return [*([self.comparison] if self.comparison else []), *self.later]
