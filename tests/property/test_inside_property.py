"""Alignment of rows against brute force; rows of CSV against the csv module; norms against NumPy."""

from __future__ import annotations

import csv
import io
from collections import Counter

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_mlversion.compare.inside import difference, preview
from jupyter_mlversion.compare.inside.alignment import by_content, by_key
from jupyter_mlversion.store.source import BytesSource

HASHES = st.lists(st.integers(0, 6), max_size=30)
VALUES = st.text(st.sampled_from('ab",\n; 1<'), max_size=5)


def hashes(values):
    return np.array(values, dtype=np.uint64)


def check_whole(found, before, after):
    """Every row is in exactly one place."""
    assert sorted([*found.before, *found.removed]) == list(range(len(before)))
    assert sorted([*found.after, *found.added]) == list(range(len(after)))
    assert len(found.before) == len(found.after)
    assert list(found.after) == sorted(found.after)


@given(HASHES, HASHES)
def test_by_content_finds_all_that_is_the_same(before, after):
    found = by_content(hashes(before), hashes(after))
    check_whole(found, before, after)
    same = sum(before[a] == after[b] for a, b in zip(found.before, found.after, strict=True))
    assert same == (Counter(before) & Counter(after)).total()


@given(HASHES)
def test_what_has_nothing_in_common_is_paired_by_place(before):
    after = [value + 100 for value in before]
    found = by_content(hashes(before), hashes(after))
    assert list(found.before) == list(found.after) == list(range(len(before)))


@given(st.lists(st.integers(0, 50), unique=True), st.lists(st.integers(0, 50), unique=True))
def test_by_key_is_a_dictionary(before, after):
    found = by_key(hashes(before), hashes(after))
    check_whole(found, before, after)
    places = {value: place for place, value in enumerate(before)}
    assert [(places[value], place) for place, value in enumerate(after) if value in places] == [
        (int(a), int(b)) for a, b in zip(found.before, found.after, strict=True)]


@settings(max_examples=200)
@given(st.lists(st.tuples(VALUES, VALUES), max_size=12), st.sampled_from(["\n", "\r\n"]), st.integers(0, 12))
def test_rows_are_those_of_the_csv_module(rows, end, first):
    sink = io.StringIO()
    writer = csv.writer(sink, lineterminator=end, quoting=csv.QUOTE_ALL)
    writer.writerow(["name", "other"])
    writer.writerows(rows)
    answer = preview(BytesSource(sink.getvalue().encode()), "a.csv", first=first)
    assert answer["rows"] == [list(row) for row in rows[first:]]
    assert (answer["row_count"], answer["exact"]) == (len(rows), True)


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(0, 3), st.integers(0, 3)), max_size=25,
                unique_by=lambda row: row[0]),
       st.lists(st.tuples(st.integers(0, 20), st.integers(0, 3), st.integers(0, 3)), max_size=25,
                unique_by=lambda row: row[0]))
def test_counts_of_tables_with_a_key_are_those_of_dictionaries(before, after):
    def table(rows):
        return BytesSource(("key,v,w\n" + "".join(f"k{a},{b},{c}\n" for a, b, c in rows)).encode())

    answer = difference(table(before), table(after), "a.csv", key="key", limit=1000)
    one, two = {row[0]: row for row in before}, {row[0]: row for row in after}
    both = one.keys() & two.keys()
    changed = {key for key in both if one[key] != two[key]}
    assert answer["rows"] == {"before": len(one), "after": len(two), "same": len(both - changed),
                              "changed": len(changed), "added": len(two.keys() - both),
                              "removed": len(one.keys() - both)}
    assert {entry["to"][0] for entry in answer["changed"]} == {f"k{key}" for key in changed}
    assert {entry["values"][0] for entry in answer["added"]} == {f"k{key}" for key in two.keys() - both}
    for entry in answer["changed"]:
        assert entry["cells"] == [n for n in range(3) if entry["from"][n] != entry["to"][n]]


@given(st.binary(max_size=300), st.binary(max_size=300),
       st.sampled_from(["a.csv", "a.txt", "a.npy", "a.npz", "a.pt", "a.safetensors", "a.onnx", "a.png", "a.ipynb"]),
       st.sampled_from([b"", b"PK\x03\x04", b"\x93NUMPY\x01\x00", b"\x08\x07", b"\x89PNG\r\n\x1a\n",
                        b'\x10\0\0\0\0\0\0\0{"']))
def test_any_bytes_have_an_answer(one, two, path, start):
    for data in (one, two):
        assert preview(BytesSource(start + data), path)["kind"]
    assert difference(BytesSource(start + one), BytesSource(start + two), path)["kind"]
