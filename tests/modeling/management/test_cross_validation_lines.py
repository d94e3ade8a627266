"""What is left out of a cross-validation, and what could not be drawn as it should, is said in a sentence."""

from __future__ import annotations

from typing import Any

from modeling.management.cross_validation_lines import cross_validation_lines


def facts(**changes: Any) -> dict[str, Any]:
    fold = {
        "teach": 50, "validate": 5, "test": 20, "repeated": 0, "between": 25, "between_validating": 0, "shares": False,
    }  # fmt: skip
    return {
        "by": "drug",
        "n": 100,
        "labels": ["good", "bad"],
        "seeds": [1],
        "trained": True,
        "folds": [fold, {**fold, "teach": 44, "repeated": 3, "between_validating": 6, "shares": True}],
        "not_validated": {"bad": 1},
        "left_out_relations": 7,
        "by_relation": False,
        "tested": {
            "labels": {"good": {"statements": 30, "wordings": 4}, "bad": {"statements": 10, "wordings": 1}},
            "commonest": {"label": "good", "accuracy": 0.75, "macro_f1": 0.4286},
        },
        "oracle": {"accuracy": 1.0, "n_patterns": 5, "n_alone": 0},
        "models": {},
        "over_seeds": {},
        **changes,
    }


def test_what_is_left_out_and_what_is_shared() -> None:
    assert list(cross_validation_lines(facts())) == [
        "2 folds by drug, 40 tested statements: good, bad",
        "60 of 100 statements are never tested; a fold leaves out 25, which share a drug or a wording with those it "
        "teaches and with those it tests",
        "3 statements over all folds left out of teaching, whose very sentence is tested",
        "7 relations left out, which need the paragraph",
        "a fold teaches 44 to 50 statements; 5 of other drugs decide when to stop",
        "0 to 6 statements of a fold do neither, since they share a drug or their sentence with both",
        "in 1 of 2 folds there are too few drugs to spare any: a tenth of the taught sentences decides when to stop, "
        "in drugs that teach too",
        "in 1 of 2 folds no statement of bad decides when to stop: its drugs were too few",
        "tested statements: good 30 in 4 wordings, bad 10 in 1 wordings",
        "per-pattern oracle: 1.000 over 5 wordings (0 met once)",
        "the commonest label, good, for every statement: macro-F1 0.429, accuracy 0.750",
    ]


def test_nothing_is_said_of_stopping_where_nothing_was_trained() -> None:
    said = " ".join(cross_validation_lines(facts(trained=False)))
    assert "decides when to stop" not in said
    assert "decide when to stop" not in said


def test_mean_and_spread_stand_on_one_line() -> None:
    spread = {"mean": 0.5, "deviation": 0.1, "low": 0.4, "high": 0.6, "by_seed": [0.4, 0.6]}
    over_seeds = {"tuned": {"macro_f1": spread, "f1 of good": spread}}
    *_, last = cross_validation_lines(facts(seeds=[1, 2], over_seeds=over_seeds))
    assert last == (
        "tuned, 2 seeds: macro-F1 0.500 ± 0.100 (0.400 to 0.600); F1 of good 0.500 ± 0.100 (0.400 to 0.600)"
    )
