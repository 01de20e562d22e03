"""Whether the history is what it was."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_mlversion.domain.damage import Damage
from jupyter_mlversion.errors import MlversionError
from jupyter_mlversion.history import commit, names, refs
from jupyter_mlversion.history.reader import keeping, reading
from jupyter_mlversion.history.resolve import reachable

if TYPE_CHECKING:
    from jupyter_mlversion.history.git import Git

_HARMLESS = ("warning", "notice")


def verify(git: Git) -> list[Damage]:
    """Every object read again by Git, and every version parsed by us."""
    answer = git.ask("fsck", "--full", "--no-dangling", "--no-progress", "--no-reflogs")
    complaints = (answer.out.decode("utf-8", "replace") + answer.err).splitlines()
    found = [_damage(line) for line in complaints if line.strip() and not line.startswith(_HARMLESS)]
    if answer.code and not found:
        found = [_damage(f"git fsck ended with code {answer.code}")]
    try:
        refs.standings(git)
        known = refs.every(git)
        ids = reachable(git, [id_ for ref, id_ in known.items() if names.holds_versions(ref)])
    except MlversionError as error:
        return [*found, _damage(error.message)]
    with keeping():
        return found + [damage for id_ in ids for damage in _version(git, id_)]


def _version(git: Git, id_: str) -> list[Damage]:
    try:
        with reading(git) as reader:
            tree = reader.tree(id_)
            item = next(reader.items([id_]))
            commit.entries_from([(id_, id_[:8], item.data if item else b"", tree.get(commit.VERSION_FILE, b""))])
            commit.snapshot_from(id_, tree)
    except MlversionError as error:
        return [_damage(error.message, id_)]
    return []


def _damage(detail: str, *versions: str) -> Damage:
    return Damage("history", None, versions=versions, detail=detail)
