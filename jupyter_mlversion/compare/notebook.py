"""How two notebooks differ, cell by cell, in an order that can be read."""

from __future__ import annotations

import json
from bisect import bisect_left
from math import inf
from typing import Any

from jupyter_mlversion.compare.cells import differ, name_of, partners
from jupyter_mlversion.compare.document import Cell, cells_of
from jupyter_mlversion.compare.lines import spans
from jupyter_mlversion.domain.comparison import CellPair, NotebookDifference
from jupyter_mlversion.domain.plan import Change

_MIMES = {"python": "text/x-python", "julia": "text/x-julia", "r": "text/x-rsrc"}


def difference(
    a: bytes | None, b: bytes | None, *, before: str | None = None, after: str | None = None
) -> NotebookDifference:
    """How notebook `b` differs from `a`; cells find each other as in `cells.changes`, outputs are not looked into.

    Parameters
    ----------
    before, after : the workspace paths of the two.
    """
    old, new = cells_of(a) or [], cells_of(b) or []
    pairs = partners(old, new)
    out_of_order = _moved(pairs)
    there = set(pairs.values())
    gone = iter([place for place in range(len(old)) if place not in there])
    waiting = next(gone, None)
    rows: list[CellPair] = []
    ahead = _ahead({place: partner for place, partner in pairs.items() if place not in out_of_order}, len(new))
    for place, cell in enumerate(new):
        partner = pairs.get(place)
        while waiting is not None and waiting < ahead[place]:
            rows.append(_alone(old[waiting], waiting, Change.REMOVED))
            waiting = next(gone, None)
        rows.append(_alone(cell, place, Change.ADDED) if partner is None else
                    _both(old[partner], partner, cell, place, moved=place in out_of_order))
    rows.extend(_alone(old[place], place, Change.REMOVED) for place in ([] if waiting is None else [waiting, *gone]))
    language, mime = _language(b) if b is not None else _language(a)
    return NotebookDifference(before, after, language, mime, tuple(rows))


def outputs_of(data: bytes | None, place: int) -> list[Any]:
    """The outputs of the cell at `place`, from 0, freed of what does not count; none where there is no such cell."""
    cells = cells_of(data) or []
    return list(cells[place].outputs) if 0 <= place < len(cells) else []


def _alone(cell: Cell, place: int, change: Change) -> CellPair:
    added = change == Change.ADDED
    return CellPair(
        id=name_of(cell, place), change=change, before=None if added else place, after=place if added else None,
        kind=cell.kind, source=cell.source, earlier=None, gone=(), new=(),
        outputs=(0, len(cell.outputs)) if added else (len(cell.outputs), 0), outputs_differ=bool(cell.outputs),
        tags_differ=bool(cell.tags), moved=False,
    )


def _both(old: Cell, before: int, new: Cell, after: int, *, moved: bool) -> CellPair:
    gone, fresh = spans(old.source, new.source)
    return CellPair(
        id=name_of(new, after), change=Change.MODIFIED if differ(old, new) else None, before=before, after=after,
        kind=new.kind, source=new.source, earlier=None if old.source == new.source else old.source, gone=tuple(gone),
        new=tuple(fresh), outputs=(len(old.outputs), len(new.outputs)), outputs_differ=old.outputs != new.outputs,
        tags_differ=old.tags != new.tags, moved=moved,
    )


def _ahead(pairs: dict[int, int], count: int) -> list[float]:
    """For each of `count` cells after, the place before of the next cell that is on both sides."""
    found = [inf] * count
    bound = inf
    for place in reversed(range(count)):
        bound = found[place] = pairs.get(place, bound)
    return found


def _moved(pairs: dict[int, int]) -> set[int]:
    """The fewest places after that stand in another order than before: all but a longest ascending run."""
    places = sorted(pairs)
    ends: list[int] = []
    last: list[int] = []
    back: dict[int, int | None] = {}
    for place in places:
        at = bisect_left(ends, pairs[place])
        back[place] = last[at - 1] if at else None
        ends[at:at + 1] = [pairs[place]]
        last[at:at + 1] = [place]
    kept: set[int] = set()
    current = last[-1] if last else None
    while current is not None:
        kept.add(current)
        current = back[current]
    return set(places) - kept


def _language(data: bytes | None) -> tuple[str, str]:
    try:
        metadata = json.loads(data or b"{}").get("metadata")
    except (ValueError, RecursionError, AttributeError):
        metadata = None
    metadata = metadata if isinstance(metadata, dict) else {}
    info, spec = metadata.get("language_info"), metadata.get("kernelspec")
    name = info.get("name") if isinstance(info, dict) else spec.get("language") if isinstance(spec, dict) else ""
    language = name.lower() if isinstance(name, str) else ""
    mime = info.get("mimetype") if isinstance(info, dict) else None
    return language, mime if isinstance(mime, str) else _MIMES.get(language, "text/plain")
