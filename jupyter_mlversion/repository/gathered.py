"""A captured state, by folder, seen from the head of its line."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from jupyter_mlversion.compare.artifacts import between
from jupyter_mlversion.compare.equality import of_folder
from jupyter_mlversion.domain.artifact import Artifact, Folders, Role, by_folder, folder_of
from jupyter_mlversion.domain.version import Counts
from jupyter_mlversion.history.changes import compared
from jupyter_mlversion.index.looks import Folder

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from jupyter_mlversion.domain.difference import ArtifactChange
    from jupyter_mlversion.domain.snapshot import Snapshot

@dataclass(frozen=True, slots=True)
class Gathered:
    """Everything of a version but its notebook.

    Parameters
    ----------
    snapshot : without its artifacts.
    bytes_new : see `Version`.
    now : the folders that were looked into; one that holds nothing any more is among them, empty.
    before : what those folders hold in the head version; one that it lacks is missing here.
    looks : of those of them that a later look can prove unchanged, the hash of how they looked.
    same : all other folders of the head version: they are as they are there.
    rules : hash of the rules by which files were chosen.
    after : the version that `same` is known of; None when nothing is.
    """

    snapshot: Snapshot
    bytes_new: int = 0
    now: Folders = field(default_factory=dict)
    before: Folders = field(default_factory=dict)
    looks: Mapping[str, bytes] = field(default_factory=dict)
    same: dict[str, Folder] = field(default_factory=dict)
    rules: bytes = b""
    after: str | None = None

    @classmethod
    def of(cls, snapshot: Snapshot, parent: Snapshot, bytes_new: int) -> Gathered:
        """A whole snapshot, seen from a whole parent."""
        before = by_folder(parent.artifacts)
        now = dict.fromkeys(before, ()) | by_folder(snapshot.artifacts)
        return cls(replace(snapshot, artifacts=()), bytes_new, now, before)

    def with_notebook(self, artifact: Artifact | None) -> Gathered:
        """The same with its notebook, whose folder is one of those that were looked into."""
        if artifact is None:
            return self
        folder = folder_of(artifact.path)
        others = [other for other in self.now.get(folder, ()) if other.path != artifact.path]
        looks = {other: look for other, look in self.looks.items() if other != folder}
        return replace(self, now={**self.now, folder: in_order([*others, artifact])}, looks=looks)

    def changed(self) -> Folders:
        """The folders that are not as the head version has them."""
        return {folder: inside for folder, inside in self.now.items() if inside != self.before.get(folder, ())}

    def differences(self, changed: Mapping[str, Sequence[Artifact]]) -> list[ArtifactChange]:
        """How the files in those folders differ from the head version's."""
        return [change for folder, inside in changed.items() for change in between(self.before.get(folder, ()), inside)]

    def files_changed(self, changed: Mapping[str, Sequence[Artifact]]) -> list[tuple[str, str]]:
        """The files in those folders that are not as in the head version, as `History.changes` tells of them."""
        return [change for folder, inside in changed.items()
                for change in compared(_what_counts(self.before.get(folder, ())), _what_counts(inside))]

    def counts(self, changed: Mapping[str, Sequence[Artifact]]) -> Counts:
        """How many artifacts there are, and how many differ from the head version's."""
        from jupyter_mlversion.domain.plan import Change

        kinds = [change.change for change in self.differences(changed)]
        total = sum(map(len, self.now.values())) + sum(folder.files for folder in self.same.values())
        return Counts(total, kinds.count(Change.ADDED), kinds.count(Change.MODIFIED), kinds.count(Change.REMOVED))

    def folders(self, notebook: str | None) -> dict[str, Folder]:
        """What the index is to know of the folders that were looked into, once they are those of the head version."""
        return {folder: Folder(self.looks.get(folder, b""), len(inside), of_folder(inside, notebook))
                for folder, inside in self.now.items()}

    def folders_before(self, notebook: str | None) -> dict[str, Folder]:
        """The same when the head version stays: a folder that differs in what does not count has to be seen again."""
        found = {}
        for folder, inside in self.now.items():
            before = self.before.get(folder, ())
            look = self.looks.get(folder, b"") if before == inside else b""
            found[folder] = Folder(look, len(before), of_folder(before, notebook))
        return found


def _what_counts(artifacts: Iterable[Artifact]) -> dict[str, tuple[str | None, int]]:
    """By path, what a file that changed has otherwise. That nothing was at a path is no file."""
    return {artifact.path: (artifact.digest, artifact.mode) for artifact in artifacts if not artifact.is_absent}


def in_order(artifacts: Iterable[Artifact]) -> tuple[Artifact, ...]:
    """Artifacts sorted by path."""
    return tuple(sorted(artifacts, key=lambda artifact: artifact.path))


def contents(folders: Mapping[str, Sequence[Artifact]]) -> dict[str, str | None]:
    """The digests, by path, of all but notebooks."""
    return {artifact.path: artifact.digest for inside in folders.values() for artifact in inside
            if artifact.role != Role.NOTEBOOK}
