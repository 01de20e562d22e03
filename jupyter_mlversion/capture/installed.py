"""Which packages are installed, told from the names of their metadata where those are complete.

`importlib.metadata` parses a file of each package, which takes longer than all else of a small checkpoint.
"""

from __future__ import annotations

import os
import re
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from importlib.metadata import Distribution

_WHEEL = re.compile(r"(?P<name>[^-]+)-(?P<version>[^-]+)\.dist-info")
_OTHERS = (".dist-info", ".egg-info", ".egg")


def installed() -> dict[str, str]:
    """Normalised name → version; of a package that is there twice, the one that would be imported."""
    found: dict[str, str] = {}
    for entry in sys.path:
        for name, version in _in_folder(entry or "."):
            found.setdefault(re.sub(r"[-_.]+", "-", name).lower(), version)
    return dict(sorted(found.items()))


def _in_folder(folder: str) -> Iterator[tuple[str, str]]:
    try:
        names = os.listdir(folder)
    except OSError:  # none, or a zip file
        names = [_OTHERS[-1]] if os.path.isfile(folder) else []
    if folder.endswith(_OTHERS) or any(name.endswith(_OTHERS) and not _WHEEL.fullmatch(name) for name in names):
        from importlib.metadata import distributions

        yield from _told(distributions(path=[folder]))
        return
    for name in names:
        match = _WHEEL.fullmatch(name)
        if match and os.path.exists(f"{folder}/{name}/METADATA"):  # else it is half removed
            yield match["name"], match["version"]


def _told(distributions: Iterable[Distribution]) -> Iterator[tuple[str, str]]:
    for distribution in distributions:
        try:
            metadata = distribution.metadata
            name, version = metadata["Name"], metadata["Version"]
        except Exception:  # noqa: BLE001, S112 - a half-removed package is no reason to lose a checkpoint
            continue
        if name:
            yield name, version or ""
