"""What the history's refs say."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import msgspec

from jupyter_mlversion.codec import json
from jupyter_mlversion.codec.record import from_plain
from jupyter_mlversion.domain.version import MAIN, Head
from jupyter_mlversion.errors import CorruptHistory, Moved
from jupyter_mlversion.history.failure import failure
from jupyter_mlversion.history.names import HEADS, LINES, ZERO, branch_ref, line_ref
from jupyter_mlversion.history.reader import reading
from jupyter_mlversion.history.ref_files import ref_files
from jupyter_mlversion.history.writer import sync

if TYPE_CHECKING:
    from pathlib import Path

    from jupyter_mlversion.history.git import Git

_FORMAT = "%(objectname) %(refname)"
_RAW = "%(if:equals=blob)%(objecttype)%(then) %(raw)%(end)"
_MOVED = ("but expected", "reference already exists", "unable to resolve reference", "reference is missing")


@dataclass(frozen=True, slots=True)
class Place:
    """What the blob of a line says: the branch that the line is on, and where it stood before that branch existed."""

    branch: str | None
    from_: str | None

    def dump(self) -> bytes:
        """As the bytes of the blob."""
        return json.dump({"branch": self.branch, "from": self.from_})


FIRST = Place(MAIN, None)
"""What the blob says of every line that never left its first branch."""

FIRST_ID = "c37496969c6cd2f688440e8a71ddea9917e80006"
"""The id of that blob."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a line stands, and the refs that say so.

    Parameters
    ----------
    line : its id.
    place : what its blob says; None before the first version.
    blob : the blob's id; None as well then.
    branches : name → id of the tip.
    """

    line: str
    place: Place | None = None
    blob: str | None = None
    branches: dict[str, str] = field(default_factory=dict)

    @property
    def head(self) -> Head:
        """The same in the words of the domain."""
        if self.place is None:
            return Head(self.line, MAIN, None)
        branch, start = self.place.branch, self.place.from_
        if branch is not None and branch in self.branches:
            return Head(self.line, branch, self.branches[branch])
        return Head(self.line, branch if start is None else None, start)


def every(git: Git, *patterns: str) -> dict[str, str]:
    """All refs (or those under `patterns`): name → id."""
    known = ref_files(git.folder)
    if known is not None:
        return {ref: id_ for ref, id_ in known.items() if not patterns or _fits(ref, patterns)}
    out = git.run("for-each-ref", f"--format={_FORMAT}", *patterns)
    return {name: id_ for id_, name in (line.split(" ", 1) for line in out.decode().splitlines())}


def _fits(ref: str, patterns: tuple[str, ...]) -> bool:
    return any(ref == pattern or ref.startswith(f"{pattern.rstrip('/')}/") for pattern in patterns)


def standings(git: Git, line: str | None = None) -> dict[str, Standing]:
    """Where all lines stand, or just `line`, by one process.

    Raises
    ------
    CorruptHistory : the blob of a line is none of ours.
    """
    patterns = (line_ref(line), f"{HEADS}{line}/") if line else (LINES, HEADS)
    found = {line: Standing(line)} if line else {}
    for id_, ref, raw in _rows(git, patterns):
        name, _, branch = ref.removeprefix(HEADS).removeprefix(LINES).partition("/")
        if not name:
            continue
        old = found.get(name, Standing(name))
        if branch:
            found[name] = Standing(name, old.place, old.blob, {**old.branches, branch: id_})
        else:
            found[name] = Standing(name, _place(ref, raw), id_, old.branches)
    return found


def _rows(git: Git, patterns: tuple[str, ...]) -> list[tuple[str, str, str]]:
    """Id and name of each ref under `patterns`, and what the blob says that a line's ref names."""
    known = ref_files(git.folder)
    if known is None:
        lines = git.run("for-each-ref", f"--format={_FORMAT}{_RAW}", *patterns).decode().splitlines()
        rows = [[*line.split(" ", 2), ""] for line in lines]
        return [(id_, ref, raw) for id_, ref, raw, *_ in rows]
    refs = {ref: id_ for ref, id_ in known.items() if _fits(ref, patterns)}
    blobs = {FIRST_ID: FIRST.dump().decode()}
    asked = {id_ for ref, id_ in refs.items() if ref.startswith(LINES)} - {FIRST_ID}
    if asked:
        with reading(git) as reader:
            for id_, item in zip(asked, reader.items(asked), strict=True):
                blobs[id_] = item.data.decode("utf-8", "replace") if item is not None and item.kind == "blob" else ""
    return [(id_, ref, blobs.get(id_, "") if ref.startswith(LINES) else "") for ref, id_ in refs.items()]


@dataclass(slots=True)
class Transaction:
    """Changes of refs that happen together, or not at all, each only if the ref is still what it was."""

    _commands: list[str] = field(default_factory=list)
    _refs: list[str] = field(default_factory=list)
    _removing: bool = False

    def move(self, ref: str, new: str, old: str | None) -> None:
        """`ref` becomes `new`; it must be `old`, or not exist when that is None."""
        self._commands.append(f"update {ref} {new} {old or ZERO}")
        self._refs.append(ref)

    def put(self, ref: str, new: str) -> None:
        """`ref` becomes `new`, whatever it was."""
        self._commands.append(f"update {ref} {new}")
        self._refs.append(ref)

    def remove(self, ref: str, old: str) -> None:
        """`ref` goes; it must be `old`."""
        self._commands.append(f"delete {ref} {old}")
        self._refs.append(ref)
        self._removing = True

    def hold(self, ref: str, old: str) -> None:
        """`ref` must be `old`, and stays."""
        self._commands.append(f"verify {ref} {old}")

    def locks(self, git: Git) -> list[Path]:
        """The files that Git makes while it changes these refs; one that exists before belongs to a killed process."""
        names = (*(command.split()[1] for command in self._commands), "packed-refs")
        return [git.folder / f"{name}.lock" for name in names]

    def commit(self, git: Git) -> None:
        """Does it, durably.

        Raises
        ------
        Moved : a ref is not what it was.
        """
        lines = "\n".join(("start", *self._commands, "prepare", "commit", ""))
        answer = git.ask("update-ref", "--stdin", data=lines.encode())
        if answer.code:
            if any(phrase in answer.err for phrase in _MOVED):
                message = f"the history moved in the meantime: {answer.err.strip()}"
                raise Moved(message, hint="Look at the new state, then ask again.")
            raise failure("git update-ref", answer.err, CorruptHistory)
        touched = dict.fromkeys(folder for ref in self._refs for folder in (git.folder / ref).parents
                                if git.folder in folder.parents and folder.is_dir())
        sync(*touched, *([git.folder] if self._removing else []))


def advance(transaction: Transaction, standing: Standing, branch: str, new: str, blob: str | None) -> None:
    """The part of a transaction that puts `new` on `branch` of a line; `blob` is the line's new blob, if any."""
    if blob is not None:
        transaction.move(line_ref(standing.line), blob, standing.blob)
    elif standing.blob is not None:
        transaction.hold(line_ref(standing.line), standing.blob)
    transaction.move(branch_ref(standing.line, branch), new, standing.branches.get(branch))


def _place(ref: str, raw: str) -> Place:
    try:
        plain = json.load(raw)
        return from_plain(Place, {"branch": plain["branch"], "from_": plain["from"]})
    except (ValueError, KeyError, TypeError, msgspec.ValidationError) as error:
        message = f"{ref} does not say where its line stands: {error}"
        raise CorruptHistory(message, hint="Run mlversion verify.") from error
