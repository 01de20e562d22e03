"""Frozen parts: carried from version to version, and every version asked whether a training ever saw their rows.

A row is told by what it contains, so that it is found in whatever split, order or data set it was trained on. What was
trained on is kept as one set of identities that grows from version to version; it is made when the first part is
frozen, from all versions before. Without a frozen part none of this costs anything.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import chain
from typing import TYPE_CHECKING, Any

from jupyter_mlversion.codec import json
from jupyter_mlversion.codec.record import from_plain
from jupyter_mlversion.domain.freeze import Frozen, Leak
from jupyter_mlversion.domain.split import Split
from jupyter_mlversion.errors import CorruptChunk

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from jupyter_mlversion.domain.digest import Digest
    from jupyter_mlversion.domain.version import Head, Version
    from jupyter_mlversion.history import History
    from jupyter_mlversion.index import Index
    from jupyter_mlversion.splits import Partition
    from jupyter_mlversion.store import Batch, Store

    _Past = tuple[str, Split, Partition | None]
    """A version, a split that it has, and the rows of that; None where they cannot be told by what they contain."""

TESTS = frozenset({"test", "holdout"})
"""Parts that are not trained on, frozen or not; all others are, validation too: a model was chosen by it."""


@dataclass(frozen=True, slots=True)
class Carried:
    """What a version is to say.

    Parameters
    ----------
    splits : its splits, the frozen parts marked.
    frozen, trained, leaks : see `Version`.
    """

    splits: tuple[Split, ...]
    frozen: tuple[Frozen, ...] = ()
    trained: Digest | None = None
    leaks: tuple[Leak, ...] = ()


class Freezer:
    """Carries what is frozen, and finds leaks."""

    def __init__(self, store: Store, history: History, index: Index) -> None:
        self._store = store
        self._history = history
        self._index = index

    def carried(self, head: Head, splits: tuple[Split, ...], batch: Batch) -> Carried:
        """What the version after `head` with these splits says of frozen parts.

        Parameters
        ----------
        batch : new sets of identities are put into it.
        """
        parent = None if head.version is None else self._version(head.version)
        known = {(part.split, part.part, part.rows): part for part in self._known(head, parent)}
        sets = _Sets(self._store, batch)
        for part in self._fresh(splits, sets):
            known.setdefault((part.split, part.part, part.rows), part)
        if not known:
            return Carried(splits)
        frozen = tuple(sorted(known.values(), key=lambda part: (part.split, part.part, part.rows)))
        marked = tuple(_marked(split, frozen) for split in splits)
        if parent is not None and parent.trained is not None and parent.frozen == frozen and marked == self._splits(
                parent.id):
            leaks = tuple(replace(leak, version=leak.version or parent.id) for leak in parent.leaks)
            return Carried(marked, frozen, parent.trained, leaks)
        trained = sets.put(self._trained(parent, marked, frozen, sets))
        return Carried(marked, frozen, trained, tuple(self._leaks(parent, marked, frozen, sets, sets.get(trained))))

    def _known(self, head: Head, parent: Version | None) -> Iterator[Frozen]:
        """What is frozen on any branch of the line: a freeze holds for all of them."""
        if parent is not None:
            yield from parent.frozen
        for tip in self._history.tips(head.line):
            if tip != head.version:
                yield from self._version(tip).frozen

    def _fresh(self, splits: Iterable[Split], sets: _Sets) -> Iterator[Frozen]:
        for split in splits:
            for part in split.frozen:
                import numpy as np  # only where something is frozen: every checkpoint comes here

                partition = self._partition(split)
                if partition is not None and part in partition.rows:
                    rows = np.unique(partition.identities[partition.rows[part]])
                    yield Frozen(split.name, part, len(rows), sets.put(rows))

    def _trained(
        self, parent: Version | None, splits: tuple[Split, ...], frozen: Sequence[Frozen], sets: _Sets
    ) -> Any:
        """Identities, ascending, of every row that a version up to this one trained on."""
        import numpy as np

        rows = [_training(split, self._partition(split)) for split in splits]
        before = None if parent is None or parent.trained is None else sets.find(parent.trained)
        if before is not None:
            rows.append(before)
        elif parent is not None:
            rows += [_training(split, partition) for _, split, partition in self._before(parent, frozen)]
        return np.unique(np.concatenate([np.zeros(0, dtype=np.uint64), *rows]))

    def _leaks(
        self, parent: Version | None, splits: Sequence[Split], frozen: Sequence[Frozen], sets: _Sets, trained: Any
    ) -> Iterator[Leak]:
        import numpy as np

        for split, part in dict.fromkeys((part.split, part.part) for part in frozen):
            sought = (sets.find(one.rows) for one in frozen if (one.split, one.part) == (split, part))
            tests = [np.zeros(0, dtype=np.uint64), *(rows for rows in sought if rows is not None)]
            for record in splits:
                partition = self._partition(record) if record.name == split else None
                if partition is not None and part in partition.rows:
                    tests.append(partition.identities[partition.rows[part]])
            seen = np.intersect1d(np.concatenate(tests), trained)
            if len(seen):
                before = iter(()) if parent is None else self._before(parent, frozen)
                version, trained_as = _where((("", one, self._partition(one)) for one in splits), before, seen)
                yield Leak(split, part, len(seen), version, trained_as)

    def _partition(self, split: Split) -> Partition | None:
        """The rows of a split; None where rows cannot be told by what they contain."""
        from jupyter_mlversion.splits.stored import partition_of

        if split.layout is None or split.identities is None:
            return None
        return partition_of(split, self._store.read)

    def _before(self, version: Version, frozen: Sequence[Frozen]) -> Iterator[_Past]:
        """Every different split of `version` and its ancestors, the newest first, with the version that has it.

        What is gone, with a version that was deleted perhaps, or damaged, is left out: it cannot be told any more, and
        is no reason to make no version from now on.
        """
        ids = self._history.reachable([version.id])
        seen: set[tuple[Any, ...]] = set()
        for id_, data in zip(ids, self._history.file(ids, "splits.json"), strict=True):
            for split in () if data is None else from_plain(tuple[Split, ...], json.load(data)):
                key = (split.name, split.layout, split.identities)
                if key not in seen:
                    seen.add(key)
                    with suppress(CorruptChunk):
                        yield id_, _marked(split, frozen), self._partition(split)

    def _splits(self, id_: str) -> tuple[Split, ...]:
        (data,) = self._history.file([id_], "splits.json")
        return () if data is None else from_plain(tuple[Split, ...], json.load(data))

    def _version(self, id_: str) -> Version:
        return self._index.version(id_) or self._history.read(id_)


class _Sets:
    """Stored sets of identities; those that are not durable yet can be had back already."""

    def __init__(self, store: Store, batch: Batch) -> None:
        self._store = store
        self._batch = batch
        self._fresh: dict[Digest, Any] = {}

    def put(self, identities: Any) -> Digest:
        digest = self._batch.put_bytes(identities.astype("<u8").tobytes()).digest
        self._fresh[digest] = identities
        return digest

    def find(self, digest: Digest) -> Any:
        """As `get`; None when it is damaged, which `verify` tells: that is no reason to make no version."""
        with suppress(CorruptChunk):
            return self.get(digest)
        return None

    def get(self, digest: Digest) -> Any:
        import numpy as np

        return self._fresh[digest] if digest in self._fresh else np.frombuffer(self._store.read(digest), dtype="<u8")


def _marked(split: Split, frozen: Iterable[Frozen]) -> Split:
    """`split` with those of its parts marked that are frozen."""
    names = {part.name for part in split.parts}
    known = {part.part for part in frozen if part.split == split.name}
    return replace(split, frozen=tuple(sorted(known & names)))


def _where(now: Iterator[_Past], before: Iterator[_Past], seen: Any) -> tuple[str, str]:
    """The newest version, and the split and part, that trained on some of the rows `seen`."""
    import numpy as np

    for version, split, partition in chain(now, before):
        if partition is not None:
            for name, rows in _trained_parts(split, partition):
                if np.isin(partition.identities[rows], seen).any():
                    return version, f"{split.name}/{name}"
    return "", ""


def _training(split: Split, partition: Partition | None) -> Any:
    """The identities, ascending, of the rows that a split trains on."""
    import numpy as np

    rows = [] if partition is None else [
        partition.identities[numbers] for _, numbers in _trained_parts(split, partition)]
    return np.unique(np.concatenate([np.zeros(0, dtype=np.uint64), *rows]))


def _trained_parts(split: Split, partition: Partition) -> Iterator[tuple[str, Any]]:
    if partition.is_cross_validation:
        for number, fold in enumerate(partition.folds, 1):
            yield f"fold {number}", fold.train
        return
    for name, rows in partition.rows.items():
        if name not in TESTS and name not in split.frozen:
            yield name, rows
