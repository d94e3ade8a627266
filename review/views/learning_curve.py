"""What answers were worth round by round, and whether forty more are."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from ledger.models import Task
from review.charts.parts import Card
from review.charts.rounds import learning_curve as curve_figure
from review.numerals import decimals, whole
from review.permissions import Request, lead_required
from review.queries.learning_curve import CurvePoint, LearningCurve
from review.queries.learning_curve import learning_curve as curve_of
from review.stopping import MORE, POINT, Gain, Narrowing


@never_cache
@require_safe
@lead_required
def learning_curve(request: Request, task: str) -> HttpResponse:
    shown = get_object_or_404(Task, slug=task)
    curve = curve_of(shown)
    verdict = {
        "by_rounds": by_rounds(curve.gain, figure_of(curve)) if curve.gain else "",
        "by_audit": by_audit(curve.narrowing) if curve.narrowing else "",
    }
    context = {
        "task": shown,
        "curve": curve,
        "figure": figure_of(curve),
        "card": card_of(curve.points, figure_of(curve)),
        "verdict": verdict,
    }
    return render(request, "review/learning_curve.html", context)


def figure_of(curve: LearningCurve) -> str:
    """The F1 that the task's models are told by."""
    return _("micro-F1 of relations") if curve.is_micro else _("macro-F1")


def by_rounds(gain: Gain, figure: str) -> str:
    """What the rounds so far say of more reviews, in a sentence; `figure` is the F1 that they would move."""
    if gain.of_more <= 0:
        return _("The rounds so far show no gain from more answers: %(n)s more reviews would not raise %(figure)s.") % {
            "n": MORE,
            "figure": figure,
        }
    points = {"n": MORE, "points": decimals(100 * gain.of_more, 1), "figure": figure}
    if gain.of_more < POINT:
        return _("%(n)s more reviews would move %(figure)s by less than one point (%(points)s).") % points
    return _(
        "%(n)s more reviews would move %(figure)s by %(points)s points; after %(until)s more, the next %(n)s would "
        "move it by less than one."
    ) % {**points, "until": whole(gain.until_flat)}


def by_audit(narrowing: Narrowing) -> str:
    """What the audit says of more audited answers, in a sentence."""
    values = {"n": MORE, "points": decimals(100 * narrowing.by_more, 1)}
    if narrowing.by_more < POINT:
        return _("%(n)s more audited reviews would move the estimate by less than one point (%(points)s).") % values
    return _("%(n)s more audited reviews would make the estimate %(points)s points more exact.") % values


def card_of(points: list[CurvePoint], f1: str) -> Card:
    figure = curve_figure(
        [(one.n_answers, one.accuracy) for one in points],
        [(one.n_answers, one.f1) for one in points],
        (_("accuracy"), f1),
        _("answers people had given"),
        _("score on the test, 0 to 1"),
        [str(one.round) for one in points],
    )
    description = _("Accuracy and %(figure)s by answers; the table has the numbers.") % {"figure": f1}
    return Card("figure-learning-curve", _("What answers were worth"), description, figure, [], [])
