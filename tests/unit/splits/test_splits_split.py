"""Partitioning data sets, and what is recorded of it."""

from __future__ import annotations

import json
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_mlversion.errors import UsageError
from jupyter_mlversion.splits import Register, split
from jupyter_mlversion.splits.register import register
from jupyter_mlversion.store import Store


def test_every_row_is_in_one_part():
    partition = split(10)
    train, test = partition
    assert sorted([*train, *test]) == list(range(10))
    assert (len(train), len(test)) == (8, 2)
    assert len(partition) == 2
    assert list(train) == sorted(train)


def test_the_same_seed_gives_the_same_rows_everywhere():
    # Written down, so that another machine or another Python that disagrees is noticed.
    assert split(10, seed=7).indices["test"].tolist() == [1, 3]
    assert split(10, seed=8).indices["test"].tolist() != split(10, seed=7).indices["test"].tolist()


@pytest.mark.parametrize("data", [
    10, np.int64(10), [0] * 10, np.zeros((10, 3)), pd.DataFrame({"a": range(10)}), pd.Series(range(10)), "0123456789",
])
def test_data_of_all_kinds(data):
    assert split(data, seed=7).indices["test"].tolist() == [1, 3]


def test_parts_have_names_and_order():
    partition = split(100, sizes={"train": 0.6, "validation": 0.2, "test": 0.2})
    assert list(partition.indices) == ["train", "validation", "test"]
    assert [part.size for part in partition.record.parts] == [60, 20, 20]
    assert "train=60" in repr(partition)


def test_stratified_keeps_the_shares():
    labels = ["a"] * 60 + ["b"] * 30 + ["c"] * 10
    partition = split(labels, target=labels, strategy="stratified", sizes={"train": 0.7, "test": 0.3})
    assert partition.record.parts[0].classes == {"a": 42, "b": 21, "c": 7}
    assert partition.record.parts[1].classes == {"a": 18, "b": 9, "c": 3}


def test_stratified_with_many_small_classes_keeps_the_total():
    labels = [str(row // 3) for row in range(300)]
    sizes = [part.size for part in split(300, target=labels, strategy="stratified").record.parts]
    assert sizes == [240, 60]


def test_a_column_as_target():
    frame = pd.DataFrame({"x": range(10), "species": ["a", "b"] * 5})
    record = split(frame, target="species", strategy="stratified", name="iris").record
    assert record.name == "iris"
    assert record.parts[1].classes == {"a": 1, "b": 1}
    with pytest.raises(UsageError, match="'colour'"):
        split(frame, target="colour")


def test_classes_are_counted_up_to_a_hundred():
    labels = list(range(150)) + [0] * 50
    classes = split(200, target=labels).record.parts[0].classes
    assert len(classes) <= 101
    assert classes["other"] > 0
    assert sum(classes.values()) == 160


@pytest.mark.parametrize(("arguments", "words"), [
    ({"data": 10, "target": [1, 2]}, "the target has 2 rows, the data has 10"),
    ({"data": 10, "sizes": {"train": 0.5, "test": 0.4}}, "sum to 0.9"),
    ({"data": 10, "sizes": {"train": 1.2, "test": -0.2}}, "1.2"),
    ({"data": 10, "sizes": {}}, "dictionary"),
    ({"data": 10, "sizes": [0.8, 0.2]}, "dictionary"),
    ({"data": 10, "sizes": {"train": True}}, "True"),
    ({"data": 2, "sizes": {"train": 0.9, "test": 0.1}}, "would be empty"),
    ({"data": 0}, "at least one row"),
    ({"data": []}, "at least one row"),
    ({"data": object()}, "a length"),
    ({"data": True}, "a length"),
    ({"data": 3, "target": ["a", "a", "b"], "strategy": "stratified"}, "'b' has one row only"),
    ({"data": 3, "strategy": "stratified"}, "needs a target"),
    ({"data": 3, "strategy": "sorted"}, "random, stratified"),
    ({"data": 3, "seed": 0.5}, "seed"),
    ({"data": 3, "name": " "}, "name"),
    ({"data": 3, "target": 5}, "one label for each row"),
    ({"data": 3, "target": np.zeros((3, 2))}, r"shape \(3, 2\)"),
])
def test_bad_input_is_named(arguments, words):
    with pytest.raises(UsageError, match=words):
        split(**arguments)


@settings(deadline=None)
@given(
    st.lists(st.sampled_from("abc"), min_size=40, max_size=200),
    st.integers(),
    st.sampled_from(["random", "stratified"]),
)
def test_always_a_partition(labels, seed, strategy):
    labels = [*labels, *"aabbcc"]
    sizes = {"a": 0.5, "b": 0.25, "c": 0.25}
    partition = split(labels, target=labels, seed=seed, strategy=strategy, sizes=sizes, checks=False)
    rows = [row for part in partition for row in part]
    assert sorted(rows) == list(range(len(labels)))
    for part in partition.record.parts:
        assert sum(part.classes.values()) == part.size
        if strategy == "stratified":
            share = {"a": 0.5}.get(part.name, 0.25)
            assert all(abs(part.classes.get(label, 0) - share * labels.count(label)) <= 2 for label in "abc")


def test_plain_lists_where_numpy_is_not_in_use():
    code = """
import sys
from jupyter_mlversion.splits import split
train, test = split(10, seed=7)
assert type(test) is list and test == [1, 3], test
"""
    subprocess.run([sys.executable, "-c", code], check=True)


def test_the_register_keeps_those_of_the_latest_execution(tmp_path):
    kept = Register()
    before = register().cell_id
    register().begin("")
    first, second = split(10, name="one"), split(20, name="two")
    register().begin(before)
    kept.begin("cell")
    kept.add(first)
    kept.add(second)
    kept.begin("cell")
    store = Store(tmp_path / "store")
    with store.batch() as batch:
        assert [record.name for record in kept.seal(batch)] == ["one", "two"]
    kept.add(second)
    with store.batch() as batch:
        (record,) = kept.seal(batch)
    assert record.name == "two"
    assert record.source is not None
    assert json.loads(store.read(record.parts[1].rows)) == list(second.rows["test"])
