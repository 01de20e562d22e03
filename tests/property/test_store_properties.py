"""Whatever is put comes back, once."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from jupyter_mlversion.store import Store, digest_of_bytes
from jupyter_mlversion.store.plan import Cut

if TYPE_CHECKING:
    from jupyter_mlversion.store.source import Source

LENGTH = 7


@pytest.fixture(autouse=True, scope="module")
def cut_however_small() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("jupyter_mlversion.store.batch.SMALL", 0)
        yield


def few(source: Source, /) -> Iterator[Cut]:
    """Cuts after every seven bytes, so that little content has many chunks."""
    whole, rest = divmod(source.size, LENGTH)
    yield from [Cut(LENGTH)] * whole
    if rest:
        yield Cut(rest)


WORDS = st.sampled_from([b"aaaaaaa", b"bbbbbbb", b"abababa", b"x", b"", b"zzzzzzzzzzzzzz"])
CONTENTS = st.one_of(st.binary(max_size=100), st.lists(WORDS, max_size=6).map(b"".join))


@given(batches=st.lists(st.lists(CONTENTS, max_size=5), max_size=3))
@settings(deadline=None, max_examples=40)
def test_what_was_put_comes_back_and_takes_room_once(batches: list[list[bytes]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder) / "store", planner=few)
        seen: set[bytes] = set()
        for contents in batches:
            with store.batch() as batch:
                for data in contents:
                    content = batch.put_bytes(data)
                    chunks = {data[at:at + LENGTH] for at in range(0, len(data), LENGTH)}
                    assert content.digest == digest_of_bytes(data)
                    assert content.new == sum(map(len, chunks - seen))  # so short that none shrinks
                    seen |= chunks
        store.close()
        for path in (Path(folder) / "store").glob("index.sqlite*"):
            path.unlink()
        again = Store(Path(folder) / "store")
        for data in (data for contents in batches for data in contents):
            assert again.read(digest_of_bytes(data)) == data
            assert again.size_of(digest_of_bytes(data)) == len(data)
        assert again.verify(read_data=True) == []
        again.close()


class Life(RuleBasedStateMachine):
    """A store through batches, failures, lost indexes and other processes' stores, against a dictionary."""

    @initialize()
    def begin(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.root = Path(self.folder.name) / "store"
        self.stores = [Store(self.root, planner=few), Store(self.root)]
        self.model: dict[str, bytes] = {}

    @rule(contents=st.lists(CONTENTS, max_size=4), which=st.integers(0, 1))
    def put(self, contents: list[bytes], which: int) -> None:
        with self.stores[which].batch() as batch:
            told = {batch.put_bytes(data).digest: data for data in contents}
        self.model |= told

    @rule(kept=CONTENTS, dropped=st.lists(CONTENTS, max_size=3), which=st.integers(0, 1))
    def put_and_fail(self, kept: bytes, dropped: list[bytes], which: int) -> None:
        with suppress(KeyError), self.stores[which].batch() as batch:
            self.model[batch.put_bytes(kept).digest] = kept
            batch.flush()
            for data in dropped:
                batch.put_bytes(data)
            raise KeyError

    @rule(which=st.integers(0, 1))
    def reopen(self, which: int) -> None:
        self.stores[which].close()
        self.stores[which] = Store(self.root)

    @rule()
    def lose_the_index(self) -> None:
        for store in self.stores:
            store.close()
        for path in self.root.glob("index.sqlite*"):
            path.unlink()

    @rule(which=st.integers(0, 1))
    def recover(self, which: int) -> None:
        self.stores[which].recover()

    @rule(which=st.integers(0, 1), data=CONTENTS)
    def ask(self, which: int, data: bytes) -> None:
        assert (digest_of_bytes(data) in self.stores[which]) == (digest_of_bytes(data) in self.model)

    @invariant()
    def everything_is_there(self) -> None:
        if hasattr(self, "model"):
            for store in self.stores:
                assert {digest: store.read(digest) for digest in self.model} == self.model

    def teardown(self) -> None:
        if hasattr(self, "model"):
            assert self.stores[0].verify(read_data=True) == []
            for store in self.stores:
                store.close()
            self.folder.cleanup()


TestLife = Life.TestCase
TestLife.settings = settings(deadline=None, max_examples=15, stateful_step_count=12)
