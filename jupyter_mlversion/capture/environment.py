"""The environment of the calling process: what is installed, on what machine, with which seeds."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from functools import cache
from typing import Any

from jupyter_mlversion.capture.installed import installed
from jupyter_mlversion.domain.environment import Environment

_GPU_TIMEOUT = 2.0
_SEEDS = {"PYTHONHASHSEED": "python hash", "PL_GLOBAL_SEED": "lightning"}


def capture() -> Environment:
    """The environment that this process runs in; nothing is imported for it that was not imported before.

    What does not change while a process lives is found out once; packages are listed again after `sys.path`, or one
    of its folders, changed. Seeds are those that can be seen: ``PYTHONHASHSEED``, Lightning's, torch's.
    """
    return Environment(python=platform.python_version(), implementation=platform.python_implementation(),
                       platform=_platform(), packages=dict(_packages(_path_state())), hardware=_hardware(),
                       seeds=_seeds())


@cache
def _platform() -> str:
    return platform.platform()


def _path_state() -> tuple[tuple[str, int], ...]:
    """What tells whether something was installed or removed: the folders of `sys.path` and when they changed."""
    return tuple((entry, _changed(entry or ".")) for entry in sys.path)


def _changed(folder: str) -> int:
    try:
        return os.stat(folder).st_mtime_ns
    except OSError:
        return 0


_known: dict[tuple[tuple[str, int], ...], dict[str, str]] = {}


def _packages(state: tuple[tuple[str, int], ...]) -> dict[str, str]:
    if state not in _known:
        _known.clear()
        _known[state] = installed()
    return _known[state]


def _hardware() -> dict[str, str]:
    known = {**_machine(), "gpus": _gpus() or _gpus_of_torch()}
    return {name: value for name, value in known.items() if value}


@cache
def _machine() -> dict[str, str]:
    return {"cpu": _processor(), "cores": str(os.cpu_count() or ""), "memory": _memory()}


def _processor() -> str:
    try:
        with open("/proc/cpuinfo", encoding="utf-8", errors="replace") as file:
            lines = (line.partition(":") for line in file)
            return next((value.strip() for key, _, value in lines if key.strip() == "model name"), platform.processor())
    except OSError:
        return platform.processor()


def _memory() -> str:
    try:
        return str(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))
    except (ValueError, OSError, AttributeError):
        return ""


@cache
def _gpus() -> str:
    """The names of the graphics processors as NVIDIA's tool lists them; empty without it."""
    program = shutil.which("nvidia-smi")
    if program is None:
        return ""
    try:
        answer = subprocess.run([program, "--query-gpu=name", "--format=csv,noheader"], capture_output=True, text=True,
                                timeout=_GPU_TIMEOUT, check=True)
    except (OSError, subprocess.SubprocessError):
        return ""
    return ", ".join(line.strip() for line in answer.stdout.splitlines() if line.strip())


def _gpus_of_torch() -> str:
    """What torch has already found; asking it any earlier would start its machinery."""
    cuda = getattr(_imported("torch"), "cuda", None)
    try:
        if cuda is None or not cuda.is_initialized():
            return ""
        return ", ".join(cuda.get_device_name(place) for place in range(cuda.device_count()))
    except Exception:  # noqa: BLE001 - drivers fail in many ways, none of which may cost a checkpoint
        return ""


def _seeds() -> dict[str, str]:
    seeds = {name: os.environ[variable] for variable, name in _SEEDS.items() if os.environ.get(variable)}
    try:
        torch = _imported("torch")
        if torch is not None:
            seeds["torch"] = str(torch.initial_seed())
    except Exception:  # noqa: BLE001 - drivers fail in many ways, none of which may cost a checkpoint
        return seeds
    return seeds


def _imported(name: str) -> Any:
    return sys.modules.get(name)
