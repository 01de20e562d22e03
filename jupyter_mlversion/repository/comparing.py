"""Several versions side by side, the workspace among them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from jupyter_mlversion.compare import notebook as notebooks
from jupyter_mlversion.compare.table import Compared, table
from jupyter_mlversion.domain.comparison import Comparison, NotebookDifference, Side
from jupyter_mlversion.domain.version import WORKSPACE_SIDE
from jupyter_mlversion.errors import UsageError
from jupyter_mlversion.repository.lines import relocated

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jupyter_mlversion.domain.direction import Directions
    from jupyter_mlversion.domain.snapshot import Snapshot
    from jupyter_mlversion.domain.version import Version
    from jupyter_mlversion.history import History
    from jupyter_mlversion.repository.inspect import Inspector
    from jupyter_mlversion.repository.lines import Lines

FEWEST_SIDES, MOST_SIDES = 2, 20
"""States that are compared at once; more would not fit any table."""


@dataclass(frozen=True, slots=True)
class _State:
    """One state, and the bytes of its notebook."""

    side: Side
    snapshot: Snapshot
    document: bytes | None


class Comparer:
    """Answers questions about several states; changes nothing.

    Parameters
    ----------
    inspector : reads versions and the workspace.
    directions : which way metrics improve.
    """

    def __init__(self, history: History, lines: Lines, inspector: Inspector, directions: Directions) -> None:
        self._history = history
        self._lines = lines
        self._inspector = inspector
        self._directions = directions

    def compare(self, sides: Sequence[str], *, differences_only: bool = False) -> Comparison:
        """The states side by side.

        Parameters
        ----------
        sides : full ids, and ``workspace`` for the workspace as it is, once each; the first is the baseline.
        differences_only : leave out what is the same on all sides.

        Raises
        ------
        UsageError : fewer than two, more than 20, one twice, or no version among them.
        """
        states = self._states(_checked(sides), documents=False)
        return table([Compared(state.side, state.snapshot) for state in states], differences_only=differences_only,
                     directions=self._directions)

    def snapshots(self, sides: Sequence[str]) -> list[tuple[Side, Snapshot]]:
        """The states themselves, in that order; `sides` and errors as `compare`."""
        return [(state.side, state.snapshot) for state in self._states(_checked(sides), documents=False)]

    def notebooks(self, a: str, b: str) -> NotebookDifference:
        """How the notebook of state `b` differs from that of `a`, cell by cell."""
        before, after = self._states((a, b), documents=True)
        return notebooks.difference(before.document, after.document, before=before.side.notebook,
                                    after=after.side.notebook)

    def outputs(self, side: str, place: int, like: str) -> list[Any]:
        """The outputs of the cell at `place`, from 0, of the notebook of a state.

        Parameters
        ----------
        like : full id of a version of the line whose notebook is meant where `side` is the workspace.
        """
        [state, _] = self._states((side, like), documents=True)
        return notebooks.outputs_of(state.document, place)

    def _states(self, sides: Sequence[str], *, documents: bool) -> list[_State]:
        named = [side for side in sides if side != WORKSPACE_SIDE]
        if not named:
            message = "The workspace can only be compared with a version."
            raise UsageError(message, hint="Name a version as well.")
        reference = self._history.read(named[0])
        return [self._workspace(reference, documents=documents) if side == WORKSPACE_SIDE else
                self._version(side, documents=documents) for side in sides]

    def _version(self, id_: str, *, documents: bool) -> _State:
        version, snapshot = self._history.read(id_), self._history.snapshot(id_)
        side = Side(version.id, version.short, version.message, version.author, version.branch, version.time,
                    version.notebook)
        return _State(side, snapshot, self._inspector.document(snapshot, version.notebook) if documents else None)

    def _workspace(self, reference: Version, *, documents: bool) -> _State:
        notebook = self._lines.current_path(reference.line) or reference.notebook
        before = relocated(self._history.snapshot(reference.id), reference.notebook, notebook)
        side = Side(WORKSPACE_SIDE, WORKSPACE_SIDE, "", "", "", None, notebook)
        snapshot = self._inspector.workspace(reference, before, notebook)
        return _State(side, snapshot, self._inspector.saved(notebook) if documents else None)


def _checked(sides: Sequence[str]) -> Sequence[str]:
    if not FEWEST_SIDES <= len(sides) <= MOST_SIDES or len(set(sides)) < len(sides):
        message = f"{FEWEST_SIDES} to {MOST_SIDES} different versions can be compared; {len(sides)} were named."
        raise UsageError(message, hint=f"`{WORKSPACE_SIDE}` stands for the workspace as it is now.")
    return sides
