"""Names for versions: tags, the branches of lines, and where lines stand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_mlversion.errors import Conflict, Moved, UnknownVersion, UsageError
from jupyter_mlversion.history import names, refs
from jupyter_mlversion.history.refs import Transaction
from jupyter_mlversion.history.resolve import reachable
from jupyter_mlversion.history.writer import Writer

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from jupyter_mlversion.domain.version import Head
    from jupyter_mlversion.history.entry import Entry
    from jupyter_mlversion.history.git import Git
    from jupyter_mlversion.history.refs import Standing


class Naming:
    """What a history can be told to call versions; see `History`. No name that goes takes a version along."""

    _git: Git
    _known: dict[str, Standing]

    if TYPE_CHECKING:
        def exists(self) -> bool: ...  # noqa: D102 - History's
        def every_ref(self) -> dict[str, str]: ...  # noqa: D102 - History's
        def _writing(self) -> AbstractContextManager[Git]: ...
        def _entry(self, id_: str) -> Entry: ...
        def _commit(self, git: Git, transaction: Transaction) -> None: ...

    def tags(self) -> dict[str, str]:
        """All tags: name → full id."""
        return {ref.removeprefix(names.TAGS): id_ for ref, id_ in self.every_ref().items()
                if ref.startswith(names.TAGS)}

    def tag(self, name: str, id_: str, *, move: bool = False) -> None:
        """Names a version.

        Parameters
        ----------
        move : whether another version may lose that name.

        Raises
        ------
        UsageError : it cannot be a name.
        Moved : another version has that name.
        UnknownVersion : there is no such version.
        """
        ref = names.tag_ref(names.check_new("tag", name))
        self._entry(id_)
        with self._writing() as git:
            old = refs.every(git, ref).get(ref)
            if old == id_:
                return
            transaction = Transaction()
            if old is not None and move:
                self._hold_on(git, transaction, ref, old)
            transaction.move(ref, id_, old if move else None)
            self._commit(git, transaction)

    def untag(self, name: str) -> str:
        """Takes a tag away; the full id of the version that had it.

        Raises
        ------
        UnknownVersion : there is no such tag.
        """
        ref = names.tag_ref(name)
        with self._writing() as git:
            old = refs.every(git, ref).get(ref)
            if old is None:
                message = f"there is no tag {name!r}"
                raise UnknownVersion(message, hint="mlversion tag lists the tags.")
            transaction = Transaction()
            self._hold_on(git, transaction, ref, old)
            transaction.remove(ref, old)
            self._commit(git, transaction)
        return old

    def branches(self, line: str) -> dict[str, str]:
        """The branches of a line: name → full id of the tip."""
        names.check_name("line", line)
        return dict(refs.standings(self._git, line)[line].branches) if self.exists() else {}

    def open_branch(self, name: str, id_: str) -> None:
        """Begins a branch at a version, on its line; a line that stands on that version goes on there.

        Raises
        ------
        UsageError : it cannot be a name.
        Conflict : the line has a branch of that name.
        UnknownVersion : there is no such version.
        """
        line = self._entry(id_).version.line
        ref = names.branch_ref(line, names.check_new("branch", name))
        with self._writing() as git:
            standing = refs.standings(git, line)[line]
            self._check_free(standing, name)
            transaction = Transaction()
            transaction.move(ref, id_, None)
            if standing.head.version == id_:
                self._stand(git, transaction, standing, name)
            self._commit(git, transaction)

    def rename_branch(self, line: str, old: str, new: str) -> None:
        """Calls a branch of a line otherwise; what its versions say they were made on stays.

        Raises
        ------
        UsageError : `new` cannot be a name.
        Conflict : the line has a branch `new`.
        UnknownVersion : it has no branch `old`.
        """
        ref = names.branch_ref(line, names.check_new("branch", new))
        with self._writing() as git:
            standing = refs.standings(git, line)[line]
            tip = _tip(standing, old)
            if old == new:
                return
            self._check_free(standing, new)
            transaction = Transaction()
            transaction.move(ref, tip, None)
            if standing.head.branch == old:
                self._stand(git, transaction, standing, new)
            transaction.remove(names.branch_ref(line, old), tip)
            self._commit(git, transaction)

    def remove_branch(self, line: str, name: str) -> str:
        """Takes a branch of a line away, and no version; the full id of its tip.

        Raises
        ------
        Conflict : the line stands on it.
        UnknownVersion : the line has no such branch.
        """
        names.check_name("line", line)
        with self._writing() as git:
            standing = refs.standings(git, line)[line]
            tip = _tip(standing, name)
            if standing.head.branch == name:
                message = f"the notebook stands on the branch {name!r}"
                raise Conflict(message, hint="Restore a version of another branch first, or rename this one.")
            ref = names.branch_ref(line, name)
            transaction = Transaction()
            self._hold_on(git, transaction, ref, tip)
            transaction.remove(ref, tip)
            self._known.pop(line, None)
            self._commit(git, transaction)
        return tip

    def set_head(self, head: Head, *, expected: Head) -> None:
        """Puts a line on a branch's tip (`head.branch`), or on a version (`head.branch` is None).

        Raises
        ------
        Moved : the line does not stand at `expected`, or the branch's tip is not `head.version`.
        """
        if head.version is None:
            message = "a line cannot go back to before its first version"
            raise UsageError(message)
        self._entry(head.version)
        with self._writing() as git:
            standing = refs.standings(git, names.check_name("line", head.line))[head.line]
            tip = head.version if head.branch is None else standing.branches.get(head.branch)
            if standing.head != expected or tip != head.version:
                raise moved(head.line)
            writer = Writer()
            writer.blob(refs.Place(head.branch, head.version).dump())
            transaction = Transaction()
            transaction.move(names.line_ref(head.line), writer.write(git)[0], standing.blob)
            if head.branch is not None:
                transaction.hold(names.branch_ref(head.line, head.branch), head.version)
            self._known.pop(head.line, None)
            self._commit(git, transaction)

    def _stand(self, git: Git, transaction: Transaction, standing: Standing, branch: str) -> None:
        """The part of a transaction that lets a line stand on `branch`, whose tip is where it stands already."""
        writer = Writer()
        writer.blob(refs.Place(branch, standing.head.version).dump())
        transaction.move(names.line_ref(standing.line), writer.write(git)[0], standing.blob)
        self._known.pop(standing.line, None)

    def _hold_on(self, git: Git, transaction: Transaction, ref: str, tip: str) -> None:
        """The part of a transaction that keeps in reach what only `ref` reaches."""
        others = sorted({id_ for name, id_ in refs.every(git).items() if names.holds_versions(name) and name != ref})
        if reachable(git, [tip], others):
            transaction.put(names.safety_ref(self._entry(tip).version.line, tip), tip)

    @staticmethod
    def _check_free(standing: Standing, name: str) -> None:
        if name in standing.branches:
            message = f"there is a branch {name!r} already"
            raise Conflict(message, hint="Choose another name, or rename that branch first.")


def moved(line: str) -> Moved:
    """The error for a line that somebody else moved."""
    return Moved(f"line {line} has moved in the meantime", hint="Look at the new state, then ask again.")


def _tip(standing: Standing, name: str) -> str:
    if name not in standing.branches:
        message = f"there is no branch {name!r}"
        raise UnknownVersion(message, hint=f"There are {', '.join(sorted(standing.branches)) or 'none yet'}.")
    return standing.branches[name]
