"""Runs of other tools as versions: dates, parents, metrics by step, parameters, tags and inputs are kept."""

from __future__ import annotations

import hashlib
import re
import stat
from array import array
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from jupyter_mlversion.capture.role import role_of
from jupyter_mlversion.compare.artifacts import changes
from jupyter_mlversion.domain.artifact import Access, Artifact
from jupyter_mlversion.domain.plan import Change
from jupyter_mlversion.domain.progress import Progress, silent
from jupyter_mlversion.domain.run import Run
from jupyter_mlversion.domain.snapshot import Snapshot
from jupyter_mlversion.domain.version import MAIN, Counts, Document, Trigger, Version
from jupyter_mlversion.errors import FileFailure
from jupyter_mlversion.exchange.sources import find
from jupyter_mlversion.history import Entry
from jupyter_mlversion.tracking.series import Columns, joined, short

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from jupyter_mlversion.exchange.found import FoundRun
    from jupyter_mlversion.repository import Repository
    from jupyter_mlversion.store import Batch

_FOLDER = "imported"
_MODE = stat.S_IFREG | 0o644


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did, or would do.

    Parameters
    ----------
    versions : that were made, oldest first.
    runs : names of the runs that are new; runs nested in another are part of its version.
    known : how many versions had been imported before.
    notes : what could not be taken along.
    """

    versions: tuple[Version, ...] = ()
    runs: tuple[str, ...] = ()
    known: int = 0
    notes: tuple[str, ...] = field(default=())


def import_runs(repository: Repository, source: str, *, kind: str | None = None, files: bool = False,
                dry_run: bool = False, progress: Progress = silent) -> Imported:
    """Make a version of every run of `source` that was not imported before.

    Each group of the source (an experiment, a project) becomes a line of its own; runs nested in another belong to its
    version.

    Parameters
    ----------
    source : a file, a folder, or the address of a server.
    kind : one of `KINDS`; None: told from the source.
    files : whether the runs' artifacts are kept as well, under ``imported/GROUP/RUN/``.
    dry_run : only tell what would be made.

    Raises
    ------
    InvalidInput : the source is none of the kind, or is damaged.
    MissingPackage : what reads it is not installed.
    """
    notes: list[str] = []
    trees = _trees(find(source, kind, notes))
    new, known = [], 0
    repository.index.refresh(repository.history)
    for tree in trees:
        if repository.index.outcome(_key(tree[0])) is None:
            new.append(tree)
        else:
            known += 1
    runs = tuple(tree[0].name for tree in new)
    if dry_run or not new:
        return Imported(runs=runs, known=known, notes=tuple(notes))
    versions = []
    with repository.writing():
        for done, tree in enumerate(new):
            progress("importing runs", done, len(new))
            if repository.index.outcome(_key(tree[0])) is None:  # nobody else imported it meanwhile
                versions.append(_make(repository, tree, files=files, notes=notes))
    return Imported(tuple(versions), runs, known, tuple(notes))


def _trees(found: Iterable[FoundRun]) -> list[list[FoundRun]]:
    """Runs with all that are nested in them, each root first; by the time at which they ended."""
    runs = {run.key: run for run in found}
    below: dict[str, list[FoundRun]] = defaultdict(list)
    for run in runs.values():
        root, seen = run, {run.key}
        while root.parent in runs and root.parent not in seen:
            root = runs[root.parent]
            seen.add(root.key)
        below[root.key].append(run)
    trees = [sorted(nested, key=lambda run, root=root: (run.key != root, run.started))  # type: ignore[misc]
             for root, nested in below.items()]
    return sorted(trees, key=_time)  # of one time: in the source's order


def _time(tree: Sequence[FoundRun]) -> float:
    return tree[0].ended or max(run.started for run in tree)


def _key(root: FoundRun) -> str:
    return f"import.{root.key}"


def _make(repository: Repository, tree: Sequence[FoundRun], *, files: bool, notes: list[str]) -> Version:
    root, line, key = tree[0], line_of(tree[0]), _key(tree[0])
    head = repository.history.head(line)
    before = Snapshot() if head.version is None else repository.history.snapshot(head.version)
    with repository.store.storing():
        with repository.store.batch() as batch:
            runs = tuple(_run(run, batch) for run in tree)
            artifacts, added = _artifacts(tree, batch, notes) if files else ((), 0)
        snapshot = Snapshot(artifacts=artifacts, runs=runs)
        draft = Version(
            id="", short="", line=line, branch=head.branch or MAIN, parents=(head.version,) if head.version else (),
            message=root.name, author=root.author, time=datetime.fromtimestamp(_time(tree), UTC), notebook=None,
            cell_id="", trigger=Trigger.IMPORT, document=Document.NONE, metrics=snapshot.metrics,
            params=snapshot.params, counts=_counts(before, snapshot), bytes_new=added,
        )
        version = repository.history.append(draft, snapshot, key=key, equality=key, head=head)
        repository.index.add(Entry(version, key, key))
    return version


def _counts(before: Snapshot, after: Snapshot) -> Counts:
    kinds = [change.change for change in changes(before, after)]
    added, modified, removed = map(kinds.count, (Change.ADDED, Change.MODIFIED, Change.REMOVED))
    return Counts(len(after.artifacts), added, modified, removed)


def line_of(run: FoundRun) -> str:
    """The line of a run's group: readable, and another one for another group."""
    kind = run.key.partition(".")[0]
    stem = re.sub(r"[^a-z0-9]+", "-", run.group.lower()).strip("-")[:40]
    return f"{kind}-{stem or 'runs'}-{hashlib.sha256(run.group.encode()).hexdigest()[:8]}"


