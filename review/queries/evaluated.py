"""Two models side by side from what their evaluations on the same examples kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ledger.models import Evaluation, ModelVersion
from review.drawn import Figure, Interval
from review.versus import Beside, Chance, Change, OfClass


def comparison_kept(other: ModelVersion, evaluation: Evaluation) -> Mapping[str, Any]:
    """What was kept of this evaluation beside another model, with it or later; nothing where none was (one query)."""
    kept: Mapping[str, Any] = evaluation.metrics.get("compared", {})
    if kept.get("n") and kept.get("model") == other.number:
        return kept
    later = evaluation.comparisons.filter(other=other).first()
    return later.metrics if later else {}


def from_evaluations(
    this: Mapping[str, Any], other: Mapping[str, Any], compared: Mapping[str, Any], chance: Chance | None
) -> Beside:
    """The figures of two evaluations; `compared` is what was kept of the one beside the other, if anything."""
    has_relations = "relations" in this and "relations" in other
    classes = _types(this, other, compared) if has_relations else _classes(this, other)
    labels = [label for label in this["per_label"] if label in other["per_label"]]
    return Beside(
        n=this.get("n", sum(one.n for one in classes)),
        accuracy=_headline("accuracy", this, other, compared),
        macro_f1=_headline("macro_f1", this, other),
        micro_f1=_of_relations("micro", "f1", this, other, compared) if has_relations else None,
        classes=classes,
        chance=chance,
        confusion=_kept_confusion(labels, this, other),
    )


def _classes(this: Mapping[str, Any], other: Mapping[str, Any]) -> list[OfClass]:
    """The labels both know."""
    classes = []
    for label in [label for label in this["per_label"] if label in other["per_label"]]:
        mine, theirs = this["per_label"][label], other["per_label"][label]
        intervals = [one.get("intervals", {}).get("f1", {}).get(label) for one in (this, other)]
        figures = {name: Figure(mine[name], theirs[name]) for name in ("precision", "recall")}
        f1 = Figure(mine["f1"], theirs["f1"], *map(_interval, intervals))
        classes.append(OfClass(label, mine["support"], f1, **figures))
    return classes


def _types(this: Mapping[str, Any], other: Mapping[str, Any], compared: Mapping[str, Any]) -> list[OfClass]:
    """The relation types that the examples of both have, counted as the shared tasks count them."""
    mine, theirs = this["relations"]["by_type"], other["relations"]["by_type"]
    return [
        OfClass(
            type_,
            mine[type_]["gold"],
            **{name: _of_relations(type_, name, this, other, compared) for name in ("f1", "precision", "recall")},
        )
        for type_ in mine
        if type_ in theirs
    ]


def _of_relations(
    of: str, name: str, this: Mapping[str, Any], other: Mapping[str, Any], compared: Mapping[str, Any]
) -> Figure:
    """A figure of one type, or of all of them ("micro"); the interval of a difference is kept of F1 alone."""

    def part(kept: Mapping[str, Any]) -> Mapping[str, Any]:
        found: Mapping[str, Any] = kept if of == "micro" else kept.get("by_type", {}).get(of, {})
        return found

    mine, theirs = this["relations"], other["relations"]
    values = [one["micro"] if of == "micro" else one["by_type"][of] for one in (mine, theirs)]
    this_interval, other_interval = (_interval(part(one["intervals"]).get(name)) for one in (mine, theirs))
    both = compared.get("relations", {}) if name == "f1" else {}
    difference = (both.get("micro", {}) if of == "micro" else part(both)).get("difference_interval")
    return Figure(values[0][name], values[1][name], this_interval, other_interval, _interval(difference))


def _headline(
    name: str, this: Mapping[str, Any], other: Mapping[str, Any], compared: Mapping[str, Any] | None = None
) -> Figure:
    mine, theirs = (_interval(one.get("intervals", {}).get(name)) for one in (this, other))
    difference = _interval((compared or {}).get("difference_interval"))
    return Figure(this.get(name), other.get(name), mine, theirs, difference)


def chance_kept(kept: Mapping[str, Any]) -> Chance | None:
    """McNemar's test as it was kept, if it was."""
    return Chance(kept["only_this_right"], kept["only_other_right"], kept["p_value"]) if kept.get("n") else None


def _kept_confusion(
    labels: list[str], this: Mapping[str, Any], other: Mapping[str, Any]
) -> list[tuple[str, list[Change]]]:
    def table(metrics: Mapping[str, Any]) -> dict[tuple[str, str], int]:
        names = list(metrics["per_label"])
        return {
            (gold, said): n
            for gold, row in zip(names, metrics.get("confusion") or [], strict=False)
            for said, n in zip(names, row, strict=False)
        }

    mine, theirs = table(this), table(other)
    if not mine or not theirs:
        return []
    return [(gold, [Change(mine[gold, said], theirs[gold, said]) for said in labels]) for gold in labels]


def _interval(bounds: Any) -> Interval:
    return (bounds[0], bounds[1]) if bounds else None
