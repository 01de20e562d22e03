"""Precision and recall against scikit-learn's."""

from __future__ import annotations

import json

import plotly.graph_objects
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_mlversion.figures import pr_curves, pr_figure

metrics = pytest.importorskip("sklearn.metrics")


@given(st.lists(st.tuples(st.booleans(), st.sampled_from([0.0, 0.1, 0.5, 0.9])), min_size=2, max_size=60))
def test_the_average_precision_is_scikit_learns(rows):
    rows = [*rows, (True, 0.3), (False, 0.3)]
    true, scores = [one for one, _ in rows], [score for _, score in rows]
    [(recalls, precisions, average)] = pr_curves("pr", true, scores).values()
    assert average == pytest.approx(metrics.average_precision_score(true, scores))
    expected = metrics.precision_recall_curve(true, scores)
    assert recalls == pytest.approx(expected[1][::-1].tolist())
    assert precisions[1:] == pytest.approx(expected[0][::-1].tolist()[1:])


def test_a_line_for_each_class():
    curves = pr_curves("pr", ["a", "b", "<i>"], [[0.6, 0.3, 0.1], [0.2, 0.7, 0.1], [0.1, 0.1, 0.8]], ["a", "b", "<i>"])
    figure = pr_figure("pr", curves)
    plotly.graph_objects.Figure(json.loads(json.dumps(figure, allow_nan=False)))
    assert [trace["name"] for trace in figure["data"]] == [
        "a (average 1.000)", "b (average 1.000)", "&lt;i&gt; (average 1.000)"]
