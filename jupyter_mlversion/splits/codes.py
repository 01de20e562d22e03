"""The class, or the group, of each row: a number for each row, and what the numbers stand for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from jupyter_mlversion.codec import json as canonical
from jupyter_mlversion.errors import Damage, UsageError
from jupyter_mlversion.splits.identity import identities

MISSING = -1
"""The number of a row without a value."""

MOST_NAMES = 100_000
"""Names that are stored; a target with more is a measure, not a class."""


@dataclass(frozen=True, slots=True)
class Codes:
    """What rows are labelled with.

    Parameters
    ----------
    names : as text, sorted; values that read the same are the same, ``1`` and ``"1"`` included.
    codes : a number into `names` for each row; -1 where the value is missing.
    """

    names: tuple[str, ...]
    codes: Any

    def __len__(self) -> int:
        return len(self.codes)

    @property
    def missing(self) -> Any:
        """Rows without a value."""
        return np.flatnonzero(self.codes == MISSING)

    def counts(self, rows: Any = None) -> dict[str, int]:
        """Name → how many of `rows` (default: all) have it; what is missing is not counted."""
        codes = self.codes if rows is None else self.codes[rows]
        counted = np.bincount(codes[codes != MISSING], minlength=len(self.names))
        return {name: int(count) for name, count in zip(self.names, counted, strict=True) if count}

    def texts(self) -> list[str]:
        """The name of each row; empty where the value is missing."""
        names = [*self.names, ""]
        return [names[code] for code in self.codes.tolist()]

    def hashes(self) -> Any:
        """An identity for each row's name."""
        of_name = identities([np.array([*self.names, ""], dtype=object)], len(self.names) + 1)
        return of_name[self.codes]

    def encode(self) -> bytes:
        """As stored: see ``docs/format.md``."""
        width = 1 if len(self.names) < 0xFF else 2 if len(self.names) < 0xFFFF else 4  # noqa: PLR2004
        head = canonical.dump({"names": list(self.names), "rows": len(self.codes), "width": width})
        body: bytes = self.codes.astype(f"<i{width}" if width == 4 else f"<u{width}").tobytes()  # noqa: PLR2004
        return head + body


def decode(data: bytes) -> Codes:
    """The inverse of `Codes.encode`.

    Raises
    ------
    Damage : the bytes are none.
    """
    try:
        head, _, body = data.partition(b"\n")
        plain = canonical.load(head)
        width = plain["width"]
        codes = np.frombuffer(body, dtype=f"<i{width}" if width == 4 else f"<u{width}").astype(np.int64)  # noqa: PLR2004
        codes[codes == (1 << 8 * width) - 1] = MISSING
        names = tuple(plain["names"])
        sound = len(codes) == plain["rows"] and not (codes >= len(names)).any()
    except (ValueError, KeyError, TypeError) as error:
        message = f"the stored classes of a split cannot be read: {error}"
        raise Damage(message, hint="Run mlversion verify.") from error
    if not sound:
        message = "the stored classes of a split do not fit its rows"
        raise Damage(message, hint="Run mlversion verify.")
    return Codes(names, codes)


def codes_of(values: Any, count: int, what: str) -> Codes:
    """The codes of `values`, one for each of `count` rows.

    Parameters
    ----------
    values : an array, a column, a list.
    what : what they are, for messages: ``target``, ``groups``.

    Raises
    ------
    UsageError : there is not one for each row.
    """
    array = flat(values, what)
    if len(array) != count:
        message = f"the {what} {'has' if what == 'target' else 'have'} {len(array)} rows, the data has {count}"
        raise UsageError(message, hint=f"Give one value of the {what} for each row.")
    distinct, inverse, lost = _distinct(array)
    texts = [str(value) for value in distinct]
    names = tuple(sorted(set(texts)))
    place = {name: number for number, name in enumerate(names)}
    of_value = np.array([place[text] for text in texts], dtype=np.int64)
    codes = of_value[inverse] if texts else np.zeros(count, dtype=np.int64)
    codes[lost] = MISSING
    return Codes(names, codes)


def flat(values: Any, what: str) -> Any:
    """`values` as an array of one dimension.

    Raises
    ------
    UsageError : they are a table, or nothing that can be listed.
    """
    if getattr(values, "ndim", 1) > 1:
        if len(values.shape) == 2 and values.shape[1] == 1:  # noqa: PLR2004 - rows and columns
            values = values.iloc[:, 0] if hasattr(values, "iloc") else values[:, 0]
        else:
            message = f"the {what} has the shape {tuple(values.shape)}; one value for each row is needed"
            raise UsageError(message, hint=f"Give a single column as {what}.")
    from jupyter_mlversion.splits.columns import array_of

    try:
        return array_of(values)
    except TypeError as error:
        message = f"the {what} is a {type(values).__name__}; one label for each row is needed"
        raise UsageError(message) from error


def _distinct(array: Any) -> tuple[Sequence[Any], Any, Any]:
    """Distinct values, the place of each row's among them, and which rows have none."""
    if array.dtype.kind in "fiubUS":
        lost = np.isnan(array) if array.dtype.kind == "f" else np.zeros(len(array), dtype=bool)
        values, inverse = np.unique(array[~lost], return_inverse=True)
        places = np.zeros(len(array), dtype=np.int64)
        places[~lost] = inverse
        return values.tolist(), places, lost
    listed = array.tolist() if array.dtype.kind not in "mM" else array.astype(str).tolist()
    known: dict[Any, int] = {}
    places = np.empty(len(listed), dtype=np.int64)
    lost = np.zeros(len(listed), dtype=bool)
    for row, value in enumerate(listed):
        lost[row] = gone = is_missing(value)
        places[row] = 0 if gone else known.setdefault(_key(value), len(known))
    return [key if isinstance(key, str) else key[1] for key in known], places, lost


def _key(value: Any) -> Any:
    """Keeps ``1``, ``1.0`` and ``True`` apart, which are equal to Python and read differently."""
    return value if isinstance(value, str) else (type(value), value if value.__hash__ else str(value))


def is_missing(value: Any) -> bool:
    """Whether `value` stands for none."""
    if value is None:
        return True
    if isinstance(value, (str, bytes)):
        return value == "NaT"
    if isinstance(value, (float, np.floating)):
        return bool(np.isnan(value))
    return type(value).__name__ in {"NaTType", "NAType"}
