"""The verbs that bring versions back; `Repository` has them."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from jupyter_mlversion.domain.progress import Progress, silent
from jupyter_mlversion.repository.look import Looks

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from pathlib import Path

    from jupyter_mlversion.domain.artifact import Role
    from jupyter_mlversion.domain.plan import RestorePlan
    from jupyter_mlversion.repository.commit import Committer
    from jupyter_mlversion.repository.copying import Copied
    from jupyter_mlversion.repository.gather import Gatherer
    from jupyter_mlversion.repository.join import Joiner
    from jupyter_mlversion.repository.mend import Mender
    from jupyter_mlversion.repository.present import Present
    from jupyter_mlversion.repository.restoring import Restored, Restorer, RestoreRequest
    from jupyter_mlversion.repository.safety import Safety


class Restores(Looks):
    """Planning, restoring, copying."""

    _committer: Committer
    _gatherer: Gatherer
    _joiner: Joiner
    _mender: Mender
    _present: Present

    # What a checkpoint does not need is imported when it is first asked for.

    @cached_property
    def _safety(self) -> Safety:
        from jupyter_mlversion.repository.safety import Safety

        return Safety(
            self.root, self.store, self.history, self.lines, self._gatherer, self._committer, self._present
        )

    @cached_property
    def _restorer(self) -> Restorer:
        from jupyter_mlversion.repository.restoring import Restorer

        return Restorer(
            self.root, self.store, self.history, self.lines, self._committer, self._present, self._safety
        )

    def plan_restore(
        self,
        version: str,
        paths: Sequence[str] = (),
        *,
        parts: Collection[Role] = (),
        everything: bool = False,
        keep_new: bool = False,
        document: bytes | None = None,
        notebook: Path | str | None = None,
        copy_to: Path | str | None = None,
    ) -> RestorePlan:
        """What `restore` with the same arguments would do; with the folder `copy_to`, what `copy` would."""
        request = self._request(version, paths, parts, everything, keep_new, document, notebook=notebook)
        if copy_to is not None:
            return self._restorer.copier.plan(request, self.path_of(copy_to))
        return self._restorer.plan(request)

    def restore(  # noqa: PLR0913 - each is a choice of the user's, by name
        self,
        version: str,
        paths: Sequence[str] = (),
        *,
        parts: Collection[Role] = (),
        everything: bool = False,
        keep_new: bool = False,
        document: bytes | None = None,
        open_documents: Iterable[str] = (),
        notebook: Path | str | None = None,
        branch: str = "",
        progress: Progress = silent,
    ) -> Restored:
        """Bring a version's files back; the state before is kept in a safety version.

        Parameters
        ----------
        paths : only these files or folders; the line's head then stays where it is.
        parts : only files of these roles; empty for all. The head stays, too.
        everything : the artifacts of all lines, as they were when the version was made.
        keep_new : leave files alone that the version does not have.
        document : bytes of the open notebook with its unsaved edits.
        open_documents : workspace paths that a front end has open; it applies them itself and calls `acknowledge`.
        notebook : whose ``HEAD`` and branches `version` means.
        branch : to go on with, where several end at the version; the one that `version` names needs no other word.

        Raises
        ------
        RestoreConflict, UnknownPath, DiskFull, FileFailure : nothing was changed.
        """
        with self._mender.writing(), self.store.storing():
            request = self._request(version, paths, parts, everything, keep_new, document, open_documents, notebook)
            request = replace(request, branch=branch or request.branch)
            self._settle_line_of(request)
            return self._restorer.restore(request, progress)

    def copy(
        self,
        version: str,
        folder: Path | str,
        paths: Sequence[str] = (),
        *,
        parts: Collection[Role] = (),
        everything: bool = False,
        notebook: Path | str | None = None,
        progress: Progress = silent,
    ) -> Copied:
        """Write a version's files below a new folder of the workspace; nothing that is there is touched.

        Parameters
        ----------
        folder : of the workspace; nothing may be there yet.
        paths, parts, everything, notebook : as for `restore`.

        Raises
        ------
        Conflict : there is something at `folder`.
        RestoreConflict, UnknownPath, DiskFull, FileFailure, OutsideWorkspace : nothing was made.
        """
        with self._mender.writing(), self.store.storing():
            request = self._request(version, paths, parts, everything, keep_new=True, notebook=notebook)
            return self._restorer.copier.copy(request, self.path_of(folder), progress)

    def unfinished_restores(self) -> set[str]:
        """The ids of restores whose documents were not acknowledged yet."""
        return {pending.restore_id for pending in self._restorer.journal.pending()}

    def acknowledge(self, restore_id: str) -> None:
        """A front end applied and saved the documents of a restore."""
        with self._mender.writing():
            self._restorer.journal.acknowledge(restore_id)

    def _request(
        self,
        version: str,
        paths: Sequence[str],
        parts: Collection[Role],
        everything: bool,
        keep_new: bool,
        document: bytes | None = None,
        open_documents: Iterable[str] = (),
        notebook: Path | str | None = None,
    ) -> RestoreRequest:
        full = self.resolve(version, notebook=notebook)
        line = self.history.read(full).line
        if notebook is not None and line != self.line_of(notebook):
            document = None  # it is another notebook's: never to be taken for this one's
        from jupyter_mlversion.repository.restoring import RestoreRequest

        return RestoreRequest(
            full,
            tuple(self.path_of(path) for path in paths),
            frozenset(parts),
            everything,
            keep_new,
            document,
            frozenset(self.path_of(path) for path in open_documents),
            version.strip().removeprefix(f"{line}/"),
        )

    def _settle_line_of(self, request: RestoreRequest) -> None:
        """What is staged was captured before this restore: it must not become a version after it."""
        path = self.lines.current_path(self.history.read(request.version).line)
        if path is not None:
            self._joiner.settle_notebook(path, request.document)
