"""Any valid document becomes the bytes that nbformat writes, and comes back the same."""

from __future__ import annotations

import json

import nbformat
from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_mlversion.capture.notebook import document_bytes
from jupyter_mlversion.compare import cells

text = st.text(st.characters(blacklist_categories=("Cs",)), max_size=60)
values = st.recursive(st.none() | st.booleans() | st.integers() | text, lambda inner: st.lists(inner, max_size=3) |
                      st.dictionaries(text, inner, max_size=3), max_leaves=8)
mimes = st.dictionaries(st.sampled_from(["text/plain", "text/html", "image/png", "image/svg+xml",
                                         "application/javascript"]),
                        text, max_size=3)
outputs = st.one_of(
    st.builds(lambda name, value: {"output_type": "stream", "name": name, "text": value}, st.sampled_from(["stdout",
                                                                                                           "stderr"]),
              text),
    st.builds(lambda data, more: {"output_type": "display_data", "data": {**data, "application/json": more},
                                  "metadata": {}},
              mimes, values),
    st.builds(lambda data, count: {"output_type": "execute_result", "data": data, "metadata": {},
                                   "execution_count": count},
              mimes, st.none() | st.integers(0, 99)),
    st.builds(lambda lines: {"output_type": "error", "ename": "E", "evalue": "", "traceback": lines}, st.lists(text,
        max_size=3)),
)
metadata = st.dictionaries(st.text("abcdefg", min_size=1, max_size=8), values, max_size=3)
code_cells = st.builds(
    lambda source, found, count, more: {"cell_type": "code", "source": source, "outputs": found,
                                        "execution_count": count,
                                        "metadata": more},
    text, st.lists(outputs, max_size=3), st.none() | st.integers(0, 99), metadata)
text_cells = st.builds(lambda kind, source, more: {"cell_type": kind, "source": source, "metadata": more},
                       st.sampled_from(["markdown", "raw"]), text, metadata)
documents = st.builds(
    lambda body, more: {"nbformat": 4, "nbformat_minor": 5, "metadata": more,
                        "cells": [{**cell, "id": f"cell{place}"} for place, cell in enumerate(body)]},
    st.lists(code_cells | text_cells, max_size=5), metadata)


@settings(max_examples=100, deadline=None)
@given(documents)
def test_a_document_comes_back_and_is_as_nbformat_writes_it(document):
    data = document_bytes(document)
    assert nbformat.reads(data.decode(), as_version=4) == document
    expected = nbformat.writes(nbformat.from_dict(document))
    assert data == (expected if expected.endswith("\n") else expected + "\n").encode()
    assert document_bytes(json.loads(data)) == data


@settings(max_examples=100, deadline=None)
@given(documents, documents)
def test_changes_name_exactly_what_differs(a, b):
    first, second = document_bytes(a), document_bytes(b)
    assert cells.changes(first, first) == ()
    forward = {change.id: change.change for change in cells.changes(first, second)}
    backward = {change.id: change.change for change in cells.changes(second, first)}
    turned = {"added": "removed", "removed": "added", "modified": "modified"}
    assert {name: turned[change] for name, change in forward.items()} == backward
    ids = {cell["id"] for cell in a["cells"]}, {cell["id"] for cell in b["cells"]}
    assert {name for name, change in forward.items() if change == "added"} == ids[1] - ids[0]
    assert 0 <= cells.overlap(first, second) <= 1
    assert cells.overlap(first, second) == cells.overlap(second, first)
    assert cells.overlap(first, first) == (1.0 if a["cells"] else 0.0)
