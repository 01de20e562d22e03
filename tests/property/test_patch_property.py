"""Patching turns any content into any other, however both are cut, and through any mixture that a crash leaves."""

from __future__ import annotations

import importlib.util
import itertools
import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jupyter_mlversion.restore import patch
from jupyter_mlversion.store import Store, digest_of_bytes
from jupyter_mlversion.store import batch as batch_module
from jupyter_mlversion.store.piece import Piece, differing, merged, within
from jupyter_mlversion.store.plan import Cut

_SCENE = Path(__file__).parents[1] / "unit" / "restore" / "restore_scene.py"
_SPEC = importlib.util.spec_from_file_location("restore_scene", _SCENE)
restore_scene = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(restore_scene)

FEW = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])

# Pieces of few kinds, so that contents have much in common, and now and then a cut of one within a piece of the other.
contents = st.lists(st.sampled_from([b"aaaa", b"bbbb", b"cccccc", b"\0" * 8, b"x"]), max_size=24).map(b"".join)
cuts = st.lists(st.integers(1, 9), min_size=1, max_size=6)


def cut(source, lengths):
    """Cuts of the lengths in turn."""
    left = source.size
    for length in itertools.cycle(lengths):
        if not left:
            return
        yield Cut(min(length, left))
        left -= min(length, left)


class Cutting:
    """A planner whose cuts change from content to content."""

    def __init__(self, *lengths):
        self._lengths = itertools.cycle(lengths)

    def __call__(self, source):
        return cut(source, next(self._lengths))


def pieces_of(data, lengths):
    pieces, offset, turns = [], 0, itertools.cycle(lengths)
    while offset < len(data):
        piece = data[offset : offset + next(turns)]
        pieces.append(Piece(offset, len(piece), digest_of_bytes(piece).encode()))
        offset += len(piece)
    return pieces


@given(old=contents, new=contents, one=cuts, other=cuts)
def test_what_is_not_said_to_differ_is_the_same(old, new, one, other):
    before, after = pieces_of(old, one), pieces_of(new, other)
    ranges = differing(before, after)
    assert ranges == merged(ranges)
    covered = {at for offset, length in ranges for at in range(offset, offset + length)}
    for at in range(max(len(old), len(new))):
        assert at in covered or old[at : at + 1] == new[at : at + 1]
    edges = {0, len(old), len(new)} | {edge for item in (*before, *after) for edge in (item.offset, item.end)}
    assert {edge for offset, length in ranges for edge in (offset, offset + length)} <= edges
    for pieces in (before, after):
        inside = within(pieces, ranges)
        assert inside == [item for item in pieces if covered & set(range(item.offset, item.end))]


@FEW
@given(old=contents, new=contents, one=cuts, other=cuts)
def test_a_patch_turns_one_into_the_other_and_back(old, new, one, other):
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as change:
        change.setattr(batch_module, "SMALL", 0)
        store = Store(Path(folder) / "store", planner=Cutting(one, other))
        with store.batch() as batch:
            batch.put_bytes(old)
            batch.put_bytes(new)
        ranges = store.differing(digest_of_bytes(old), digest_of_bytes(new))
        fd = os.open(Path(folder) / "file", os.O_RDWR | os.O_CREAT)
        try:
            os.pwrite(fd, old, 0)
            assert store.holds(digest_of_bytes(old), fd, ranges)
            for data in (new, old):
                store.patch(digest_of_bytes(data), fd, ranges)
                assert os.pread(fd, 2**20, 0) == data
        finally:
            os.close(fd)
        store.close()


@FEW
@given(old=contents, new=contents, one=cuts, other=cuts, data=st.data())
def test_any_mixture_becomes_whole_again(old, new, one, other, data):
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as change:
        change.setattr(batch_module, "SMALL", 0)
        change.setattr(patch, "_SMALLEST", 0)
        change.setattr(patch, "_SHARE", 0)
        scene = restore_scene.Scene(Path(folder), planner=Cutting(other, one))
        scene.fill({"f": new})
        target, after = scene.capture(), scene.tree()
        scene.fill({"f": old})
        current, before = scene.capture(), scene.tree()
        if old == new:
            return
        prepared = scene.prepare(target, current)
        (step,) = prepared.record.steps
        assert step.patch is not None
        place = prepared.folder / "old" / "0.patch"
        (scene.root / "f").rename(place)
        mixture = bytearray(old.ljust(len(new), b"\0") if data.draw(st.booleans()) else old)
        for offset, length in step.patch.ranges:
            done = data.draw(st.integers(0, length))
            mixture[offset : offset + done] = new[offset : offset + done]
        with place.open("rb+") as file:
            file.write(mixture)
        undo = data.draw(st.booleans())
        if undo:
            (prepared.folder / "switching.json").rename(prepared.folder / "undoing.json")
        scene.journal.recover(scene.move_head)
        assert scene.tree() == (before if undo else after)
        assert scene.journal_names() == []
        scene.store.close()
