"""Splits with their data, made in a line."""

from __future__ import annotations

import numpy as np

from jupyter_mlversion.splits.checks import CHECKS, Column, Subject, features_of, images_of
from jupyter_mlversion.splits.table import table_of


def column(name, values):
    """A column of values that are at hand."""
    values = np.asarray(values)
    return None if values.ndim == 0 else Column(name, lambda: values)


def subject(data, *, target=None, groups=None, times=None, rounds=None, share=0.75, seed=0, **more):
    """`data`, split at random unless `rounds` says how."""
    table = table_of(data)
    if rounds is None:
        order = np.random.default_rng(seed).permutation(table.row_count)
        cut = int(share * table.row_count)
        rounds = [{"train": np.sort(order[:cut]), "test": np.sort(order[cut:])}]
    rounds = [{name: np.asarray(rows) for name, rows in round_.items()} for round_ in rounds]
    return Subject(
        table, rounds, features_of(table), target=column("target", target), groups=column("groups", groups),
        times=column("time", times), images=images_of(data), **more,
    )


def ask(name, *args, **kwargs):
    """The answer to one question."""
    return CHECKS[name](subject(*args, **kwargs))


def correlated(rng, rows, columns, *, kind="normal"):
    """Rows as real ones are: fewer dimensions than columns, sometimes skewed or in heaps; and a target."""
    hidden = rng.normal(size=(rows, max(2, columns // 2)))
    data = hidden @ rng.normal(size=(hidden.shape[1], columns)) + 0.3 * rng.normal(size=(rows, columns))
    if kind == "skewed":
        data = np.exp(data / 2)
    if kind == "heaps":
        data += 3 * rng.normal(size=(4, columns))[rng.integers(0, 4, rows)]
    signal = data @ rng.normal(size=columns)
    return data, signal / signal.std() + rng.normal(size=rows)


def classes(signal):
    """Three classes from a quantity."""
    return np.digitize(signal, np.quantile(signal, [0.3, 0.7]))
