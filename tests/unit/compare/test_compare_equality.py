"""When a checkpoint counts as nothing new."""

from __future__ import annotations

import json
import math
from dataclasses import replace

import pytest

from jupyter_mlversion.codec.json import dump
from jupyter_mlversion.compare.equality import equality_of
from jupyter_mlversion.domain.artifact import Access, Artifact, Role
from jupyter_mlversion.domain.environment import CodeState, Environment
from jupyter_mlversion.domain.run import Metric, Run
from jupyter_mlversion.domain.snapshot import Snapshot
from jupyter_mlversion.domain.split import Part, Split
from jupyter_mlversion.store import Store, digest_of_bytes

ONE, TWO = digest_of_bytes(b"1"), digest_of_bytes(b"2")


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "store")


def series(store, times=(1.0, 2.0), values=(0.5, math.nan), steps=(0, 1)):
    with store.batch() as batch:
        return batch.put_bytes(dump({"loss": {"steps": steps, "times": times, "values": values}})).digest


def snapshot(store, **more):
    run = Run("", "c1", 100.0, {"lr": 0.1}, {"loss": Metric(math.nan, 0.5, 0.5, 2, 1)}, series(store))
    part = Part("train", 2, {"a": 1, "b": 1}, ONE)
    return replace(Snapshot(
        artifacts=(Artifact("data.csv", Role.DATA, Access.READ, ONE, 1, 0o100644, 5),
                   Artifact("n.ipynb", Role.NOTEBOOK, Access.TRACKED, TWO, 1, 0o100644, 5)),
        runs=(run,), splits=(Split("s", "random", 7, {"test": 0.2}, TWO, "c1", (part,)),),
        environment=Environment("3.11"), code=CodeState("abc")), **more)


def book(**cell):
    base = {"cell_type": "code", "id": "a", "metadata": {}, "execution_count": 1, "source": "x", "outputs": []}
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [{**base, **cell}]}).encode()


def text(store, state=None, document=None):
    return equality_of(state or snapshot(store), "n.ipynb", document or book(), store.read)


def test_it_is_hexadecimal_text(store):
    assert len(text(store)) == 64
    assert int(text(store), 16)


def test_what_does_not_count(store):
    state = snapshot(store)
    (run,), (split,), (data, notebook) = state.runs, state.splits, state.artifacts
    later = replace(run, cell_id="c9", started=999.0, series=series(store, times=(7.0, 9.0)))
    same = [
        replace(state, runs=(later,)), replace(state, splits=(replace(split, cell_id="c9"),)),
        replace(state, environment=Environment("3.12"), code=CodeState("def")),
        replace(state, artifacts=(replace(data, mtime_ns=9, access=Access.BOTH), replace(notebook, digest=ONE))),
        replace(state, runs=(run, Run("", "c2", 5.0))),
    ]
    assert {text(store, other) for other in same} == {text(store)}
    assert {text(store, document=book(execution_count=2, id="b", metadata={"execution": {"iopub.execute_input": "t"}})),
            text(store, document=book(source=["x"]))} == {text(store)}


def test_what_counts(store):
    state = snapshot(store)
    (run,), (split,), (data, notebook) = state.runs, state.splits, state.artifacts
    (part,) = split.parts
    other = [
        replace(state, artifacts=(notebook,)), replace(state, artifacts=(replace(data, digest=TWO), notebook)),
        replace(state, artifacts=(replace(data, mode=0o100755), notebook)),
        replace(state, artifacts=(replace(data, path="d.csv"), notebook)),
        replace(state, runs=()), replace(state, runs=(replace(run, params={"lr": 0.2}),)),
        replace(state, runs=(replace(run, params={"lr": "0.1"}),)), replace(state, runs=(run, run)),
        replace(state, runs=(replace(run, series=series(store, values=(0.4, math.nan))),)),
        replace(state, runs=(replace(run, series=series(store, steps=(0, 2))),)),
        replace(state, runs=(replace(run, name="other"),)), replace(state, splits=()),
        replace(state, splits=(replace(split, seed=8),)), replace(state, splits=(replace(split, strategy="stratified"),
                                                                                 )),
        replace(state, splits=(replace(split, parts=(replace(part, size=3),)),)),
        replace(state, splits=(replace(split, parts=(replace(part, classes={"a": 2}),)),)),
        replace(state, splits=(replace(split, parts=(replace(part, rows=TWO),)),)),
    ]
    documents = [book(source="y"), book(cell_type="raw"), book(outputs=[{"output_type": "stream", "name": "stdout",
                                                                         "text": "1"}])]
    texts = [text(store), *(text(store, one) for one in other), *(text(store, document=one) for one in documents)]
    assert len(set(texts)) == len(texts)


def test_without_a_notebook_and_with_a_broken_one(store):
    texts = {equality_of(snapshot(store), None, data, store.read) for data in (None, b"", b"{", b"{}")}
    assert len(texts) == 4


def test_widgets_and_stream_borders_are_chance(store):
    def widget(model):
        return book(outputs=[{"output_type": "display_data", "metadata": {}, "data": {
            "application/vnd.jupyter.widget-view+json": {"model_id": model, "version_major": 2},
            "text/plain": "100%"}}])

    assert text(store, document=widget("abc")) == text(store, document=widget("def"))
    stream = {"output_type": "stream", "name": "stdout"}
    assert text(store, document=book(outputs=[{**stream, "text": "a\nb"}])) == text(
        store, document=book(outputs=[{**stream, "text": "a\n"}, {**stream, "text": "b"}]))
