"""Lightning: ``Trainer(logger=Logger())``; ``self.log(…)`` of the module is what is logged."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

try:
    from lightning.pytorch.loggers import Logger as _Logger
    from lightning.pytorch.utilities import rank_zero_only
except ImportError:  # the package by its older name
    from pytorch_lightning.loggers import Logger as _Logger
    from pytorch_lightning.utilities import rank_zero_only

from jupyter_mlversion.tracking import recorder


class Logger(_Logger):  # type: ignore[misc]  # its types are not always there
    """Logs metrics by the trainer's step, and hyperparameters.

    Parameters
    ----------
    name : of the experiment, for the folder where Lightning writes weights.
    """

    def __init__(self, name: str = "mlversion") -> None:
        super().__init__()
        self._name = name
        self._run = recorder().current()

    @property
    def name(self) -> str:
        """As the user named it."""
        return self._name

    @property
    def version(self) -> str:
        """The id of the run."""
        return self._run.id

    @rank_zero_only  # type: ignore[untyped-decorator]
    def log_hyperparams(self, params: Any, *_: Any, **__: Any) -> None:
        """The trainer calls it."""
        plain = params if isinstance(params, Mapping) else vars(params)
        recorder().add_params(plain, self._run)

    @rank_zero_only  # type: ignore[untyped-decorator]
    def log_metrics(self, metrics: Mapping[str, Any], step: int | None = None) -> None:
        """The trainer calls it."""
        recorder().add(dict(metrics), step, self._run)
