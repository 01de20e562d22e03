"""Two notebooks, cell by cell, in an order that can be read."""

from __future__ import annotations

import json

from jupyter_mlversion.compare.notebook import difference, outputs_of
from jupyter_mlversion.domain.plan import Change


def book(*cells, metadata=None):
    made = [{"cell_type": "code", "id": name, "source": source, "metadata": {}, "execution_count": None,
             "outputs": [{"output_type": "stream", "name": "stdout", "text": text} for text in texts]}
            for name, source, *texts in cells]
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": metadata or {}, "cells": made}).encode()


def told(a, b):
    return [(pair.id, pair.change, pair.moved) for pair in difference(a, b).cells]


def test_removed_cells_stand_where_they_stood():
    before = book(("a", "1"), ("x", "gone"), ("b", "2"), ("y", "gone too"))
    after = book(("a", "1"), ("n", "new"), ("b", "2"))
    assert told(before, after) == [("a", None, False), ("x", Change.REMOVED, False), ("n", Change.ADDED, False),
                                   ("b", None, False), ("y", Change.REMOVED, False)]


def test_a_cell_that_moved_is_told_once():
    before = book(("a", "1"), ("b", "2"), ("c", "3"), ("d", "4"))
    after = book(("b", "2"), ("c", "3"), ("a", "1"), ("d", "4"))
    assert told(before, after) == [("b", None, False), ("c", None, False), ("a", None, True), ("d", None, False)]


def test_an_edited_cell_has_both_sources_and_what_differs():
    [pair] = difference(book(("a", "depth = 3\nfit()\n")), book(("a", "depth = 5\nfit()\n"))).cells
    assert (pair.change, pair.earlier, pair.source) == (Change.MODIFIED, "depth = 3\nfit()\n", "depth = 5\nfit()\n")
    assert (pair.gone, pair.new) == (((8, 1),), ((8, 1),))


def test_outputs_alone_make_a_cell_modified_and_are_only_counted():
    [pair] = difference(book(("a", "1", "out")), book(("a", "1", "other"))).cells
    assert (pair.change, pair.outputs_differ, pair.outputs, pair.earlier) == (Change.MODIFIED, True, (1, 1), None)
    assert outputs_of(book(("a", "1", "out")), 0)[0]["text"] == "out"
    assert outputs_of(book(("a", "1", "out")), 1) == outputs_of(None, 0) == outputs_of(b"broken", 0) == []


def test_a_side_without_a_notebook_has_no_cells():
    assert told(None, book(("a", "1"))) == [("a", Change.ADDED, False)]
    assert told(book(("a", "1")), b"not JSON") == [("a", Change.REMOVED, False)]
    assert difference(None, None).cells == ()


def test_the_language_is_that_of_the_newer_notebook():
    python = {"language_info": {"name": "Python", "mimetype": "text/x-ipython"}}
    assert difference(book(), book(metadata=python)).mime == "text/x-ipython"
    assert difference(book(metadata={"kernelspec": {"language": "R"}}), None).language == "r"
    assert difference(book(metadata={"language_info": 3}), book(metadata={"kernelspec": {}})).mime == "text/plain"
