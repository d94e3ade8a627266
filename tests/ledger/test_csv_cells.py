from __future__ import annotations

import pytest

from ledger.csv_cells import formula_safe


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", " =", "  +", "\n@", "\u00a0-", "\u3000="])
def test_cells_a_spreadsheet_would_run_are_neutralised(start: str) -> None:
    assert formula_safe(f"{start}1+1") == f"'{start}1+1"


@pytest.mark.parametrize("text", ["", " ", "Warfarin", "1-2", "a=b", "'=1", "3 + 4", "DB00682"])
def test_other_cells_are_left_as_they_are(text: str) -> None:
    assert formula_safe(text) == text
