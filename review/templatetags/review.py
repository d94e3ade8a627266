"""How figures are written on the pages."""

from __future__ import annotations

from django import template

register = template.Library()


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
    return f"{value:,}" if isinstance(value, int) else f"{value:,.4g}"


@register.filter
def share(value: object) -> str:
    """A figure between 0 and 1 with three decimals; a dash where it was not measured."""
    return f"{value:.3f}" if isinstance(value, int | float) else "–"


@register.filter
def change(value: object) -> str:
    """A difference with its sign; a dash where there is nothing to compare."""
    return f"{value:+.3f}".replace("-", "−") if isinstance(value, int | float) else "–"


@register.filter
def short(digest: str) -> str:
    """The first twelve characters of a hash."""
    return digest[:12]
