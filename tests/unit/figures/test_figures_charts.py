"""What charts show of real versions, and that Plotly takes it."""

from __future__ import annotations

import json
import math

import numpy as np
import plotly.graph_objects
import pytest

from jupyter_mlversion.errors import UsageError
from jupyter_mlversion.figures.charts import Options, Shelf, chart, source_of, table

HOSTILE = "<img src=x onerror=alert(1)> $\\href{javascript:alert(1)}{y}$"


def drawn(trainings, **options):
    """Name → figure, all of which Plotly accepts."""
    made = chart(source_of(trainings.repository, trainings.repository.log(), Shelf()), Options(**options))
    for figure in made.figures:
        plotly.graph_objects.Figure(json.loads(json.dumps(figure["figure"], allow_nan=False)))
    return {figure["name"]: figure["figure"] for figure in made.figures}


def traces(figure, *, shown=True):
    return [trace for trace in figure["data"] if not shown or trace.get("hoverinfo") != "skip"]


def test_a_run_that_later_versions_hold_too_is_drawn_once_and_belongs_to_the_first(trainings):
    trainings.run({"loss": [2.0, 1.0]}, lr=0.1)
    first = trainings.version("train", keep=True)
    trainings.run({"auc": [0.5]})
    trainings.version("evaluate")
    figures = drawn(trainings)
    assert [*figures] == ["auc", "loss"]
    [line] = figures["loss"]["data"]
    assert (line["x"], line["y"], line["meta"]["version"]) == ([0, 1], [2, 1], first.id)
    assert line["name"] == f"{first.short} train"


def test_each_run_has_the_same_colour_in_every_chart(trainings):
    trainings.run({"loss": [1.0, 0.5]})
    trainings.version("a")
    trainings.run({"loss": [1.0, 0.5], "auc": [0.5]})
    trainings.version("b")
    figures = drawn(trainings)
    assert figures["auc"]["data"][0]["line"] == figures["loss"]["data"][1]["line"] != figures["loss"]["data"][0]["line"]


def test_x_can_be_time_and_time_since_the_start(trainings):
    trainings.run({"loss": [3.0, 2.0, 1.0]}, steps=[4, 2, 3])
    trainings.version()
    step = drawn(trainings)["loss"]["data"][0]
    assert (step["x"], step["y"]) == ([2, 3, 4], [2, 1, 3])
    relative = drawn(trainings, x="relative")["loss"]
    assert (relative["data"][0]["x"], relative["data"][0]["customdata"]) == ([0, 2, 4], [4, 2, 3])
    assert relative["layout"]["xaxis"]["title"]["text"] == "seconds since the start"
    time = drawn(trainings, x="time")["loss"]
    assert time["layout"]["xaxis"]["type"] == "date"
    assert np.diff(time["data"][0]["x"]).tolist() == [2000, 2000]


def test_logarithmic_axes_leave_out_what_they_cannot_show(trainings):
    trainings.run({"loss": [8.0, -1.0, 2.0, 0.5]})
    trainings.version()
    figure = drawn(trainings, log="xy")["loss"]
    assert (figure["data"][0]["x"], figure["data"][0]["y"]) == ([1, 2, 3], [None, 2.0, 0.5])
    assert (figure["layout"]["xaxis"]["type"], figure["layout"]["yaxis"]["type"]) == ("log", "log")


def test_smoothing_keeps_what_was_logged_faintly_behind(trainings):
    trainings.run({"loss": [4.0, 0.0, math.nan, 4.0]})
    trainings.version()
    raw, smooth = drawn(trainings, smooth=0.5)["loss"]["data"]
    assert raw["y"] == [4, 0, None, 4]
    assert raw["line"]["color"].startswith("rgba(")
    assert raw["showlegend"] is False
    # TensorBoard's: 4; (0.5 * 2 + 0) / (1 - 0.25); and the pause of one point weighs as one more.
    assert smooth["y"][:3] == [4.0, pytest.approx(2 / 1.5), None]


def test_runs_are_grouped_by_a_parameter_with_a_band(trainings):
    for lr, values in ((0.1, [1.0, 3.0]), (0.1, [3.0, 5.0]), (0.01, [9.0, 9.0]), ("auto", [0.0, 0.0])):
        trainings.run({"loss": values}, lr=lr)
        trainings.version(f"lr {lr}")
    figure = drawn(trainings, group="lr", band="std")["loss"]
    assert [trace["name"] for trace in traces(figure)] == ["lr 0.01 (1)", "lr 0.1 (2)", "lr auto (1)"]
    band, mean = figure["data"][2:4]
    assert mean["y"] == [2, 4]
    assert (band["x"], band["y"]) == ([0, 1, 1, 0], [3, 5, 3, 1])
    ranged = drawn(trainings, group="lr", band="range")["loss"]["data"][3]
    assert ranged["customdata"] == [[1, 3], [3, 5]]


