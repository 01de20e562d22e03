"""What every benchmark shares: the machine in one line, medians, tables."""

from __future__ import annotations

import compileall
import os
import platform
import statistics
from pathlib import Path


def machine() -> str:
    """The machine that the numbers are from."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    load = os.getloadavg()[0]
    return (f"{os.cpu_count()} cores ({_processor()}), {memory:.0f} GiB, {platform.system()} {platform.machine()}, "
            f"Python {platform.python_version()}, load before {load:.1f}")


def compile_package() -> None:
    """Have the package's bytecode beside it, as an installer leaves it: a checkout compiles at every start otherwise.

    That is so where ``PYTHONDONTWRITEBYTECODE`` is set; the peers were installed, and theirs is there.
    """
    compileall.compile_dir(Path(__file__).parents[1] / "jupyter_mlversion", quiet=1)


def percentile(values: list[float], percent: float) -> float:
    """The value that `percent` of `values` do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))]


def median(values: list[float]) -> float:
    """The value in the middle."""
    return statistics.median(values)


def table(head: list[str], rows: list[list[str]]) -> str:
    """A Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _processor() -> str:
    try:
        info = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return platform.processor() or "unknown"
    names = (line.split(":", 1)[1].strip() for line in info.splitlines() if line.startswith("model name"))
    return next(names, "unknown")
