from __future__ import annotations

import pytest

from ledger.labels import UnknownLabel, Unlabelled, read_label

ALLOWED = ["synergistic", "antagonistic"]


def test_case_and_blanks_do_not_matter() -> None:
    assert read_label("  Synergistic ", ALLOWED) == "synergistic"


@pytest.mark.parametrize("cell", ["", "  ", "\t"])
def test_empty_label_is_refused(cell: str) -> None:
    with pytest.raises(Unlabelled, match="synergistic, antagonistic"):
        read_label(cell, ALLOWED)


def test_unknown_label_is_refused_by_name_on_one_line() -> None:
    with pytest.raises(UnknownLabel, match="“additive” is not one of"):
        read_label("additive", ALLOWED)
    with pytest.raises(UnknownLabel) as refused:
        read_label("syn\nergistic\x1b[2J" + "x" * 500, ALLOWED)
    assert str(refused.value).isprintable()
    assert len(str(refused.value)) < 300
