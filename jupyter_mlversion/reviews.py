"""A careful look at splits; everything is imported when it is called."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from jupyter_mlversion.figures.choice import Choice
    from jupyter_mlversion.splits import Partition
    from jupyter_mlversion.splits.report import Report


def check(
    split: Partition | str,
    data: Any = None,
    *,
    target: Any = None,
    groups: Any = None,
    time: Any = None,
    seconds: float | None = None,
) -> Report:
    """Ask of a split what a careful reviewer would: duplicates, groups and times across parts, drift, leakage, sizes.

    The next version records the answers, where the split is one of this session.

    Parameters
    ----------
    split : what `split` or `get_split` answered; or the name of one made in this session, by scikit-learn as well.
    data : what was split, row for row: features, with or without the target.
    target, groups, time : one value a row, or the name of a column; by default as the split was told.
    seconds : that may be used; by default as many as it takes.

    Returns
    -------
    Report : iterate for the checks, each with its verdict, a sentence, numbers and rows; ``.found``; ``["sizes"]``.

    Raises
    ------
    UsageError : the data is not what was split, or has no such column.
    NotFound : no split of this session has that name.
    """
    from jupyter_mlversion.splits.ask import check as ask

    return ask(split, data, target=target, groups=groups, time=time, seconds=seconds)


def compare_splits(
    data: Any,
    strategies: Sequence[str] | None = None,
    *,
    target: Any = None,
    groups: Any = None,
    time: Any = None,
    sizes: Mapping[str, float] | None = None,
    seed: int = 0,
    folds: int = 5,
) -> Choice:
    """Try several strategies on the same data: their pictures, their checks, and which to take, in words.

    Nothing is recorded: `split` with the strategy of your choice does that; with ``strategy="auto"`` it takes the one
    that is chosen here.

    Parameters
    ----------
    strategies : names as `split` knows them; None: ``random``, and those that target, groups and time allow.
    target, groups, time, sizes, seed, folds : as for `split`.

    Returns
    -------
    Choice : shown with pictures in a notebook; iterate for the candidates; ``.best``, ``.why``, ``.figures``.

    Raises
    ------
    UsageError : no strategy can be used.
    """
    from jupyter_mlversion.figures.choice import compare_splits as compare

    return compare(data, strategies, target=target, groups=groups, time=time, sizes=sizes, seed=seed, folds=folds)
