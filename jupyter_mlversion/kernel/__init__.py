"""The kernel extension: sees what cells read, write and log, and stages their checkpoints."""

from jupyter_mlversion.kernel.load import checkpoint_now, load, track_pattern, unload

__all__ = ["checkpoint_now", "load", "track_pattern", "unload"]
