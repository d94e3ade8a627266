"""A cross-validation as a person reads it on a terminal: what was dealt out, then each way of classifying."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from modeling.management.figure_lines import interval

UNITS = {"pattern": "wordings", "document": "documents", "drug": "drugs", "drug-and-pattern": "wordings"}


def cross_validation_lines(facts: dict[str, Any]) -> Iterator[str]:
    """The headline figures; the rest is in the JSON."""
    yield from _folds(facts)
    yield from _composition(facts)
    for name, one in facts["models"].items():
        yield f"{name}: {_headline(one)}"
        for which, part in one.get("slices", {}).items():
            yield f"{name}, {which} ({part['n']:,} relations): {_headline(part)}"
    for name, figures in facts["over_seeds"].items():
        yield f"{name}, {len(facts['seeds'])} seeds: " + "; ".join(
            f"{words} {_spread(figures[key])}" for key, words in _named(figures)
        )


def _folds(facts: dict[str, Any]) -> Iterator[str]:
    folds, units = facts["folds"], UNITS[facts["by"]]
    tested = sum(fold["test"] for fold in folds)
    yield f"{len(folds)} folds by {facts['by']}, {tested:,} tested statements: {', '.join(facts['labels'])}"
    if facts["n"] > tested:
        between = _range([fold["between"] for fold in folds])
        yield (
            f"{facts['n'] - tested:,} of {facts['n']:,} statements are never tested; a fold leaves out {between}, "
            "which share a drug or a wording with those it teaches and with those it tests"
        )
    if repeated := sum(fold["repeated"] for fold in folds):
        yield f"{repeated:,} statements over all folds left out of teaching, whose very sentence is tested"
    if facts["left_out_relations"]:
        yield f"{facts['left_out_relations']:,} relations left out, which need the paragraph"
    if not facts["trained"]:
        return
    yield (
        f"a fold teaches {_range([fold['teach'] for fold in folds])} statements; "
        f"{_range([fold['validate'] for fold in folds])} of other {units} decide when to stop"
    )
    if any(fold["between_validating"] for fold in folds):
        between = _range([fold["between_validating"] for fold in folds])
        yield f"{between} statements of a fold do neither, since they share a drug or their sentence with both"
    if n_shared := sum(fold["shares"] for fold in folds):
        yield (
            f"in {n_shared} of {len(folds)} folds there are too few {units} to spare any: a tenth of the taught "
            f"sentences decides when to stop, in {units} that teach too"
        )
    for label, n in facts["not_validated"].items():
        yield f"in {n} of {len(folds)} folds no statement of {label} decides when to stop: its {units} were too few"


def _composition(facts: dict[str, Any]) -> Iterator[str]:
    made_of = ", ".join(
        f"{label} {one['statements']:,} in {one['wordings']:,} wordings"
        + (f" and {one['relations']:,} relations" if "relations" in one else "")
        for label, one in facts["tested"]["labels"].items()
    )
    yield f"tested statements: {made_of}"
    oracle, commonest = facts["oracle"], facts["tested"]["commonest"]
    yield (
        f"per-pattern oracle: {oracle['accuracy']:.3f} over {oracle['n_patterns']:,} wordings "
        f"({oracle['n_alone']:,} met once)"
    )
    yield (
        f"the commonest label, {commonest['label']}, for every {'relation' if facts['by_relation'] else 'statement'}: "
        f"macro-F1 {commonest['macro_f1']:.3f}, accuracy {commonest['accuracy']:.3f}"
    )


def _headline(one: dict[str, Any]) -> str:
    intervals, after = one["intervals"], one["calibration"]["after"]
    f1 = ", ".join(f"{label} {figures['f1']:.3f}" for label, figures in one["per_label"].items())
    return (
        f"macro-F1 {one['macro_f1']:.3f}{interval(intervals['macro_f1'])} ({f1}), accuracy "
        f"{one['accuracy']:.3f}, each wording once {one['macro_f1_of_wordings']:.3f}; ECE {after['ece']:.3f} "
        f"({after['ece_debiased']:.3f} debiased), accuracy at 80 % coverage "
        f"{one['coverage']['at_80']['accuracy']:.3f}{interval(intervals['accuracy_at_80'])}"
    )


def _named(figures: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """The figures over seeds with the words for them, in their order."""
    words = {
        "macro_f1": "macro-F1", "macro_f1_of_wordings": "each wording once", "ece": "ECE",
        "ece_debiased": "debiased ECE", "accuracy_at_80": "accuracy at 80 % coverage",
    }  # fmt: skip
    for name in figures:
        yield name, words.get(name, name.replace("f1 of ", "F1 of "))


def _spread(one: dict[str, Any]) -> str:
    return f"{one['mean']:.3f} ± {one['deviation']:.3f} ({one['low']:.3f} to {one['high']:.3f})"


def _range(counts: Sequence[int]) -> str:
    low, high = min(counts), max(counts)
    return f"{low:,}" if low == high else f"{low:,} to {high:,}"