def test_over_versions_a_point_names_its_version(trainings):
    made = []
    for value in (0.5, 0.75):
        trainings.run({"auc": [0.1, value]}, depth=1)
        made.append(trainings.version("v"))
    [line] = drawn(trainings, x="version")["auc"]["data"]
    assert (line["x"], line["y"], line["customdata"]) == ([1, 2], [0.5, 0.75], [one.id for one in made])
    assert [trace["name"] for trace in drawn(trainings, x="version", group="depth")["auc"]["data"]] == ["depth 1"]


def test_a_single_value_in_each_version_is_drawn_over_the_versions(trainings):
    made = []
    for number in range(3):
        trainings.run({"loss": [1.0, 0.5], "worst": [number / 10]})
        made.append(trainings.version("v"))
    figures = drawn(trainings)
    [line] = figures["worst"]["data"]
    assert (line["y"], line["customdata"]) == ([0, 0.1, 0.2], [version.id for version in made])
    assert figures["worst"]["layout"]["xaxis"]["ticktext"] == [version.short for version in made]
    assert "version" in figures["worst"]["layout"]["xaxis"]["title"]["text"]
    assert [trace["x"] for trace in figures["loss"]["data"]] == [[0, 1]] * 3
    trainings.run({"worst": [0.4, 0.5]})
    trainings.version("two values")
    assert drawn(trainings)["worst"]["layout"]["xaxis"]["title"]["text"] == "step"


def sweep(trainings):
    parent = trainings.run({}, name="sweep", status="finished", seed=7)
    for lr, optimizer, value in ((0.1, "sgd", 0.5), (0.001, "adam", 0.9), (0.01, "adam", 0.7)):
        trainings.run({"auc": [0.0, value]}, name=f"lr {lr}", status="finished", parent=parent, lr=lr,
                      optimizer=optimizer)
    return trainings.version("sweep")


def test_the_runs_of_a_sweep_in_one_version_are_rows_of_their_own(trainings):
    version = sweep(trainings)
    answer = table(source_of(trainings.repository, trainings.repository.log(), Shelf()))
    assert answer["metrics"] == ["auc"]
    assert answer["params"] == ["lr", "optimizer", "seed"]
    assert [(row["name"], row["params"]["lr"], row["params"]["seed"]) for row in answer["rows"]] == [
        ("lr 0.01", 0.01, 7), ("lr 0.001", 0.001, 7), ("lr 0.1", 0.1, 7)]
    assert {row["version"] for row in answer["rows"]} == {version.id}
    assert answer["rows"][0]["metrics"]["auc"] == {"last": 0.7, "low": 0.0, "high": 0.7, "count": 2, "last_step": 1}


def test_the_table_names_the_versions_that_logged_more_than_numbers(trainings):
    trainings.run({}, pictures=[0])
    first = trainings.version("one", keep=True)
    trainings.run({"loss": [1.0]})
    trainings.version("nothing more", keep=True)
    trainings.run({}, pictures=[0, 1])
    last = trainings.version()
    answer = table(source_of(trainings.repository, trainings.repository.log(), Shelf()))
    assert answer["logging"] == [{"version": last.id, "label": last.short},
                                 {"version": first.id, "label": f"{first.short} one"}]


def test_scatter_against_numbers_and_against_texts(trainings):
    version = sweep(trainings)
    figure = drawn(trainings, kind="scatter", against="lr", log="x")["auc"]
    [trace] = figure["data"]
    assert (trace["x"], trace["y"]) == ([0.1, 0.001, 0.01], [0.5, 0.9, 0.7])
    assert set(trace["customdata"]) == {version.id}
    assert figure["layout"]["xaxis"]["type"] == "log"
    texts = drawn(trainings, kind="scatter", against="optimizer", colour="auc")["auc"]
    assert texts["layout"]["xaxis"]["categoryarray"] == ["adam", "sgd"]
    assert texts["data"][0]["marker"]["color"] == [0.5, 0.9, 0.7]
    grouped = drawn(trainings, kind="scatter", against="lr", group="optimizer")["auc"]
    assert [(one["name"], len(one["x"])) for one in grouped["data"]] == [("optimizer adam", 2), ("optimizer sgd", 1)]
    assert len({one["marker"]["symbol"] for one in grouped["data"]}) == 2
    assert drawn(trainings, kind="scatter", against="nothing") == {}


