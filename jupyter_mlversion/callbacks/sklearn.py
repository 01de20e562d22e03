"""scikit-learn: after `record`, every outermost ``fit`` is a run with parameters, scores, and what a search found."""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable
from typing import Any

from sklearn.utils import all_estimators

from jupyter_mlversion.tracking import Block, recorder, table_item

_MARK = "_mlversion_recorded"
_fitting = threading.local()


def record() -> None:
    """Record every ``fit`` of scikit-learn's estimators from here on; again is harmless.

    A fit within a fit (of a pipeline's steps, of a search's candidates) is a part of the outermost. What a search found
    is a table ``cv_results``.
    """
    for defining in {base for _, estimator in all_estimators() for base in estimator.__mro__}:
        fit = vars(defining).get("fit")
        if fit is not None and defining.__module__.startswith("sklearn.") and not hasattr(fit, _MARK):
            wrapped = _recorded(fit)
            setattr(wrapped, _MARK, True)
            defining.fit = wrapped


def _recorded(fit: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(fit)
    def recording(self: Any, *args: Any, **keywords: Any) -> Any:
        if getattr(_fitting, "inside", False):
            return fit(self, *args, **keywords)
        _fitting.inside = True
        try:
            with Block(type(self).__name__, {}) as block:
                recorder().add_params(self.get_params(deep=True))
                fitted = fit(self, *args, **keywords)
                _results(block, self, args, keywords)
            return fitted
        finally:
            _fitting.inside = False

    return recording


def _results(block: Block, estimator: Any, args: tuple[Any, ...], keywords: dict[str, Any]) -> None:
    """Scores on the training data, and what a search found; what cannot be told costs the user nothing."""
    found = {"best_score": getattr(estimator, "best_score_", None)}
    target = args[1] if len(args) > 1 else keywords.get("y")
    if target is not None and hasattr(estimator, "score"):
        try:
            found["training_score"] = estimator.score(args[0] if args else keywords["X"], target)
        except Exception:  # noqa: BLE001 - scorers of the user's own may need more; the fit itself went well
            found["training_score"] = None
    block.log({name: value for name, value in found.items() if value is not None})
    best = getattr(estimator, "best_params_", None)
    if best:
        block.log_params({f"best_{name}": value for name, value in best.items()})
    if hasattr(estimator, "cv_results_"):
        recorder().add_item(table_item("cv_results", estimator.cv_results_))
