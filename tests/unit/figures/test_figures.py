"""What the figures say, and that Plotly takes them."""

from __future__ import annotations

import json
import math
from datetime import UTC, datetime, timedelta

import plotly.graph_objects
import pytest

from jupyter_mlversion.codec.json import dump
from jupyter_mlversion.domain.digest import Digest
from jupyter_mlversion.domain.run import Run
from jupyter_mlversion.domain.split import Part, Split
from jupyter_mlversion.domain.version import Document, Trigger, Version
from jupyter_mlversion.figures import history_figures, metric_figures, split_figures
from jupyter_mlversion.figures.text import plain
from jupyter_mlversion.figures.thinning import thinned

HOSTILE = "<a href='javascript:alert(1)'>x</a> $\\href{javascript:alert(1)}{y}$ &lt;b&gt;"


def run(number, name=""):
    return Run(name=name, cell_id="c", started=0.0, series=Digest(f"blake3:{number:064x}"))


def series(**metrics):
    return dump({name: {"steps": list(range(len(values))), "times": [0.0] * len(values), "values": values}
                 for name, values in metrics.items()})


def version(number, branch="main", trigger=Trigger.CELL, **metrics):
    return Version(id=f"{number:040x}", short=f"{number:07x}", line="nb-1", branch=branch, parents=(),
                   message=f"m{number}", author="a", time=datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=number),
                   notebook="nb.ipynb", cell_id="c", trigger=trigger, document=Document.LIVE, metrics=metrics)


def accepted(figures):
    """Plotly validates every name and value of every figure; and JSON can hold it."""
    for figure in figures:
        plotly.graph_objects.Figure(json.loads(json.dumps(figure["figure"], allow_nan=False)))
    return figures


def test_a_figure_per_metric_and_a_trace_per_run():
    stored = {run(1).series: series(loss=[2.0, 1.0], accuracy=[0.5, 0.75]), run(2).series: series(loss=[3.0])}
    figures = accepted(metric_figures([run(1), run(2, "wide"), Run("", "c", 0.0)], stored.__getitem__))
    assert [figure["name"] for figure in figures] == ["accuracy", "loss"]
    accuracy, loss = (figure["figure"] for figure in figures)
    assert [(trace["name"], trace["x"], trace["y"]) for trace in loss["data"]] == [
        ("run 1", [0, 1], [2.0, 1.0]), ("wide", [0], [3.0])]
    assert loss["layout"]["showlegend"] is True
    assert accuracy["layout"]["showlegend"] is False


def test_what_is_not_a_number_is_a_gap():
    stored = {run(1).series: series(loss=[1.0, math.nan, math.inf, -math.inf, 2.0])}
    [figure] = accepted(metric_figures([run(1)], stored.__getitem__))
    assert figure["figure"]["data"][0]["y"] == [1.0, None, None, None, 2.0]


def test_history_runs_from_old_to_new_and_its_points_name_their_versions():
    versions = [version(4, "branch-2", loss=0.25), version(3, trigger=Trigger.SAFETY, loss=9.0), version(2, loss=0.5),
                version(1, loss=1.0, accuracy=0.1)]
    accuracy, loss = accepted(history_figures(versions))
    assert [trace["name"] for trace in loss["figure"]["data"]] == ["main", "branch-2"]
    main, branch = loss["figure"]["data"]
    assert (main["x"], main["y"], main["customdata"]) == ([1, 2], [1.0, 0.5], [version(1).id, version(2).id])
    assert (branch["x"], branch["customdata"]) == ([3], [version(4).id])
    assert accuracy["figure"]["data"][0]["customdata"] == [version(1).id]
    by_time = accepted(history_figures(versions, "time"))
    assert by_time[1]["figure"]["data"][0]["x"] == ["2026-01-02T00:00:00+00:00", "2026-01-03T00:00:00+00:00"]


