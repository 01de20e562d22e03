"""Metrics and parameters that a process logs, until a checkpoint seals them."""

from jupyter_mlversion.tracking.recorder import Recorder, recorder

__all__ = ["Recorder", "recorder"]
