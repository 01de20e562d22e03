"""Which paths of a version a restore was asked for."""

from __future__ import annotations

import difflib
from dataclasses import replace
from typing import TYPE_CHECKING

from jupyter_mlversion.errors import OutsideWorkspace, UnknownPath

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from jupyter_mlversion.domain.artifact import Role
    from jupyter_mlversion.domain.snapshot import Snapshot


class Selection:
    """The files and folders that the user named; nothing named is everything.

    Parameters
    ----------
    paths : workspace paths as the user wrote them: of files or folders, ``./`` before and ``/`` behind allowed.
    known : the paths that there are to choose from.

    Raises
    ------
    UnknownPath : a path is neither a known file nor a folder with one; the hint offers the nearest.
    OutsideWorkspace : a path leads out of the workspace.
    """

    def __init__(self, paths: Sequence[str], known: Iterable[str]) -> None:
        known = sorted(set(known))
        self._named = {_normal(path) for path in paths}
        places = {above for path in known for above in _upwards(path)} if self._named else set()
        for name in sorted(self._named - places):
            near = difflib.get_close_matches(name, known, n=3, cutoff=0.4)
            hint = f"Nearest: {', '.join(near)}." if near else "`mlversion show` lists the files of a version."
            message = f"the version has no file or folder {name}"
            raise UnknownPath(message, hint=hint)

    def __contains__(self, path: str) -> bool:
        return not self._named or any(place in self._named for place in _upwards(path))


def of_parts(target: Snapshot, head: Snapshot, parts: Collection[Role]) -> tuple[Snapshot, Snapshot]:
    """Both snapshots with the artifacts of some roles only; a file that both have has the role that `target` says.

    Parameters
    ----------
    parts : the roles; empty for all.
    """
    if not parts:
        return target, head
    roles = {item.path: item.role for item in (*head.artifacts, *target.artifacts)}

    def some(snapshot: Snapshot) -> Snapshot:
        return replace(snapshot, artifacts=tuple(item for item in snapshot.artifacts if roles[item.path] in parts))

    return some(target), some(head)


def _normal(path: str) -> str:
    parts = [part for part in path.split("/") if part not in {"", "."}]
    if path.startswith("/") or ".." in parts:
        message = f"{path!r} is not a path of the workspace"
        raise OutsideWorkspace(message, hint="Name it relative to the workspace.")
    return "/".join(parts)


def _upwards(path: str) -> Iterator[str]:
    """The path, the folders that it is in, and the workspace, whose path is empty."""
    while path:
        yield path
        path = path.rpartition("/")[0]
    yield ""
