"""How two files of tensors differ: names, shapes, types, and by how much the values changed."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from jupyter_mlversion.compare.inside.tensors.tensor import Tensor, Tensors
    from jupyter_mlversion.domain.progress import Progress

_MOST_LISTED = 5000


def tensors_difference(before: Tensors, after: Tensors, progress: Progress) -> dict[str, Any]:
    """Tensors that were added, removed, reshaped, or whose type or values changed; those that are the same are counted.

    Values are summed in 64-bit floats, block by block; what is not finite on either side is counted and left out.
    ``relative`` is the Euclidean norm of b - a over that of a, ``largest`` the greatest |b - a|, ``cosine`` a·b over
    the norms of both; null where there is none.
    """
    one = {tensor.name: tensor for tensor in before.tensors}
    two = {tensor.name: tensor for tensor in after.tensors}
    total = sum(tensor.nbytes for tensor in two.values())
    listed: list[dict[str, Any]] = []
    counts = dict.fromkeys(("added", "removed", "reshaped", "retyped", "changed", "unknown", "same"), 0)
    done = 0
    for name in [*two, *(name for name in one if name not in two)]:
        entry = _one(name, one.get(name), two.get(name))
        counts[entry["change"]] += 1
        if entry["change"] != "same" and len(listed) < _MOST_LISTED:
            listed.append(entry)
        done += two[name].nbytes if name in two else 0
        progress("comparing tensors", done, total)
    return {"tensors": listed, "counts": counts,
            "parameters": {"before": sum(tensor.count for tensor in before.tensors),
                           "after": sum(tensor.count for tensor in after.tensors)}}


def described(tensor: Tensor) -> dict[str, Any]:
    """A tensor as it is listed."""
    return {"dtype": tensor.dtype, "shape": list(tensor.shape), "nbytes": tensor.nbytes, "count": tensor.count}


def _one(name: str, before: Tensor | None, after: Tensor | None) -> dict[str, Any]:
    entry: dict[str, Any] = {"name": name, "before": before and described(before), "after": after and described(after)}
    if before is None or after is None:
        return {**entry, "change": "added" if before is None else "removed"}
    if before.shape != after.shape:
        return {**entry, "change": "reshaped"}
    comparable = before.readable and after.readable and before.turned == after.turned
    comparable = comparable and before.dtype.startswith("complex") == after.dtype.startswith("complex")
    if not comparable:
        return {**entry, "change": "unknown" if before.dtype == after.dtype else "retyped"}
    norms = _norms(before, after)
    same = norms.pop("same") and before.dtype == after.dtype
    change = "same" if same else "changed" if before.dtype == after.dtype else "retyped"
    return {**entry, **norms, "change": change}


def _norms(before: Tensor, after: Tensor) -> dict[str, Any]:
    squares = np.zeros(4)  # of the difference, of a, of b, and a·b
    largest, left_out, same = 0.0, 0, True
    for a, b in zip(before.blocks(), after.blocks(), strict=True):
        equal = (a == b) | (np.isnan(a) & np.isnan(b))
        same = same and bool(equal.all())
        finite = np.isfinite(a) & np.isfinite(b)
        if not finite.all():
            left_out += len(a) - int(finite.sum())
            a, b = a[finite], b[finite]  # noqa: PLW2901 - the rest has no part in it
        difference = b - a
        largest = max(largest, float(np.abs(difference).max(initial=0.0)))
        squares += [difference @ difference, a @ a, b @ b, a @ b]
    changed, one, two, product = squares.tolist()
    both = math.sqrt(one) * math.sqrt(two)
    return {"same": same, "relative": math.sqrt(changed) / math.sqrt(one) if one else None, "largest": largest,
            "cosine": max(-1.0, min(1.0, product / both)) if both else None, "not_finite": left_out,
            "norms": [math.sqrt(one), math.sqrt(two)]}