def test_class_balance_as_stacked_bars_in_the_order_of_the_parts():
    parts = (Part("train", 12, {"10": 8, "9": 4}), Part("test", 3, {"10": 2, "9": 1}))
    split = Split("holdout", "stratified", 7, parts=parts)
    [figure] = accepted(split_figures([split]))
    assert figure["figure"]["layout"]["barmode"] == "stack"
    assert [(bar["name"], bar["x"], bar["y"]) for bar in figure["figure"]["data"]] == [
        ("9", ["train", "test"], [4, 1]), ("10", ["train", "test"], [8, 2])]


def test_a_split_without_a_target_shows_the_sizes():
    [figure] = accepted(split_figures([Split("folds", "random", 1, parts=(Part("1", 5), Part("2", 4)))]))
    assert [(bar["name"], bar["x"], bar["y"]) for bar in figure["figure"]["data"]] == [("rows", ["1", "2"], [5, 4])]
    assert figure["figure"]["layout"]["xaxis"]["type"] == "category"


def test_the_rarest_of_very_many_classes_are_summed():
    parts = (Part("train", 1000 + 99, {str(number): 1 if number else 1000 for number in range(100)}),)
    [figure] = split_figures([Split("s", "random", 1, parts=parts)])
    bars = figure["figure"]["data"]
    assert len(bars) == 41
    assert (bars[-1]["name"], bars[-1]["y"]) == ("other classes", [60])
    assert sum(bar["y"][0] for bar in bars) == 1099


def texts(value):
    """Every string of a figure."""
    if isinstance(value, dict):
        return [text for item in value.values() for text in texts(item)]
    if isinstance(value, list):
        return [text for item in value for text in texts(item)]
    return [value] if isinstance(value, str) else []


def test_nothing_that_a_user_named_is_interpreted():
    stored = {run(1).series: series(**{HOSTILE: [1.0]})}
    split = Split(HOSTILE, HOSTILE, 1, parts=(Part(HOSTILE, 1, {HOSTILE: 1}),))
    figures = [*metric_figures([run(1, HOSTILE)], stored.__getitem__),
               *history_figures([version(1, HOSTILE, **{HOSTILE: 1.0})]), *split_figures([split])]
    assert {figure["name"] for figure in accepted(figures)} == {HOSTILE}
    shown = [text for figure in figures for text in texts(figure["figure"])]
    assert any("javascript" in text for text in shown)
    assert not [text for text in shown if "<" in text or ">" in text or "$" in text]
    assert not [text for text in shown if "&lt;b" in text.replace("&amp;lt;b", "")]


def test_a_long_name_is_cut_and_stands_on_one_line():
    assert plain("a\nb\tc") == "a b c"
    assert plain("x" * 200) == "x" * 119 + "…"


@pytest.mark.parametrize("figures", [
    metric_figures([run(1)], {run(1).series: series(m=[1.0])}.__getitem__),
    history_figures([version(1, m=1.0)]),
    split_figures([Split("s", "random", 1, parts=(Part("train", 1),))]),
])
def test_the_page_decides_the_colours_of_paper_and_text(figures):
    layout = figures[0]["figure"]["layout"]
    assert layout["paper_bgcolor"] == layout["plot_bgcolor"] == "rgba(0,0,0,0)"
    assert "font" not in layout
    assert layout["colorway"]


def test_thinning_keeps_ends_and_extremes():
    values = [float(number % 97) for number in range(100_000)]
    values[41_237], values[70_001] = 1e6, -1e6
    xs, ys = thinned(list(range(100_000)), values)
    assert len(ys) <= 5_000
    assert xs == sorted(set(xs))
    assert (xs[0], xs[-1]) == (0, 99_999)
    assert (41_237, 1e6) in zip(xs, ys, strict=True)
    assert (70_001, -1e6) in zip(xs, ys, strict=True)


def test_thinning_keeps_a_long_gap_and_leaves_few_points_alone():
    values = [1.0] * 50_000 + [math.nan] * 50_000
    _, ys = thinned(list(range(100_000)), values)
    assert ys[-1] is None
    assert ys.count(None) > 1_000
    assert thinned([1, 2], [1.0, math.nan]) == ([1, 2], [1.0, None])
