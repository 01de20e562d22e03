"""What a user's words for a version mean."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from jupyter_mlversion.errors import AmbiguousVersion, UnknownVersion
from jupyter_mlversion.history import refs
from jupyter_mlversion.history.names import HEADS, SAFETY, TAGS

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyter_mlversion.history.git import Git

_WORDS = re.compile(r"(?P<base>.+?)(?:~(?P<steps>\d{0,9}))?", re.DOTALL)
_PREFIX = re.compile(r"[0-9a-fA-F]{4,40}")
_SHOWN = 5


def resolve(git: Git, text: str, line: str | None, begun: Callable[[str], list[str]] | None = None) -> str:
    """The full id of what `text` names: ``HEAD``, a branch, a tag, an id or its beginning, any of them with ``~2``.

    Parameters
    ----------
    begun : looks up which ids begin so, and may know fewer than there are if it names none; None: all are walked.

    Raises
    ------
    UnknownVersion : nothing is named so; the hint offers the nearest names.
    AmbiguousVersion : more than one version is.
    """
    match = _WORDS.fullmatch(text.strip())
    if match is None:
        message = "no version is named"
        raise UnknownVersion(message, hint="Give an id, a branch, a tag or HEAD.")
    id_ = _base(git, match["base"], line, begun)
    if match["steps"] is None:
        return id_
    return _back(git, id_, int(match["steps"] or 1), text)


def _base(git: Git, text: str, line: str | None, begun: Callable[[str], list[str]] | None) -> str:
    if text == "HEAD":
        return _head(git, line)
    known = refs.every(git)
    if text.startswith("tags/") and f"refs/{text}" in known:
        return known[f"refs/{text}"]
    branches = {ref.removeprefix(HEADS): id_ for ref, id_ in known.items() if ref.startswith(HEADS)}
    if line is not None and f"{line}/{text}" in branches:
        return branches[f"{line}/{text}"]
    if f"{TAGS}{text}" in known:
        return known[f"{TAGS}{text}"]
    if text in branches:
        return branches[text]
    named = {name: id_ for name, id_ in branches.items() if name.partition("/")[2] == text}
    if line is None and named:
        return _only(text, sorted(set(named.values())), sorted(named))
    if begun is not None and _PREFIX.fullmatch(text) and (found := begun(text.lower())):
        return _only(text, found, [id_[:12] for id_ in found])
    tips = [id_ for ref, id_ in known.items() if ref.startswith((HEADS, TAGS, SAFETY))]
    ids = reachable(git, tips)
    if _PREFIX.fullmatch(text):
        found = [id_ for id_ in ids if id_.startswith(text.lower())]
        if found:
            return _only(text, found, [id_[:12] for id_ in found])
    tags = [ref.removeprefix(TAGS) for ref in known if ref.startswith(TAGS)]
    own = [name.partition("/")[2] for name in branches if line is None or name.startswith(f"{line}/")]
    raise _unknown(text, sorted({*own, *tags, *(("HEAD",) if ids else ())}), ids)


def reachable(git: Git, tips: list[str], without: list[str] | None = None) -> list[str]:
    """The ids of all versions that `tips` and their ancestors are, children first; not those that `without` are.

    Raises
    ------
    CorruptHistory : one of them is missing.
    """
    if not tips:
        return []
    data = "".join((*(f"{id_}\n" for id_ in tips), *(f"^{id_}\n" for id_ in without or ())))
    return git.run("rev-list", "--topo-order", "--stdin", data=data.encode()).decode().split()


def _head(git: Git, line: str | None) -> str:
    if line is not None:
        heads = [refs.standings(git, line)[line].head]
    else:
        heads = [standing.head for standing in refs.standings(git).values()]
    found = {head.line: head.version for head in heads if head.version is not None}
    if not found:
        message = "there is no version yet, so that HEAD names none"
        raise UnknownVersion(message, hint="Make one: tag a cell checkpoint and run it, or run mlversion checkpoint.")
    return _only("HEAD", sorted(set(found.values())), [f"{found[name][:12]} (line {name})" for name in sorted(found)])


def _only(text: str, ids: list[str], candidates: list[str]) -> str:
    if len(ids) == 1:
        return ids[0]
    shown = ", ".join(candidates[:_SHOWN]) + (", …" if len(candidates) > _SHOWN else "")
    message = f"{text!r} fits {len(ids)} versions: {shown}"
    raise AmbiguousVersion(message, hint="Give more of the id, or name the notebook.")


def _back(git: Git, id_: str, steps: int, text: str) -> str:
    found = git.run("rev-list", "--first-parent", f"--skip={steps}", "--max-count=1", id_).decode().strip()
    if not found:
        message = f"{text!r} goes back further than the first version"
        raise UnknownVersion(message, hint="mlversion log lists the versions.")
    return found


def _unknown(text: str, names: list[str], ids: list[str]) -> UnknownVersion:
    import difflib

    near = difflib.get_close_matches(text, names, n=_SHOWN, cutoff=0.5)
    if _PREFIX.fullmatch(text):
        near += [id_[:8] for id_ in difflib.get_close_matches(text[:8], [id_[:8] for id_ in ids], n=2)]
    near = near or names[:_SHOWN]
    hint = f"Did you mean {', '.join(near)}?" if near else "There is no version yet."
    return UnknownVersion(f"no version is named {text!r}", hint=hint)
