"""What pictures of a split need of its data, in little room."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Histogram:
    """How the values of one column are distributed in each part.

    Parameters
    ----------
    name : of the column, as text.
    edges : of the bins of a column of numbers, one more than there are bins; shared by all parts; empty for categories.
    labels : of the bins of a column of categories, the most frequent first, the rest as the last; empty for numbers.
    counts : part → rows in each bin.
    missing : part → rows without a value.
    """

    name: str
    edges: tuple[float, ...] = ()
    labels: tuple[str, ...] = ()
    counts: dict[str, tuple[int, ...]] = field(default_factory=dict)
    missing: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Strip:
    """Which part the rows are in, along the data.

    Parameters
    ----------
    name : of the round: ``fold 3``; empty where there is one.
    shares : part → share (0 to 1) of the rows of each of up to 100 stretches of the data that are in it.
    """

    name: str
    shares: dict[str, tuple[float, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Summary:
    """Everything that pictures of a split need.

    Parameters
    ----------
    row_count : rows of the data.
    strips : one for each round, the first 20.
    features : histograms of the first 100 columns, in the order of the data.
    feature_count : columns of the data.
    target : of the target; None without one.
    classes, groups : the most frequent class, or group, of each stretch of the data; -1: none; empty without.
    sampled : rows that the histograms count, where not all; 0: all.
    parts : the names of the parts in the strips, in order; `shown`: those in the histograms.
    """

    row_count: int
    strips: tuple[Strip, ...] = ()
    features: tuple[Histogram, ...] = ()
    feature_count: int = 0
    target: Histogram | None = None
    classes: tuple[int, ...] = ()
    groups: tuple[int, ...] = ()
    sampled: int = 0
    parts: tuple[str, ...] = ()
    shown: tuple[str, ...] = ()
