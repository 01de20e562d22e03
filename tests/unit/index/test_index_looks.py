"""How the folders of a line's head version looked."""

from __future__ import annotations

import os

import pytest

from jupyter_mlversion.index import Index
from jupyter_mlversion.index.looks import Folder, Looks

ODD = os.fsdecode(b"d\xff")
ONE, TWO, NONE = Folder(b"1" * 32, 3, b"e" * 32), Folder(b"2" * 32, 0, b"f" * 32), Folder(b"", 1, b"g" * 32)


@pytest.fixture
def index(tmp_path):
    return Index(tmp_path / "index.sqlite")


def test_nothing_is_known_of_a_new_line(index):
    assert index.looks("l") == Looks()


def test_all_folders_of_a_version(index):
    looks = Looks("v1", b"rules", {"": ONE, ODD: NONE})
    index.keep_looks("l", looks)
    index.keep_looks("other", Looks("w", b"r", {"x": TWO}))
    assert index.looks("l") == looks
    index.keep_looks("l", Looks("v2", b"rules", {"a": TWO}))
    assert index.looks("l") == Looks("v2", b"rules", {"a": TWO})
    assert index.looks("other").folders == {"x": TWO}


def test_what_differs_from_the_version_before(index):
    index.keep_looks("l", Looks("v1", b"r", {"": ONE, "a": ONE, "b": ONE}))
    index.keep_looks("l", Looks("v2", b"s", {"a": TWO, ODD: NONE}), gone=["b", "never there"], after="v1")
    assert index.looks("l") == Looks("v2", b"s", {"": ONE, "a": TWO, ODD: NONE})


@pytest.mark.parametrize("known", [None, "v0"])
def test_what_differs_from_another_version_says_nothing(index, known):
    if known:
        index.keep_looks("l", Looks(known, b"r", {"": ONE}))
    index.keep_looks("l", Looks("v2", b"r", {"a": TWO}), after="v1")
    assert index.looks("l") == Looks()


@pytest.mark.parametrize("change", ["listing = x'00'", "equality = x'00'"])
def test_a_row_that_is_not_ours_is_not_believed(index, change):
    index.keep_looks("l", Looks("v1", b"r", {"": ONE}))
    index._ask(lambda db: db.execute(f"UPDATE looks SET {change}"), write=True)
    assert index.looks("l") == Looks()
