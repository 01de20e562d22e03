"""Rows of different parts that are almost the same: a copy with noise, another rounding, a resized picture's features.

What *almost* is depends on the data. The distance from a row to its nearest neighbour is measured, and from how it
grows how many dimensions the rows really fill (E. Facco and others, *Estimating the intrinsic dimension of datasets by
a minimal neighborhood information*, 2017). Near is so near that in all of the data fewer than a hundredth of a pair is
expected there by chance, and nearer to each other than to any third row in the same measure.

Pairs are found without comparing all: rows are hashed by rounded random projections, three times, and only those that
share a hash are compared (M. Datar and others, *Locality-sensitive hashing scheme based on p-stable
distributions*, 2004).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from jupyter_mlversion.domain.check import Check, Item, Verdict
from jupyter_mlversion.splits.checks.answer import answer, count_text, not_applicable
from jupyter_mlversion.splits.checks.features import Column, Kind
from jupyter_mlversion.splits.checks.fingerprint import block_rows, compared
from jupyter_mlversion.splits.checks.neighbours import nearest_beyond, nearest_two
from jupyter_mlversion.splits.checks.subject import NOWHERE

if TYPE_CHECKING:
    from jupyter_mlversion.splits.checks.subject import Subject

NAME = "near-duplicates"
MUCH = 0.01
"""Share of a part from which near duplicates are a problem."""

EXPECTED = 0.01
"""Pairs that may be as near by chance, in all of the data."""

WIDEST = 0.1
"""Never nearer to be called near than this share of the standard deviation, on average over the columns."""

PROJECTIONS, TABLES = 6, 3
CELL = 4.0
"""Width of a cell in units of the distance that counts as near."""

FEWEST_ROWS, FEWEST_COLUMNS = 40, 2
PROBES, CROWD = 400, 10_000
_ROUNDING = 1e-9

COMPARED_NEXT = 3
MOST_VERIFIED = 10_000
"""Rows whose surroundings are looked at."""


@dataclass(frozen=True, slots=True)
class Scale:
    """How columns are made comparable: z-scores.

    Parameters
    ----------
    columns : of numbers that vary.
    means, spreads : of each.
    categories : the other columns, in which near rows are equal.
    """

    columns: list[Column]
    means: Any
    spreads: Any
    categories: list[Column]

    def block(self, subject: Subject, rows: Any) -> Any:
        """The rows, scaled; what is missing is the mean."""
        import numpy as np

        assert subject.features is not None  # noqa: S101 - asked before
        whole = len(self.columns) == len(subject.features.columns)
        values = (subject.features.block(rows, None if whole else self.columns) - self.means) / self.spreads
        return np.nan_to_num(values, copy=False, nan=0.0, posinf=1e6, neginf=-1e6)


def check(subject: Subject) -> Check:
    """Whether a row has a nearly equal one in another part: any is a warning, 1 % of a part a problem."""
    import numpy as np

    if subject.features is None:
        return not_applicable(NAME, "The data has no columns to compare.")
    scale = _scale(subject)
    if len(scale.columns) < FEWEST_COLUMNS or subject.count < FEWEST_ROWS:
        return not_applicable(NAME, f"Fewer than {FEWEST_COLUMNS} columns of numbers, or than {FEWEST_ROWS} rows.")
    near, dimension = near_distance(subject, scale)
    if near <= 0:
        return not_applicable(NAME, "Rows lie so close by nature that near duplicates cannot be told from neighbours.")
    cells = cells_of(subject, scale, near)
    found: dict[int, tuple[int, float]] = {}
    share = 0.0
    for round_, places in zip(subject.some_rounds, subject.places, strict=True):
        pairs = _lonely(subject, scale, _pairs(subject, scale, cells, places, near), near, dimension)
        found.update(pairs)
        rows = np.array(sorted(pairs), dtype=np.int64)
        sizes = np.array([max(len(part), 1) for part in round_.values()])
        if len(rows):
            share = max(share, float((np.bincount(places[rows], minlength=len(sizes)) / sizes).max()))
    numbers = {"near": near / math.sqrt(len(scale.columns)), "dimensions": dimension, "share": share,
               "problem from": MUCH}
    if not found:
        return Check(NAME, Verdict.OK, "No row is nearly equal to one in another part.", numbers)
    verdict = Verdict.PROBLEM if share >= MUCH else Verdict.WARNING
    items = [Item(f"row {row} ≈ row {twin}", verdict, {"row": row, "twin": twin, "distance": away})
             for row, (twin, away) in sorted(found.items(), key=lambda pair: pair[1][1])]
    sentence = (f"{count_text(len(found), 'row')} of one part {'is' if len(found) == 1 else 'are'} nearly equal to one "
                f"in another: up to {share:.1%} of a part.")
    return answer(NAME, verdict, sentence, numbers=numbers, rows=sorted(found), items=items)


def _scale(subject: Subject) -> Scale:
    """Means and standard deviations, from a sample; columns that do not vary say nothing."""
    import numpy as np

    assert subject.features is not None  # noqa: S101 - asked before
    rows = subject.sample(np.arange(subject.count))
    columns, means, spreads, categories = [], [], [], []
    for column in compared(subject.features):
        subject.clock.tick()
        if column.kind is Kind.CATEGORY:
            categories.append(column)
            continue
        values = column.floats(rows)
        values = values[np.isfinite(values)]
        spread = float(values.std()) if len(values) else 0.0
        if spread > 0 and math.isfinite(spread):
            columns.append(column)
            means.append(float(values.mean()))
            spreads.append(spread)
    return Scale(columns, np.array(means), np.array(spreads), categories)


def near_distance(subject: Subject, scale: Scale) -> tuple[float, float]:
    """The distance below which chance puts a hundredth of a pair, and the dimensions that the rows fill; 0: none."""
    import numpy as np

    crowd = subject.sample(np.arange(subject.count), CROWD)
    probes = subject.sample(crowd, PROBES)
    first, second = nearest_two(scale.block(subject, probes), scale.block(subject, crowd))
    subject.clock.tick()
    kept = first > _ROUNDING  # exact twins are another check's
    if kept.sum() < len(first) / 2:
        return 0.0, 0.0
    ratios = np.log(np.maximum(second[kept] / first[kept], 1 + 1e-12))
    dimension = float(1.0 / ratios.mean())
    # Of n rows, P(nearest < r·median) = 1 - 2^(-r^d), about ln 2 · r^d; the median shrinks as (crowd / n)^(1/d).
    typical = float(np.median(first[kept])) * (len(crowd) / subject.count) ** (1 / dimension)
    ratio = (EXPECTED / (math.log(2) * subject.count)) ** (1 / dimension)
    near = min(typical * ratio, WIDEST * math.sqrt(len(scale.columns)))
    return (near, dimension) if ratio > 1e-4 else (0.0, dimension)  # noqa: PLR2004 - noise of the numbers themselves


def cells_of(subject: Subject, scale: Scale, near: float) -> list[Any]:
    """For each of three tables, the hash of each row's cell: near rows share one in most tables."""
    import numpy as np

    generator = np.random.default_rng(11)
    directions = generator.normal(size=(len(scale.columns), PROJECTIONS * TABLES))
    offsets = generator.random(PROJECTIONS * TABLES)
    odd = generator.integers(0, 2**63, size=PROJECTIONS, dtype=np.uint64) * 2 + 1
    base = np.zeros(subject.count, dtype=np.uint64)
    for column in scale.categories:
        base = (base * np.uint64(31) + column.codes.astype(np.uint64)) * np.uint64(0x9E3779B97F4A7C15)
    hashes = [base.copy() for _ in range(TABLES)]
    step = block_rows(len(scale.columns))
    for start in range(0, subject.count, step):
        subject.clock.tick()
        projected = scale.block(subject, slice(start, start + step)) @ directions
        cells = np.floor(projected / (CELL * near) + offsets).astype(np.int64).view(np.uint64)
        for table in range(TABLES):
            own = cells[:, table * PROJECTIONS : (table + 1) * PROJECTIONS]
            mixed = (own * odd).sum(axis=1, dtype=np.uint64)
            hashes[table][start : start + step] += mixed ^ (mixed >> np.uint64(31))
    return hashes


