"""Lists with the graph and the values beside them."""

from __future__ import annotations

from jupyter_mlversion.index.nodes import Node
from jupyter_mlversion.repository.listing import Listing, Range


def node(*parents, branch="main", trigger="panel", **metrics):
    return Node(parents, branch, trigger, metrics)


def test_rows_are_the_same_whatever_is_asked_for_first():
    nodes = {"d": node("b"), "c": node("b", branch="other"), "b": node("a"), "a": node()}
    whole = Listing("dcba", nodes, safeties=0, trunk=True).rows(0, 4)
    backwards = Listing("dcba", nodes, safeties=0, trunk=True)
    assert [backwards.rows(at, 1)[0] for at in (3, 2, 1, 0)][::-1] == whole


def test_the_main_branch_has_the_first_lane_though_another_is_newer():
    nodes = {"d": node("b", branch="other"), "c": node("b"), "b": node("a"), "a": node()}
    assert [row.lane for row in Listing("dcba", nodes, safeties=0, trunk=True).rows(0, 4)] == [1, 0, 0, 0]


def test_ranges_are_of_finite_values_that_differ():
    nodes = {"c": node(loss=0.5, acc=1.0, odd="NaN"), "b": node(loss=0.25, acc=1.0), "a": node(odd=3.0)}
    assert Listing("cba", nodes, safeties=0, trunk=False).ranges == {"loss": Range(0.25, 0.5, lower_is_better=True)}
