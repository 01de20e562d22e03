"""Checks when a split is made, on demand, and of several strategies."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn import datasets

import jupyter_mlversion as mlversion
from jupyter_mlversion.codec.record import from_plain, to_plain
from jupyter_mlversion.domain.check import Verdict
from jupyter_mlversion.domain.split import Split
from jupyter_mlversion.errors import Cancelled, NotFound, UsageError
from jupyter_mlversion.splits import register, split
from jupyter_mlversion.splits.ask import check
from jupyter_mlversion.splits.checks import CHECKS

BUNDLED = [datasets.load_iris, datasets.load_wine, datasets.load_breast_cancer, datasets.load_diabetes,
           datasets.load_digits]


def found(partition):
    return {one.name: one.verdict.value for one in partition.record.checks if one.found}


@pytest.fixture(autouse=True)
def fresh():
    register().begin("c1")


@pytest.mark.parametrize("load", BUNDLED, ids=lambda load: load.__name__)
def test_nothing_is_found_in_well_known_data(load):
    frame = load(as_frame=True).frame
    for seed in range(3):
        assert found(split(frame, target="target", seed=seed)) == {}
    if load is not datasets.load_diabetes:
        assert found(split(frame, target="target", strategy="stratified-k-fold")) == {}


def test_sorted_classes_dealt_in_order_are_found():
    frame = datasets.load_iris(as_frame=True).frame
    ordered = split(frame, target="target", column=["train"] * 100 + ["test"] * 50, strategy="predefined")
    assert {"sizes", "class-drift", "feature-drift"} <= set(found(ordered))


def test_the_record_keeps_the_answers_through_json():
    made = split(pd.DataFrame({"a": np.arange(60.0), "b": [1.0, np.inf] * 30}), target="b")
    assert [one.name for one in made.record.checks] == list(CHECKS)
    assert from_plain(Split, to_plain(made.record)) == made.record


def test_checks_can_be_left_out_and_asked_later_with_the_data_alone():
    frame = datasets.load_wine(as_frame=True).frame
    made = split(frame, target="target", checks=False, name="wine")
    assert made.record.checks == ()
    assert made.summary is None
    leaky = frame.assign(answer=frame["target"] * 2)
    report = check("wine", leaky)
    assert [one.name for one in report.found] == ["target-leakage"]
    assert report.verdict == Verdict.PROBLEM
    assert report["target-leakage"].items[0].name == "answer"
    assert "✗ problem" in repr(report)
    assert register().find("wine").record.checks == report.checks
    assert not check(made, frame).found


def test_what_cannot_be_asked_is_told():
    made = split(100, name="numbers")
    with pytest.raises(UsageError, match="has 99 rows, the split was made of 100"):
        check(made, np.zeros((99, 2)))
    with pytest.raises(UsageError, match="the target has 5 rows"):
        check(made, np.zeros((100, 2)), target=[1] * 5)
    with pytest.raises(UsageError, match="no column 'gone'"):
        check(made, pd.DataFrame({"a": range(100)}), target="gone")
    with pytest.raises(NotFound, match="'nobody'"):
        check("nobody")
    with pytest.raises(UsageError, match="needs a split"):
        check([1, 2, 3])


def test_stopping_leaves_no_split(monkeypatch):
    def stop(*_):
        raise Cancelled("stopped")

    made = split(datasets.load_iris(as_frame=True).frame, target="target", name="kept")
    before = register().find("kept")
    with pytest.raises(Cancelled):
        check(made, progress=stop)
    assert register().find("kept") is before


def test_a_bounded_time_is_kept_and_said():
    frame = pd.DataFrame(np.random.default_rng(0).normal(size=(400, 5)))
    report = check(split(frame), seconds=1e-9)
    assert {one.verdict for one in report} == {Verdict.SKIPPED}


def test_groups_and_times_are_asked_about_and_do_not_drift():
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(rng.normal(size=(300, 3)), columns=list("abc"))
    frame["patient"], frame["day"] = np.arange(300) // 10, np.arange(300)
    assert found(split(frame, strategy="group", groups="patient")) == {}
    assert found(split(frame.drop(columns="patient"), strategy="time", time="day")) == {}
    torn = split(frame, groups="patient", time="day", seed=1)
    assert found(torn) == {"groups-apart": "problem", "time-order": "problem"}


def test_strategies_are_compared_and_one_is_chosen_in_words():
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(rng.normal(size=(300, 3)), columns=list("abc"))
    frame["patient"], frame["ill"] = np.arange(300) // 10, rng.integers(0, 2, 300)
    choice = mlversion.compare_splits(frame, target="ill", groups="patient")
    assert choice.best.record.strategy in {"group", "stratified-group"}
    assert "groups" in choice.why
    assert "random (groups-apart)" in choice.why
    assert "→" in repr(choice)
    assert {figure["name"] for figure in choice.figures} >= {"random", "stratified", "group"}
    named = mlversion.compare_splits(frame, ["random", "time", "no such"], target="ill")
    assert [candidate.partition is None for candidate in named] == [False, False, True]
    assert "not possible" in repr(named)
    with pytest.raises(UsageError, match="list of names"):
        mlversion.compare_splits(frame, "random")
    with pytest.raises(UsageError, match="none of the strategies"):
        mlversion.compare_splits(frame, ["no such"])


@pytest.mark.parametrize(("arguments", "strategy"), [
    ({}, "random"), ({"target": "ill"}, "stratified"), ({"time": "day"}, "time"),
])
def test_auto_explains_itself_in_the_record(arguments, strategy):
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(rng.normal(size=(200, 3)), columns=list("abc"))
    frame["ill"], frame["day"] = rng.integers(0, 2, 200), np.arange(200)
    made = split(frame, strategy="auto", name="chosen", **arguments)
    assert made.record.strategy == strategy
    assert made.record.parameters["auto"].startswith(f"{strategy}: ")
    assert register().find("chosen") is not None
