"""Numbers as the reader's language writes them: 1,234.5 in English is 1.234,5 in Romanian."""

from __future__ import annotations

from django.utils.formats import get_format
from django.utils.translation import get_language


def localised(written: str) -> str:
    """A number that was written the English way, such as "1,234.5", with the signs of the active language."""
    if (get_language() or "en").startswith("en"):
        return written
    return written.translate({ord(","): get_format("THOUSAND_SEPARATOR"), ord("."): get_format("DECIMAL_SEPARATOR")})


def whole(n: float) -> str:
    """Rounded to a whole number, its thousands apart."""
    return localised(f"{n:,.0f}")


def decimals(value: float, places: int) -> str:
    """With so many decimals, its thousands apart."""
    return localised(f"{value:,.{places}f}")


def signed(value: float, places: int) -> str:
    """A difference with its sign and so many decimals."""
    return localised(f"{value:+,.{places}f}").replace("-", "−")
