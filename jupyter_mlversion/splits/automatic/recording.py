"""What libraries split, into the register: once a call, at most so many a place, and never twice the same."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from jupyter_mlversion.domain.split import Split
from jupyter_mlversion.splits.partition import Partition, parts_of
from jupyter_mlversion.splits.register import register

if TYPE_CHECKING:
    from jupyter_mlversion.domain.run import Value
    from jupyter_mlversion.splits.automatic.caller import Caller
    from jupyter_mlversion.splits.codes import Codes
    from jupyter_mlversion.splits.fold import Fold
    from jupyter_mlversion.splits.table import Table

MOST_CALLS = 20
"""Calls from one place, in one execution of a cell, that are recorded; a loop over a thousand seeds is not."""

MOST_FOLDS = 200
"""Folds of one call whose rows are recorded; all are counted."""

MOST_VALUES = 500_000_000
"""Values up to which rows are identified by what they contain: some seconds."""

MOST_CLASSES = 1000
"""Different values up to which a target is taken for classes."""


EACH_SECONDS, ALL_SECONDS = 0.25, 0.5
"""That the checks of one recorded split, and of all of one execution of a cell, may take; the rest is skipped."""

LEAST_SECONDS = 0.1
"""With less, checks do not begin."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What was seen of a split.

    Parameters
    ----------
    name, strategy : what it is called, and what it was made with.
    origin : the full name of the function.
    seed : None when the library drew by itself, or nothing is random.
    parameters : what it was given.
    folds : as the library gave the rows.
    fold_count : 0 for one partition.
    data : what was split.
    target, groups : of each row, or None.
    """

    name: str
    strategy: str
    origin: str
    seed: int | None
    parameters: Mapping[str, Value]
    folds: Sequence[Fold]
    fold_count: int
    data: Any
    target: Any = None
    groups: Any = None


class Recording:
    """Notes the splits of one process."""

    def __init__(self) -> None:
        self._local = threading.local()
        self._execution = -1
        self._calls: dict[tuple[Any, ...], int] = {}
        self._names: dict[tuple[Any, ...], str] = {}
        self._spent = 0.0
        self.on = False

    @property
    def listens(self) -> bool:
        """Whether a call is to be noted: a kernel records, and the call is not within one that is noted already."""
        return self.on and not getattr(self._local, "quiet", False)

    @contextmanager
    def quiet(self) -> Iterator[None]:
        """What this thread calls meanwhile is part of a call that is noted already."""
        before = getattr(self._local, "quiet", False)
        self._local.quiet = True
        try:
            yield
        finally:
            self._local.quiet = before

    @property
    def capture(self) -> list[Any] | None:
        """Where the rows go that a splitter gives within `capturing`."""
        return getattr(self._local, "capture", None)

    @contextmanager
    def capturing(self) -> Iterator[list[Any]]:
        """Takes the rows of the first splitter that this thread calls meanwhile."""
        rows: list[Any] = []
        before = self.capture
        self._local.capture = rows
        try:
            yield rows
        finally:
            self._local.capture = before

    def wants(self, base: str, who: Caller, data: Any = None) -> str | None:
        """The name for a split called `base`; None when enough was recorded of the place that calls.

        Parameters
        ----------
        data : of calls through a library: the same data again, from the same place, is the same split again.
        """
        if self._execution != register().executions:
            self._execution = register().executions
            self._calls, self._names, self._spent = {}, {}, 0.0
        place = (base, *who.site)
        if who.through and (again := (*place, id(data))) in self._calls:
            self._calls[again] += 1
            return None
        if who.through:
            self._calls[again] = 1
        self._calls[place] = count = self._calls.get(place, 0) + 1
        if count > MOST_CALLS:
            return None
        return self._free_name(base, (*place, count))

    def note(self, seen: Seen) -> None:
        """Have a split recorded; what goes wrong is for the log."""
        try:
            partition = partition_of(seen)
            register().add(self._examined(partition, seen))
        except Exception:  # the user's call succeeded, whatever we make of it
            logging.getLogger(__name__).debug("a split was not recorded", exc_info=True)

    def _examined(self, partition: Partition, seen: Seen) -> Partition:
        """`partition` with its checks, as far as there is time; a call that takes long is not made much longer."""
        seconds = round(min(EACH_SECONDS, ALL_SECONDS - self._spent), 2)
        if seconds < LEAST_SECONDS:
            return partition
        from jupyter_mlversion.domain.progress import silent
        from jupyter_mlversion.splits.examine import examine

        started = time.monotonic()
        target = None if partition.classes is None else seen.target
        groups = None if partition.groups is None else seen.groups
        try:
            return examine(partition, seen.data, target=target, groups=groups, seconds=seconds, progress=silent,
                           thorough=False)
        except Exception:  # it is recorded all the same
            logging.getLogger(__name__).debug("a split was not examined", exc_info=True)
            return partition
        finally:
            self._spent += time.monotonic() - started

    def _free_name(self, base: str, key: tuple[Any, ...]) -> str:
        if key not in self._names:
            taken = sum(name.partition(" ")[0] == base for name in self._names.values())
            self._names[key] = base if not taken else f"{base} {taken + 1}"
        return self._names[key]


def partition_of(seen: Seen) -> Partition:
    """The partition that a library made."""
    from jupyter_mlversion.splits.table import table_of

    table = table_of(seen.data)
    classes = _classes(seen.target, table.row_count)
    groups = None if seen.groups is None else _codes(seen.groups, table.row_count, "groups")
    repeated = seen.fold_count > 0
    record = Split(
        seen.name, seen.strategy, seen.seed or 0, dict(seen.parameters), cell_id=register().cell_id,
        parts=parts_of(seen.folds, classes, cross_validation=repeated), origin=seen.origin,
        seeded=seen.seed is not None, row_count=table.row_count, fold_count=seen.fold_count,
    )
    return Partition(tuple(seen.folds), record, classes, groups, identities=_identities(table))


def _identities(table: Table) -> Any:
    return table.identities() if table.row_count * max(len(table.names), 1) <= MOST_VALUES else None


def _classes(target: Any, count: int) -> Codes | None:
    """The classes of a target; None of one that is a measure, or no single column."""
    codes = None if target is None else _codes(target, count, "target")
    return None if codes is None or len(codes.names) > MOST_CLASSES else codes


def _codes(values: Any, count: int, what: str) -> Codes | None:
    from jupyter_mlversion.errors import UsageError
    from jupyter_mlversion.splits.codes import codes_of

    try:
        return codes_of(values, count, what)
    except UsageError:
        return None


_recording = Recording()


def recording() -> Recording:
    """The one recording of this process."""
    return _recording
