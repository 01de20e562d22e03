"""What one process logs, run by run."""

from __future__ import annotations

import atexit
import os
import threading
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from pathlib import Path
from time import time
from typing import TYPE_CHECKING, Any

from jupyter_mlversion.errors import UsageError
from jupyter_mlversion.tracking.number import checked_name, checked_step, checked_values, number_of, parameter_of
from jupyter_mlversion.tracking.run import OpenRun
from jupyter_mlversion.tracking.segment import Segment, child_path
from jupyter_mlversion.tracking.siblings import Siblings

if TYPE_CHECKING:
    from jupyter_mlversion.domain.run import Run
    from jupyter_mlversion.tracking.item import Item, Puts

MOST_NAMES = 100_000
"""Distinct metrics of one run. More are names made of values: no picture, table or person could use them."""

VARIABLE = "MLVERSION_RUN"
"""The environment variable by which processes that a cell starts find the run: segment, cell, run, when it began."""


class Recorder:
    """Logged metrics, parameters and other things of one kernel (or process).

    A *run* is what one execution of one cell logs, or a block ``with run(…)`` in it. For each cell the latest execution
    that logged anything counts, until an earlier one is done anew: after training again, what was measured of the old
    model is no longer true.
    """

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._groups: dict[str, list[OpenRun]] = {}
        self._known: dict[str, OpenRun] = {}
        self._dirty: dict[str, OpenRun] = {}
        self._own: OpenRun | None = None
        self._open: OpenRun | None = None
        self._mine: ContextVar[OpenRun | None] = ContextVar("run", default=None)
        self._cell_id = ""
        self._begun: dict[str, float] = {}
        self._fresh = False
        self._logged = self._sealed = 0
        self._segment = Segment(self._lines)
        self._siblings = Siblings()
        self.ended: list[Callable[[], None]] = []
        atexit.register(self.flush, 2.0)
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=self._forked)

    # --- cells

    def begin(self, cell_id: str) -> None:
        """An execution of `cell_id` begins: what is logged from here on is a run of its own.

        Code without a cell (a console, a script) has the id ``""`` and one run for all of it.
        """
        with self._lock:
            self._cell_id = cell_id
            self._begun[cell_id] = time() if cell_id else 0.0
            if cell_id or self._own is None or self._own.cell_id:
                first = next(iter(self._groups.get("", ())), None) if not cell_id else None
                self._own = first or OpenRun(cell_id)
                self._fresh = first is None
            self._tell_children()

    def end(self) -> None:
        """The execution ended; what its threads log until the next one begins still belongs to it."""
        ended, self.ended = self.ended, []
        for call in ended:
            call()
        if self._dirty:
            self._segment.touch()

    # --- logging

    def log(self, metrics: Mapping[str, Any] | None = None, /, step: int | None = None, **keywords: Any) -> None:
        """One point of each given metric.

        Parameters
        ----------
        metrics, keywords : names and numbers; NaN and infinities are kept.
        step : a whole number; without it, one after the last of that metric.

        Raises
        ------
        UsageError : a value is no number; nothing is logged then.
        """
        if metrics is not None or not keywords:
            keywords = checked_values(metrics, keywords, "metrics")
            if not keywords:
                return
        self.add(keywords, step)

    def add(self, values: dict[str, Any], step: Any = None, run: OpenRun | None = None) -> None:
        """One point of each of `values`, which is kept, of the run that is open here or of `run`; see `log`."""
        if not values:
            return
        now = time()
        for value in values.values():
            if type(value) is not float:
                values = {name: number_of(name, value) for name, value in values.items()}
                break
        if step is not None and (type(step) is not int or not -(2**63) <= step < 2**63):
            step = checked_step(next(iter(values)), step)
        with self._lock:
            run = run or self._mine.get() or self._open or self._implicit()
            series = run.series
            if not values.keys() <= series.keys():
                _checked_names(run, values)
            run.calls.append((step, now, values))
            self._dirty[run.id] = run
            self._logged += 1
        self._segment.touch()

    def add_points(self, run: OpenRun, points: list[tuple[str, int, float, float]]) -> None:
        """Points of `run` with their own steps and times: name, step, time, value; all are numbers already."""
        with self._lock:
            _checked_names(run, dict.fromkeys([name for name, *_ in points]))
            run.calls += [(step, moment, {name: value}) for name, step, moment, value in points]
            self.changed(run)

    def log_params(self, params: Mapping[str, Any] | None = None, /, **keywords: Any) -> None:
        """Configuration values: scalars as they are, anything else as text, cut at 500 characters.

        Raises
        ------
        UsageError : a name is no text.
        """
        self.add_params(checked_values(params, keywords, "parameters"))

    def add_params(self, values: Mapping[str, Any], run: OpenRun | None = None) -> None:
        """Configuration values of the run that is open here, or of `run`; see `log_params`."""
        checked = {checked_name(name, "parameter"): parameter_of(value) for name, value in values.items()}
        if not checked:
            return
        with self._lock:
            run = run or self.current()
            run.params.update(checked)
            run.params_told = False
            self.changed(run)

    def add_item(self, item: Item, run: OpenRun | None = None) -> None:
        """A figure, an image, a table, a text or a file; it replaces one of the same name and step."""
        checked_name(item.name, item.kind)
        with self._lock:
            run = run or self.current()
            run.items[item.name, item.step] = item
            self.changed(run)

    def changed(self, run: OpenRun) -> None:
        """Something about `run` is new: it goes to disk soon."""
        with self._lock:
            self._dirty[run.id] = run
            self._logged += 1
        self._segment.touch()

    # --- runs

    def current(self) -> OpenRun:
        """The run that this thread logs into: its own block, else the one of the cell's thread, else the cell's run."""
        with self._lock:
            return self._mine.get() or self._open or self._implicit()

    def enclosing(self) -> OpenRun | None:
        """The block that this thread is in, its own or that of the cell's thread."""
        return self._mine.get() or self._open

    def start(self, run: OpenRun) -> OpenRun:
        """Let `run` be one of this execution's; what is logged does not go there unless it is entered."""
        with self._lock:
            run.cell_id = run.cell_id or self._cell_id
            run.told = False
            self._enroll(run)
            self.changed(run)
        return run

    def enter(self, run: OpenRun) -> Callable[[], None]:
        """Log into `run` until what is answered is called; in all threads that are in no block of their own."""
        before, outer = self._mine.set(run), self._open
        main = threading.current_thread() is threading.main_thread()
        if main:
            self._open = run
            self._tell_children()

        def leave() -> None:
            self._mine.reset(before)
            if main:
                self._open = outer
                self._tell_children()

        return leave

    def finish(self, run: OpenRun, status: str, ended: float | None = None) -> None:
        """`run` ended as `status` says; ``running`` and no time: it goes on."""
        with self._lock:
            run.status, run.ended, run.told = status, ended, False
            self.changed(run)

    def settle(self, run: OpenRun) -> OpenRun:
        """`run`, all of whose points are in its series."""
        with self._lock:
            run.settle()
        return run

    def find(self, run_id: str) -> OpenRun | None:
        """The run with that id, if this process knows it."""
        return self._known.get(run_id)

    def known(self) -> list[OpenRun]:
        """Every run that this process knows, those that do not count any more included."""
        with self._lock:
            return list(self._known.values())

    def adopt(self, run: OpenRun) -> OpenRun:
        """Log into the run of another process, which this process knows the id of."""
        with self._lock:
            return self._known.setdefault(run.id, run)

    # --- checkpoints and disk

    def seal(self, batch: Puts) -> tuple[Run, ...]:
        """Every run that counts, in the order in which they started; what they logged is stored in `batch`."""
        with self._lock:
            self._siblings.take(self._segment.path, self._known, self._foreign)
            self._sealed = self._logged
            ordered = sorted((run for group in self._groups.values() for run in group), key=lambda run: run.started)
            frozen = [run.freeze() for run in ordered]
        return tuple(put(batch) for put in frozen)

    def stored(self) -> None:
        """What was sealed last is stored for good: the file has nothing more to keep, unless more was logged since."""
        for run in self.known():
            for item in list(run.items.values()):
                item.forget()
        self._segment.remove(self._all_sealed)

    def attach(self, path: Path, *, makes: bool = False, **about: Any) -> None:
        """Keep what is logged in the file `path` too, until a checkpoint seals it.

        A killed process loses a second of it at the most; see `Segment` for how the file is read.
        """
        self._segment.attach(path, makes=makes, **about)
        self._tell_children()

    def join_parent(self, told: str) -> None:
        """Log into the run of the process that started this one and said so in the environment."""
        path, cell_id, run_id, started = told.rsplit("|", 3)
        self._cell_id, self._own = cell_id, OpenRun(cell_id, run_id, started=float(started))
        self._fresh = True
        self._segment.attach(child_path(Path(path)), makes=True)

    def flush(self, patience: float = -1) -> None:
        """Write what is not on disk yet, now; give up when another write takes longer than `patience` seconds."""
        self._segment.flush(patience)

    @property
    def folder(self) -> Path | None:
        """Where files go until a checkpoint stores them."""
        return self._segment.folder

    # --- inside

    def _implicit(self) -> OpenRun:
        if self._own is None:
            self._own, self._fresh = OpenRun(self._cell_id), True
        if self._own.id not in self._known:
            self._enroll(self._own)
        return self._own

    def _enroll(self, run: OpenRun) -> None:
        """Let `run` count; the first one of an execution takes the place of what its cell logged, and all after."""
        if self._fresh:
            self._fresh = False
            cells = list(self._groups)
            gone = cells[cells.index(run.cell_id) :] if run.cell_id in cells else []
            for cell in gone:
                for old in self._groups.pop(cell):
                    if "mlflow.runName" not in old.tags:  # its client may ask for it again
                        self._known.pop(old.id, None)
        self._groups.setdefault(run.cell_id, []).append(run)
        self._known[run.id] = run

    def _foreign(self, run: OpenRun) -> None:
        """A run that a process of ours began, in the latest execution of its cell or an earlier one."""
        begun = self._begun.get(run.cell_id, 0.0)
        if run.started < begun:
            return
        same = [old for old in self._groups.get(run.cell_id, ()) if old.started >= begun]
        self._groups[run.cell_id] = [*same, run]
        self._known[run.id] = run
        self._logged += 1

    def _lines(self, folder: Path) -> tuple[list[Callable[[], bytes]], Callable[..., None]]:
        with self._lock:
            dirty, self._dirty = self._dirty, {}
            gathered = [run.lines(folder) for run in dirty.values()]

        def done(*, fine: bool) -> None:
            with self._lock:
                for _, told in gathered:
                    told(fine=fine)
                if not fine:
                    self._dirty = {**dirty, **self._dirty}

        return [line for lines, _ in gathered for line in lines], done

    def _all_sealed(self) -> bool:
        with self._lock:
            if self._logged != self._sealed:
                return False
            self._lines(Path())[1](fine=True)  # nor is it written any more
            return True

    def _tell_children(self) -> None:
        path, run = self._segment.path, self._open or self._own
        if path is not None and run is not None:
            os.environ[VARIABLE] = f"{path}|{run.cell_id}|{run.id}|{run.started!r}"

    def _forked(self) -> None:
        self._lock = threading.RLock()
        for run in self._known.values():
            run.settle()
            for series in run.series.values():
                series.written = len(series.values)
            run.waiting.clear()
        self._dirty.clear()
        self._segment.forget()


def _checked_names(run: OpenRun, values: Mapping[str, Any]) -> None:
    """Make series for the names that are new.

    Raises
    ------
    UsageError : a name cannot be, or there are too many; no series is made then.
    """
    new = [checked_name(name, "metric") for name in values if name not in run.series]
    if len(run.series) + len(new) > MOST_NAMES:
        message = f"metric {new[-1]!r}: the run has {MOST_NAMES:,} metrics already"
        raise UsageError(message, hint="Log one metric with a step instead of a name for each step, or log_table.")
    for name in new:
        run.metric(name)


_recorders: list[Recorder] = []


def recorder() -> Recorder:
    """The one recorder of this process."""
    if not _recorders:
        made = Recorder()
        told = os.environ.get(VARIABLE, "")
        if told.count("|") >= 3:  # noqa: PLR2004 - as `_tell_children` writes it
            made.join_parent(told)
        _recorders.append(made)
    return _recorders[0]
