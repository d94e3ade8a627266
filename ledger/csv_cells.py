"""Text that is safe to open in a spreadsheet."""

from __future__ import annotations

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
BLANKS = " \u00a0\u3000\n\v\f"  # spreadsheets look past these for the start of a formula


def formula_safe(cell: str) -> str:
    """The cell with an apostrophe before anything a spreadsheet would take for a formula."""
    return f"'{cell}" if cell.lstrip(BLANKS).startswith(FORMULA_STARTS) else cell
