"""Segments read while other processes write them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from jupyter_mlversion.codec import json
from jupyter_mlversion.domain.run import Input
from jupyter_mlversion.tracking.item import Item
from jupyter_mlversion.tracking.run import OpenRun
from jupyter_mlversion.tracking.segment import is_alive

MOST = 1 << 26
"""Bytes of a segment that are read at once."""


class Reader:
    """One segment, read from where the last look ended.

    Parameters
    ----------
    path : of the segment; it may not exist yet, vanish, or be made anew.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.about: dict[str, Any] = {}
        self.runs: dict[str, OpenRun] = {}
        self._file = (0, 0)
        self._offset = 0

    def look(self, *, forget: bool = True) -> bool:
        """Read what came since; whether the file is there.

        Parameters
        ----------
        forget : whether a file that is gone takes its runs along.
        """
        try:
            with self.path.open("rb") as file:
                status = os.fstat(file.fileno())
                identity = (status.st_dev, status.st_ino)
                if identity != self._file or status.st_size < self._offset:
                    self._file, self._offset = identity, 0
                    if forget:
                        self.runs.clear()
                file.seek(self._offset)
                while data := file.read(MOST):
                    whole = data.rfind(b"\n") + 1
                    if not whole:
                        break
                    self._offset += whole
                    file.seek(self._offset)
                    for line in data[:whole].splitlines():
                        self._take(line)
                return True
        except OSError:
            if forget:
                self.runs.clear()
            return False

    def is_alive(self) -> bool:
        """Whether the process that writes it lives."""
        try:
            with self.path.open("rb", buffering=0) as file:
                return is_alive(file)
        except OSError:
            return False

    def _take(self, line: bytes) -> None:
        try:
            plain = json.load(line)
            if "cell_id" in plain:
                _fold(self._run(plain), plain)
            elif "session" in plain:
                self.about = plain
        except (ValueError, KeyError, TypeError, AttributeError, OverflowError):
            return  # not written by us, or torn: the other lines are still good

    def _run(self, plain: dict[str, Any]) -> OpenRun:
        id_ = str(plain.get("run") or f"{plain['cell_id']}@{plain['started']}")
        run = self.runs.get(id_)
        if run is None:
            run = self.runs[id_] = OpenRun(str(plain["cell_id"]), id_, started=float(plain["started"]))
        return run


def _fold(run: OpenRun, plain: dict[str, Any]) -> None:
    if "params" in plain:
        run.params.update(plain["params"])
    if "name" in plain:
        run.name, run.parent, run.status = str(plain["name"]), str(plain["parent"]), str(plain["status"])
        run.ended = plain["ended"]
        run.tags.update(plain["tags"])
        run.inputs = [Input(**one) for one in plain.get("inputs", ())]
    if "logged" in plain:
        told = plain["logged"]
        path = None if told["file"] is None else Path(told["file"])
        item = Item(told["name"], told["kind"], told["media"], told["time"], told["step"], path=path, written=True)
        run.items[item.name, item.step] = item
    points = {plain["metric"]: plain["values"]} if "metric" in plain else plain.get("metrics", {})
    for name, values in points.items():
        series = run.metric(str(name))
        series.steps.extend(plain["steps"])
        series.times.extend(plain["times"])
        series.values.extend([json.float_from(value) for value in values])
