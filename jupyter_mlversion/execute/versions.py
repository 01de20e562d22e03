"""The versions of a notebook that is executed headless: the executor is the front end that supplies the document."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_mlversion.domain.title import title_of
from jupyter_mlversion.domain.version import Trigger
from jupyter_mlversion.errors import MlversionError

if TYPE_CHECKING:
    from jupyter_mlversion.execute.executed import Executed
    from jupyter_mlversion.repository import Outcome, Repository


class Versions:
    """Joins what the kernel staged with the document.

    Parameters
    ----------
    notebook : absolute path.
    document : the bytes of the notebook at this moment.
    executed : where versions and notes go.
    """

    def __init__(
        self, repository: Repository, notebook: Path, document: Callable[[], bytes], executed: Executed
    ) -> None:
        self._repository = repository
        self._notebook = notebook
        self._document = document
        self._executed = executed
        self._keys: list[str] = []

    def told(self, data: dict[str, Any]) -> None:
        """The kernel extension staged a checkpoint, or could not."""
        if data.get("event") == "error":
            error = data.get("error", {})
            self._note(f"{error.get('message', '')}\n{error.get('hint', '')}".strip())
        elif data.get("event") == "staged" and data.get("when") == "now":
            self._join(str(data["key"]))
        elif data.get("event") == "staged":
            self._keys.append(str(data["key"]))

    def cell_finished(self) -> None:
        """The outputs of the cell are in the document: join what was staged when it finished."""
        while self._keys:
            self._join(self._keys.pop(0))

    def without_kernel(self, source: str) -> None:
        """A tagged cell finished in a kernel that cannot stage: capture from here."""
        self._add(lambda: self._repository.checkpoint(
            self._notebook, title_of(source), trigger=Trigger.EXECUTE, document=self._document()
        ))

    def _join(self, key: str) -> None:
        self._add(lambda: self._repository.join(
            key, document=self._document(), notebook=self._notebook, trigger=Trigger.EXECUTE
        ))

    def _add(self, make: Callable[[], Outcome]) -> None:
        try:
            outcome = make()
        except MlversionError as error:
            self._note(str(error))  # the cells still run; a staged checkpoint stays staged and is settled later
            return
        if outcome.version is not None:
            self._executed.versions.append(outcome.version)

    def _note(self, text: str) -> None:
        self._executed.notes.append(f"No version was made: {text}")
