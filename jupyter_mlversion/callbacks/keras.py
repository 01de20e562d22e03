"""Keras: ``model.fit(…, callbacks=[Callback()])``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import keras

from jupyter_mlversion.tracking import recorder

if TYPE_CHECKING:
    from jupyter_mlversion.tracking import OpenRun


class Callback(keras.callbacks.Callback):  # type: ignore[misc]  # Keras has no types
    """Logs what Keras reports at the end of each epoch, and how the training was set up."""

    def __init__(self) -> None:
        super().__init__()
        self._run: OpenRun | None = None

    def on_train_begin(self, logs: Any = None) -> None:
        """Keras calls it."""
        del logs
        self._run = recorder().current()
        optimizer = getattr(self.model, "optimizer", None)
        settings = {} if optimizer is None else {"optimizer": optimizer.name, "learning_rate": _rate(optimizer)}
        recorder().add_params({**self.params, **settings, "weights": self.model.count_params()}, self._run)

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Keras calls it."""
        recorder().add(dict(logs or {}), epoch, self._run)


def _rate(optimizer: Any) -> float:
    return float(optimizer.learning_rate)