def _pairs(subject: Subject, scale: Scale, cells: list[Any], places: Any, near: float) -> dict[int, tuple[int, float]]:
    """Row → its nearly equal one of an earlier part, and how far that is."""
    import numpy as np

    used = np.flatnonzero(places != NOWHERE)
    found: dict[int, tuple[int, float]] = {}
    for hashes in cells:
        order = used[np.argsort(hashes[used], kind="stable")]
        for gap in range(1, COMPARED_NEXT + 1):
            subject.clock.tick()
            one, two = order[:-gap], order[gap:]
            together = (hashes[one] == hashes[two]) & (places[one] != places[two])
            _compare(subject, scale, one[together], two[together], places, near, found)
    return found


def _compare(
    subject: Subject, scale: Scale, one: Any, two: Any, places: Any, near: float, found: dict[int, tuple[int, float]]
) -> None:
    import numpy as np

    step = block_rows(len(scale.columns))
    for start in range(0, len(one), step):
        first, second = one[start : start + step], two[start : start + step]
        away = np.sqrt(((scale.block(subject, first) - scale.block(subject, second)) ** 2).sum(axis=1))
        kept = away <= near
        if subject.hashes is not None:
            kept &= subject.hashes[first] != subject.hashes[second]  # equal ones are another check's
        for left, right, distance in zip(first[kept].tolist(), second[kept].tolist(), away[kept].tolist(), strict=True):
            row, twin = (left, right) if places[left] > places[right] else (right, left)
            if row not in found or found[row][1] > distance:
                found[row] = (twin, distance)


def _lonely(
    subject: Subject, scale: Scale, pairs: dict[int, tuple[int, float]], near: float, dimension: float
) -> dict[int, tuple[int, float]]:
    """Those of the pairs that are near for their surroundings: data is denser in some places than in others."""
    import numpy as np

    crowd = subject.sample(np.arange(subject.count), CROWD)
    others = scale.block(subject, crowd)
    shrink = (len(crowd) / subject.count) ** (1 / dimension)
    ratio = (EXPECTED / subject.count) ** (1 / dimension)
    rows = list(pairs)
    for start in range(0, min(len(rows), MOST_VERIFIED), PROBES):
        subject.clock.tick()
        block = rows[start : start + PROBES]
        third = nearest_beyond(scale.block(subject, np.array(block)), others, near)
        for row, away in zip(block, third.tolist(), strict=True):
            if pairs[row][1] > away * shrink * ratio:
                del pairs[row]
    return pairs
