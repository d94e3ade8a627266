"""Each step that leads from a name to a drug, and the order they come in."""

from __future__ import annotations

import pytest

from ledger.resolving import Resolution, resolve, stripped

NAMES = {"warfarin": ["DB1"], "imatinib": ["DB2"], "escitalopram": ["DB4"], "citalopram": ["DB5"], "sodium": ["DB6"]}
SYNONYMS = {"coumadin": ["DB1"], "gleevec": ["DB2"], "shared": ["DB1", "DB2"], "s-citalopram": ["DB4"]}


def found(name: str) -> Resolution:
    return resolve(name, by_name=lambda n: NAMES.get(n, []), by_synonym=lambda n: SYNONYMS.get(n, []))


@pytest.mark.parametrize(
    ("name", "step", "drug"),
    [
        ("Warfarin", "name", "DB1"),
        ("  COUMADIN ", "synonym", "DB1"),
        ("warfarin sodium", "without salt or stereo", "DB1"),
        ("Gleevec mesylate", "without salt or stereo", "DB2"),
        ("(S)-Warfarin", "without salt or stereo", "DB1"),
        ("S-citalopram", "synonym", "DB4"),
        ("R-citalopram", "without salt or stereo", "DB5"),
        ("shared", "ambiguous", None),
        ("shared sodium", "ambiguous", None),
        ("aspirin", "unknown", None),
    ],
)
def test_the_first_step_that_finds_a_drug_decides(name: str, step: str, drug: str | None) -> None:
    assert found(name) == Resolution(step, drug)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("folded", "bare"),
    [
        ("imatinib mesylate", "imatinib"),
        ("imatinib (mesylate)", "imatinib"),
        ("doxorubicin hydrochloride hydrate", "doxorubicin"),
        ("(±)-verapamil", "verapamil"),
        ("(2s,3r)-ornithine", "ornithine"),
        ("dl-(+)-carnitine", "carnitine"),
        ("all-trans retinoic acid", "retinoic acid"),
        ("sodium chloride", "sodium chloride"),
        ("sodium", "sodium"),
        ("insulin (human)", "insulin (human)"),
        ("l-x", "l-x"),
        ("dalfopristin", "dalfopristin"),
    ],
)
def test_stripping_takes_salts_and_stereo_and_nothing_else(folded: str, bare: str) -> None:
    assert stripped(folded) == bare
