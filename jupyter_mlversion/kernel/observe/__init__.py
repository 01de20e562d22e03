"""Which files a kernel reads and writes: several signals, because none sees all."""

from jupyter_mlversion.kernel.observe.observer import Observer

__all__ = ["Observer"]
