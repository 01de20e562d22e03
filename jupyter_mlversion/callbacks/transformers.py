"""Transformers: ``Trainer(…, callbacks=[Callback()])``."""

from __future__ import annotations

import numbers
from typing import TYPE_CHECKING, Any

from transformers import TrainerCallback

from jupyter_mlversion.tracking import recorder

if TYPE_CHECKING:
    from jupyter_mlversion.tracking import OpenRun


class Callback(TrainerCallback):  # type: ignore[misc]  # its types are not always there
    """Logs what the trainer reports, and its arguments."""

    def __init__(self) -> None:
        self._run: OpenRun | None = None

    def on_train_begin(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """The trainer calls it."""
        del control
        if state.is_world_process_zero:
            self._run = recorder().current()
            recorder().add_params(args.to_sanitized_dict(), self._run)

    def on_log(self, args: Any, state: Any, control: Any, logs: Any = None, **_: Any) -> None:
        """The trainer calls it."""
        del args, control
        if state.is_world_process_zero:
            values = {name: value for name, value in (logs or {}).items() if isinstance(value, numbers.Real)}
            recorder().add(values, state.global_step, self._run)
