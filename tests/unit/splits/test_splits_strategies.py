"""Every strategy deals as it says, whatever the input; what cannot be done is said clearly."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from sklearn.datasets import load_iris
from sklearn.model_selection import (
    GroupKFold,
    KFold,
    LeaveOneGroupOut,
    PredefinedSplit,
    RepeatedStratifiedKFold,
    StratifiedGroupKFold,
    StratifiedKFold,
    TimeSeriesSplit,
)

from jupyter_mlversion.errors import UsageError
from jupyter_mlversion.splits import split

GROUPS = [f"g{row % 7}" for row in range(60)]
CLASSES = ["a", "b", "a"] * 20


def same(partition, folds):
    expected = list(folds)
    assert len(partition) == len(expected)
    for fold, (train, test) in zip(partition, expected, strict=True):
        assert fold.train.tolist() == sorted(train.tolist())
        assert fold.test.tolist() == sorted(test.tolist())


def test_folds_are_scikit_learns():
    data = np.arange(120).reshape(60, 2)
    same(split(data, strategy="k-fold", folds=4, seed=3), KFold(4, shuffle=True, random_state=3).split(data))
    same(split(data, target=CLASSES, strategy="stratified-k-fold", folds=4, seed=3),
         StratifiedKFold(4, shuffle=True, random_state=3).split(data, CLASSES))
    same(split(data, groups=GROUPS, strategy="group-k-fold", folds=3), GroupKFold(3).split(data, groups=GROUPS))
    same(split(data, target=CLASSES, groups=GROUPS, strategy="stratified-group-k-fold", folds=3, seed=1),
         StratifiedGroupKFold(3, shuffle=True, random_state=1).split(data, np.array(CLASSES) == "b", GROUPS))
    same(split(data, groups=GROUPS, strategy="leave-one-group-out"), LeaveOneGroupOut().split(data, groups=GROUPS))
    same(split(data, strategy="expanding", folds=4), TimeSeriesSplit(4).split(data))
    same(split(data, strategy="expanding", folds=4, gap=2, test_rows=5),
         TimeSeriesSplit(4, gap=2, test_size=5).split(data))
    same(split(data, strategy="sliding", folds=4, window=6, gap=1),
         TimeSeriesSplit(4, gap=1, max_train_size=6).split(data))
    folds = np.repeat([-1, 0, 1, 2], 15)
    same(split(data, strategy="predefined", column=folds), PredefinedSplit(folds).split())


def test_repeats_differ_and_are_as_many():
    data = np.arange(60)
    partition = split(data, target=CLASSES, strategy="stratified-k-fold", folds=3, repeats=4, seed=5)
    assert len(partition) == RepeatedStratifiedKFold(n_splits=3, n_repeats=4).get_n_splits() == 12
    firsts = {tuple(fold.test) for fold in partition.folds[::3]}
    assert len(firsts) == 4
    assert len({tuple(f.test) for f in split(data, groups=GROUPS, strategy="group-k-fold", folds=3, repeats=3)}) > 3


@pytest.mark.parametrize("arguments", [
    {}, {"target": CLASSES}, {"groups": GROUPS}, {"target": CLASSES, "groups": GROUPS},
])
def test_nested_folds_stay_within_the_training_rows(arguments):
    partition = split(np.arange(60), strategy="nested", folds=4, inner=3, **arguments)
    assert partition.record.parameters["inner"] == 3
    for fold in partition:
        assert len(fold.inner) == 3
        assert sorted(np.concatenate([inner.test for inner in fold.inner])) == sorted(fold.train)
        for inner in fold.inner:
            assert sorted([*inner.train, *inner.test]) == sorted(fold.train)
            if "groups" in arguments:
                assert not {GROUPS[row] for row in inner.train} & {GROUPS[row] for row in inner.test}


@settings(deadline=None)
@given(st.lists(st.integers(0, 12), min_size=12, max_size=80), st.integers(0, 5))
def test_no_group_is_on_two_sides(groups, seed):
    assume(len(set(groups)) >= 3)
    sizes = {"train": 0.6, "validation": 0.2, "test": 0.2}
    partition = split(len(groups), groups=groups, strategy="group", sizes=sizes, seed=seed)
    seen = [{groups[row] for row in rows} for rows in partition]
    assert sum(map(len, seen)) == len(set(groups))
    assert sorted(np.concatenate(list(partition))) == list(range(len(groups)))


def test_groups_come_near_the_sizes():
    groups = np.random.default_rng(0).integers(0, 200, 5000)
    partition = split(5000, groups=groups, strategy="group", seed=2)
    assert abs(partition.record.parts[1].size - 1000) < 30
    target = (groups % 10 == 0).astype(int)
    both = split(5000, groups=groups, target=target, strategy="stratified-group", seed=2).record.parts
    shares = [part.classes["1"] / part.size for part in both]
    assert abs(both[1].size - 1000) < 150
    assert abs(shares[0] - shares[1]) < 0.05


@settings(deadline=None)
@given(st.lists(st.integers(0, 30), min_size=20, max_size=80), st.sampled_from(["time", "expanding", "sliding"]),
       st.integers(0, 3))
def test_no_training_row_is_as_late_as_a_test_row(times, strategy, gap):
    try:
        partition = split(len(times), time=times, strategy=strategy, folds=3, gap=gap)
    except UsageError:
        assume(False)
    clock = np.array(times)
    for train, test in [tuple(partition)] if strategy == "time" else partition:
        assert clock[train].max() < clock[test].min()


def test_time_by_parts_with_a_gap():
    shuffled = np.random.default_rng(1).permutation(100)
    partition = split(100, time=shuffled, strategy="time", gap=5, sizes={"train": 0.5, "validation": 0.3, "test": 0.2})
    train, validation, test = (np.sort(shuffled[rows]) for rows in partition)
    assert (train[0], train[-1], validation[0], validation[-1], test[0], test[-1]) == (0, 49, 55, 79, 85, 99)


@pytest.mark.parametrize("times", [
    ["9", "10", "11", "100", "2"],
    ["2026-01-09", "2026-01-10", "2026-01-11", "2026-12-31T10:00", "2026-01-02"],
    pd.to_datetime(["2026-01-09", "2026-01-10", "2026-01-11", "2026-12-31", "2026-01-02"]),
    pd.to_datetime(["2026-01-09", "2026-01-10", "2026-01-11", "2026-12-31", "2026-01-02"]).tz_localize("Europe/Rome"),
    [9.0, 10.0, 11.0, 100.0, 2.0],
])
def test_times_of_all_kinds_are_ordered_by_what_they_mean(times):
    train, test = split(5, time=times, strategy="time")
    assert test.tolist() == [3]
    assert train.tolist() == [0, 1, 2, 4]


def test_predefined_parts_by_name():
    column = ["test", "train", "validation", "train", "holdout"]
    partition = split(5, column=column, strategy="predefined")
    assert list(partition.indices) == ["train", "validation", "test", "holdout"]
    assert partition.indices["train"].tolist() == [1, 3]
    assert not partition.record.seeded


def test_one_class_is_dealt_like_any():
    assert [part.size for part in split(10, target=["x"] * 10, strategy="stratified").record.parts] == [8, 2]


def test_a_number_and_its_text_are_one_class():
    record = split(4, target=["1", 1, "2", 2], strategy="stratified", sizes={"a": 0.5, "b": 0.5}).record
    assert [part.classes for part in record.parts] == [{"1": 1, "2": 1}] * 2


NAN = float("nan")


@pytest.mark.parametrize(("arguments", "words"), [
    ({"data": 9, "strategy": "group"}, "needs groups"),
    ({"data": 3, "strategy": "group", "groups": [1, 1, 1]}, "1 groups cannot fill 2 parts"),
    ({"data": 3, "strategy": "group", "groups": [1, None, 2]}, "missing in 1 rows, the first is row 1"),
    ({"data": 3, "strategy": "group", "groups": [1, 2]}, "the groups have 2 rows, the data has 3"),
    ({"data": 4, "strategy": "stratified", "target": [1, NAN, 1, NAN]}, "missing in 2 rows, the first is row 1"),
    ({"data": 4, "strategy": "stratified", "target": [.1, .2, .3, .4]}, "qcut"),
    ({"data": 9, "strategy": "k-fold", "folds": 10}, "10 folds of 9 rows"),
    ({"data": 9, "strategy": "k-fold", "folds": 1}, "folds is a whole number from 2"),
    ({"data": 9, "strategy": "k-fold", "folds": 2.5}, "folds is a whole number"),
    ({"data": 9, "strategy": "k-fold", "folds": True}, "folds is a whole number"),
    ({"data": 9, "strategy": "stratified-k-fold", "target": [0] * 7 + [1] * 2}, "'1' has 2 rows, fewer than 5"),
    ({"data": 9, "strategy": "group-k-fold", "groups": [1, 2, 3] * 3}, "3 groups are too few for 5"),
    ({"data": 9, "strategy": "leave-one-group-out", "groups": [1] * 9}, "1 groups are too few"),
    ({"data": 9, "strategy": "expanding", "folds": 9}, "too few for 9 folds"),
    ({"data": 9, "strategy": "expanding", "gap": 8}, "gap of 8"),
    ({"data": 9, "strategy": "sliding", "gap": -1}, "gap is a whole number from 0"),
    ({"data": 6, "strategy": "expanding", "time": [1] * 6, "folds": 2}, "no rows to"),
    ({"data": 3, "strategy": "time", "time": [1, None, 2]}, "time is missing in 1 rows, the first is row 1"),
    ({"data": 3, "strategy": "time", "time": [1, 2]}, "time has 2 rows"),
    ({"data": 3, "strategy": "time", "time": ["soon", "later", "never"]}, "cannot be read"),
    ({"data": 6, "strategy": "time", "time": [1] * 6}, "would be empty"),
    ({"data": 3, "strategy": "predefined"}, "needs a column"),
    ({"data": 3, "strategy": "predefined", "column": ["a"] * 3}, "all rows are in the part 'a'"),
    ({"data": 3, "strategy": "predefined", "column": ["a", None, "b"]}, "missing in 1 rows"),
    ({"data": 3, "strategy": "predefined", "column": [-1] * 3}, "no row is in any fold"),
    ({"data": 3, "strategy": "predefined", "column": [0] * 3}, "none is left to train on"),
    ({"data": 3, "strategy": "predefined", "column": [0] * 2}, "the column has 2 rows"),
    ({"data": {"x": [1, 2], "y": [1]}}, "unequal lengths: x: 2, y: 1"),
    ({"data": [[1, 2], [3]]}, "unequal lengths"),
    ({"data": pd.DataFrame([[1, 2]] * 9, columns=["a", "a"]), "target": "a"}, "2 columns are named 'a'"),
])
def test_bad_input_is_named(arguments, words):
    with pytest.raises(UsageError, match=words):
        split(**arguments)


def test_without_scikit_learn_the_rest_works_and_is_the_same():
    code = """
