"""Names that may become refs, and the refs that they become."""

from __future__ import annotations

import re
import unicodedata

from jupyter_mlversion.domain.version import WORKSPACE_SIDE
from jupyter_mlversion.errors import UsageError

HEADS, TAGS, SAFETY, LINES = "refs/heads/", "refs/tags/", "refs/safety/", "refs/lines/"
NOTES = "refs/notes/mlversion"
ZERO = "0" * 40

_LONGEST = 200  # bytes; a file system's 255, less what Git adds while it writes
_NAME = re.compile(r"\w(?:[\w.+-]*[\w+-])?")
_ID = re.compile(r"[0-9a-f]{40}")


def is_id(text: str) -> bool:
    """Whether `text` is a full commit id."""
    return _ID.fullmatch(text) is not None


def check_id(text: str) -> str:
    """`text`, when it is a full commit id.

    Raises
    ------
    UsageError : it is none.
    """
    if not is_id(text):
        message = f"{text!r} is not a full version id"
        raise UsageError(message)
    return text


def check_name(kind: str, name: str) -> str:
    """`name`, when it may name a branch, a tag or a line (`kind` says which).

    Raises
    ------
    UsageError : it may not; the hint says what may.
    """
    safe = _NAME.fullmatch(name) and ".." not in name and not name.endswith(".lock") and len(name.encode()) <= _LONGEST
    if not safe or name == "HEAD" or is_id(name) or unicodedata.normalize("NFC", name) != name:
        message = f"{name!r} cannot name a {kind}"
        hint = "Use letters, digits and . _ + - (first a letter or digit, no two dots, not HEAD, not ending in .lock)."
        raise UsageError(message, hint=hint)
    return name


def check_new(kind: str, name: str) -> str:
    """`name`, when a branch or tag may be called so from now on.

    Raises
    ------
    UsageError : it stands for the workspace as it is, or is none that `check_name` allows.
    """
    if name == WORKSPACE_SIDE:
        message = f"{name!r} cannot name a {kind}: it stands for the workspace as it is"
        raise UsageError(message, hint="Choose another name.")
    return check_name(kind, name)


def branch_ref(line: str, branch: str) -> str:
    """The ref of a branch of a line."""
    return f"{HEADS}{check_name('line', line)}/{check_name('branch', branch)}"


def line_ref(line: str) -> str:
    """The ref that says where a line stands."""
    return LINES + check_name("line", line)


def tag_ref(name: str) -> str:
    """The ref of a tag."""
    return TAGS + check_name("tag", name)


def safety_ref(line: str, commit: str) -> str:
    """The ref of a safety version."""
    return f"{SAFETY}{check_name('line', line)}/{check_id(commit)}"


def holds_versions(ref: str) -> bool:
    """Whether a ref makes versions reachable."""
    return ref.startswith((HEADS, TAGS, SAFETY))
