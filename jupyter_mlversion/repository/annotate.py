"""The verbs that say something of versions, and change none; `Repository` has them."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from jupyter_mlversion.errors import InvalidInput

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

    from jupyter_mlversion.domain.annotation import Annotation
    from jupyter_mlversion.domain.version import Version
    from jupyter_mlversion.history import History
    from jupyter_mlversion.index import Index

LONGEST = {"message": 1_000, "note": 10_000, "label": 100}
"""Characters of what may be said."""

MOST_LABELS = 50
"""Labels of one version."""

_FORBIDDEN = {"Cc", "Cs"}  # control characters, and halves of characters


@dataclass(frozen=True, slots=True)
class Tags:
    """All tags, name → full id; and the version that the one in question named before."""

    tags: dict[str, str]
    before: str | None = None


@dataclass(frozen=True, slots=True)
class Branches:
    """The branches of a line.

    Parameters
    ----------
    line : its id.
    branch : the one that it stands on, or None.
    branches : name → full id of the newest version.
    before : of the branch in question, the newest version that it had before; None when there was none.
    """

    line: str
    branch: str | None
    branches: dict[str, str]
    before: str | None = None


class Annotating:
    """Messages, notes, labels, stars; tags and branches."""

    history: History
    index: Index

    if TYPE_CHECKING:
        def resolve(self, version: str, *, notebook: Path | str | None = None) -> str: ...  # noqa: D102 - of Looks
        def writing(self) -> AbstractContextManager[None]: ...  # noqa: D102 - of Repository

    def annotate(
        self,
        versions: Sequence[str],
        *,
        message: str | None = None,
        note: str | None = None,
        labels: Sequence[str] | None = None,
        add_labels: Sequence[str] = (),
        remove_labels: Sequence[str] = (),
        starred: bool | None = None,
    ) -> tuple[Version, ...]:
        """Say something of versions, given by full id, all at once; what is None stays as it is. They are returned.

        Parameters
        ----------
        message : what they are called; an empty one brings back the message that each was made with.
        note : any number of lines; an empty one takes the note away.
        labels : all that they have from now on; then come `add_labels`, and `remove_labels` go.
        starred : whether they are kept whatever the rules of retention say.

        Raises
        ------
        UnknownVersion : one of them does not exist; nothing was changed.
        InvalidInput : a text is too long, or has characters that cannot be shown; nothing was changed.
        """
        said: dict[str, Any] = {} if message is None else {"message": checked("message", message) or None}
        said |= {} if note is None else {"note": checked("note", note)}
        said |= {} if starred is None else {"starred": starred}
        label = _labelling(labels, add_labels, remove_labels)
        self.index.said(self.history.annotate(versions, lambda before: replace(before, labels=label(before), **said)))
        return tuple(entry.version for entry in self.history.entries(versions))

    def star(self, version: str, *, starred: bool = True) -> None:
        """Keep a version, given by full id, whatever the rules of retention say; or no more."""
        self.annotate([version], starred=starred)

    def tags(self) -> Tags:
        """All tags."""
        return Tags(self.history.tags())

    def tag(self, name: str, version: str = "HEAD", *, move: bool = False, notebook: Path | str | None = None) -> Tags:
        """Name a version; with `move`, even if another one has that name.

        Raises
        ------
        UsageError : it cannot be a name.
        Moved : another version has that name.
        UnknownVersion : there is no such version.
        """
        before = self.history.tags().get(name)
        self.history.tag(name, self.resolve(version, notebook=notebook), move=move)
        return Tags(self.history.tags(), before)

    def untag(self, name: str) -> Tags:
        """Take a tag away, and no version.

        Raises
        ------
        UnknownVersion : there is no such tag.
        """
        before = self.history.untag(name)
        return Tags(self.history.tags(), before)

    def branches(self, line: str) -> Branches:
        """The branches of a line."""
        return Branches(line, self.history.head(line).branch, self.history.branches(line))

    def open_branch(self, name: str, version: str = "HEAD", *, notebook: Path | str | None = None) -> Branches:
        """Begin a branch at a version. If its notebook stands there, its next version is made on that branch.

        Raises
        ------
        UsageError, Conflict : it cannot be a name, or is one already.
        UnknownVersion : there is no such version.
        """
        with self.writing():
            full = self.resolve(version, notebook=notebook)
            self.history.open_branch(name, full)
        return self.branches(self.history.read(full).line)

    def rename_branch(self, line: str, old: str, new: str) -> Branches:
        """Call a branch of a line otherwise.

        Raises
        ------
        UsageError, Conflict : `new` cannot be a name, or is one already.
        UnknownVersion : there is no branch `old`.
        """
        with self.writing():
            before = self.history.branches(line).get(old)
            self.history.rename_branch(line, old, new)
        return replace(self.branches(line), before=before)

    def remove_branch(self, line: str, name: str) -> Branches:
        """Take a branch of a line away, and no version.

        Raises
        ------
        Conflict : the notebook stands on it.
        UnknownVersion : there is no such branch.
        """
        with self.writing():
            before = self.history.remove_branch(line, name)
        return replace(self.branches(line), before=before)


def checked(kind: str, text: str) -> str:
    """`text` as it may be said: a `kind` of `LONGEST`, without blanks around it, lines ending alike.

    Raises
    ------
    InvalidInput : it is too long, or has characters that cannot be shown.
    """
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").strip())
    allowed = "" if kind == "label" else "\n\t"
    if len(text) > LONGEST[kind]:
        message = f"the {kind} has {len(text):,} characters; {LONGEST[kind]:,} is the most"
        raise InvalidInput(message, hint="Shorten it.")
    bad = next((char for char in text if unicodedata.category(char) in _FORBIDDEN and char not in allowed), None)
    if bad is not None:
        message = f"the {kind} has a character that cannot be shown: {bad!a}"
        raise InvalidInput(message, hint="Leave it out.")
    return text


def _labelling(labels: Sequence[str] | None, add: Iterable[str],
               remove: Iterable[str]) -> Callable[[Annotation], tuple[str, ...]]:
    """What the labels of a version become."""
    base = None if labels is None else [_label(label) for label in labels]
    more, less = [_label(label) for label in add], {_label(label) for label in remove}

    def change(before: Annotation) -> tuple[str, ...]:
        wanted = [*(before.labels if base is None else base), *more]
        after = tuple(label for label in dict.fromkeys(wanted) if label not in less)
        if len(after) > max(MOST_LABELS, len(before.labels)):
            message = f"a version can have {MOST_LABELS} labels, not {len(after)}"
            raise InvalidInput(message, hint="Remove some.")
        return after

    return change


def _label(text: str) -> str:
    label = checked("label", text)
    if not label:
        message = "a label cannot be empty"
        raise InvalidInput(message, hint="Give it at least one character that can be seen.")
    return label