import sys
sys.modules["sklearn"] = sys.modules["sklearn.model_selection"] = None
from jupyter_mlversion.errors import MissingPackage
from jupyter_mlversion.splits import split
groups, target = [row % 7 for row in range(60)], [row % 3 for row in range(60)]
for strategy in ("random", "stratified", "group", "time", "expanding", "sliding"):
    partition = split(60, target=target, groups=groups, strategy=strategy, seed=4)
    print(strategy, [part.size for part in partition.record.parts], list(partition.rows.values())[-1][:5])
try:
    split(60, strategy="k-fold")
except MissingPackage as error:
    print(error.hint)
"""
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.splitlines()[-1] == 'pip install "jupyter_mlversion[ml]"'
    # Written down: every machine deals these rows.
    assert done.stdout.splitlines()[:-1] == [
        "random [48, 12] [ 3  6  8 11 13]",
        "stratified [48, 12] [ 3  6 10 12 16]",
        "group [51, 9] [ 0  7 14 21 28]",
        "time [48, 12] [48 49 50 51 52]",
        "expanding [10, 10, 10, 10, 10] [50 51 52 53 54]",
        "sliding [10, 10, 10, 10, 10] [50 51 52 53 54]",
    ]


@settings(max_examples=20, deadline=None)
@given(st.integers(-(1 << 70), 1 << 70))
def test_any_whole_number_is_a_seed(seed):
    iris = load_iris()
    first = split(iris.data, target=iris.target, strategy="stratified-k-fold", seed=seed)
    again = split(iris.data, target=iris.target, strategy="stratified-k-fold", seed=seed)
    assert all((one.test == other.test).all() for one, other in zip(first, again, strict=True))