def _run(run: FoundRun, batch: Batch) -> Run:
    columns = {name: _columns(points) for name, points in run.points.items() if points}
    series = batch.put_bytes(joined(columns)).digest if columns else None
    return Run(
        run.name, "", run.started, dict(run.params), {name: short(points) for name, points in columns.items()}, series,
        id=_id(run.key), parent=_id(run.parent) if run.parent else "", status=run.status, ended=run.ended,
        tags=dict(run.tags), inputs=run.inputs,
    )


def _id(key: str) -> str:
    """The id of a run: what its source calls it where that is an id of ours, too."""
    own = key.partition(".")[2]
    return own if re.fullmatch(r"[0-9a-f]{32}", own) else hashlib.sha256(key.encode()).hexdigest()[:32]


def _columns(points: Sequence[tuple[int, float, float]]) -> Columns:
    steps, times, values = zip(*points, strict=True)
    return array("q", steps), array("d", times), array("d", values)


def _artifacts(tree: Sequence[FoundRun], batch: Batch, notes: list[str]) -> tuple[tuple[Artifact, ...], int]:
    found, added = {}, 0
    for run in tree:
        for name, path in sorted(run.files.items()):
            place = f"{_FOLDER}/{_plain(run.group)}/{_plain(run.name)}-{_id(run.key)[:8]}/{_relative(name)}"
            try:
                with open(path, "rb", buffering=0) as file:
                    content = batch.put_file(file.fileno())
                    role = role_of(place, file, Access.WRITTEN)
            except (OSError, FileFailure) as error:
                notes.append(f"{run.name}: {name} was not kept: {error}")
                continue
            if not content.stable:
                notes.append(f"{run.name}: {name} changed while it was read")
            added += content.new
            time_ns = int((run.ended or run.started) * 1e9)
            found[place] = Artifact(place, role, Access.WRITTEN, content.digest, content.size, _MODE, time_ns)
    return tuple(found[place] for place in sorted(found)), added


def _plain(text: str) -> str:
    """A folder's name made of a user's text."""
    return re.sub(r"[^\w.+-]+", "_", text).strip("._")[:80] or "run"


def inside(run: Run, path: str) -> str | None:
    """The name that an artifact at a workspace path had in the run that it was imported with; None when it was not."""
    parts = path.split("/", 3)
    return parts[3] if len(parts) > 3 and parts[0] == _FOLDER and parts[2].endswith(f"-{run.id[:8]}") else None  # noqa: PLR2004


def _relative(name: str) -> str:
    """The path of an artifact below its run's folder; nothing in it leads out."""
    return "/".join(part for part in PurePosixPath(name).parts if part not in ("/", "..", "."))
