"""From the figures an evaluation kept to rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ledger.models import TrainingExample
from review.findings.parts import slices_of, units_of
from review.findings.rows import (
    BesidePretrained,
    Comparison,
    Confusion,
    F1Beside,
    Finding,
    Headline,
    Interval,
    OfLabel,
    OfType,
    Relations,
)
from review.wording import worded

Role = TrainingExample.Role
HELD_OUT = (Role.TEST.value, Role.ONE_UNSEEN.value)
"""The views whose examples decided nothing, the main one first."""
VIEWS: dict[str, str | Promise] = {
    Role.TEST.value: gettext_lazy("test, both drugs unseen"),
    Role.ONE_UNSEEN.value: gettext_lazy("test, one drug unseen"),
    Role.VALIDATION.value: gettext_lazy("validation, which stopped the training"),
}
CALIBRATION: dict[str, str | Promise] = {
    "ece_debiased": gettext_lazy("calibration error (ECE), debiased"),
    "ece": gettext_lazy("calibration error (ECE), plain"),
    "rms_debiased": gettext_lazy("root mean square calibration error, debiased"),
    "brier": gettext_lazy("Brier score"),
    "log_loss": gettext_lazy("log loss"),
}


def title_of(view: str, metrics: Mapping[str, Any]) -> str:
    """What a view's examples are called: by what the model did not know of them, drugs or documents."""
    units = metrics.get("intervals", {}).get("units", {})
    if view == Role.TEST and "document" in units:
        return _("test, drugs and documents unseen") if "drug" in units else _("test, documents unseen")
    return str(VIEWS.get(view, view))


def finding(view: str, metrics: Mapping[str, Any], later: Sequence[Comparison] = ()) -> Finding:
    """What the figures of one evaluation say, and the comparisons that were made of it later."""
    calibration = metrics.get("calibration", {})
    return Finding(
        view=view,
        title=title_of(view, metrics),
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
        comparison=comparison_of(metrics.get("compared", {})),
        slices=slices_of(metrics.get("slices", {})),
        resampled=", ".join(units_of(kind, n) for kind, n in metrics.get("intervals", {}).get("units", {}).items()),
        metrics=metrics,
        relations=_relations(metrics.get("relations")),
        later=later,
    )


def _headlines(metrics: Mapping[str, Any]) -> list[Headline]:
    intervals, ranking = metrics.get("intervals", {}), metrics.get("ranking", {})
    if relations := metrics.get("relations"):
        names = (("f1", _("micro-F1 of relations")), ("precision", _("precision")), ("recall", _("recall")))
        bounds = relations["intervals"]
        found = [Headline(words, relations["micro"][name], _interval(bounds[name])) for name, words in names]
        words = _("accuracy, unrelated pairs too")
        found.append(Headline(words, metrics.get("accuracy"), _interval(intervals.get("accuracy"))))
    else:
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

    if "relations" in metrics and "relations" in before:
        return [
            line(_("F1, micro"), "relations", "micro", "f1"),
            line(_("precision, micro"), "relations", "micro", "precision"),
            line(_("recall, micro"), "relations", "micro", "recall"),
            line(_("accuracy"), "accuracy"),
            *(
                line(f"F1 {worded(type_)}", "relations", "by_type", type_, "f1")
                for type_ in metrics["relations"]["by_type"]
            ),
        ]
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


def _relations(kept: Mapping[str, Any] | None) -> Relations | None:
    """All types together first, then each type that is there."""
    if not kept:
        return None
    intervals = kept["intervals"]

    def row(label: str, one: Mapping[str, Any], bounds: Mapping[str, Any]) -> OfType:
        three = (one["precision"], one["recall"], one["f1"])
        ends = (_interval(bounds[name]) for name in ("precision", "recall", "f1"))
        return OfType(label, one["gold"], one["predicted"], *three, *ends)

    rows = [row("", kept["micro"], intervals)]
    rows += [row(type_, one, intervals["by_type"][type_]) for type_, one in kept["by_type"].items()]
    return Relations(kept["unrelated"], kept["documents"], rows, kept["types_not_in_gold"])


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


def comparison_of(compared: Mapping[str, Any], compared_at: datetime | None = None) -> Comparison | None:
    """What was found beside another model; None where no example was common to both."""
    if not compared.get("n"):
        return None
    micro = compared.get("relations", {}).get("micro")
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
        F1Beside(micro["f1"], micro["other_f1"], micro["difference"], _interval(micro["difference_interval"]))
        if micro
        else None,
        compared_at,
    )


def _interval(bounds: list[float] | None) -> Interval:
    return (bounds[0], bounds[1]) if bounds else None
