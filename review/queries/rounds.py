"""Rounds: how far each came, what it learnt from, and what came of it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.db.models import Prefetch
from django.utils.translation import gettext as _

from ledger.candidates import Composition, Copies
from ledger.models import GoldLabel, Label, ModelVersion, Round, Run, Task, TrainingExample, TrainingSet
from ledger.pseudo_labels import MORE_THAN_GOLD, MORE_THAN_MIDDLE, MORE_THAN_RAREST
from ledger.training_sets import NOT_CHOSEN
from review.numerals import localised
from review.queries.models import Result, result_of
from review.wording import worded

PATTERN = GoldLabel.Source.PATTERN_REVIEW


@dataclass(frozen=True, slots=True)
class CompositionRow:
    """How many examples of each label have this role and come from this source; gold by how it was confirmed."""

    role: str
    source: str
    counts: list[int]

    @property
    def total(self) -> int:
        return sum(self.counts)


@dataclass(frozen=True, slots=True)
class CompositionTable:
    """A training set as a table; columns are labels, and `untaught` are those with no example to learn from.

    pattern_weight: what the gold of pattern decisions weighs, where it teaches; by_corpus: the gold of each corpus by
    what it is used for, where there are several; rarest, middle: the label with the fewest sure predictions, or the one
    in the middle by their number, and how many these are, where others have more of which no more teach.
    """

    labels: list[str]
    rows: list[CompositionRow]
    left_out: list[tuple[str, int]]
    bands: list[tuple[str, list[int]]]
    untaught: list[str]
    pattern_weight: float | None
    by_corpus: list[CompositionRow]
    rarest: tuple[str, int] | None
    middle: tuple[str, int] | None


@dataclass(frozen=True, slots=True)
class RoundPage:
    """One round: its training set once frozen, its run, and its model beside the other one tested."""

    round: Round
    run: Run | None
    training_set: TrainingSet | None
    composition: CompositionTable | None
    result: Result | None


def composition_table(task: Task, composition: Composition) -> CompositionTable:
    """One query."""
    titles = dict(Label.objects.filter(task=task, trainable=True).values_list("slug", "title"))
    rows = [
        CompositionRow(str(role.label), source_title, [counts.get(slug, 0) for slug in titles])
        for role in TrainingExample.Role
        for source_title, counts in _by_source(composition, role)
    ]
    per_label = composition.pseudo_by_confidence
    taught_by = composition.gold_by_source.get(TrainingExample.Role.TRAIN, {})
    bands = sorted({band for counts in per_label.values() for band in counts})
    return CompositionTable(
        labels=[worded(title) for title in titles.values()],
        rows=rows,
        left_out=sorted(
            ((_why(why, titles), n) for why, n in composition.left_out.items() if n), key=lambda pair: -pair[1]
        ),
        bands=[(localised(band), [per_label.get(slug, {}).get(band, 0) for slug in titles]) for band in bands],
        untaught=[worded(title) for slug, title in titles.items() if not _n_taught(composition, slug)],
        pattern_weight=composition.pattern_weight if PATTERN in taught_by else None,
        by_corpus=_by_corpus(composition, list(titles)),
        rarest=_limiting(MORE_THAN_RAREST, composition, titles),
        middle=_limiting(MORE_THAN_MIDDLE, composition, titles),
    )


def _limiting(reason: str, composition: Composition, titles: dict[str, str]) -> tuple[str, int] | None:
    for slug, title in titles.items():
        if composition.left_out.get(reason.format(slug)):
            return worded(title), sum(composition.pseudo_by_confidence.get(slug, {}).values())
    return None


def _by_corpus(composition: Composition, slugs: list[str]) -> list[CompositionRow]:
    """Where the gold comes from, if it comes from several corpora."""
    by_role = composition.gold_by_corpus
    if len({corpus for counts in by_role.values() for corpus in counts}) < 2:
        return []
    return [
        CompositionRow(str(role.label), corpus, [counts.get(slug, 0) for slug in slugs])
        for role in TrainingExample.Role
        for corpus, counts in by_role.get(role, {}).items()
    ]


def _why(counted_as: str, titles: dict[str, str]) -> str:
    """Why statements were left out, in the reader's words; `titles` are those of labels, by slug."""
    reasons = {
        "an answer only people give": _("an answer only people give"),
        "bridge: its drugs are in different groups": _("bridge: its drugs are in different groups"),
        "bridge: its text stands in documents of different groups": _(
            "bridge: its text stands in documents of different groups"
        ),
        "judged by people already": _("pseudo-label: people have judged the statement already"),
        "contradicts an ATC rule": _("pseudo-label: it contradicts an ATC rule"),
        "from a decision about its pattern, which weighs nothing here": _(
            "from a decision about its pattern, which weighs nothing here"
        ),
        NOT_CHOSEN: _("from a corpus whose gold is not used here"),
        Copies.REASON: _("a copy: the same mentions of the same sentence are used from another corpus"),
        MORE_THAN_GOLD: _("pseudo-label: more that say nothing is related than gold has beside the others"),
        "more than the smallest class has": _("pseudo-label: more than the smallest class has"),
    }
    for slug, title in titles.items():
        if counted_as == MORE_THAN_RAREST.format(slug):
            return _("pseudo-label: more than “%(label)s” has, the label with the fewest") % {"label": worded(title)}
        if counted_as == MORE_THAN_MIDDLE.format(slug):
            return _("pseudo-label: more than “%(label)s” has, the label in the middle") % {"label": worded(title)}
    if found := re.fullmatch(r"more than (\d+) of one pattern", counted_as):
        return _("pseudo-label: more than %(n)s of one pattern") % {"n": found[1]}
    if found := re.fullmatch(r"more than (\d+) of one label", counted_as):
        return _("pseudo-label: more than %(n)s of one label") % {"n": found[1]}
    return reasons.get(counted_as, counted_as)


