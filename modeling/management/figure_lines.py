"""An evaluation's figures as a person reads them on a terminal: one line per fact."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

STOPPED_BY = ", by which its training was stopped and its temperature fitted"


def figure_lines(view: str, metrics: dict[str, Any]) -> Iterator[str]:
    """The headline figures of one view; the curves, slices and points are in the JSON and in the report."""
    intervals, calibration, coverage = metrics["intervals"], metrics["calibration"], metrics["coverage"]
    pretrained = metrics.get("pretrained", {})
    relations = metrics.get("relations")
    yield f"{view}: {metrics['n']:,} statements{STOPPED_BY if view == 'validation' else ''}"
    if relations:
        yield from (f"{view}: {line}" for line in _relation_lines(relations, pretrained.get("relations")))
    alone = (
        (("accuracy", "accuracy, unrelated pairs too"),)
        if relations
        else (("accuracy", "accuracy"), ("macro_f1", "macro-F1"))
    )
    for name, words in alone:
        before = f"; pretrained {pretrained[name]:.3f}" if pretrained else ""
        yield f"{view}: {words} {metrics[name]:.3f}{interval(intervals[name])}{before}"
    for label, one in {} if relations else metrics["per_label"].items():
        yield (
            f"{view}: {label} precision {one['precision']:.3f}, recall {one['recall']:.3f}, "
            f"F1 {one['f1']:.3f}{interval(intervals['f1'][label])}, {one['support']:,} statements"
        )
    ranking = metrics["ranking"]
    yield f"{view}: macro AUC {_number(ranking['macro_auc'])}"
    yield f"{view}: macro average precision {_number(ranking['macro_average_precision'])}"
    before, after = calibration["before"], calibration["after"]
    for name, words in (("ece_debiased", "debiased ECE"), ("brier", "Brier score"), ("log_loss", "log loss")):
        yield f"{view}: {words} {after[name]:.4f}; {before[name]:.4f} before temperature scaling"
    at_80 = coverage["at_80"]
    yield (
        f"{view}: accuracy at 80 % coverage {at_80['accuracy']:.3f}{interval(intervals['accuracy_at_80'])}, "
        f"confidence from {at_80['confidence']:.3f}"
    )
    yield f"{view}: area under the risk-coverage curve {coverage['area_under_risk']:.4f}"
    for row in metrics["slices"].get("pattern_seen_in_training", ()):
        name = f"patterns {row['name']}" if row["name"] else "patterns seen in training and not, too few to part"
        yield f"{view}: {name}, accuracy {row['accuracy']:.3f}{interval(row['interval'])}, {row['n']:,} statements"
    units = ", ".join(f"{n:,} {kind}s" for kind, n in intervals["units"].items())
    yield f"{view}: intervals from {intervals['resamples']:,} resamples of {units}; those of patterns are Wilson's"
    if "compared" in metrics:
        yield f"{view}: {_comparison(metrics['compared'])}"


def _relation_lines(relations: dict[str, Any], pretrained: dict[str, Any] | None) -> Iterator[str]:
    """All types together as the shared tasks score them, then each type."""
    micro, intervals = relations["micro"], relations["intervals"]
    before = f"; pretrained {pretrained['micro']['f1']:.3f}" if pretrained else ""
    yield (
        f"relations, micro: {_three(micro, intervals)}{before}; {micro['gold']:,} relations of "
        f"{relations['documents']:,} documents, {micro['predicted']:,} predicted"
    )
    for name, one in relations["by_type"].items():
        yield (
            f"{name}: {_three(one, intervals['by_type'][name])}, {one['gold']:,} relations, "
            f"{one['predicted']:,} predicted"
        )
    if relations["types_not_in_gold"]:
        yield f"types without a relation here: {', '.join(relations['types_not_in_gold'])}"


def _three(one: dict[str, Any], intervals: dict[str, Any]) -> str:
    return ", ".join(
        f"{words} {one[name]:.3f}{interval(intervals[name])}"
        for name, words in (("precision", "precision"), ("recall", "recall"), ("f1", "F1"))
    )


def headline_figures(view: str, metrics: dict[str, Any]) -> dict[str, Any]:
    """The few figures that a report of a training names, by their names with the view before."""
    figures = {f"{view}_{name}": metrics[name] for name in ("n", "accuracy", "macro_f1")}
    if relations := metrics.get("relations"):
        micro = relations["micro"]
        figures |= {f"{view}_micro_{name}": micro[name] for name in ("precision", "recall", "f1")}
    return figures


def _comparison(compared: dict[str, Any]) -> str:
    if not compared["n"]:
        return f"no example in common with model {compared['model']}"
    micro = compared.get("relations", {}).get("micro")
    relations = f"micro-F1 {micro['difference']:+.3f}{interval(micro['difference_interval'])}, " if micro else ""
    return (
        f"against model {compared['model']} on {compared['n']:,} statements, "
        f"{relations}accuracy {compared['difference']:+.3f}"
        f"{interval(compared['difference_interval'])}, McNemar's {compared['test']} test "
        f"p = {compared['p_value']:.3g} (only this right {compared['only_this_right']:,}, "
        f"only the other {compared['only_other_right']:,})"
    )


def interval(bounds: list[float] | None) -> str:
    """An interval in brackets, to stand behind its figure; nothing where there is none."""
    return f" (95 %: {bounds[0]:.3f} to {bounds[1]:.3f})" if bounds else ""


def _number(value: float | None) -> str:
    return "not defined: every example has the same label" if value is None else f"{value:.3f}"


def relation_trial_lines(facts: dict[str, Any]) -> Iterator[str]:
    """The figures of `try_relations`: of each training, their mean, the ensemble, and the types of the last of them."""
    for fold in facts["folds"]:
        left_out = ""
        if n := fold["left_out_pairs"]:
            left_out = f"; {n:,} pairs left out, whose document or sentence is tested"
        yield (
            f"taught {fold['taught_pairs']:,} pairs of {fold['taught_documents']:,} documents, tested "
            f"{fold['tested_pairs']:,} of {fold['tested_documents']:,}{left_out}"
        )
    for run in facts["runs"]:
        yield f"seed {run['seed']}: {_micro(run)}; {run['seconds']:,.0f} s, best epochs {run['best_epoch']}"
    if facts["ensemble"]:
        mean = facts["mean"]
        yield f"mean: precision {mean['precision']:.3f}, recall {mean['recall']:.3f}, F1 {mean['f1']:.3f}"
        yield f"all together: {_micro(facts['ensemble'])}"
    for name, one in (facts["ensemble"] or facts["runs"][0])["by_type"].items():
        yield (
            f"{name}: precision {one['precision']:.3f}, recall {one['recall']:.3f}, F1 {one['f1']:.3f}, "
            f"{one['gold']:,} relations, {one['predicted']:,} predicted"
        )
    yield f"peak memory {facts['peak_memory_mb']:,} MB"


def _micro(figures: dict[str, Any]) -> str:
    micro = figures["micro"]
    return (
        f"precision {micro['precision']:.3f}, recall {micro['recall']:.3f}, "
        f"F1 {micro['f1']:.3f}{interval(figures['intervals']['f1'])}"
    )
