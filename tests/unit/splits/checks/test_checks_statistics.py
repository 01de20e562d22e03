"""Our few formulas against SciPy's."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from jupyter_mlversion.splits.checks import statistics as ours


@pytest.mark.parametrize("freedom", [1, 2, 7, 30, 400])
@pytest.mark.parametrize("statistic", [0.0, 1e-6, 0.5, 3.8, 31.0, 400.0, 2000.0])
def test_the_tail_of_chi_square(statistic, freedom):
    assert ours.chi_square_probability(statistic, freedom) == pytest.approx(
        stats.chi2.sf(statistic, freedom), rel=1e-9, abs=1e-14)


def test_a_table_of_counts():
    counts = np.array([[30, 20, 50], [45, 40, 30]])
    expected = stats.chi2_contingency(counts, correction=False)
    probability, strength = ours.chi_square(counts)
    assert probability == pytest.approx(expected.pvalue, rel=1e-9)
    assert strength == pytest.approx(stats.contingency.association(counts, method="cramer"), rel=1e-9)


def test_rare_columns_are_joined_and_a_poor_table_says_nothing():
    assert ours.chi_square([[100, 1, 0, 1], [100, 0, 1, 0]])[0] == pytest.approx(
        ours.chi_square([[100, 2], [100, 1]])[0])
    assert ours.chi_square([[5, 0], [7, 0]]) == (1.0, 0.0)
    assert ours.chi_square([[0, 0], [0, 0]]) == (1.0, 0.0)


@pytest.mark.parametrize("seed", range(5))
def test_the_distance_of_two_samples(seed):
    rng = np.random.default_rng(seed)
    first, second = rng.normal(size=150).round(1), rng.normal(0.2, size=400).round(1)
    expected = stats.ks_2samp(first, second, method="asymp")
    assert ours.ks_distance(first, second) == pytest.approx(expected.statistic)
    limit = stats.kstwobign.sf((math.sqrt(150 * 400 / 550) + 0.12 + 0.11 / math.sqrt(150 * 400 / 550))
                               * expected.statistic)
    assert ours.ks_probability(expected.statistic, 150, 400) == pytest.approx(limit, abs=1e-9)


def test_ranks_with_ties():
    rng = np.random.default_rng(0)
    first, second = rng.integers(0, 9, 300), rng.integers(0, 5, 300)
    assert ours.rank_correlation(first, second) == pytest.approx(stats.spearmanr(first, second).statistic)
    assert ours.rank_correlation(np.ones(9), np.arange(9.0)) == 0.0


def test_correction_for_the_number_of_questions():
    assert ours.corrected([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert ours.corrected([0.9, 0.8]) == [1.0, 1.0]


def test_stability_of_equal_and_of_moved_shares():
    assert ours.stability([100, 200], [10, 20]) == pytest.approx(0, abs=1e-2)
    moved = ours.stability([500, 500], [900, 100])
    assert moved == pytest.approx(0.4 * math.log(1.8) - 0.4 * math.log(0.2), rel=1e-2)
    assert math.isfinite(ours.stability([10, 0], [0, 10]))
