"""Whether a target is classes or quantities."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_mlversion.splits.checks.features import Kind

if TYPE_CHECKING:
    from jupyter_mlversion.splits.checks.features import Column

MOST_CLASSES = 20
"""Different numbers up to which a numeric target is taken for classes, if they are whole."""


def is_classes(target: Column) -> bool:
    """Whether the target is classes: no numbers, or few different whole ones."""
    import numpy as np

    if target.kind is Kind.CATEGORY:
        return True
    if target.kind is Kind.TIME:
        return False
    values = target.floats()
    values = values[~np.isnan(values)]
    if len(values) and not np.array_equal(values[:1000], np.round(values[:1000])):
        return False
    return len(np.unique(values)) <= MOST_CLASSES and np.array_equal(values, np.round(values))
