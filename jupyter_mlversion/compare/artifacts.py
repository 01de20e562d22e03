"""How the files of two snapshots differ."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jupyter_mlversion.domain.artifact import Artifact
    from jupyter_mlversion.domain.difference import ArtifactChange
    from jupyter_mlversion.domain.snapshot import Snapshot


def changes(a: Snapshot, b: Snapshot) -> tuple[ArtifactChange, ...]:
    """How the files of `b` differ from those of `a`, sorted by path; modification times do not count."""
    return between(a.artifacts, b.artifacts)


def between(a: Iterable[Artifact], b: Iterable[Artifact]) -> tuple[ArtifactChange, ...]:
    """The same for the artifacts themselves."""
    before = {artifact.path: artifact for artifact in a}
    after = {artifact.path: artifact for artifact in b}
    found = (_change(before.get(path), after.get(path)) for path in sorted({*before, *after}))
    return tuple(change for change in found if change is not None)


def _change(before: Artifact | None, after: Artifact | None) -> ArtifactChange | None:
    known = after or before
    if known is None or before is after or (before and after and _same(before, after)):
        return None
    from jupyter_mlversion.domain.difference import ArtifactChange
    from jupyter_mlversion.domain.plan import Change

    change = Change.ADDED if before is None else Change.REMOVED if after is None else Change.MODIFIED
    return ArtifactChange(known.path, known.role, change, before.digest if before else None,
                          after.digest if after else None)


def _same(a: Artifact, b: Artifact) -> bool:
    if a.digest is None and b.digest is None:  # neither could be read: the size is all that is known
        return (a.size, a.mode) == (b.size, b.mode)
    return (a.digest, a.mode) == (b.digest, b.mode)
