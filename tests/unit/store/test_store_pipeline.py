from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from jupyter_mlversion.store.address import hash_of
from jupyter_mlversion.store.layout import Part
from jupyter_mlversion.store.pipeline import Pipeline, Window
from jupyter_mlversion.store.plan import CHUNK, Cut
from jupyter_mlversion.store.source import BytesSource


@pytest.fixture
def pipeline() -> Iterator[Pipeline]:
    pipeline = Pipeline()
    yield pipeline
    pipeline.close()
    pipeline.close()


def ignore(*_arguments: object) -> None:
    pass


@pytest.mark.parametrize("lengths", [[], [5], [CHUNK, CHUNK, 7], [1000] * 5000, [4 * CHUNK, 1, 3 * CHUNK]])
def test_all_bytes_come_by_once_and_in_order(pipeline: Pipeline, lengths: list[int]) -> None:
    data = os.urandom(sum(lengths))
    seen, parts, written, told = bytearray(), [], bytearray(len(data)), []

    def take(window: Window) -> list[Callable[[], None]]:
        start = len(seen)
        seen.extend(window.view)
        parts.extend(window.parts)
        assert window.offset == start
        return [lambda: written.__setitem__(slice(start, start + len(window.view)), window.view)]

    pipeline.run(BytesSource(data), map(Cut, lengths), take, told.append)
    assert seen == written == data
    assert sum(told) == len(data)
    starts = [sum(lengths[:number]) for number in range(len(lengths))]
    assert parts == [
        Part(hash_of(data[start:start + length]), length) for start, length in zip(starts, lengths, strict=True)
    ]


def test_a_source_that_is_shorter_than_it_said_ends_early(pipeline: Pipeline) -> None:
    data, sizes = os.urandom(3 * CHUNK + 5), []

    def take(window: Window) -> list[Callable[[], None]]:
        sizes.append(len(window.view))
        return []

    pipeline.run(BytesSource(data), map(Cut, [CHUNK] * 500), take, ignore)
    assert sum(sizes) == len(data)


@pytest.mark.parametrize("where", ["take", "write", "done", "plan"])
def test_a_failure_anywhere_ends_it_and_nothing_is_under_way(pipeline: Pipeline, where: str) -> None:
    working = []

    def maybe(place: str) -> None:
        working.append(threading.current_thread())
        if place == where and len(working) > 10:
            raise KeyError(place)

    def take(window: Window) -> list[Callable[[], None]]:
        maybe("take")
        return [lambda: maybe("write")]

    def cuts() -> Iterator[Cut]:
        for _ in range(300):
            maybe("plan")
            yield Cut(CHUNK)

    source = BytesSource(bytes(300 * CHUNK))
    with pytest.raises(KeyError):
        pipeline.run(source, cuts(), take, lambda _: maybe("done"))
    before = len(working)
    assert before < 200
    pipeline.begin(ignore).result()
    assert len(working) == before


LATE = """
import atexit, sys
from pathlib import Path
from jupyter_mlversion.store import Store, digest_of_bytes

def late():
    store = Store(Path(sys.argv[1]))
    with store.batch() as batch:
        contents = [batch.put_bytes(data) for data in (b"late", bytes(5 * 2**20))]
    print(*(len(store.read(content.digest)) for content in contents))

atexit.register(late)
"""


def test_an_interpreter_that_ends_can_still_store(tmp_path: Path) -> None:
    """A kernel makes versions of what is staged when it is shut down; there are no new threads by then."""
    command = [sys.executable, "-c", LATE, str(tmp_path / "store")]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert (done.stdout.split(), done.stderr) == (["4", str(5 * 2**20)], "")


def test_without_threads_everything_is_done_here(pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_arguments: object) -> None:
        raise RuntimeError("cannot schedule new futures after interpreter shutdown")

    monkeypatch.setattr("concurrent.futures.ThreadPoolExecutor.submit", refuse)
    data, seen = os.urandom(30 * CHUNK), bytearray()

    def take(window: Window) -> list[Callable[[], None]]:
        seen.extend(window.view)
        return []

    pipeline.run(BytesSource(data), [Cut(CHUNK)] * 30, take, ignore)
    assert seen == data

    def fail(_window: Window) -> list[Callable[[], None]]:
        raise KeyError

    with pytest.raises(KeyError):
        pipeline.run(BytesSource(data), [Cut(CHUNK)] * 30, fail, ignore)
