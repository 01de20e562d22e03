"""What processes that a cell started logged into its runs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_mlversion.tracking.reader import Reader

if TYPE_CHECKING:
    from jupyter_mlversion.tracking.run import OpenRun


class Siblings:
    """Reads the segments beside that of a kernel which processes of its own write: ``<session>.<pid>.jsonl``."""

    def __init__(self) -> None:
        self._readers: dict[Path, Reader] = {}

    def take(self, path: Path | None, known: dict[str, OpenRun], found: Callable[[OpenRun], None]) -> None:
        """Add what came since the last call to the runs in `known`.

        Parameters
        ----------
        path : the kernel's own segment.
        found : told of each run that is not in `known`.
        """
        if path is None or "." in path.stem:
            return
        for other in path.parent.glob(f"{path.stem}.*.jsonl"):
            reader = self._readers.setdefault(other, Reader(other))
            reader.look(forget=False)
            for theirs in reader.runs.values():
                ours = known.get(theirs.id)
                if ours is None:
                    found(theirs)
                elif ours is not theirs:
                    _merge(ours, theirs)


def _merge(ours: OpenRun, theirs: OpenRun) -> None:
    for name, series in theirs.series.items():
        points = list(zip(series.steps, series.times, series.values, strict=True))
        ours.metric(name).foreign.extend(points)
    theirs.series.clear()
    ours.params.update(theirs.params)
    ours.tags.update(theirs.tags)
    ours.inputs += [one for one in theirs.inputs if one not in ours.inputs]
    ours.items.update(theirs.items)
