"""Agreement against published and hand-computed answers."""

from __future__ import annotations

import time

import numpy as np
import pytest

from review.agreement import (
    Because,
    Estimate,
    agreement_on,
    answer_counts,
    cohen_kappa,
    difference_of_shares,
    estimate,
    krippendorff_alpha,
    one_against_rest,
    raw_agreement,
    resampled,
    share,
)

# Krippendorff, "Computing Krippendorff's Alpha-Reliability" (2011), section C: four coders, twelve units, labels 1–5.
FOUR_CODERS = (
    "1 2 3 3 2 1 4 1 2 . . .",
    "1 2 3 3 2 2 4 1 2 5 . 3",
    ". 3 3 3 2 3 4 2 2 5 1 .",
    "1 2 3 3 2 4 4 1 2 5 1 .",
)


def counted(*coders: str, n_labels: int = 5) -> np.ndarray:
    answers = [(unit, int(given) - 1) for coder in coders for unit, given in enumerate(coder.split()) if given != "."]
    statements, labels = np.array(answers).T
    return answer_counts(statements, labels, n_labels)


def crossed(*table: tuple[int, ...]) -> tuple[np.ndarray, np.ndarray]:
    """Two people's answers from their table: rows the first's, columns the second's."""
    cells = [(row, column) for row, counts in enumerate(table) for column, n in enumerate(counts) for _ in range(n)]
    first, second = np.array(cells, dtype=np.int64).reshape(-1, 2).T
    return first, second


def test_alpha_of_the_published_example() -> None:
    counts = counted(*FOUR_CODERS)
    assert len(counts) == 11  # the twelfth unit has one answer, which is paired with none
    found = krippendorff_alpha(counts)
    assert found.value == pytest.approx(0.743, abs=5e-4)
    assert found.low is not None
    assert found.high is not None
    assert 0.3 < found.low < 0.743 < found.high <= 1


def test_alpha_of_two_coders_and_two_labels_by_hand() -> None:
    """Krippendorff (2011), section A: ten units, coincidences 10, 4, 4, 2: alpha = 1 − 19 · 4 / (14 · 6) = 0.095."""
    meg, owen = "1 2 1 1 1 1 1 1 2 1", "2 2 2 1 1 2 1 1 1 1"
    assert krippendorff_alpha(counted(meg, owen, n_labels=2)).value == pytest.approx(1 - 19 * 4 / (14 * 6), abs=1e-12)


def test_kappa_by_hand() -> None:
    """20 and 15 the same of 50: observed 0.7, by chance 0.5 · 0.6 + 0.5 · 0.4 = 0.5, kappa (0.7 − 0.5) / 0.5 = 0.4."""
    found = cohen_kappa(*crossed((20, 5), (10, 15)), n_labels=2)
    assert found.value == pytest.approx(0.4, abs=1e-12)
    assert (found.n, found.because) == (50, Because.KNOWN)
    # The large-sample standard error (Fleiss, Cohen and Everitt 1969) of this table is 0.127: ± 1.96 of it.
    assert found.low == pytest.approx(0.4 - 0.25, abs=0.04)
    assert found.high == pytest.approx(0.4 + 0.25, abs=0.04)


def test_kappa_of_three_labels_by_hand() -> None:
    """Rows 9 1 0 / 2 6 2 / 0 1 9: observed 24/30; margins 10 10 10 and 11 8 11: by chance 300/900; kappa 0.7."""
    assert cohen_kappa(*crossed((9, 1, 0), (2, 6, 2), (0, 1, 9)), n_labels=3).value == pytest.approx(0.7, abs=1e-12)


def test_raw_agreement_is_the_mean_share_of_equal_pairs() -> None:
    counts = np.array([[2, 0], [1, 1], [2, 1], [3, 0]], dtype=float)  # 1, 0, 1/3, 1
    assert raw_agreement(counts).value == pytest.approx((1 + 0 + 1 / 3 + 1) / 4)


def test_agreement_on_a_label_by_hand() -> None:
    """Label 0 was given 2 + 1 + 2 times; met by the others 2, 0 and 2 · 1/2 times: 3 of 5."""
    counts = np.array([[2, 0], [1, 1], [2, 1], [0, 2]], dtype=float)
    assert agreement_on(counts, 0).value == pytest.approx(3 / 5)


def test_a_label_against_the_rest_has_an_alpha_of_its_own() -> None:
    counts = counted(*FOUR_CODERS)
    ones = one_against_rest(counts, 4)  # everybody who saw unit 10 said 5, and nobody said it elsewhere
    assert krippendorff_alpha(ones).value == pytest.approx(1)
    assert np.array_equal(ones.sum(axis=1), counts.sum(axis=1))


