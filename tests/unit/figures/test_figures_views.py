"""The pictures of a split, from what a version stores of it."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import plotly.graph_objects
import pytest

from jupyter_mlversion.compare.splits import changes
from jupyter_mlversion.domain.difference import SplitChange
from jupyter_mlversion.domain.plan import Change
from jupyter_mlversion.errors import Damage
from jupyter_mlversion.figures.flows import flow_figures
from jupyter_mlversion.figures.views import VIEWS, summary_from, view_figures
from jupyter_mlversion.splits import split
from jupyter_mlversion.store import digest_of_bytes

HOSTILE = "<img src=x onerror=alert(1)> $\\href{javascript:alert(1)}{y}$"


class Shelf(dict):
    """Contents by digest."""

    def put_bytes(self, data):
        digest = digest_of_bytes(data)
        self[digest] = data
        return type("Stored", (), {"digest": digest})


def frame(rows=300):
    rng = np.random.default_rng(0)
    data = pd.DataFrame(rng.normal(size=(rows, 3)), columns=["a", HOSTILE, "c"])
    data["kind"] = rng.choice([HOSTILE, "plain"], rows)
    data["target"] = rng.choice(["x", HOSTILE], rows)
    return data


def stored(data, **arguments):
    shelf = Shelf()
    return split(data, target="target", **arguments).seal(shelf), shelf


def texts(value):
    if isinstance(value, dict):
        return [text for item in value.values() for text in texts(item)]
    if isinstance(value, list):
        return [text for item in value for text in texts(item)]
    return [value] if isinstance(value, str) else []


@pytest.mark.parametrize("arguments", [
    {"strategy": "stratified", "sizes": {"train": 0.6, HOSTILE: 0.4}},
    {"strategy": "stratified-k-fold", "folds": 4},
    {"strategy": "expanding", "folds": 3},
])
def test_plotly_takes_every_view_and_nothing_that_a_user_named_is_interpreted(arguments):
    record, shelf = stored(frame(), **arguments)
    for view in VIEWS:
        figures = view_figures(record, view, summary_from(record, shelf.__getitem__))
        assert figures, view
        for figure in figures:
            plotly.graph_objects.Figure(json.loads(json.dumps(figure["figure"], allow_nan=False)))
            assert not [text for text in texts(figure["figure"]) if "<" in text or "$" in text]


def test_strips_say_which_part_every_stretch_is_in():
    record, shelf = stored(frame(200), strategy="expanding", folds=3)
    [figure] = view_figures(record, "membership", summary_from(record, shelf.__getitem__))
    train, test, classes = figure["figure"]["data"]
    assert (train["name"], test["name"], classes["name"]) == ("train", "test", "class")
    assert figure["figure"]["layout"]["yaxis"]["ticktext"] == ["fold 1", "fold 2", "fold 3", "class"]
    first = [x for x, base in zip(test["x"], test["base"], strict=True) if base > -0.5]
    assert (min(first), max(first)) == (51.0, 99.0)  # rows 50 to 99, in stretches of two
    assert sum(test["y"]) == pytest.approx(0.8 * 75)  # all strips: three folds of 25 stretches


def test_classes_and_groups_are_strips_below():
    data = frame(200)
    data["target"] = ["x"] * 150 + ["y"] * 50
    shelf = Shelf()
    record = split(data, target="target", groups=[row // 100 for row in range(200)], strategy="group").seal(shelf)
    [figure] = view_figures(record, "membership", summary_from(record, shelf.__getitem__))
    *_, classes, groups = figure["figure"]["data"]
    assert figure["figure"]["layout"]["yaxis"]["ticktext"] == ["", "class", "group"]
    assert classes["text"] == ["mostly class 1"] * 75 + ["mostly class 2"] * 25
    assert groups["text"] == ["mostly group 1"] * 50 + ["mostly group 2"] * 50
    assert len(set(classes["marker"]["color"])) == len(set(groups["marker"]["color"])) == 2


def test_distributions_have_bins_that_the_parts_share_and_begin_with_what_drifts():
    data = frame()
    made = split(data, target="target")
    data.loc[made.rows["test"], "c"] += 3
    record, shelf = stored(data)
    summary = summary_from(record, shelf.__getitem__)
    figures = view_figures(record, "distributions", summary)
    assert [figure["name"] for figure in figures] == ["target", "c", "a", HOSTILE, "kind"]
    train, test = figures[1]["figure"]["data"]
    assert train["x"] == test["x"]
    assert sum(train["y"]) == pytest.approx(1)
    assert np.average(test["x"], weights=test["y"]) - np.average(train["x"], weights=train["y"]) > 2.5
    [drift] = view_figures(record, "drift", summary)
    bad = next(trace for trace in drift["figure"]["data"] if trace["name"] == "problem")
    assert bad["y"] == ["c"]
    assert bad["marker"]["pattern"]["shape"]


def test_a_column_of_one_value_is_a_bar_that_can_be_seen():
    data = frame().assign(one=1.5)
    record, shelf = stored(data)
    figures = view_figures(record, "distributions", summary_from(record, shelf.__getitem__))
    figure = next(one["figure"] for one in figures if one["name"] == "one")
    assert [(trace["type"], trace["x"], trace["y"]) for trace in figure["data"]] == [("bar", ["1.5"], [1.0])] * 2


def test_a_split_that_nobody_looked_at_has_only_its_sizes():
    record, shelf = stored(frame(), checks=False)
    summary = summary_from(record, shelf.__getitem__)
    shown = {view for view in VIEWS if view_figures(record, view, summary)}
    assert shown == {"sizes", "balance"}


def test_a_damaged_summary_is_told():
    record, _ = stored(frame())
    with pytest.raises(Damage):
        summary_from(record, lambda _: b"[1]\n")


def test_where_the_rows_of_a_split_went():
    before, shelf = stored(frame(), seed=1)
    after, more = stored(frame(), seed=2)
    shelf.update(more)
    [figure] = flow_figures(changes([before], [after], shelf.__getitem__))
    bars = {trace["name"]: dict(zip(trace["x"], trace["y"], strict=True)) for trace in figure["figure"]["data"]}
    assert bars["train"]["train"] + bars["test"]["train"] == 240
    assert sum(map(sum, (row.values() for row in bars.values()))) == 300
    new = flow_figures([SplitChange(HOSTILE, Change.MODIFIED, (1, 2), 1, 0, 1, 1, {"train": {"": 1}})])[0]
    assert [trace["name"] for trace in new["figure"]["data"]] == ["in no part", "new rows", "gone"]
    assert not [text for text in texts(new["figure"]) if "<" in text]
