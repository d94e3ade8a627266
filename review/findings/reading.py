"""From the figures an evaluation kept to rows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from ledger.models import TrainingExample
from review.findings.rows import (
    BesidePretrained,
    Comparison,
    Confusion,
    Finding,
    Headline,
    Interval,
    OfLabel,
    Slice,
    SliceTable,
)
from review.numerals import whole
from review.wording import worded

VIEWS: dict[str, str | Promise] = {
    TrainingExample.Role.TEST.value: gettext_lazy("test, both drugs unseen"),
    TrainingExample.Role.ONE_UNSEEN.value: gettext_lazy("test, one drug unseen"),
}
SLICES: dict[str, str | Promise] = {
    "pattern_seen_in_training": gettext_lazy("Patterns seen in training, and never seen"),
    "length": gettext_lazy("Length of the sentence"),
    "gold_source": gettext_lazy("Where the gold label comes from"),
    "corpus": gettext_lazy("Corpus"),
    "atc_group": gettext_lazy("ATC main group of either drug"),
    "atc_pair": gettext_lazy("ATC main groups of the pair"),
    "pattern": gettext_lazy("Pattern"),
}
CALIBRATION: dict[str, str | Promise] = {
    "ece_debiased": gettext_lazy("calibration error (ECE), debiased"),
    "ece": gettext_lazy("calibration error (ECE), plain"),
    "rms_debiased": gettext_lazy("root mean square calibration error, debiased"),
    "brier": gettext_lazy("Brier score"),
    "log_loss": gettext_lazy("log loss"),
}


def finding(view: str, metrics: Mapping[str, Any]) -> Finding:
    """What the figures of one evaluation say."""
    calibration = metrics.get("calibration", {})
    return Finding(
        view=view,
        title=str(VIEWS.get(view, view)),
        n=metrics.get("n", 0),
        is_full="calibration" in metrics,
        headlines=_headlines(metrics),
        beside_pretrained=_beside_pretrained(metrics),
        per_label=_per_label(metrics),
        confusions=_confusions(metrics),
        calibration=[
            (str(words), calibration["before"][name], calibration["after"][name]) for name, words in CALIBRATION.items()
        ]
        if calibration
        else [],
        temperature=calibration.get("temperature"),
        fitted_on=calibration.get("fitted_on", 0),
        comparison=_comparison(metrics.get("compared", {})),
        slices=_slices(metrics.get("slices", {})),
        resampled=", ".join(_units(kind, n) for kind, n in metrics.get("intervals", {}).get("units", {}).items()),
        metrics=metrics,
    )


def _headlines(metrics: Mapping[str, Any]) -> list[Headline]:
    intervals, ranking = metrics.get("intervals", {}), metrics.get("ranking", {})
    found = [
        Headline(words, metrics.get(name), _interval(intervals.get(name)))
        for name, words in (("accuracy", _("accuracy")), ("macro_f1", _("macro-F1")))
    ]
    if "coverage" in metrics:
        at_80 = metrics["coverage"]["at_80"]["accuracy"]
        found.append(
            Headline(
                _("accuracy at %(share)s %% coverage") % {"share": 80},
                at_80,
                _interval(intervals.get("accuracy_at_80")),
            )
        )
    if ranking:
        found.append(Headline(_("macro AUC"), ranking["macro_auc"], None))
    if "calibration" in metrics:
        found.append(Headline(_("debiased ECE"), metrics["calibration"]["after"]["ece_debiased"], None))
    return found


def _beside_pretrained(metrics: Mapping[str, Any]) -> list[BesidePretrained]:
    """The paper's lines in its order: its F1, precision and recall are averages weighted by the labels' sizes."""
    before = metrics.get("pretrained")
    if not before:
        return []

    def line(name: str, *path: str) -> BesidePretrained:
        then: Any = before
        now: Any = metrics
        for key in path:
            then, now = then[key], now[key]
        return BesidePretrained(name, then, now)

    return [
        line(_("accuracy"), "accuracy"),
        line(_("F1, weighted"), "averages", "weighted", "f1"),
        line(_("precision, weighted"), "averages", "weighted", "precision"),
        line(_("recall, weighted"), "averages", "weighted", "recall"),
        line(_("F1, macro"), "macro_f1"),
        *(line(f"F1 {worded(label)}", "per_label", label, "f1") for label in metrics["per_label"]),
    ]


def _per_label(metrics: Mapping[str, Any]) -> list[OfLabel]:
    intervals, ranking = metrics.get("intervals", {}).get("f1", {}), metrics.get("ranking", {}).get("labels", {})
    return [
        OfLabel(
            label,
            one["support"],
            one["precision"],
            one["recall"],
            one["f1"],
            _interval(intervals.get(label)),
            ranking.get(label, {}).get("auc"),
            ranking.get(label, {}).get("average_precision"),
        )
        for label, one in metrics.get("per_label", {}).items()
    ]


def _confusions(metrics: Mapping[str, Any]) -> list[Confusion]:
    """The model's, and beside it the untrained network's."""
    labels = list(metrics.get("per_label", {}))
    counted = {
        _("this model"): metrics.get("confusion"),
        _("pretrained"): metrics.get("pretrained", {}).get("confusion"),
    }
    return [
        Confusion(of, labels, list(zip(labels, rows, strict=True))) for of, rows in counted.items() if rows and labels
    ]


def _comparison(compared: Mapping[str, Any]) -> Comparison | None:
    if not compared.get("n"):
        return None
    return Comparison(
        compared["model"],
        compared["n"],
        compared["accuracy"],
        compared["other_accuracy"],
        compared["difference"],
        _interval(compared["difference_interval"]),
        compared["only_this_right"],
        compared["only_other_right"],
        compared["test"],
        compared["p_value"],
    )


def _slices(by_kind: Mapping[str, list[Mapping[str, Any]]]) -> list[SliceTable]:
    return [
        SliceTable(kind, str(title), [_slice(row) for row in by_kind[kind]])
        for kind, title in SLICES.items()
        if by_kind.get(kind)
    ]


def _slice(row: Mapping[str, Any]) -> Slice:
    return Slice(_named(row), row["n"], row["accuracy"], (row["interval"][0], row["interval"][1]), row["macro_f1"])


def _named(row: Mapping[str, Any]) -> str:
    """What a part is called; several small ones together by how many they are."""
    if row["name"]:
        return worded(row["name"])
    if "small" in row:
        n = row["small"]
        told = ngettext("%(n)s with fewer than 5 statements each", "%(n)s with fewer than 5 statements each", n)
    else:
        n = row["others"]
        told = ngettext("%(n)s smaller one", "%(n)s smaller ones", n)
    return told % {"n": whole(n)}


def _units(kind: str, n: int) -> str:
    """What was resampled, counted."""
    told = {
        "drug": ngettext("%(n)s drug", "%(n)s drugs", n),
        "document": ngettext("%(n)s document", "%(n)s documents", n),
        "statement": ngettext("%(n)s statement", "%(n)s statements", n),
    }
    return told.get(kind, f"%(n)s {kind}") % {"n": whole(n)}


def _interval(bounds: list[float] | None) -> Interval:
    return (bounds[0], bounds[1]) if bounds else None
