"""An evaluation's charts, and the report: one HTML file that holds all it needs and asks no network for anything."""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from ledger.models import TrainingExample
from review.charts import evaluation as charts
from review.charts.parts import Card
from review.findings.rows import Finding
from review.numerals import decimals
from review.queries.evaluations import EvaluationPage
from review.wording import worded

SHOWN_COVERAGE = 0.8


def cards_of(found: Finding) -> dict[str, Card]:
    """The charts of one view's finding, by name; empty for an evaluation of an earlier version."""
    if not found.is_full:
        return {}
    return {
        "roc": _ranked(found, "roc"),
        "pr": _ranked(found, "pr"),
        "reliability": _reliability(found),
        "coverage": _coverage(found),
    }


def data_cards(page: EvaluationPage) -> dict[str, Card]:
    """The charts of the training set, by name."""
    if not page.data:
        return {}
    counts, lengths = page.data["counts"], page.data["lengths"]
    roles = [role for role in TrainingExample.Role if role in counts]
    known = [row.label for row in page.findings[0].per_label]
    labels = list(dict.fromkeys([*known, *(slug for of_role in counts.values() for slug in of_role)]))
    by_label = {slug: [counts[role].get(slug, 0) for role in roles] for slug in labels}
    titles = [str(role.label) for role in roles]
    mean = _("mean %(n)s characters") % {"n": round(lengths["mean"])}
    return {
        "splits": Card(
            "figure-splits",
            _("Examples by label"),
            _("Bars of examples by what they are for and label; the table below has the numbers."),
            charts.splits(titles, by_label, _("examples"), ""),
            [_("used to"), *map(worded, labels), _("in all")],
            [
                [title, *(of_label[place] for of_label in by_label.values()), sum(counts[role].values())]
                for place, (role, title) in enumerate(zip(roles, titles, strict=True))
            ],
        ),
        "lengths": Card(
            "figure-lengths",
            _("Length of the sentences"),
            _("Histogram of sentence lengths; the table below has the numbers."),
            charts.lengths(lengths["bars"], lengths["step"], lengths["mean"], mean, _("characters"), _("sentences")),
            [_("characters from"), _("sentences")],
            [list(bar) for bar in lengths["bars"]],
        ),
    }


def _ranked(found: Finding, kind: str) -> Card:
    of_label = found.metrics["ranking"]["labels"]
    curves = {slug: one[kind] for slug, one in of_label.items() if kind in one}
    if kind == "roc":
        title, axes = _("ROC curve of each label"), (_("false-positive rate"), _("true-positive rate"))
        names = {slug: f"{worded(slug)} {decimals(of_label[slug]['auc'], 3)}" for slug in curves}
    else:
        title, axes = _("Precision and recall of each label"), (_("recall"), _("precision"))
        names = {slug: f"{worded(slug)} {decimals(of_label[slug]['average_precision'], 3)}" for slug in curves}
    return Card(
        f"figure-{found.view}-{kind}",
        title,
        _("One line a label; the table below has the numbers."),
        charts.ranked(curves, names, *axes, chance=kind == "roc"),
        [_("label"), *axes],
        [[worded(slug), *point] for slug, points in curves.items() for point in points],
    )


def _reliability(found: Finding) -> Card:
    calibration = found.metrics["calibration"]
    before, after = calibration["before"]["points"], calibration["after"]["points"]
    # xgettext:no-python-format
    after_words = _("after, with 95 % intervals")
    # xgettext:no-python-format
    from_words = _("95 % from")
    names = (_("before temperature scaling"), after_words)
    return Card(
        f"figure-{found.view}-reliability",
        _("Reliability"),
        _("Accuracy over confidence, before and after temperature scaling; the table below has the numbers."),
        charts.reliability(before, after, names, _("mean confidence"), _("accuracy")),
        ["", "n", _("mean confidence"), _("accuracy"), from_words, _("to")],
        [
            [name, point["n"], point["confidence"], point["accuracy"], *point["interval"]]
            for name, points in ((_("before"), before), (_("after"), after))
            for point in points
        ],
    )


def _coverage(found: Finding) -> Card:
    points = found.metrics["coverage"]["curve"]
    return Card(
        f"figure-{found.view}-coverage",
        _("Accuracy against coverage"),
        _("Accuracy on the surest part of the examples; the table below has the numbers."),
        charts.coverage(points, SHOWN_COVERAGE, _("share of the examples answered"), _("accuracy on these")),
        [_("coverage"), _("accuracy")],
        [list(point) for point in points],
    )


def context_of(page: EvaluationPage) -> dict[str, Any]:
    """What page and report show alike."""
    return {"page": page, "data_cards": data_cards(page)}


def file_name(page: EvaluationPage) -> str:
    """What a downloaded report is called."""
    return f"evaluation-model-{page.model.number}-round-{page.round.number}.html"


def report(page: EvaluationPage) -> str:
    """The whole evaluation as one HTML document, about 5 MB, most of it plotly.js.

    Its content policy allows the inlined scripts by their hashes and nothing else, so no text in it can run or load
    anything.
    """
    scripts = [_static("plotly/plotly.min.js"), _static("review/charts.js")]
    context = {
        **context_of(page),
        "views": [(found, cards_of(found)) for found in page.findings],
        "styles": _static("review/ledger.css"),
        "chart_styles": _static("review/charts.css"),
        "scripts": scripts,
        "script_hashes": " ".join(f"'sha256-{_digest(script)}'" for script in scripts),
    }
    return render_to_string("review/evaluation_report.html", context)


def _digest(script: str) -> str:
    return b64encode(sha256(script.encode()).digest()).decode()


def _static(name: str) -> str:
    """The text of a static file of the project, or of a package's."""
    return Path(str(finders.find(name))).read_text(encoding="utf-8")
