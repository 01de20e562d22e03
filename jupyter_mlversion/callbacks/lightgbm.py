"""LightGBM: ``lightgbm.train(…, valid_sets=[…], callbacks=[callback()])``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_mlversion.tracking import recorder

if TYPE_CHECKING:
    from collections.abc import Callable


def callback() -> Callable[[Any], None]:
    """Logs each metric of each data set after each iteration, and the parameters."""
    run = recorder().current()

    def log(env: Any) -> None:
        if env.iteration == env.begin_iteration:
            recorder().add_params(env.params, run)
        results = env.evaluation_result_list or []
        recorder().add({f"{entry[0]}/{entry[1]}": entry[2] for entry in results}, env.iteration, run)

    return log
