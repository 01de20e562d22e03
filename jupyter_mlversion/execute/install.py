"""The exact line that installs what is missing."""

from __future__ import annotations

import shlex
import sys
from typing import Any

from jupyter_mlversion.errors import MissingKernel

_KERNELS = {
    "bash": "pip install bash_kernel && python -m bash_kernel.install",
    "ir": "R -e 'install.packages(\"IRkernel\"); IRkernel::installspec()'",
}


def missing_kernel(name: str, language: str) -> MissingKernel:
    """The notebook's kernel is not installed."""
    line = _KERNELS.get(name)
    if line is None and name.startswith("julia"):
        line = "julia -e 'using Pkg; Pkg.add(\"IJulia\")'"
    if line is None and language in {"", "python"}:
        line = f"{shlex.quote(sys.executable)} -m ipykernel install --sys-prefix --name {shlex.quote(name)}"
    hint = f"Run: {line}" if line else "Install it, or choose another kernel in JupyterLab."
    return MissingKernel(f"the notebook asks for the kernel {name!r}, which is not installed", hint=hint)


def missing_extension(specification: Any) -> str:
    """The kernel's environment lacks this package: what that means, and what to do."""
    python = specification.argv[0] if specification is not None and specification.argv else "python"
    return (
        "The kernel's environment lacks jupyter_mlversion: its versions hold the notebook, tracked files and the files "
        f"that its code names, without metrics.\nRun: {shlex.quote(python)} -m pip install jupyter_mlversion"
    )
