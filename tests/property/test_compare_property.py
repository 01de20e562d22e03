"""What counts as the same, for any notebook and any values."""

from __future__ import annotations

import copy
import json
import math

from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_mlversion.compare import cells, values
from jupyter_mlversion.compare.equality import equality_of
from jupyter_mlversion.domain.snapshot import Snapshot

text = st.text(max_size=30)
streams = st.builds(lambda value: {"output_type": "stream", "name": "stdout", "text": value}, text)
results = st.builds(
    lambda value, count: {"output_type": "execute_result", "data": {"text/plain": value}, "metadata": {},
                          "execution_count": count}, text, st.integers(0, 9))
code = st.builds(lambda source, outputs: {"cell_type": "code", "source": source, "outputs": outputs, "metadata": {},
                                          "execution_count": 1}, text, st.lists(streams | results, max_size=4))
notes = st.builds(lambda source: {"cell_type": "markdown", "source": source, "metadata": {}}, text)
books = st.lists(code | notes, max_size=6)
scalars = st.none() | st.booleans() | st.integers(-3, 3) | st.floats() | st.text(max_size=3)
tables = st.dictionaries(st.text("abc", min_size=1, max_size=2), scalars, max_size=5)


def book(body, prefix="a"):
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {},
                       "cells": [{**cell, "id": f"{prefix}{place}"} for place, cell in enumerate(body)]}).encode()


def equality(data):
    return equality_of(Snapshot(), "n.ipynb", data, lambda _: b"")


@settings(deadline=None)
@given(books, st.integers(0, 99))
def test_running_again_with_the_same_result_changes_nothing(body, count):
    again = copy.deepcopy(body)
    for cell in again:
        cell["metadata"]["execution"] = {"iopub.status.busy": str(count)}
        if cell["cell_type"] == "code":
            cell["execution_count"] = count
        for output in cell.get("outputs", ()):
            if "execution_count" in output:
                output["execution_count"] = count
        if isinstance(cell["source"], str):
            cell["source"] = cell["source"].splitlines(keepends=True)
    assert equality(book(body)) == equality(book(again, "b"))
    assert cells.changes(book(body), book(again)) == ()


@settings(deadline=None)
@given(books.filter(bool), st.data())
def test_every_source_counts_and_is_named(body, data):
    place = data.draw(st.integers(0, len(body) - 1))
    other = copy.deepcopy(body)
    other[place]["source"] += "!"
    assert equality(book(body)) != equality(book(other))
    changes = cells.changes(book(body), book(other))
    assert [(change.id, change.change) for change in changes] == [(f"a{place}", "modified")]


@settings(deadline=None)
@given(books, books)
def test_equality_and_changes_agree(a, b):
    if equality(book(a)) == equality(book(b)):
        assert cells.changes(book(a), book(b)) == ()


@given(tables, tables)
def test_changes_of_values_are_exactly_the_differences(a, b):
    found = values.changes(a, b)
    assert values.changes(a, dict(a)) == {}
    assert list(found) == sorted(found)
    for name in {*a, *b}:
        left, right = a.get(name), b.get(name)
        both_nan = all(isinstance(value, float) and math.isnan(value) for value in (left, right))
        same = both_nan or (left == right and isinstance(left, bool) == isinstance(right, bool))
        assert (name not in found) == same


OUTPUT_KEYS = ["text", "data", "tags", "output_type", "name", "execution_count"]
CELL_KEYS = ["source", "outputs", "metadata", "id", "attachments", "cell_type", "input"]
anything = st.recursive(
    st.none() | st.integers() | text,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(OUTPUT_KEYS), inner, max_size=3),
    max_leaves=8)
broken_cells = st.dictionaries(st.sampled_from(CELL_KEYS), anything, max_size=5)
broken = st.builds(lambda key, body: json.dumps({key: body}).encode(), st.sampled_from(["cells", "worksheets"]),
                   st.lists(broken_cells | anything, max_size=4) | anything)


@settings(deadline=None, max_examples=200)
@given(broken | st.binary(max_size=80), broken)
def test_no_bytes_are_too_broken(data, other):
    assert cells.changes(data, data) == ()
    assert isinstance(cells.changes(data, other), tuple)
    assert 0 <= cells.overlap(data, other) <= 1
    assert equality(data) == equality(data)
