"""What one process logs, run by run."""

from __future__ import annotations

import atexit
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_mlversion.tracking.number import checked_name, checked_step, checked_values, number_of, parameter_of
from jupyter_mlversion.tracking.segment import Segment
from jupyter_mlversion.tracking.series import OpenRun, Series

if TYPE_CHECKING:
    from jupyter_mlversion.domain.run import Run
    from jupyter_mlversion.tracking.series import Puts


class Recorder:
    """Logged metrics and parameters of one kernel (or process).

    A *run* is what one execution of one cell logs. For each cell the latest execution that logged anything counts,
    until an earlier one is done anew: after training again, what was measured of the old model is no longer true.
    """

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._runs: dict[str, OpenRun] = {}
        self._open: OpenRun | None = None
        self._cell_id = ""
        self._logged = self._sealed = 0
        self._segment = Segment(self._unwritten)
        atexit.register(self._segment.flush)

    def begin(self, cell_id: str) -> None:
        """An execution of `cell_id` begins: what is logged from here on is a run of its own.

        Code without a cell (a console, a script) has the id ``""`` and one run for all of it.
        """
        with self._lock:
            self._cell_id = cell_id
            self._open = None if cell_id else self._runs.get("")

    def end(self) -> None:
        """The execution ended; what its threads log until the next one begins still belongs to it."""
        if self._open is not None:
            self._segment.touch()

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
        now = time.time()
        known = self._open.series if self._open else {}
        at = None if step is None else checked_step(next(iter(keywords)), step)
        points = [
            (name if name in known else checked_name(name, "metric"),
             value if type(value) is float else number_of(name, value))
            for name, value in keywords.items()
        ]
        with self._lock:
            series = self._run().series
            for name, value in points:
                if name not in series:
                    series[name] = Series()
                series[name].add(at, now, value)
            self._logged += 1
        self._segment.touch()

    def log_params(self, params: Mapping[str, Any] | None = None, /, **keywords: Any) -> None:
        """Configuration values: scalars as they are, anything else as text, cut at 500 characters.

        Raises
        ------
        UsageError : a name is no text.
        """
        values = checked_values(params, keywords, "parameters")
        checked = {checked_name(name, "parameter"): parameter_of(value) for name, value in values.items()}
        if not checked:
            return
        with self._lock:
            run = self._run()
            run.params.update(checked)
            run.params_written = False
            self._logged += 1
        self._segment.touch()

    def seal(self, batch: Puts) -> tuple[Run, ...]:
        """Every run that counts, in the order in which they started; the points are stored in `batch`."""
        with self._lock:
            self._sealed = self._logged
            ordered = sorted(self._runs.values(), key=lambda run: run.started)
            return tuple(run.seal(batch) for run in ordered)

    def stored(self) -> None:
        """What was sealed last is stored for good: the file has nothing more to keep, unless more was logged since."""
        self._segment.remove(self._all_sealed)

    def attach(self, path: Path) -> None:
        """Keep what is logged in the file `path` too, until a checkpoint seals it.

        A killed process loses a second of it at the most; see `Segment` for how the file is read.
        """
        self._segment.attach(path)

    def flush(self) -> None:
        """Write what is not on disk yet, now."""
        self._segment.flush()

    def _run(self) -> OpenRun:
        if self._open is None:
            cells = list(self._runs)
            if self._cell_id in cells:
                self._runs = {cell: self._runs[cell] for cell in cells[: cells.index(self._cell_id)]}
            self._open = self._runs[self._cell_id] = OpenRun(self._cell_id)
        return self._open

    def _unwritten(self) -> list[dict[str, Any]]:
        with self._lock:
            return [line for run in list(self._runs.values()) for line in run.unwritten()]

    def _all_sealed(self) -> bool:
        with self._lock:
            if self._logged == self._sealed:
                self._unwritten()  # nor is it written any more
            return self._logged == self._sealed


_recorders: list[Recorder] = []


def recorder() -> Recorder:
    """The one recorder of this process."""
    if not _recorders:
        _recorders.append(Recorder())
    return _recorders[0]