def test_parallel_coordinates_have_an_axis_for_what_varies(trainings):
    sweep(trainings)
    [figure] = drawn(trainings, kind="parallel").values()
    assert figure["layout"]["xaxis"]["ticktext"] == ["lr", "optimizer", "auc"]
    lines = [trace for trace in figure["data"] if trace["mode"] == "lines+markers"]
    assert [trace["y"] for trace in lines] == [
        [pytest.approx(1), 1.0, 0.0], [0.0, 0.0, 1.0], [pytest.approx(0.5), 0.0, pytest.approx(0.5)]]
    assert {trace["type"] for trace in figure["data"]} == {"scatter"}  # nothing that needs WebGL
    assert len({trace["line"]["color"] for trace in lines}) == 3


def test_nothing_that_a_user_named_is_interpreted(trainings):
    trainings.run({HOSTILE: [1.0, 2.0]}, name=HOSTILE, status="finished", **{HOSTILE: HOSTILE})
    trainings.version(HOSTILE)
    trainings.run({HOSTILE: [1.0, 2.0]}, name=HOSTILE, status="finished", **{HOSTILE: "b"})
    trainings.version(HOSTILE)
    against = {"kind": "scatter", "against": HOSTILE}
    for options in ({}, {"group": HOSTILE}, {"x": "version", "group": HOSTILE}, {"kind": "parallel"}, against,
                    {**against, "colour": HOSTILE}):
        for figure in drawn(trainings, **options).values():
            text = json.dumps(figure).replace("<br>", "").replace("<extra>", "").replace("</extra>", "")
            assert "<" not in text
            assert "$" not in text


def test_points_are_as_many_as_the_width_can_show_and_a_part_shows_more(trainings):
    values = np.sin(np.arange(20_000) / 50).tolist()
    values[12_345] = 40.0
    trainings.run({"loss": values})
    trainings.version()
    [line] = drawn(trainings, width=200)["loss"]["data"]
    assert len(line["x"]) <= 4 * 200
    assert 40.0 in line["y"]
    [part] = drawn(trainings, width=200, first=12_300, last=12_400)["loss"]["data"]
    assert part["x"] == list(range(12_299, 12_402))


def test_many_runs_share_the_points_of_a_chart(trainings):
    for number in range(30):
        noise = np.random.default_rng(number).normal(size=3000).tolist()
        trainings.run({"loss": noise}, name=f"r{number}", status="finished")
    trainings.version()
    lines = drawn(trainings, width=2000)["loss"]["data"]
    assert len(lines) == 30
    assert sum(len(line["x"]) for line in lines) <= 24_000
    assert min(max(line["y"]) for line in lines) > 2


def test_what_has_no_room_is_told(trainings):
    for number in range(45):
        trainings.run({"loss": [float(number)]}, name=f"r{number}", status="finished")
    trainings.version()
    made = chart(source_of(trainings.repository, trainings.repository.log(), Shelf()), Options())
    assert made.left_out == {"loss": 5}
    assert len(made.figures[0]["figure"]["data"]) == 40


@pytest.mark.parametrize("wrong", [{"kind": "pie"}, {"x": "epoch"}, {"log": "z"}, {"band": "iqr"}, {"smooth": 1.0},
                                   {"smooth": -0.1}, {"width": 0}])
def test_what_means_nothing_is_refused(wrong):
    with pytest.raises(UsageError, match="chart"):
        Options(**wrong)


def test_the_shelf_forgets_what_has_no_room(trainings):
    trainings.run({"loss": [1.0] * 1000, "auc": [1.0] * 1000})
    trainings.version()
    reads = []

    def read(digest):
        reads.append(digest)
        return trainings.repository.store.read(digest)

    [run] = trainings.repository.show("HEAD").snapshot.runs
    for room, expected in ((100_000, 2), (30_000, 4)):
        shelf = Shelf(room)
        reads.clear()
        for name in ("loss", "auc", "loss", "auc"):
            assert shelf.points(run.series, [name], read)[name].values.tolist() == [1.0] * 1000
        assert len(reads) == expected
    assert Shelf().points(run.series, ["none"], read) == {}
