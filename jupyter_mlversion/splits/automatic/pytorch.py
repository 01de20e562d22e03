"""`random_split` of PyTorch."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from types import ModuleType
from typing import Any

from jupyter_mlversion.splits.automatic.caller import caller
from jupyter_mlversion.splits.automatic.recording import MOST_VALUES, Seen, recording
from jupyter_mlversion.splits.fold import Fold

_PUBLIC = "torch.utils.data"
_PARTS = {2: ("train", "test"), 3: ("train", "validation", "test")}


def hook_up(module: ModuleType) -> None:
    """Have what `module` offers noted; a hook that is on stays as it is."""
    original = getattr(module, "random_split", None)
    if original is None or hasattr(original, "_mlversion"):
        return
    hooked = _hooked(original)
    for home in (module, sys.modules.get(_PUBLIC)):
        if home is not None and getattr(home, "random_split", None) is original:
            home.random_split = hooked  # type: ignore[attr-defined]


def _hooked(original: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(original)
    def random_split(*args: Any, **kwargs: Any) -> Any:
        subsets = original(*args, **kwargs)
        noted = recording()
        with suppress(Exception):  # the user's call succeeded, whatever we make of it
            who = caller(2) if noted.listens else None
            name = noted.wants("random_split", who) if who is not None else None
            if name is not None:
                given = dict(zip(("dataset", "lengths", "generator"), args, strict=False)) | kwargs
                _note(name, given, subsets)
        return subsets

    random_split._mlversion = True  # type: ignore[attr-defined]  # noqa: SLF001 - our own mark
    return random_split


def _note(name: str, given: dict[str, Any], subsets: Sequence[Any]) -> None:
    import numpy as np

    names = _PARTS.get(len(subsets)) or tuple(f"part {number}" for number in range(1, len(subsets) + 1))
    parts = {part: np.array(subset.indices, dtype=np.int64) for part, subset in zip(names, subsets, strict=True)}
    generator = given.get("generator")
    data, target = content_of(given["dataset"])
    recording().note(Seen(
        name, "random", f"{_PUBLIC}.random_split", None if generator is None else int(generator.initial_seed()),
        {f"size.{part}": len(rows) for part, rows in parts.items()}, [Fold(parts)], 0, data, target))


def content_of(dataset: Any) -> tuple[Any, Any]:
    """Rows and target of a data set that holds them as tensors or arrays; of others, which compute them, how many.

    No item is asked for: that would run the user's transforms, which may be slow or random.
    """
    if type(dataset).__name__ == "Subset":
        rows, target = content_of(dataset.dataset)
        if hasattr(rows, "__getitem__"):
            picked = list(dataset.indices)
            return rows[picked], target[picked] if hasattr(target, "shape") else None
        return len(dataset), None
    tensors = getattr(dataset, "tensors", None) or (getattr(dataset, "data", None), getattr(dataset, "targets", None))
    count = len(dataset)
    rows, last = _array(tensors[0], count), _array(tensors[-1], count) if len(tensors) > 1 else None
    if rows is None or rows.size > MOST_VALUES:
        return count, None
    return rows, last if last is not None and last.ndim == 1 else None


def _array(values: Any, count: int) -> Any:
    """A tensor, array or list with one row for each item, as an array."""
    import numpy as np

    if values is None or not hasattr(values, "__len__") or len(values) != count:
        return None
    values = values.detach().cpu().numpy() if hasattr(values, "detach") else values
    array = np.asarray(values)
    return array if array.dtype.kind in "iufb" else None
