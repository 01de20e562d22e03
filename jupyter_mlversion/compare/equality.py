"""Whether a checkpoint would repeat what the line already holds."""

from __future__ import annotations

import json
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from blake3 import blake3

from jupyter_mlversion.codec.json import dump, load
from jupyter_mlversion.compare.document import cells_of
from jupyter_mlversion.domain.artifact import by_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from jupyter_mlversion.domain.artifact import Artifact
    from jupyter_mlversion.domain.digest import Digest
    from jupyter_mlversion.domain.run import Run
    from jupyter_mlversion.domain.snapshot import Snapshot
    from jupyter_mlversion.domain.split import Split


def equality_of(snapshot: Snapshot, notebook: str | None, document: bytes | None,
                read: Callable[[Digest], bytes]) -> str:
    """A text that two states share exactly when they count as the same.

    What counts: the notebook's cell types, sources, outputs and attachments; the files' paths, digests and modes; the
    runs' metrics by step, their parameters, and what else they logged; the splits. What does not: execution counts,
    timings, cell ids, environment and code state.

    Parameters
    ----------
    notebook : the workspace path of the line's notebook, whose bytes do not count; None on the line ``workspace``.
    document : the notebook's bytes.
    read : the content of a stored digest; asked for the runs' series.

    Raises
    ------
    CorruptChunk : as `read` does.
    """
    folders = {folder: of_folder(inside, notebook) for folder, inside in by_folder(snapshot.artifacts).items()}
    return joined(folders, snapshot, document, read)


def of_folder(artifacts: Iterable[Artifact], notebook: str | None) -> bytes:
    """What two sets of artifacts that are directly in the same folder share exactly when they count as the same."""
    rows = [[artifact.path, artifact.digest, artifact.mode] for artifact in artifacts if artifact.path != notebook]
    return _hash_of_rows(sorted(rows, key=itemgetter(0)))


def joined(folders: Mapping[str, bytes], snapshot: Snapshot, document: bytes | None,
           read: Callable[[Digest], bytes]) -> str:
    """`equality_of`, from the `of_folder` of every folder; the artifacts of `snapshot` do not count."""
    files = [[folder, folders[folder].hex()] for folder in sorted(folders) if folders[folder] != _NOTHING]
    return blake3(dump({"folders": files, **_rest(snapshot, document, read)})).hexdigest()


def equality_of_old(snapshot: Snapshot, notebook: str | None, document: bytes | None,
                    read: Callable[[Digest], bytes]) -> str:
    """The same as it was made before folders counted, for versions that have it."""
    files = [[artifact.path, artifact.digest, artifact.mode]
             for artifact in snapshot.artifacts if artifact.path != notebook]
    return blake3(dump({"files": files, **_rest(snapshot, document, read)})).hexdigest()


def _rest(snapshot: Snapshot, document: bytes | None, read: Callable[[Digest], bytes]) -> dict[str, Any]:
    return {"notebook": _notebook(document),
            "runs": [_run(run, read) for run in snapshot.runs if run.metrics or run.params or run.logged],
            "splits": [_split(split) for split in snapshot.splits]}


def _hash_of_rows(rows: list[list[Any]]) -> bytes:
    return blake3(json.dumps(rows, separators=(",", ":")).encode("ascii")).digest()


_NOTHING = _hash_of_rows([])


def _notebook(document: bytes | None) -> Any:
    cells = cells_of(document)
    if cells is None:
        return blake3(document).hexdigest() if document is not None else None
    # Hashed as a text of its own: the key of a dictionary in an output is not to be mistaken for one of ours.
    plain = [[cell.kind, cell.source, cell.outputs, cell.attachments] for cell in cells]
    text = json.dumps(plain, sort_keys=True, separators=(",", ":"))
    return blake3(text.encode("ascii")).hexdigest()


def _run(run: Run, read: Callable[[Digest], bytes]) -> Any:
    series = load(read(run.series)) if run.series is not None else {}
    points = {name: [columns["steps"], columns["values"]] for name, columns in series.items()}
    last = {name: [metric.last, metric.low, metric.high, metric.count, metric.last_step]
            for name, metric in run.metrics.items()}
    logged = [[item.name, item.kind, item.step, item.digest] for item in run.logged]
    return [run.name, run.params, last, points, *([logged] if logged else [])]


def _split(split: Split) -> Any:
    parts = [[part.name, part.size, part.classes, part.rows] for part in split.parts]
    known = [split.name, split.strategy, split.seed, split.parameters, split.source, parts]
    later = [split.layout, split.frozen]  # not in records of before: those are to equal themselves
    return [*known, *later] if any(later) else known
