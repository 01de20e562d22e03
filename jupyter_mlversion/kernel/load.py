"""How the extension gets into a kernel, and how the Python names find it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_mlversion.errors import UsageError

if TYPE_CHECKING:
    from jupyter_mlversion.kernel.session import Session

_ATTRIBUTE = "_jupyter_mlversion_session"
_patterns: list[str] = []


def load(shell: Any = None) -> None:
    """Observe this kernel and stage a checkpoint for each tagged cell; again is harmless.

    Parameters
    ----------
    shell : IPython's; None: the running one. Without one nothing happens.
    """
    shell = shell or _shell()
    if shell is None or _session(shell) is not None:
        return
    from jupyter_mlversion.kernel.magics import register_magics
    from jupyter_mlversion.kernel.session import Session

    session = Session(shell)
    setattr(shell, _ATTRIBUTE, session)
    session.patterns = _patterns
    session.start()
    register_magics(session)


def unload(shell: Any = None) -> None:
    """Let go of the kernel; the magics stay."""
    shell = shell or _shell()
    session = _session(shell)
    if session is not None:
        delattr(shell, _ATTRIBUTE)
        session.stop()


def checkpoint_now(message: str = "") -> None:
    """Make a version of this moment; see `jupyter_mlversion.checkpoint`."""
    if not _is_text(message):
        problem = f"checkpoint(message) needs a text, got {type(message).__name__}"
        raise UsageError(problem)
    shell = _shell()
    if shell is None:
        from jupyter_mlversion.kernel.script import checkpoint_script

        checkpoint_script(message, tuple(_patterns))
        return
    load(shell)
    session = _session(shell)
    if session is not None:
        session.checkpoint_now(message)


def track_pattern(pattern: str) -> None:
    """Track the files that match `pattern` for this session; see `jupyter_mlversion.track`."""
    if not _is_text(pattern) or not pattern.strip():
        problem = f"track(pattern) needs a pattern such as models/*.pt, got {pattern!r}"
        raise UsageError(problem)
    if pattern not in _patterns:
        _patterns.append(pattern)


def notebook_or_folder() -> tuple[Path | None, Path]:
    """The notebook of this kernel, if there is one, and where its workspace is looked for."""
    session = _session(_shell())
    notebook = None if session is None else session.notebook
    return notebook, notebook or Path.cwd()


def _is_text(given: object) -> bool:
    return isinstance(given, str)


def _session(shell: Any) -> Session | None:
    return getattr(shell, _ATTRIBUTE, None)


def _shell() -> Any:
    """The running IPython; not imported for it, since then there is none."""
    ipython = sys.modules.get("IPython.core.getipython")
    return ipython.get_ipython() if ipython else None
