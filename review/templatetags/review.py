"""How figures are written on the pages."""

from __future__ import annotations

from django import template

from ledger.documents import address_of
from review import numerals
from review.queries.sentence import line_of
from review.wording import worded

register = template.Library()


register.filter("line_of", line_of)
register.filter("worded", worded)
register.filter("address_of", address_of)


@register.filter
def duration(seconds: float | None) -> str:
    """Seconds as people say them: "8 s", "3 min 20 s", "2 h 5 min"; a dash where it is not known."""
    if seconds is None:
        return "–"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


@register.filter
def number(value: object) -> str:
    """A count with its thousands apart, a measure with four figures, anything else as it is."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    return numerals.localised(f"{value:,}" if isinstance(value, int) else f"{value:,.4g}")


@register.filter
def share(value: object) -> str:
    """A figure between 0 and 1 with three decimals; a dash where it was not measured."""
    return numerals.decimals(value, 3) if isinstance(value, int | float) else "–"


@register.filter
def change(value: object) -> str:
    """A difference with its sign; a dash where there is nothing to compare."""
    return numerals.signed(value, 3) if isinstance(value, int | float) else "–"


@register.filter
def short(digest: str) -> str:
    """The first twelve characters of a hash."""
    return digest[:12]


@register.filter
def whole(value: object) -> str:
    """A measure rounded to a whole number with its thousands apart; a dash where there is none."""
    return numerals.whole(value) if isinstance(value, int | float) else "–"


@register.filter
def whole_change(value: int) -> str:
    """A difference of counts with its sign."""
    return numerals.signed(value, 0) if value else "0"


@register.filter
def between(interval: tuple[float, float] | None) -> str:
    """The ends of an interval of a figure between 0 and 1; a dash where there is none."""
    return f"{share(interval[0])} – {share(interval[1])}" if interval else "–"


@register.filter
def between_changes(interval: tuple[float, float] | None) -> str:
    """The ends of an interval of a difference, each with its sign; a dash where there is none."""
    return f"{change(interval[0])} … {change(interval[1])}" if interval else "–"
