"""What a strategy is asked to do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jupyter_mlversion.splits.codes import Codes


@dataclass(frozen=True, slots=True)
class Order:
    """What a strategy is asked to do.

    Parameters
    ----------
    count : rows of the data.
    seed : the same seed gives the same rows.
    sizes : part → share of the rows, for strategies that deal rows out to parts.
    classes, groups : of each row; None where none were given.
    times : a number for each row, larger is later; None: rows are in order as they stand.
    column : the part, or the fold, of each row, for ``predefined``.
    folds, repeats : of a cross-validation.
    inner : folds within each training set; 0 for none.
    gap : rows left out between train and test of a time series.
    window : most rows to train on, of a sliding window; None: as many as the first test set is away from the start.
    test_rows : rows of each test set of a time series; None: as many as make the folds fit.
    """

    count: int
    seed: int = 0
    sizes: Mapping[str, float] = field(default_factory=lambda: {"train": 0.8, "test": 0.2})
    classes: Codes | None = None
    groups: Codes | None = None
    times: Any = None
    column: Any = None
    folds: int = 5
    repeats: int = 1
    inner: int = 0
    gap: int = 0
    window: int | None = None
    test_rows: int | None = None
