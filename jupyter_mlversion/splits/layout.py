"""The rows of every part and fold as bytes, and back; the form is described in ``docs/format.md``.

A set of rows takes the smallest of several forms: runs of neighbours, a list, one bit a row, or one of these for the
rows that are *not* in it. So a fold of a million rows costs 125 KB or less, and a training set costs what its test set
costs.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from jupyter_mlversion.codec import json as canonical
from jupyter_mlversion.errors import Damage
from jupyter_mlversion.splits.fold import Fold

RUNS, LIST, BITS = "runs", "list", "bits"
WITHOUT = "without "
"""Begins the form of a set that is given by the rows that it lacks."""

_WIDE = 1 << 32


def encode(folds: Sequence[Fold], row_count: int) -> bytes:
    """`folds` of data with `row_count` rows, as bytes: the same for the same rows."""
    sets: list[list[Any]] = []
    bodies: list[bytes] = []

    def described(fold: Fold) -> dict[str, Any]:
        parts = []
        for name, rows in fold.parts.items():
            form, body = _packed(np.asarray(rows, dtype=np.int64), row_count)
            parts.append([name, len(sets)])
            sets.append([form, len(rows), len(body)])
            bodies.append(body)
        return {"parts": parts, "inner": [described(inner) for inner in fold.inner]}

    plain = [described(fold) for fold in folds]
    return b"".join([canonical.dump({"rows": row_count, "folds": plain, "sets": sets}), *bodies])


def decode(data: bytes) -> tuple[Fold, ...]:
    """The inverse of `encode`.

    Raises
    ------
    Damage : the bytes are no layout.
    """
    try:
        head, _, body = data.partition(b"\n")
        plain = canonical.load(head)
        sets = list(_sets(plain["sets"], plain["rows"], body))
        return tuple(_fold(fold, sets) for fold in plain["folds"])
    except (ValueError, KeyError, TypeError, IndexError) as error:
        message = f"the stored layout of a split cannot be read: {error}"
        raise Damage(message, hint="Run mlversion verify.") from error


def _fold(plain: dict[str, Any], sets: Sequence[Any]) -> Fold:
    parts = {name: sets[number] for name, number in plain["parts"]}
    return Fold(parts, tuple(_fold(inner, sets) for inner in plain["inner"]))


def _sets(described: Sequence[Sequence[Any]], row_count: int, body: bytes) -> Iterator[Any]:
    place = 0
    for form, size, length in described:
        rows = _unpacked(form, body[place : place + length], row_count)
        if len(rows) != size:
            message = f"{len(rows)} rows where {size} were stored"
            raise ValueError(message)
        place += length
        yield rows


def _packed(rows: Any, row_count: int) -> tuple[str, bytes]:
    """The form that takes the fewest bytes, and these."""
    if len(rows) > 1 and not bool((rows[1:] > rows[:-1]).all()):
        return LIST, _listed(rows, row_count)
    form, cost = _cheapest(len(rows), _run_count(rows), row_count)
    rest = row_count - len(rows)
    if rest < len(rows) and _cheapest(rest, 1, row_count)[1] < cost:
        others = _complement(rows, row_count)
        other_form, other_cost = _cheapest(rest, _run_count(others), row_count)
        if other_cost < cost:
            return WITHOUT + other_form, _body(other_form, others, row_count)
    return form, _body(form, rows, row_count)


def _cheapest(size: int, runs: int, row_count: int) -> tuple[str, int]:
    width = 4 if row_count < _WIDE else 8
    costs = {RUNS: 16 * runs, LIST: width * size, BITS: (row_count + 7) // 8}
    return min(costs.items(), key=lambda item: item[1])


def _body(form: str, rows: Any, row_count: int) -> bytes:
    if form == LIST:
        return _listed(rows, row_count)
    if form == BITS:
        member = np.zeros(row_count, dtype=bool)
        member[rows] = True
        return np.packbits(member, bitorder="little").tobytes()
    breaks = np.flatnonzero(np.diff(rows) != 1)
    starts = rows[np.concatenate([[0], breaks + 1])] if len(rows) else rows
    stops = rows[np.concatenate([breaks, [len(rows) - 1]])] + 1 if len(rows) else rows
    pairs: bytes = np.column_stack([starts, stops]).astype("<u8").tobytes()
    return pairs


def _listed(rows: Any, row_count: int) -> bytes:
    listed: bytes = rows.astype("<u4" if row_count < _WIDE else "<u8").tobytes()
    return listed


def _unpacked(form: str, body: bytes, row_count: int) -> Any:
    if form.startswith(WITHOUT):
        return _complement(_unpacked(form.removeprefix(WITHOUT), body, row_count), row_count)
    if form == LIST:
        return np.frombuffer(body, dtype="<u4" if row_count < _WIDE else "<u8").astype(np.intp)
    if form == BITS:
        bits = np.unpackbits(np.frombuffer(body, dtype=np.uint8), count=row_count, bitorder="little")
        return np.flatnonzero(bits)
    if form != RUNS:
        message = f"unknown form {form!r}"
        raise ValueError(message)
    pairs = np.frombuffer(body, dtype="<u8").astype(np.intp).reshape(-1, 2)
    runs = [np.arange(start, stop) for start, stop in pairs]
    return np.concatenate(runs) if runs else np.zeros(0, dtype=np.intp)


def _run_count(rows: Any) -> int:
    return int(np.count_nonzero(np.diff(rows) != 1)) + 1 if len(rows) else 0


def _complement(rows: Any, row_count: int) -> Any:
    member = np.ones(row_count, dtype=bool)
    member[rows] = False
    return np.flatnonzero(member)
