"""Which items, statements and gold labels somebody wants: as it stands in the address of a page."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from urllib.parse import urlencode

from django.contrib.auth.models import User
from django.db.models import QuerySet

from ledger.models import GoldLabel, Task
from ledger.models.decision import GoldLabelQuerySet
from review.models import ReviewItem, ReviewItemQuerySet, Skip

LONGEST = 200  # characters of any field
MOST_SKIPPED = 500  # items of one's own that a page asks for
ATC_CLASS = re.compile(r"[A-Z](\d\d([A-Z]([A-Z](\d\d)?)?)?)?")
BLIND_REASONS = frozenset(
    {ReviewItem.Reason.AUDIT.value, ReviewItem.Reason.SPOT_CHECK.value, ReviewItem.Reason.REQUESTED.value}
)
"""The reasons that say nothing of what a model said."""
WORD = re.compile(r"[^\W_]+\*?")


def may_name(task: Task, reason: str) -> bool:
    """Whether a reviewer's page may name this reason: where answers are given blind, only one that tells nothing."""
    return not task.blind or reason in BLIND_REASONS


def key_in(values: Mapping[str, str], name: str) -> int | None:
    """The row a list goes on from; None for the beginning, and for what cannot be a row's id."""
    given = values.get(name, "")
    return int(given) if given.isdecimal() and len(given) < 19 else None


def number_in(values: Mapping[str, str], name: str, most: float) -> float | None:
    """A number between 0 and `most`; None for anything else."""
    try:
        given = float(values.get(name, ""))
    except ValueError:
        return None
    return given if 0 <= given <= most else None


def skipped_in(task: Task, reader: User) -> QuerySet[Skip]:
    """What this person put aside that still waits for an answer."""
    return Skip.objects.filter(reviewer=reader, item__task=task, item__state__in=ReviewItem.WAITING)


@dataclass(frozen=True, slots=True)
class QueueFilter:
    """A reason, the slug of what the model said, a part of the queue, and a corpus's name; empty means any.

    An item is in the part of each of its reasons, not of the main one alone. Only known fields ever reach the database.
    """

    reason: str = ""
    said: str = ""
    part: str = ""
    corpus: str = ""

    PARTS = ("second", "mine", "skipped")

    @classmethod
    def read(cls, values: Mapping[str, str]) -> QueueFilter:
        """From a query string or a form; what is not a reason or a part is dropped."""
        reason, part = values.get("reason", ""), values.get("part", "")
        return cls(
            reason if reason in ReviewItem.Reason.values else "",
            values.get("said", "")[:50],
            part if part in cls.PARTS else "",
            values.get("corpus", "")[:50],
        )

    def items(self, task: Task, reader: User) -> ReviewItemQuerySet:
        """The chosen items of the task. Where answers are given blind, what the model said chooses nothing."""
        items = ReviewItem.objects.filter(task=task)
        if self.reason and may_name(task, self.reason):
            items = items.filter(reasons__names_rule=self.reason)
        if self.said and not task.blind:
            items = items.filter(prediction__label__slug=self.said)
        if self.corpus:
            items = items.filter(statement__corpus__name=self.corpus)
        if self.part == "second":
            items = items.filter(state=ReviewItem.State.AWAITING_SECOND)
        if self.part == "mine":
            items = items.filter(assigned_to=reader)
        if self.part == "skipped":
            # By their keys: few are, and the databases would walk the queue to find them.
            items = items.filter(pk__in=list(skipped_in(task, reader).values_list("item", flat=True)[:MOST_SKIPPED]))
        return items

    @property
    def query(self) -> str:
        """As a query string, empty when nothing is chosen."""
        return urlencode(self.chosen)

    @property
    def chosen(self) -> dict[str, str]:
        """The fields that choose something."""
        given = {"reason": self.reason, "said": self.said, "part": self.part, "corpus": self.corpus}
        return {name: value for name, value in given.items() if value}

    def __bool__(self) -> bool:
        return bool(self.chosen)


