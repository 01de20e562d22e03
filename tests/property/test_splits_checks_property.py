"""Planted faults are all found, and clean data raise none: over many data sets, with the rates measured."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "unit" / "splits" / "checks"))
from subjects import classes, correlated, subject

from jupyter_mlversion.splits.checks import CHECKS

KINDS = ("normal", "skewed", "heaps")
ASKED = [name for name in CHECKS if name != "adversarial"]  # that one trains models: a few, below


def data_set(seed):
    """Data of a size and kind that the seed decides, with a target of classes or of quantities."""
    rng = np.random.default_rng(seed)
    rows, columns = int(rng.choice([200, 600, 2000])), int(rng.integers(4, 25))
    data, signal = correlated(rng, rows, columns, kind=KINDS[seed % 3])
    return rng, data, classes(signal) if seed % 2 else signal


def test_clean_data_raise_hardly_anything():
    """By design, drift is asked at 0.5 % twice and nearness at 1 %: of 60 clean splits, two may complain."""
    complaints = Counter()
    for seed in range(60):
        _, data, target = data_set(seed)
        clean = subject(data, target=target, seed=seed)
        complaints.update(name for name in ASKED if CHECKS[name](clean).found)
    print("complaints about 60 clean splits:", dict(complaints))
    assert complaints.total() <= 2
    assert not {"exact-duplicates", "target-leakage", "shared-rows"} & set(complaints)


@pytest.mark.parametrize("seed", range(12))
def test_planted_faults_are_found(seed):
    rng, data, target = data_set(1000 + seed)
    clean = subject(data, target=target, seed=seed)
    train, test = clean.rounds[0].values()
    spread = data.std(axis=0)
    count = max(4, len(test) // 20)
    copies, originals = rng.choice(test, count, replace=False), rng.choice(train, count, replace=False)

    def found(name, data=data, target=target, **more):
        check = CHECKS[name](subject(data, target=target, seed=seed, **more))
        assert check.found, (name, check.sentence, check.numbers)
        return check

    copied = data.copy()
    copied[copies] = data[originals]
    check = found("exact-duplicates", copied)
    assert check.row_count == count
    assert set(check.rows) <= set(copies.tolist())

    copied[copies] += 2e-4 * spread * rng.normal(size=(count, data.shape[1]))
    check = found("near-duplicates", copied)
    assert check.row_count >= 0.8 * count

    moved = data.copy()
    moved[test, 1] += 1.5 * spread[1]
    assert found("feature-drift", moved).items[0].name == "1"

    leak = target * -2.0 + 5 + (1e-3 * rng.normal(size=len(data)) if target.dtype.kind == "f" else 0)
    assert found("target-leakage", np.column_stack([data, leak])).items[0].name == str(data.shape[1])

    shifted = target.copy()
    shifted[rng.choice(test, int(0.6 * len(test)), replace=False)] = target.max()
    found("class-drift", target=shifted)

    groups = np.arange(len(data)) // 5
    assert found("groups-apart", groups=groups).row_count > 0


def test_a_model_is_fooled_by_chance_no_more_often_than_told():
    """Four standard errors: of 8 clean splits none complains; and a rotation that no single feature shows is seen."""
    for seed in range(8):
        _, data, _ = data_set(seed)
        assert not CHECKS["adversarial"](subject(data, seed=seed)).found
    rng = np.random.default_rng(0)
    data = rng.multivariate_normal([0, 0], [[1, 0.95], [0.95, 1]], size=1000)
    clean = subject(data)
    data[clean.rounds[0]["test"], 1] *= -1
    assert CHECKS["adversarial"](subject(data)).found
    assert not CHECKS["feature-drift"](subject(data)).found
