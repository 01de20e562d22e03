"""The first part of the straight path: which files belong to a version, captured into the store."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

from jupyter_mlversion.capture import code, environment, files, scan
from jupyter_mlversion.capture.ignore import Ignore
from jupyter_mlversion.capture.mentioned import mentioned
from jupyter_mlversion.domain.artifact import Access, Artifact, Role
from jupyter_mlversion.domain.progress import Progress, silent
from jupyter_mlversion.domain.snapshot import Snapshot

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from jupyter_mlversion.config import Config
    from jupyter_mlversion.domain.environment import Environment
    from jupyter_mlversion.domain.run import Run
    from jupyter_mlversion.domain.split import Split
    from jupyter_mlversion.index import Index
    from jupyter_mlversion.repository.commit import Notebook
    from jupyter_mlversion.store import Batch, Content, Store


class Puts(Protocol):
    """What runs and splits need to store their rows."""

    def put_bytes(self, data: bytes) -> Content:
        """Store `data`."""

    def put_file(self, fd: int, progress: Progress = silent) -> Content:
        """Store an open file."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What a kernel contributes to a version.

    Parameters
    ----------
    files : workspace paths (absolute ones outside) that the kernel touched, and how.
    runs, splits : called with the open batch; they store their rows in it.
    environment : of the kernel; None: captured from this process.
    modules : files of imported modules.
    patterns : tracked for this session only.
    """

    files: Mapping[str, Access]
    runs: Callable[[Puts], tuple[Run, ...]] = lambda _: ()
    splits: Callable[[Puts], tuple[Split, ...]] = lambda _: ()
    environment: Environment | None = None
    modules: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()


class Gatherer:
    """Captures everything of a version but its notebook.

    Parameters
    ----------
    root : the workspace.
    """

    def __init__(self, root: Path, config: Config, store: Store, index: Index) -> None:
        self._root = root
        self._config = config
        self._store = store
        self._index = index

    def from_kernel(self, seen: Seen, parent: Snapshot, progress: Progress) -> tuple[Snapshot, int]:
        """What a kernel saw, what is tracked, what the parent had and still exists; and how many bytes were new."""
        config = replace(self._config, track=(*self._config.track, *seen.patterns))
        wanted = self._wanted(parent, seen.files, scan.tracked(self._root, config), config)
        with self._store.batch() as batch:
            counted = _Counted(batch)
            artifacts = self._capture(wanted, counted, config, progress)
            snapshot = Snapshot(
                artifacts=artifacts,
                runs=seen.runs(counted),
                splits=seen.splits(counted),
                environment=seen.environment or environment.capture(),
                code=code.capture(self._root, counted, seen.modules, config=config),
            )
        return snapshot, counted.new

    def without_kernel(self, parent: Snapshot, notebook: Notebook, progress: Progress) -> tuple[Snapshot, int]:
        """What can be known without a kernel: tracked files, the parent's, and files that the notebook's code names.

        Runs and splits are the parent's as long as its data and models are unchanged: they still describe this state.
        Without a notebook and with nothing tracked, every file of the workspace that is not ignored is taken.
        """
        found = scan.tracked(self._root, self._config)
        named: dict[str, Access] = {}
        if notebook.path is not None:
            named = dict.fromkeys(mentioned(self._root, notebook.path, notebook.data or b""), Access.READ)
        elif not self._config.track:
            found = scan.changed_since(self._root, self._config, 0)
        wanted = self._wanted(parent, named, found, self._config)
        with self._store.batch() as batch:
            counted = _Counted(batch)
            artifacts = self._capture(wanted, counted, self._config, progress)
            same = _contents(artifacts) == _contents(parent.artifacts)
            snapshot = Snapshot(
                artifacts=artifacts,
                runs=parent.runs if same else (),
                splits=parent.splits if same else (),
                environment=parent.environment if parent.environment.python else environment.capture(),
                code=code.capture(self._root, counted, parent.code.modules, config=self._config),
            )
        return snapshot, counted.new

    def present(
        self, paths: Iterable[str], progress: Progress, *, unlimited: bool = False
    ) -> tuple[tuple[Artifact, ...], int]:
        """The present bytes of `paths`, and how many were new to the store.

        Parameters
        ----------
        unlimited : whatever their size: what may be overwritten must be captured.
        """
        wanted = dict.fromkeys(paths, Access.TRACKED)
        with self._store.batch() as batch:
            counted = _Counted(batch)
            captured = self._capture(wanted, counted, self._config, progress, unlimited=unlimited)
        return captured, counted.new

    def _wanted(
        self, parent: Snapshot, seen: Mapping[str, Access], tracked: Iterable[str], config: Config
    ) -> dict[str, Access]:
        ignore = Ignore(self._root, config)
        wanted: dict[str, Access] = {}
        carried = {artifact.path: artifact.access for artifact in parent.artifacts if artifact.role != Role.NOTEBOOK}
        for source in (dict.fromkeys(tracked, Access.TRACKED), carried, seen):
            for path, access in source.items():
                if path.endswith(".ipynb") or ignore.matches(path):
                    continue
                wanted[path] = wanted[path].joined(access) if path in wanted else access
        return wanted

    def _capture(
        self,
        wanted: Mapping[str, Access],
        batch: _Counted,
        config: Config,
        progress: Progress,
        *,
        unlimited: bool = False,
    ) -> tuple[Artifact, ...]:
        return tuple(
            files.capture(
                self._root,
                wanted,
                batch,
                store=self._store,
                config=config,
                index=self._index,
                unlimited=unlimited,
                progress=progress,
            )
        )


class _Counted:
    """A batch that counts the bytes it adds."""

    def __init__(self, batch: Batch) -> None:
        self._batch = batch
        self.new = 0

    def put_file(self, fd: int, progress: Progress = silent) -> Content:
        content = self._batch.put_file(fd, progress)
        self.new += content.new
        return content

    def put_bytes(self, data: bytes) -> Content:
        content = self._batch.put_bytes(data)
        self.new += content.new
        return content


def _contents(artifacts: Iterable[Artifact]) -> dict[str, str | None]:
    return {artifact.path: artifact.digest for artifact in artifacts if artifact.role != Role.NOTEBOOK}