EVERYTHING = QueueFilter()


@dataclass(frozen=True, slots=True)
class GoldFilter:
    """Which current gold labels of a task; None or empty means all."""

    task: Task
    round: int | None = None
    label: str = ""
    source: str = ""

    def apply(self, labels: GoldLabelQuerySet) -> GoldLabelQuerySet:
        labels = labels.filter(task=self.task)
        if self.round is not None:
            labels = labels.filter(round_number=self.round)
        if self.label:
            labels = labels.filter(label__slug=self.label)
        if self.source:
            labels = labels.filter(source=self.source)
        return labels


@dataclass(frozen=True, slots=True)
class Selection:
    """Gold labels as they stood when `gold_id` was the newest row: the same selection is the same rows, for ever."""

    chosen: GoldFilter
    gold_id: int

    def labels(self) -> GoldLabelQuerySet:
        return self.chosen.apply(GoldLabel.objects.as_of(self.gold_id))

    @property
    def parameters(self) -> dict[str, str | int | None]:
        """As plain values, to be kept with a file or a proposal."""
        chosen = self.chosen
        return {"round": chosen.round, "label": chosen.label, "source": chosen.source, "gold_id": self.gold_id}


@dataclass(frozen=True, slots=True)
class LedgerFilter:
    """Which statements of a task; empty and None mean any.

    `model` is the number of the model version whose answers are meant (None: the live one), `differs` that of one
    that says otherwise. `reason` is any of those for which it is in the queue; `gold` the slug of the confirmed label,
    `source` where that came from. A confidence range or `order` "unsure" lists the least sure first, otherwise the
    oldest.
    """

    text: str = ""
    drug: str = ""
    atc: str = ""
    label: str = ""
    model: int | None = None
    differs: int | None = None
    least: float | None = None
    most: float | None = None
    reason: str = ""
    gold: str = ""
    source: str = ""
    corpus: str = ""
    order: str = ""

    @classmethod
    def read(cls, values: Mapping[str, str]) -> LedgerFilter:
        """From a query string; what cannot be meant is dropped."""
        atc, reason = values.get("atc", "").strip().upper(), values.get("reason", "")
        source = values.get("source", "")
        return cls(
            text=values.get("text", "").strip()[:LONGEST],
            drug=values.get("drug", "").strip()[:LONGEST],
            atc=atc if ATC_CLASS.fullmatch(atc) else "",
            label=values.get("label", "")[:50],
            model=key_in(values, "model"),
            differs=key_in(values, "differs"),
            least=number_in(values, "least", 1),
            most=number_in(values, "most", 1),
            reason=reason if reason in ReviewItem.Reason.values else "",
            gold=values.get("gold", "")[:50],
            source=source if source in GoldLabel.Source.values else "",
            corpus=values.get("corpus", "")[:50],
            order="unsure" if values.get("order") == "unsure" else "",
        )

    @property
    def words(self) -> list[str]:
        """The words every statement must have; one that ends in * stands for all that begin so."""
        return WORD.findall(self.text)

    @property
    def by_confidence(self) -> bool:
        return self.order == "unsure" or self.least is not None or self.most is not None

    @property
    def needs_a_model(self) -> bool:
        """Whether it asks for what a model version said."""
        return bool(self.label) or self.differs is not None or self.by_confidence

    @property
    def by_gold(self) -> bool:
        return bool(self.gold or self.source)

    @property
    def reads_answers(self) -> bool:
        """Whether being listed tells something of what a model said."""
        return self.needs_a_model or bool(self.reason and self.reason not in BLIND_REASONS)

    @property
    def given(self) -> list[tuple[str, str]]:
        """The fields that choose something, as a form sends them."""
        values = ((field.name, getattr(self, field.name)) for field in fields(self))
        return [(name, str(value)) for name, value in values if value not in ("", None)]

    @property
    def query(self) -> str:
        """As a query string, empty when nothing is chosen."""
        return urlencode(self.given)

    def __bool__(self) -> bool:
        return bool(self.query)
