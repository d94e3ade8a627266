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
from review.queries.learning_curve import CurvePoint
from review.queries.learning_curve import learning_curve as curve_of
from review.stopping import MORE, POINT, Gain, Narrowing


@never_cache
@require_safe
@lead_required
def learning_curve(request: Request, task: str) -> HttpResponse:
    shown = get_object_or_404(Task, slug=task)
    curve = curve_of(shown)
    verdict = {
        "by_rounds": by_rounds(curve.gain) if curve.gain else "",
        "by_audit": by_audit(curve.narrowing) if curve.narrowing else "",
    }
    context = {"task": shown, "curve": curve, "card": card_of(curve.points), "verdict": verdict}
    return render(request, "review/learning_curve.html", context)


def by_rounds(gain: Gain) -> str:
    """What the rounds so far say of more reviews, in a sentence."""
    if gain.of_more <= 0:
        return _("The rounds so far show no gain from more answers: %(n)s more reviews would not raise macro-F1.") % {
            "n": MORE
        }
    points = {"n": MORE, "points": decimals(100 * gain.of_more, 1)}
    if gain.of_more < POINT:
        return _("%(n)s more reviews would move macro-F1 by less than one point (%(points)s).") % points
    return _(
        "%(n)s more reviews would move macro-F1 by %(points)s points; after %(until)s more, the next %(n)s would move "
        "it by less than one."
    ) % {**points, "until": whole(gain.until_flat)}


def by_audit(narrowing: Narrowing) -> str:
    """What the audit says of more audited answers, in a sentence."""
    values = {"n": MORE, "points": decimals(100 * narrowing.by_more, 1)}
    if narrowing.by_more < POINT:
        return _("%(n)s more audited reviews would move the estimate by less than one point (%(points)s).") % values
    return _("%(n)s more audited reviews would make the estimate %(points)s points more exact.") % values


def card_of(points: list[CurvePoint]) -> Card:
    figure = curve_figure(
        [(one.n_answers, one.accuracy) for one in points],
        [(one.n_answers, one.macro_f1) for one in points],
        (_("accuracy"), _("macro-F1")),
        _("answers people had given"),
        _("score on the test, 0 to 1"),
        [str(one.round) for one in points],
    )
    description = _("Accuracy and macro-F1 by answers; the table has the numbers.")
    return Card("figure-learning-curve", _("What answers were worth"), description, figure, [], [])
