"""Who stores and who deletes: contents that nothing names yet must not be taken for rubbish."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from jupyter_mlversion.errors import Busy
from jupyter_mlversion.store.failure import failures
from jupyter_mlversion.store.flock import Flock
from jupyter_mlversion.store.folder import make_durably

_WAIT = 60.0  # seconds, for who decides in an instant; one that was stopped must not stop every kernel


@contextmanager
def shared(path: Path, *, patience: float = _WAIT) -> Iterator[None]:
    """While the block runs, nobody gets `alone`; for as many at once as want it, nested too.

    Raises
    ------
    Busy : somebody was `alone` for `patience` seconds.
    FileFailure : the file at `path` cannot be made or locked.
    """
    with _locked(path, patience, shared=True) as granted:
        if not granted:
            message = "another process clears the store, and does not end"
            raise Busy(message, hint="Wait until it is done, or end it, then try again.")
        yield


@contextmanager
def alone(path: Path, *, patience: float) -> Iterator[bool]:
    """While the block runs, nobody gets `shared`; whether that was granted within `patience` seconds.

    Raises
    ------
    FileFailure : the file at `path` cannot be made or locked.
    """
    with _locked(path, patience, shared=False) as granted:
        yield granted


@contextmanager
def _locked(path: Path, patience: float, *, shared: bool) -> Iterator[bool]:
    with failures("locking the store"):
        make_durably(path.parent)
        lock = Flock(path)
    try:
        with failures("locking the store"):
            granted = lock.take(shared=shared, patience=patience)
        yield granted
    finally:
        lock.close()
