"""Whatever is put, forgotten, collected, killed, damaged and repaired: a plain dictionary knows what must be there."""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from jupyter_mlversion.domain.digest import Digest, hash_of_digest
from jupyter_mlversion.store import Store, digest_of_bytes
from jupyter_mlversion.store.repack import Step

BASE = bytes(range(256)) * 400
CONTENTS = st.one_of(
    st.binary(max_size=40),
    st.integers(0, 6).map(lambda number: BASE + bytes([number]) * 300_000),
    st.integers(0, 6).map(lambda number: bytes([number]) * 2000 + BASE[:3000]),
    st.integers(0, 3).map(lambda number: bytes([number]) * 300_000 + BASE * 3),
)


class Killed(BaseException):
    """Stands for a kill: nothing catches it."""


class Machine(RuleBasedStateMachine):
    """`alive` is what some record names; all else may be there or not."""

    @initialize()
    def begin(self) -> None:
        self.folder = Path(tempfile.mkdtemp())
        self.alive: dict[Digest, bytes] = {}
        self.steps: list[Step] = []
        self.store = Store(self.folder / "store")

    @rule(contents=st.lists(CONTENTS, min_size=1, max_size=4))
    def snapshot(self, contents: list[bytes]) -> None:
        with self.store.storing():
            with self.store.batch() as batch:
                for data in contents:
                    digest = digest_of_bytes(data)
                    assert digest in self.store or batch.put_bytes(data).digest == digest
            for data in contents:
                digest = digest_of_bytes(data)
                parent = self.steps[-1].content if self.steps else None
                self.steps.append(Step(hash_of_digest(digest), parent))
                self.alive[digest] = data

    @precondition(lambda self: self.alive)
    @rule(data=st.data())
    def forget(self, data: st.DataObject) -> None:
        del self.alive[data.draw(st.sampled_from(sorted(self.alive)))]

    @rule(grace=st.sampled_from([0.0, 3600.0]), repack=st.booleans())
    def collect(self, grace: float, repack: bool) -> None:
        self._collect(grace, repack=repack)

    def _collect(self, grace: float, *, repack: bool = False) -> None:
        needed = {hash_of_digest(digest) for digest in self.alive}
        self.store.collect(lambda: needed, grace=grace, patience=1, repack=(lambda: self.steps) if repack else None)

    @rule(at=st.integers(0, 30), call=st.sampled_from(["rename", "unlink", "fsync", "pwrite"]), repack=st.booleans())
    def killed_while_it_collects(self, at: int, call: str, repack: bool) -> None:
        real, count = getattr(os, call), 0

        def dies(*arguments: object, **more: object) -> object:
            nonlocal count
            count += 1
            if count > at:
                raise Killed
            return real(*arguments, **more)

        setattr(os, call, dies)
        try:
            with suppress(Killed):
                self._collect(0.0, repack=repack)
        finally:
            setattr(os, call, real)
        self.reopen()

    @rule()
    def reopen(self) -> None:
        self.store.close()
        self.store = Store(self.folder / "store")

    @rule()
    def lose_the_index(self) -> None:
        self.store.close()
        for path in (self.folder / "store").glob("index.sqlite*"):
            path.unlink()

    @precondition(lambda self: any((self.folder / "store" / "packs").glob("*.pack")))
    @rule(data=st.data())
    def damaged_and_repaired(self, data: st.DataObject) -> None:
        path = data.draw(st.sampled_from(sorted((self.folder / "store" / "packs").glob("*.pack"))))
        at = data.draw(st.integers(0, path.stat().st_size - 1))
        with path.open("r+b") as file:
            file.seek(at)
            byte = file.read(1)[0]
            file.seek(at)
            file.write(bytes([byte ^ 1]))
        needed = {hash_of_digest(digest) for digest in self.alive}
        self.store.repair(needed, [self], patience=1)
        with self.store.batch() as batch:
            for lost in self.store.missing(self.alive):
                batch.put_bytes(self.alive[lost])

    def piece(self, content: Digest, offset: int, length: int | None, /) -> bytes | None:
        """The dictionary as a source of chunks."""
        known = self.alive.get(content)
        return None if known is None else known[offset:None if length is None else offset + length]

    @invariant()
    def what_is_alive_is_there(self) -> None:
        if hasattr(self, "store"):
            assert self.store.missing(self.alive) == set()
            for digest, data in self.alive.items():
                assert self.store.read(digest) == data
            listed = {digest: damage for damage in self.store.verify(read_data=True)
                      if (digest := damage.digest) in self.alive or damage.kind != "missing"}
            assert listed == {}

    def teardown(self) -> None:
        if hasattr(self, "store"):
            self._collect(0.0)
            packs = self.store.survey()
            assert list(packs.waiting) == []
            self.store.close()
            shutil.rmtree(self.folder)


Machine.TestCase.settings = settings(max_examples=15, stateful_step_count=15, deadline=None)
TestMachine = Machine.TestCase
