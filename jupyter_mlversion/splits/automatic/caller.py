"""Who called: the user's code, or a library on its behalf."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from types import FrameType

_OURS = "jupyter_mlversion"
_LIBRARY = ("sklearn", "joblib")
_WORKERS = {"_fit_and_score", "_fit_and_predict"}
"""What runs within a cross-validation: the splits there are those of training rows, made again for each candidate."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asked for a split.

    Parameters
    ----------
    site : file and line of the code that called.
    through : the function of scikit-learn that was called; empty when it was the splitter itself.
    """

    site: tuple[str, int]
    through: str


def caller(depth: int) -> Caller | None:
    """Who called the function `depth` frames up; None when that call is not to be recorded.

    Calls from within scikit-learn count when they come straight from one of its functions for validation or search; not
    those of a fit within a cross-validation, and not those of estimators that put rows aside for themselves.
    """
    frame: FrameType | None = sys._getframe(depth)  # noqa: SLF001 - that is how it is asked
    outermost: FrameType | None = None
    while frame is not None and _within(frame):
        if frame.f_code.co_name in _WORKERS:
            return None
        outermost = frame if _module(frame).startswith("sklearn.model_selection") else outermost
        last, frame = frame, frame.f_back
        if frame is None or not _within(frame):
            if outermost is None or not _validates(last, outermost):
                return None
            break
    if frame is None or _module(frame).partition(".")[0] == _OURS:
        return None
    return Caller((frame.f_code.co_filename, frame.f_lineno), "" if outermost is None else _name(outermost))


def _validates(last: FrameType, outermost: FrameType) -> bool:
    """Whether the first frame of scikit-learn's is one of its model selection, or the wrapper of one."""
    direct = ("sklearn.model_selection", "sklearn.utils._param_validation", "sklearn.base")
    return _module(last).startswith(direct) and not _module(outermost).endswith("._split")


def _within(frame: FrameType) -> bool:
    return _module(frame).partition(".")[0] in _LIBRARY or frame.f_code.co_filename.endswith("contextlib.py")


def _module(frame: FrameType) -> str:
    return str(frame.f_globals.get("__name__", ""))


def _name(frame: FrameType) -> str:
    owner = frame.f_locals.get("self")
    name = frame.f_code.co_name
    return name if owner is None else type(owner).__name__ if name == "fit" else f"{type(owner).__name__}.{name}"
