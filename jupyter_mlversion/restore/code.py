"""The inverse of capture's code: the Git state is listed, local modules come back as files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_mlversion.domain.artifact import State

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyter_mlversion.domain.digest import Digest
    from jupyter_mlversion.domain.environment import CodeState
    from jupyter_mlversion.domain.snapshot import Snapshot


def listed(code: CodeState) -> tuple[tuple[str, str], ...]:
    """What a version knows of the user's own Git repository, as (name, text) in the order in which people read it.

    It is told, never restored: the user's repository is not ours to change.
    """
    rows = (
        ("commit", code.commit),
        ("branch", code.branch or ("detached" if code.commit else "")),
        ("uncommitted changes", ("yes, kept" if code.diff else "yes") if code.dirty else ("no" if code.commit else "")),
    )
    return tuple((name, text) for name, text in rows if text)


def restorable_modules(snapshot: Snapshot, available: Callable[[Digest], bool]) -> tuple[str, ...]:
    """The imported modules' files that this version can bring back; they are artifacts like any other."""
    stored = {
        artifact.path
        for artifact in snapshot.artifacts
        if artifact.state == State.STORED and artifact.digest is not None and available(artifact.digest)
    }
    return tuple(path for path in snapshot.code.modules if path in stored)
