"""Stretches of texts and pairs of cells, for any texts and any cells."""

from __future__ import annotations

import json
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_mlversion.compare.lines import in_units, lines_of, spans
from jupyter_mlversion.compare.notebook import difference
from jupyter_mlversion.domain.plan import Change

texts = st.text(st.sampled_from("ab =\n\r\t\u2028😀é"), max_size=60)


def without(text, found):
    for start, length in reversed(found):
        text = text[:start] + text[start + length :]
    return text


def apart(found):
    return all(start + length <= after for (start, length), (after, _) in pairwise(found))


@settings(deadline=None)
@given(texts, texts)
def test_what_is_left_is_the_same_text(before, after):
    gone, new = spans(before, after)
    assert without(before, gone) == without(after, new)
    assert apart(gone)
    assert apart(new)
    assert all(length > 0 for _, length in [*gone, *new])
    assert bool(gone or new) == (before != after)


@given(texts, texts)
def test_units_name_the_same_stretches(before, after):
    gone, _ = spans(before, after)
    units = before.encode("utf-16-le")
    for (start, length), (first, count) in zip(gone, in_units(before, gone), strict=True):
        assert units[2 * first : 2 * (first + count)].decode("utf-16-le") == before[start : start + length]


@given(texts)
def test_lines_are_the_whole_text(text):
    assert "".join(lines_of(text)) == text


def book(cells):
    made = [{"cell_type": "code", "source": source, "metadata": {}, "outputs": [], "execution_count": None,
             **({"id": name} if name else {})} for name, source in cells]
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": made}).encode()


books = st.lists(st.tuples(st.sampled_from(["", "a", "b", "c", "d", "e"]), st.sampled_from(["", "1", "2", "3\n4"])),
                 max_size=8)


@settings(deadline=None)
@given(books, books)
def test_every_cell_is_told_once_and_each_side_can_be_read_in_order(before, after):
    pairs = difference(book(before), book(after)).cells
    assert sorted(pair.before for pair in pairs if pair.before is not None) == list(range(len(before)))
    assert [pair.after for pair in pairs if pair.after is not None] == list(range(len(after)))
    assert all((pair.before is None) == (pair.change == Change.ADDED) for pair in pairs)
    assert all((pair.after is None) == (pair.change == Change.REMOVED) for pair in pairs)
    in_place = [pair.before for pair in pairs if pair.before is not None and pair.after is not None and not pair.moved]
    assert in_place == sorted(in_place)


@settings(deadline=None)
@given(books)
def test_nothing_differs_from_itself(cells):
    assert all(pair.change is None and not pair.moved for pair in difference(book(cells), book(cells)).cells)
