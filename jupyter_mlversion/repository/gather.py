"""The first part of the straight path: which files belong to a version, captured into the store."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

from jupyter_mlversion.capture import code, environment, files
from jupyter_mlversion.capture.ignore import EDITION, Ignore
from jupyter_mlversion.capture.mentioned import mentioned
from jupyter_mlversion.domain.artifact import Access, Artifact, Folders, Role, by_folder, folder_of
from jupyter_mlversion.domain.progress import Progress, silent
from jupyter_mlversion.domain.snapshot import Snapshot
from jupyter_mlversion.index.looks import Looks
from jupyter_mlversion.repository.gathered import Gathered, contents, in_order
from jupyter_mlversion.repository.survey import Digests, Survey, rules_of, survey

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping
    from pathlib import Path

    from jupyter_mlversion.config import Config
    from jupyter_mlversion.domain.environment import Environment
    from jupyter_mlversion.domain.run import Run
    from jupyter_mlversion.domain.split import Split
    from jupyter_mlversion.domain.version import Head
    from jupyter_mlversion.history import History
    from jupyter_mlversion.index import Index
    from jupyter_mlversion.repository.commit import Notebook
    from jupyter_mlversion.store import Batch, Content, Store
    from jupyter_mlversion.store.plan.beside import Beside


_NOTHING = files.Before()


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

    def __init__(self, root: Path, config: Config, store: Store, history: History, index: Index) -> None:
        self._root = root
        self._config = config
        self._store = store
        self._history = history
        self._index = index

    def from_kernel(self, seen: Seen, parent: Snapshot, progress: Progress) -> tuple[Snapshot, int]:
        """What a kernel saw, what is tracked, what the parent had and still exists; and how many bytes were new."""
        config = replace(self._config, track=(*self._config.track, *seen.patterns))
        ignore = Ignore(self._root, config)
        looked = self._survey(ignore, Looks(), (), progress) if config.track else Survey()
        wanted = _wanted(looked.chosen(ignore, {}, tracked_only=True), parent.artifacts, seen.files, ignore)
        digests = self._index.digests_in(looked.listings.values())
        with self._store.batch() as batch:
            counted = _Counted(batch)
            artifacts = self._capture(
                wanted, counted, config, progress, before=_before(looked, digests, parent.artifacts)
            )
            snapshot = Snapshot(
                artifacts=artifacts,
                runs=seen.runs(counted),
                splits=seen.splits(counted),
                environment=seen.environment or environment.capture(),
                code=code.capture(self._root, counted, seen.modules, config=config),
            )
        return replace(snapshot, runs=_held(snapshot.runs, self._store)), counted.new

    def without_kernel(self, head: Head | None, notebook: Notebook, progress: Progress) -> Gathered | None:
        """What can be known without a kernel: tracked files, the head's, and files that the notebook's code names.

        Runs and splits are the head's as long as its data and models are unchanged: they still describe this state.
        Without a notebook and with nothing tracked, every file of the workspace that is not ignored is taken.

        Parameters
        ----------
        head : where the line stands; None for a new line.

        Returns
        -------
        None when a look at the folders told that all is as the head version has it; never for a notebook.
        """
        version = None if head is None else head.version
        known = Looks() if head is None or version is None else self._index.looks(head.line)
        if known.version != version:
            known = Looks()
        named: Mapping[str, Access] = {}
        if notebook.path is not None:
            named = dict.fromkeys(mentioned(self._root, notebook.path, notebook.data or b""), Access.READ)
        ignore = Ignore(self._root, self._config)
        looked = Survey()
        if notebook.path is None or self._config.track:
            places = {folder_of(path) for path in (*named, notebook.path) if path is not None}
            looked = self._survey(ignore, known, places, progress)
        if looked.known.version and notebook.path is None and not looked.folders:
            return None
        gathered = self._gathered(looked, version, named, ignore, notebook, progress)
        if any(folder in looked.same for folder in gathered.now):  # a link led into a folder that was passed over
            looked = self._survey(ignore, Looks(), (), progress)
            again = self._gathered(looked, version, named, ignore, notebook, progress)
            gathered = replace(again, bytes_new=gathered.bytes_new + again.bytes_new)
        return gathered

    def _survey(self, ignore: Ignore, known: Looks, places: Collection[str], progress: Progress) -> Survey:
        rules = rules_of(EDITION, self._config, self._store.epoch())
        return survey(self._root, ignore, rules, known, open_=places, progress=progress)

    def _gathered(
        self,
        looked: Survey,
        head: str | None,
        named: Mapping[str, Access],
        ignore: Ignore,
        notebook: Notebook,
        progress: Progress,
    ) -> Gathered:
        """The folders that were not passed over, captured."""
        after = looked.known.version or None
        parent, before = Snapshot(), Folders()
        if head is not None:
            parent, before = self._history.folders(head, None if after is None else looked.folders)
        digests = self._index.digests_in(looked.listings.values())
        kept = looked.unchanged(before, digests)
        rest = [item for folder, inside in before.items() for item in _rest(inside, kept.get(folder))]
        tracked_only = notebook.path is not None or bool(self._config.track)
        wanted = _wanted(looked.chosen(ignore, kept, tracked_only=tracked_only), rest, named, ignore)
        with self._store.batch() as batch:
            counted = _Counted(batch)
            captured = self._capture(wanted, counted, self._config, progress, before=_before(looked, digests, rest))
            now = dict.fromkeys((*looked.folders, *before), ()) | _joined(kept, captured)
            same = contents(now) == contents(before)
            snapshot = Snapshot(
                runs=parent.runs if same else (),
                splits=parent.splits if same else (),
                environment=parent.environment if parent.environment.python else environment.capture(),
                code=code.capture(self._root, counted, parent.code.modules, config=self._config),
            )
        looks = looked.certain(now, self._index.digests_in(looked.listings.values()))
        return Gathered(snapshot, counted.new, now, before, looks, looked.same, looked.rules, after)

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

    def _capture(
        self,
        wanted: Mapping[str, Access],
        batch: _Counted,
        config: Config,
        progress: Progress,
        *,
        before: files.Before = _NOTHING,
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
                before=before,
                unlimited=unlimited,
                progress=progress,
            )
        )


class _Counted:
    """A batch that counts the bytes it adds."""

    def __init__(self, batch: Batch) -> None:
        self._batch = batch
        self.new = 0

    def put_file(self, fd: int, progress: Progress = silent, beside: Beside | None = None) -> Content:
        content = self._batch.put_file(fd, progress, beside)
        self.new += content.new
        return content

    def put_bytes(self, data: bytes) -> Content:
        content = self._batch.put_bytes(data)
        self.new += content.new
        return content


def _held(runs: tuple[Run, ...], store: Store) -> tuple[Run, ...]:
    """`runs` without what they logged that the store does not hold.

    A kernel stores it once, and has forgotten its bytes when the version that had it was deleted and collected, or when
    the notebook has come to belong to another workspace.
    """
    lost = store.missing(item.digest for run in runs for item in run.logged)
    if not lost:
        return runs
    return tuple(replace(run, logged=tuple(item for item in run.logged if item.digest not in lost)) for run in runs)


def _before(looked: Survey, digests: Digests, artifacts: Iterable[Artifact]) -> files.Before:
    return files.Before(looked.listings, digests, {artifact.path: artifact for artifact in artifacts}, looked.at_ns)


def _rest(inside: Iterable[Artifact], kept: Mapping[str, Artifact] | None) -> Iterable[Artifact]:
    """The artifacts of a folder that are not kept."""
    if not kept:
        return inside
    known = {id(artifact) for artifact in kept.values()}
    return [artifact for artifact in inside if id(artifact) not in known]


def _joined(kept: Mapping[str, Mapping[str, Artifact]], captured: Iterable[Artifact]) -> Folders:
    """Artifacts that were kept and others, by folder."""
    found = by_folder(captured)
    for folder, inside in kept.items():
        new = found.get(folder)
        found[folder] = in_order([*inside.values(), *new]) if new else tuple(inside.values())
    return found


def _wanted(
    chosen: Iterable[str], carried: Iterable[Artifact], seen: Mapping[str, Access], ignore: Ignore
) -> dict[str, Access]:
    """What is to be captured, and why; other notebooks are never part of a version.

    Parameters
    ----------
    chosen : workspace paths that were found and are not left out.
    """
    wanted = {path: Access.TRACKED for path in chosen if not path.endswith(".ipynb")}
    known = ((artifact.path, artifact.access) for artifact in carried if artifact.role != Role.NOTEBOOK)
    for path, access in (*known, *seen.items()):
        if path in wanted:
            wanted[path] = wanted[path].joined(access)
        elif not path.endswith(".ipynb") and not ignore.matches(path):
            wanted[path] = access
    return wanted
