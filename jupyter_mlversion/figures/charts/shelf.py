"""Series that were read lately, as arrays."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import TYPE_CHECKING, Any

import msgspec

from jupyter_mlversion.codec import json

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from jupyter_mlversion.domain.digest import Digest
    from jupyter_mlversion.domain.run import Run

ROOM = 192 << 20
"""Bytes of arrays that are kept: eight series of a million points."""

MOST_VERSIONS = 4000
"""Versions whose runs are kept: what a version holds never changes."""


class _Stored(msgspec.Struct):
    steps: msgspec.Raw
    times: msgspec.Raw
    values: msgspec.Raw


class Points:
    """The points of one metric of one run, by the order of logging: steps, times (s since the epoch), values."""

    __slots__ = ("steps", "times", "values")

    def __init__(self, steps: Any, times: Any, values: Any) -> None:
        import numpy as np

        self.steps: NDArray[np.float64] = np.asarray(steps, dtype=np.float64)
        self.times: NDArray[np.float64] = np.asarray(times, dtype=np.float64)
        self.values: NDArray[np.float64] = np.asarray(values, dtype=np.float64)

    @property
    def nbytes(self) -> int:
        """Bytes of the arrays."""
        return self.steps.nbytes + self.times.nbytes + self.values.nbytes


class Shelf:
    """Reads series and keeps those asked for last; for any number of threads.

    Parameters
    ----------
    room : bytes of arrays that are kept.
    """

    def __init__(self, room: int = ROOM) -> None:
        self._room = room
        self._kept: OrderedDict[tuple[Digest, str], Points] = OrderedDict()
        self._runs: OrderedDict[str, tuple[Run, ...]] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()

    def points(self, series: Digest, names: Iterable[str], read: Callable[[Digest], bytes]) -> dict[str, Points]:
        """The points of the metrics `names` out of the series of a run; what it lacks is left out.

        Parameters
        ----------
        read : gives the stored bytes of a series.

        Raises
        ------
        MlversionError : what `read` raises.
        """
        wanted = list(names)
        found = {name: points for name in wanted if (points := self._take(series, name)) is not None}
        missing = [name for name in wanted if name not in found]
        if missing:
            stored = msgspec.json.decode(read(series), type=dict[str, msgspec.Raw])
            for name in missing:
                if name in stored:
                    found[name] = _decoded(stored[name])
                    self._keep(series, name, found[name])
        return found

    def runs(self, ids: Sequence[str], read: Callable[[list[str]], Mapping[str, tuple[Run, ...]]]
             ) -> dict[str, tuple[Run, ...]]:
        """The runs of the versions with these full ids; `read` gives those that are not known yet.

        Raises
        ------
        MlversionError : what `read` raises.
        """
        with self._lock:
            known = {id_: self._runs[id_] for id_ in ids if id_ in self._runs}
        missing = [id_ for id_ in ids if id_ not in known]
        if missing:
            known |= read(missing)
            with self._lock:
                self._runs.update((id_, known[id_]) for id_ in missing if id_ in known)
                while len(self._runs) > MOST_VERSIONS:
                    self._runs.popitem(last=False)
        return known

    def _take(self, series: Digest, name: str) -> Points | None:
        with self._lock:
            points = self._kept.get((series, name))
            if points is not None:
                self._kept.move_to_end((series, name))
            return points

    def _keep(self, series: Digest, name: str, points: Points) -> None:
        with self._lock:
            before = self._kept.pop((series, name), None)
            self._bytes += points.nbytes - (before.nbytes if before else 0)
            self._kept[series, name] = points
            while self._bytes > self._room and len(self._kept) > 1:
                _, old = self._kept.popitem(last=False)
                self._bytes -= old.nbytes


def _decoded(raw: msgspec.Raw) -> Points:
    """One column after the other, so that the objects of only one are in memory."""
    stored = msgspec.json.decode(raw, type=_Stored)
    return Points(msgspec.json.decode(stored.steps, type=list[int]), _floats(stored.times), _floats(stored.values))


def _floats(raw: msgspec.Raw) -> Any:
    import numpy as np

    try:
        return np.array(msgspec.json.decode(raw, type=list[float]), dtype=np.float64)
    except msgspec.ValidationError:  # NaN and infinities are texts
        return np.array([json.float_from(value) for value in msgspec.json.decode(raw)], dtype=np.float64)