def _n_taught(composition: Composition, slug: str) -> int:
    by_source = composition.examples.get(TrainingExample.Role.TRAIN, {})
    return sum(by_label.get(slug, 0) for by_label in by_source.values())


def _by_source(composition: Composition, role: str) -> list[tuple[str, dict[str, int]]]:
    """A role's counts by label: gold by each of its sources where they were counted, then pseudo-labels."""
    examples = composition.examples.get(role, {})
    gold_by_source = composition.gold_by_source.get(role, {})
    gold_title = str(TrainingExample.Source.GOLD.label)
    gold = [
        (f"{gold_title}: {source.label}", gold_by_source[source])
        for source in GoldLabel.Source
        if source in gold_by_source
    ]
    if not gold and examples.get(TrainingExample.Source.GOLD):
        gold = [(gold_title, examples[TrainingExample.Source.GOLD])]
    pseudo = examples.get(TrainingExample.Source.PSEUDO)
    return [*gold, *([(str(TrainingExample.Source.PSEUDO.label), pseudo)] if pseudo else [])]


def frozen_composition(training_set: TrainingSet) -> Composition:
    """The composition kept with a training set; what an earlier version did not count is empty."""
    kept = training_set.composition
    return Composition(
        kept.get("examples", {}),
        kept.get("pseudo_by_confidence", {}),
        kept.get("left_out", {}),
        kept.get("gold_by_source", {}),
        kept.get("pattern_weight", 1.0),
        kept.get("gold_by_corpus", {}),
    )


def all_rounds() -> list[Round]:
    """Every round, newest first, with its run, training set and model (three queries)."""
    models = Prefetch("training_set__model_versions", ModelVersion.objects.order_by("id"))
    return list(
        Round.objects.select_related("task", "opened_by", "training_set")
        .prefetch_related("runs", models)
        .order_by("-id")
    )


def round_page(shown: Round) -> RoundPage:
    """At most six queries."""
    training_set = TrainingSet.objects.filter(round=shown).select_related("round__task").first()
    return RoundPage(
        round=shown,
        run=shown.runs.select_related("task", "model_version", "requested_by", "round").order_by("-id").first(),
        training_set=training_set,
        composition=composition_table(shown.task, frozen_composition(training_set)) if training_set else None,
        result=result_of(training_set) if training_set else None,
    )
