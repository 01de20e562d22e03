"""What takes the room in the store, and what of it would be freed."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from jupyter_mlversion.domain.digest import Digest, digest_of_hash
from jupyter_mlversion.domain.progress import Progress, silent
from jupyter_mlversion.history import artifacts_from
from jupyter_mlversion.repository.liveness import named_in

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from jupyter_mlversion.history import History
    from jupyter_mlversion.store import Survey

_KINDS = {b"runs.json": "metrics", b"splits.json": "splits", b"code.json": "code"}
_OTHER = "other"


@dataclass(frozen=True, slots=True)
class Use:
    """A content that a version names: its hash, what it is, and the path (or what stands for one) that it is for."""

    content: bytes
    role: str
    path: str


@dataclass(frozen=True, slots=True)
class Freed:
    """A content of which something would be freed.

    Parameters
    ----------
    digest, path : of the content, and where a version has it.
    bytes : that would be freed of it; what several such contents share is counted for each.
    """

    digest: Digest
    path: str
    bytes: int


@dataclass(frozen=True, slots=True)
class Share:
    """What one line takes of the store.

    Parameters
    ----------
    line, notebook : its id, and the workspace path of its notebook (None: the line ``workspace``, or gone).
    versions : how many of its versions are kept.
    bytes : that its versions need; `own` of them nobody else needs.
    """

    line: str
    notebook: str | None
    versions: int
    bytes: int
    own: int


@dataclass(frozen=True, slots=True)
class Storage:
    """What takes the room; all in bytes, unless it says otherwise.

    Parameters
    ----------
    total : of packs and quarantine together.
    packs, quarantine : how many packs there are, and how many wait to be removed.
    packs_bytes, quarantine_bytes : what they take.
    quota, disk_free : what the store may take, and what the disk has left.
    versions, hidden : how many versions are listed, and how many are deleted.
    frees : in packs, what nothing needs: `mlversion gc` moves it into the quarantine.
    lines, roles : who needs what of the packs; what several lines need is counted for each.
    """

    total: int
    packs: int
    packs_bytes: int
    quarantine: int
    quarantine_bytes: int
    quota: int
    disk_free: int
    versions: int
    hidden: int
    frees: int
    lines: tuple[Share, ...] = ()
    roles: dict[str, int] = field(default_factory=dict)


def uses(files: Iterable[tuple[bytes, bytes]]) -> Iterator[Use]:
    """Every content that files of versions name."""
    for path, data in files:
        named = named_in(data)
        for artifact in artifacts_from({path: data}) if path.endswith(b"files.json") else ():
            if artifact.digest is not None and artifact.is_held:
                content = bytes.fromhex(artifact.digest.removeprefix("blake3:"))
                named.discard(content)
                yield Use(content, artifact.role.value, artifact.path)
        kind = _KINDS.get(path, _OTHER)
        yield from (Use(content, kind, kind) for content in named)


def shares(history: History, survey: Survey, lines: Mapping[str, Collection[str]], notebooks: Mapping[str, str | None],
           progress: Progress = silent) -> tuple[tuple[Share, ...], dict[str, int]]:
    """What each line takes, the largest first, and what each role takes.

    Parameters
    ----------
    lines : line → full ids of its versions that are kept.
    """
    owners: dict[bytes, set[str]] = defaultdict(set)
    roles: dict[bytes, str] = {}
    for done, (line, ids) in enumerate(lines.items()):
        progress("looking at notebooks", done, len(lines))
        found = {use.content: use.role for use in uses(history.files(ids, set()))}
        for content, chunks in survey.chunks(found).items():
            for chunk in chunks:
                owners[chunk].add(line)
                roles.setdefault(chunk, found[content])
    taken = [Share(line, notebooks.get(line), len(ids),
                   survey.weigh(chunk for chunk, who in owners.items() if line in who),
                   survey.weigh(chunk for chunk, who in owners.items() if who == {line}))
             for line, ids in lines.items()]
    by_role: dict[str, list[bytes]] = defaultdict(list)
    for chunk, role in roles.items():
        by_role[role].append(chunk)
    weights = sorted(((survey.weigh(chunks), role) for role, chunks in by_role.items()), reverse=True)
    return tuple(sorted(taken, key=lambda share: -share.bytes)), {role: size for size, role in weights if size}


def freed(history: History, survey: Survey, versions: Iterable[str], need: set[bytes],
          read: Collection[str]) -> Iterator[tuple[str, tuple[Freed, ...]]]:
    """The contents of each version that is let go of which nothing else needs all.

    Parameters
    ----------
    need : what is still needed; see `Survey.need`.
    read : ids of objects of the history that kept versions have.
    """
    for version, files in history.files_of_each(versions, read):
        named = {use.content: use for use in uses(files)}
        found = []
        for content, chunks in survey.chunks(named).items():
            if dead := survey.weigh(chunk for chunk in chunks if chunk not in need):
                found.append(Freed(digest_of_hash(content), named[content].path, dead))
        yield version, tuple(sorted(found, key=lambda item: (item.path, item.digest)))


def freed_together(history: History, survey: Survey, versions: Iterable[str], need: set[bytes],
                   read: Collection[str]) -> tuple[Freed, ...]:
    """The contents of which something is freed when all of `versions` are let go, each once, the largest first.

    Parameters
    ----------
    need, read : see `freed`.
    """
    contents = {content.digest: content for _, some in freed(history, survey, versions, need, read) for content in some}
    return tuple(sorted(contents.values(), key=lambda content: (-content.bytes, content.path)))
