"""What the machine does while a run trains: CPU, memory, GPU."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from jupyter_mlversion.errors import MissingPackage, UsageError
from jupyter_mlversion.tracking.recorder import recorder

if TYPE_CHECKING:
    from jupyter_mlversion.tracking.run import OpenRun

SHORTEST = 0.1
"""Seconds between two looks at the least."""

_GB = 1e9


class Watch:
    """Logs ``system/…`` of a run from a thread of its own, until it is stopped or the cell ends.

    Parameters
    ----------
    seconds : between two looks.
    run : whose metrics they are; None: of the one that is open here.

    Raises
    ------
    MissingPackage : psutil is not installed.
    UsageError : the time is too short.
    """

    def __init__(self, seconds: float, run: OpenRun | None = None) -> None:
        if not isinstance(seconds, int | float) or not seconds >= SHORTEST:
            message = f"system metrics: {seconds!r} s between two looks; {SHORTEST} s is the least"
            raise UsageError(message)
        self._looks = [_process(), *_gpus()]
        self._run = run or recorder().current()
        self._seconds = float(seconds)
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="mlversion-system", daemon=True)
        self._look()
        self._thread.start()
        stop = weakref.WeakMethod(self.stop)
        recorder().ended.append(lambda: None if (call := stop()) is None else call())

    def stop(self) -> None:
        """Look once more, and no more."""
        if not self._stopped.is_set():
            self._stopped.set()
            self._thread.join()
            self._look()

    def _watch(self) -> None:
        while not self._stopped.wait(self._seconds):
            self._look()

    def _look(self) -> None:
        recorder().add({name: value for look in self._looks for name, value in look().items()}, None, self._run)


def _process() -> Callable[[], dict[str, float]]:
    try:
        import psutil
    except ImportError as error:
        message = "system metrics need psutil"
        raise MissingPackage(message, hint='Run: pip install "jupyter_mlversion[system]"') from error
    process = psutil.Process()
    process.cpu_percent()
    psutil.cpu_percent()

    def look() -> dict[str, float]:
        return {
            "system/cpu_percent": float(psutil.cpu_percent()),
            "system/process_cpu_percent": float(process.cpu_percent()),
            "system/memory_percent": float(psutil.virtual_memory().percent),
            "system/process_memory_gb": process.memory_info().rss / _GB,
        }

    return look


def _gpus() -> list[Callable[[], dict[str, float]]]:
    """One look for each GPU of NVIDIA; none without a GPU, its driver or the package."""
    try:
        import pynvml

        pynvml.nvmlInit()
        count = pynvml.nvmlDeviceGetCount()
    except Exception:  # noqa: BLE001 - no package, no driver, no GPU: there is nothing to look at
        return []
    return [_gpu(pynvml, number) for number in range(count)]


def _gpu(pynvml: Any, number: int) -> Callable[[], dict[str, float]]:
    handle = pynvml.nvmlDeviceGetHandleByIndex(number)

    def look() -> dict[str, float]:
        try:
            use, memory = pynvml.nvmlDeviceGetUtilizationRates(handle), pynvml.nvmlDeviceGetMemoryInfo(handle)
        except pynvml.NVMLError:
            return {}
        return {f"system/gpu{number}_percent": float(use.gpu), f"system/gpu{number}_memory_gb": memory.used / _GB}

    return look