def test_what_cannot_be_said_is_not_said() -> None:
    nothing = np.empty((0, 2))
    assert krippendorff_alpha(nothing) == Estimate(0, None, because=Because.NO_OVERLAP)
    assert raw_agreement(nothing).because == Because.NO_OVERLAP
    one_class = np.array([[2.0, 0.0]] * 30)
    assert krippendorff_alpha(one_class) == Estimate(30, None, because=Because.ONE_CLASS)
    assert cohen_kappa(*crossed((30, 0), (0, 0)), n_labels=2).because == Because.ONE_CLASS
    assert agreement_on(one_class, 1).because == Because.ONE_CLASS
    assert raw_agreement(one_class) == Estimate(30, 1.0, because=Because.NO_SPREAD)
    few = raw_agreement(np.array([[2.0, 0.0], [1.0, 1.0]]))
    assert few == Estimate(2, 0.5, because=Because.TOO_FEW)


def test_a_figure_undefined_on_many_replicates_gets_no_interval() -> None:
    """One statement of 40 has the rare label: more than a third of the replicates miss it."""
    rare = np.array([[2.0, 0.0]] * 39 + [[0.0, 2.0]])
    found = krippendorff_alpha(rare)
    assert found.value == pytest.approx(1)
    assert found.because == Because.TOO_FEW


def test_answers_of_statements_that_one_person_answered_are_left_out() -> None:
    counts = answer_counts(np.array([7, 7, 9, 4, 4, 4]), np.array([0, 1, 1, 1, 1, 0]), 3)
    assert counts.tolist() == [[1, 2, 0], [1, 1, 0]]
    assert answer_counts(np.array([], dtype=np.int64), np.array([], dtype=np.int64), 3).shape == (0, 3)


def test_shares_and_their_difference() -> None:
    met, of = np.array([1, 0, 1, 0]), np.array([1, 1, 2, 0])
    assert share(met, of) == Estimate(3, 0.5, because=Because.TOO_FEW)
    assert share(met * 0, of * 0).because == Because.NO_OVERLAP
    beside, met_beside = np.array([1, 1, 0, 2]), np.array([1, 1, 0, 0])
    assert difference_of_shares(met, of, met_beside, beside).value == pytest.approx(0)
    assert difference_of_shares(met, of, met_beside * 0, beside * 0).because == Because.NO_OVERLAP


def test_the_interval_of_a_share_is_that_of_the_binomial() -> None:
    met, of = np.array([1] * 60 + [0] * 140), np.ones(200, dtype=np.int64)
    found = share(met, of)
    assert found.value == pytest.approx(0.3)
    assert found.low == pytest.approx(0.3 - 1.96 * np.sqrt(0.3 * 0.7 / 200), abs=0.01)
    assert found.high == pytest.approx(0.3 + 1.96 * np.sqrt(0.3 * 0.7 / 200), abs=0.01)


def test_resampling_is_seeded_and_draws_as_many_statements() -> None:
    columns = np.array([[1.0, 0.0], [0.0, 1.0], [0.0, 1.0]])
    sums = resampled(columns, seed=5)
    assert np.array_equal(sums, resampled(columns, seed=5))
    assert not np.array_equal(sums, resampled(columns, seed=6))
    assert set(sums.sum(axis=1)) == {3.0}
    assert sums[:, 1].mean() == pytest.approx(2, abs=0.1)


def test_resampling_kinds_is_resampling_statements() -> None:
    """The same spread as the textbook's loop that draws statements one by one."""
    chance = np.random.default_rng(1)
    columns = chance.integers(0, 3, size=(80, 2)).astype(float)
    drawn = np.array([columns[chance.integers(0, 80, 80)].sum(axis=0) for _ in range(4_000)])
    assert resampled(columns, seed=5).std(axis=0) == pytest.approx(drawn.std(axis=0), rel=0.06)


def test_twenty_thousand_statements_answered_twice_take_no_time() -> None:
    chance = np.random.default_rng(1)
    first = chance.integers(0, 3, 20_000)
    second = np.where(chance.random(20_000) < 0.8, first, chance.integers(0, 3, 20_000))
    counts = answer_counts(np.tile(np.arange(20_000), 2), np.concatenate([first, second]), 3)
    began = time.process_time()
    found = [krippendorff_alpha(counts), raw_agreement(counts), cohen_kappa(first, second, 3)]
    found += [krippendorff_alpha(one_against_rest(counts, label)) for label in range(3)]
    assert time.process_time() - began < 0.5
    assert all(one.high is not None and one.low is not None and one.high - one.low < 0.03 for one in found)


def test_an_estimate_needs_its_statistic_alone() -> None:
    ten = np.arange(10.0).reshape(10, 1)
    assert estimate(ten, lambda sums: sums[..., 0] / 10).value == pytest.approx(4.5)
