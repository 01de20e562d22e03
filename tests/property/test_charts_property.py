"""Sampling, smoothing and grouping of points against plain loops."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from jupyter_mlversion.figures.charts.grouping import mean_of
from jupyter_mlversion.figures.charts.sampling import sampled
from jupyter_mlversion.figures.charts.smoothing import smoothed

numbers = st.floats(-1e6, 1e6)
values = st.one_of(numbers, numbers, numbers, st.sampled_from([math.nan, math.inf, -math.inf]))
widths = st.integers(1, 12)


@st.composite
def series(draw, least=0, of=values, lowest=0):
    ys = draw(st.lists(of, min_size=least, max_size=300))
    steps = draw(st.lists(st.sampled_from([0, 1, 1, 1, 2, 50]), min_size=len(ys), max_size=len(ys)))
    return np.cumsum(steps, dtype=float) + lowest, np.array(ys, dtype=float)


def pixel_of(x, xs, width, *, log):
    edges = (np.geomspace if log else np.linspace)(xs[0], xs[-1], width + 1)
    return int(np.searchsorted(edges[1:-1], x, side="right"))


@given(series(least=1, lowest=1), widths, st.booleans())
@example((np.array([1.0, 1, 1, 2, 2, 3]), np.array([0.0, 0, -1, -1, 0, 0])), 2, False)
def test_each_pixel_keeps_its_extremes_its_ends_and_few_points(points, width, log):
    xs, ys = points
    kept = sampled(xs, ys, width, log=log)
    assert kept.tolist() == sorted(set(kept.tolist()))
    assert {0, len(xs) - 1} <= {*kept.tolist()}
    if len(xs) <= 2 * width:
        assert len(kept) == len(xs)
        return
    pixels = {}
    for at, x in enumerate(xs):
        pixels.setdefault(pixel_of(x, xs, width, log=log), []).append(at)
    chosen = set(kept.tolist())
    for members in pixels.values():
        finite = [at for at in members if math.isfinite(ys[at])]
        mine = [at for at in finite if at in chosen]
        assert len(mine) <= 4 + (0 in mine) + (len(xs) - 1 in mine)
        assert sum(at in chosen for at in members if at not in finite) <= 3  # a gap begins here; the ends
        if finite:
            assert min(ys[at] for at in mine) == min(ys[at] for at in finite)
            assert max(ys[at] for at in mine) == max(ys[at] for at in finite)
            assert {finite[0], finite[-1]} <= chosen


@given(series(least=2), widths)
def test_a_gap_as_wide_as_its_pixel_stays(points, width):
    xs, ys = points
    kept = set(sampled(xs, ys, width).tolist())
    pixel = (xs[-1] - xs[0]) / width
    finite = np.flatnonzero(np.isfinite(ys))
    for before, after in pairwise(finite):
        if after - before > 1 and xs[after] - xs[before] > pixel * 1.001:
            assert any(at in kept for at in range(before + 1, after))


@given(series(least=1), widths, st.tuples(st.integers(-5, 400), st.integers(0, 400)))
def test_a_part_has_its_points_and_one_on_either_side(points, width, part):
    xs, ys = points
    first, last = part[0], part[0] + part[1]
    kept = sampled(xs, ys, width, first, last)
    inside = [at for at, x in enumerate(xs) if first <= x <= last]
    around = [at for at in ({at - 1 for at in inside[:1]} | {at + 1 for at in inside[-1:]}) if 0 <= at < len(xs)]
    if not inside:
        before = int(np.searchsorted(xs, first)) - 1
        around = [at for at in (before, before + 1) if 0 <= at < len(xs)]
    assert set(kept.tolist()) <= {*inside, *around}
    assert set(around) <= set(kept.tolist())
    if inside and math.isfinite(ys[inside].sum()):
        assert max(ys[at] for at in kept if at in inside) == max(ys[inside])


def plain_average(xs, ys, weight):
    """Every weight written out."""
    steps = [b - a for a, b in pairwise(xs) if b > a]
    usual = float(np.median(steps)) if steps else 1.0
    far = np.cumsum([0.0] + [(b - a) / usual if b > a else 1.0 for a, b in pairwise(xs)])
    result = []
    for at, y in enumerate(ys):
        if not math.isfinite(y):
            result.append(y)
            continue
        held = [one for one in range(at + 1) if math.isfinite(ys[one])]
        weights = [weight ** (far[at] - far[one]) for one in held]
        result.append(math.fsum(w * ys[one] for w, one in zip(weights, held, strict=True)) / math.fsum(weights))
    return result


@given(series(), st.sampled_from([0.0, 0.01, 0.5, 0.9, 0.999]))
def test_smoothing_is_the_weighted_mean_of_what_came_before(points, weight):
    xs, ys = points
    expected = plain_average(xs, ys, weight) if weight else ys.tolist()
    assert smoothed(xs, ys, weight).tolist() == pytest.approx(expected, rel=1e-6, abs=1e-6, nan_ok=True)


@given(st.lists(numbers, max_size=400), st.sampled_from([0.3, 0.9, 0.99]))
def test_at_equal_distances_smoothing_is_tensorboards(ys, weight):
    last, expected = 0.0, []
    for count, y in enumerate(ys, start=1):
        last = last * weight + (1 - weight) * y
        expected.append(last / (1 - weight**count))
    xs = np.arange(len(ys), dtype=float) * 10
    assert smoothed(xs, np.array(ys, dtype=float), weight).tolist() == pytest.approx(expected, rel=1e-6, abs=1e-6)


def test_smoothing_bears_huge_values_and_long_series():
    ys = np.array([1e300, -1e300] * 500)
    assert np.all(np.abs(smoothed(np.arange(1000.0), ys, 0.9)[1:]) < 1e300)
    constant = smoothed(np.arange(200_000.0), np.full(200_000, 3.0), 0.5)
    assert np.allclose(constant, 3.0, rtol=1e-12)


@given(st.lists(series(least=1, of=numbers), min_size=1, max_size=5), st.sampled_from(["std", "range"]))
def test_a_mean_is_that_of_the_runs_under_way(lines, band):
    lines = [(np.unique(xs), ys[: len(np.unique(xs))]) for xs, ys in lines]
    mean = mean_of(lines, 10_000, band)
    assert mean.xs.tolist() == sorted({x for xs, _ in lines for x in xs})
    for at, x in enumerate(mean.xs):
        under_way = [float(np.interp(x, xs, ys)) for xs, ys in lines if xs[0] <= x <= xs[-1]]
        middle = float(np.mean(under_way))
        spread = float(np.std(under_way))
        ends = (middle - spread, middle + spread) if band == "std" else (min(under_way), max(under_way))
        assert mean.means[at] == pytest.approx(middle, rel=1e-6, abs=1e-6)
        assert (mean.lows[at], mean.highs[at]) == pytest.approx(ends, rel=1e-6, abs=1e-5)


@given(st.lists(series(least=20, of=numbers), min_size=1, max_size=4), st.integers(2, 9))
def test_a_mean_has_no_more_places_than_pixels(lines, width):
    mean = mean_of(lines, width, "range")
    assert mean.xs.size <= width
    assert np.all(np.diff(mean.xs) > 0)
    lowest, highest = min(ys.min() for _, ys in lines), max(ys.max() for _, ys in lines)
    assert np.all(mean.lows >= lowest - 1e-6)
    assert np.all(mean.highs <= highest + 1e-6)
