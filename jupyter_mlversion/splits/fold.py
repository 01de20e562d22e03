"""One way in which rows are dealt out to parts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Fold:
    """Rows of each part; unpacks as ``train, test = fold``.

    Parameters
    ----------
    parts : part → row numbers of the data, a NumPy array; ascending, unless a library gave another order.
    inner : the folds within the training rows, in nested cross-validation; row numbers are those of the whole data.
    """

    parts: Mapping[str, Any]
    inner: tuple[Fold, ...] = ()

    @property
    def train(self) -> Any:
        """Rows to train on."""
        return self.parts["train"]

    @property
    def test(self) -> Any:
        """Rows to test on."""
        return self.parts["test"]

    def __iter__(self) -> Iterator[Any]:
        return iter(self.parts.values())

    def __len__(self) -> int:
        return len(self.parts)

    def __repr__(self) -> str:
        sizes = ", ".join(f"{name}={len(rows)}" for name, rows in self.parts.items())
        return f"<fold: {sizes}{f', {len(self.inner)} inner folds' if self.inner else ''}>"
