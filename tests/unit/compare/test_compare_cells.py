"""How the cells of two notebooks differ, and how much they share."""

from __future__ import annotations

import json

import pytest

from jupyter_mlversion.compare.cells import changes, overlap


def code(source, id_=None, **more):
    return {"cell_type": "code", **({"id": id_} if id_ else {}), "metadata": {}, "execution_count": None,
            "source": source,
            "outputs": [], **more}


def book(*cells, **more):
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": list(cells), **more}).encode()


def named(*found):
    return [(change.id, str(change.change)) for change in found]


def test_added_modified_removed_and_the_same():
    a = book(code("1", "a"), code("2", "b"), code("3", "c"))
    b = book(code("0", "n"), code("1", "a"), code("3 changed", "c"))
    assert named(*changes(a, b)) == [("n", "added"), ("c", "modified"), ("b", "removed")]


@pytest.mark.parametrize("change", [
    {"source": "2"}, {"cell_type": "raw"}, {"outputs": [{"output_type": "stream", "name": "stdout", "text": "x"}]},
    {"attachments": {"a": {"text/plain": "x"}}}, {"metadata": {"tags": ["checkpoint"]}},
])
def test_what_counts(change):
    assert named(*changes(book(code("1", "a")), book({**code("1", "a"), **change}))) == [("a", "modified")]


STREAM = {"output_type": "stream", "name": "stdout"}
RESULT = {"output_type": "execute_result", "metadata": {}, "data": {"text/plain": "x\ny"}}


@pytest.mark.parametrize(("before", "after"), [
    ({"execution_count": 1}, {"execution_count": 2}),
    ({"metadata": {"collapsed": True}}, {"metadata": {"execution": {"iopub.status.busy": "2026"}}}),
    ({"metadata": {"tags": ["a", "b"]}}, {"metadata": {"tags": ["b", "a"]}}),
    ({"source": "a\nb"}, {"source": ["a\n", "b"]}),
    ({"outputs": [{**RESULT, "execution_count": 1}]}, {"outputs": [{**RESULT, "execution_count": 2}]}),
    ({"outputs": [RESULT]}, {"outputs": [{**RESULT, "data": {"text/plain": ["x\n", "y"]}}]}),
    ({"outputs": [{**STREAM, "text": "ab"}]}, {"outputs": [{**STREAM, "text": "a"}, {**STREAM, "text": ["b"]}]}),
])
def test_what_does_not_count(before, after):
    assert changes(book({**code("", "a"), **before}), book({**code("", "a"), **after})) == ()


def test_streams_of_different_names_are_not_joined():
    mixed = [{**STREAM, "text": "a"}, {**STREAM, "name": "stderr", "text": "b"}]
    assert changes(book(code("", "a", outputs=mixed)), book(code("", "a", outputs=mixed[::-1])))


def test_without_ids_cells_are_aligned_by_content():
    a = book(code("import x"), code("train()"), code("plot()"))
    b = book(code("import x"), code("new()"), code("train()"), code("plot(2)"))
    assert named(*changes(a, b)) == [("#2", "added"), ("#4", "modified")]
    assert named(*changes(b, a)) == [("#3", "modified"), ("#2", "removed")]


def test_a_notebook_that_got_ids_is_not_a_new_one():
    a, b = book(code("1"), code("2")), book(code("1", "x"), code("2 changed", "y"))
    assert named(*changes(a, b)) == [("y", "modified")]


def test_repeated_ids():
    a = book(code("1", "a"), code("2", "a"))
    assert changes(a, a) == ()


@pytest.mark.parametrize("broken", [None, b"", b"{", b"[]", b"3", b'{"cells": 3}', b'{"cells": [1, null]}',
                                    b"[" * 100_000])
def test_what_is_no_notebook_has_no_cells(broken):
    assert changes(broken, broken) == ()
    assert named(*changes(broken, book(code("1", "a")))) == [("a", "added")]
    assert named(*changes(book(code("1", "a")), broken)) == [("a", "removed")]
    assert overlap(broken, book(code("1", "a"))) == 0.0


def test_nbformat_3():
    old = json.dumps({"nbformat": 3, "worksheets": [{"cells": [{"cell_type": "code", "input": ["1"], "outputs": [
        {"output_type": "pyout", "prompt_number": 1, "text": ["x"]}], "prompt_number": 1}]}]}).encode()
    assert changes(old, old.replace(b'"prompt_number": 1', b'"prompt_number": 2')) == ()
    assert named(*changes(old, old.replace(b'["1"]', b'["2"]'))) == [("#1", "modified")]


def test_overlap_is_by_ids_where_there_are_ids():
    a = book(code("1", "a"), code("2", "b"), code("3", "c"), code("4", "d"))
    assert overlap(a, a) == 1.0
    assert overlap(a, book(code("9", "a"), code("8", "b"), code("7", "x"), code("6", "y"))) == 0.5
    assert overlap(a, book(code("1", "e"), code("2", "f"))) == 0.0


def test_overlap_is_by_sources_where_ids_lack():
    a = book(code("1"), code("2"), code(""), code(""))
    assert overlap(a, a) == 1.0
    assert overlap(a, book(code("1", "x"), code("9", "y"))) == 0.5
    assert overlap(book(code("")), book(code(""))) == 0.0


@pytest.mark.parametrize("text", ["\rreading 1 of 2\rreading 2 of 2\r              \r", "", " \n\n"])
def test_progress_that_was_taken_back_is_no_output(text):
    progress = {"output_type": "stream", "name": "stderr", "text": text}
    assert changes(book(code("1", "a")), book(code("1", "a", outputs=[progress]))) == ()
    told = {**progress, "text": f"{text}done"}
    assert named(*changes(book(code("1", "a")), book(code("1", "a", outputs=[told])))) == [("a", "modified")]
