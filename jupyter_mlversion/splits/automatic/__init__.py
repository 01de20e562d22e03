"""Splits that other libraries make in a kernel, recorded without a change of the user's code.

`HOOKS` says which modules are hooked once they are imported; see `jupyter_mlversion.kernel.observe.modules`. A hook
calls the original, hands its answer on as it is, and notes what it did; nothing of it can raise into the user's code.
"""

from jupyter_mlversion.splits.automatic.hooks import HOOKS
from jupyter_mlversion.splits.automatic.recording import recording

__all__ = ["HOOKS", "recording"]
