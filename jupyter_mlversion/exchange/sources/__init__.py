"""Where runs can come from: one file a kind, each with `recognises` and `runs`."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from jupyter_mlversion.errors import InvalidInput, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyter_mlversion.exchange.found import FoundRun


class Source(Protocol):
    """What each file of this folder has."""

    def recognises(self, source: str) -> bool:
        """Whether `source` looks like one of this kind."""

    def runs(self, source: str, notes: list[str]) -> Iterator[FoundRun]:
        """The runs of `source`; what cannot be taken along is added to `notes`, in words for the user.

        Raises
        ------
        InvalidInput : it is none of this kind, or damaged.
        MissingPackage : what reads it is not installed.
        """


_HOMES = {"csv": "table", "dvc": "dvc", "dvclive": "dvclive", "mlflow": "mlflow_database",
          "mlflow-server": "mlflow_server", "tensorboard": "tensorboard", "wandb": "wandb"}

KINDS = tuple(_HOMES)
"""What can be imported."""


def find(source: str, kind: str | None, notes: list[str]) -> Iterator[FoundRun]:
    """The runs of `source`; see `import_runs`."""
    if kind is not None and kind not in _HOMES:
        message = f"nothing can be imported from {kind!r}"
        raise UsageError(message, hint=f"Kinds: {', '.join(KINDS)}.")
    if kind is None:
        kind = next((name for name in KINDS if _source(name).recognises(source)), None)
    if kind is None:
        known = "there is nothing" if "://" not in source and not Path(source).exists() else "no runs are recognised"
        message = f"{known} at {source}"
        raise InvalidInput(message, hint=f"Say what it is with --from: {', '.join(KINDS)}.")
    return _source(kind).runs(source, notes)


def _source(kind: str) -> Source:
    source: Source = import_module(f"{__name__}.{_HOMES[kind]}")
    return source
