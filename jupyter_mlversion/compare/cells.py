"""How the cells of two notebooks differ."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from jupyter_mlversion.compare.document import Cell, cells_of

if TYPE_CHECKING:
    from jupyter_mlversion.domain.plan import CellChange


def changes(a: bytes | None, b: bytes | None) -> tuple[CellChange, ...]:
    """How the cells of notebook `b` differ from those of `a`.

    Cells are aligned by id where both have it, the others by their content. A cell is modified when its type, source,
    outputs, attachments or tags differ; execution counts and order do not count. A cell without an id is named by
    its place, ``#1`` for the first. What is no notebook has no cells.

    Returns
    -------
    Added and modified cells in the order of `b`, then removed ones in the order of `a`.
    """
    from jupyter_mlversion.domain.plan import CellChange, Change

    before, after = cells_of(a) or [], cells_of(b) or []
    pairs = partners(before, after)
    found = [CellChange(name_of(cell, place), Change.ADDED if place not in pairs else Change.MODIFIED)
             for place, cell in enumerate(after)
             if place not in pairs or differ(before[pairs[place]], cell)]
    kept = set(pairs.values())
    removed = [CellChange(name_of(cell, place), Change.REMOVED)
               for place, cell in enumerate(before) if place not in kept]
    return (*found, *removed)


def overlap(a: bytes | None, b: bytes | None) -> float:
    """How much of two notebooks is the same, from 0 to 1: twice the common cells by all cells.

    Common are cells of the same id where both notebooks have ids (nbformat 4.5), else of the same source; cells
    without a source do not count then. Nothing at all has nothing in common.
    """
    before, after = cells_of(a) or [], cells_of(b) or []
    if any(cell.id for cell in before) and any(cell.id for cell in after):
        return _common(_ids(before), _ids(after))
    return _common(_sources(before), _sources(after))


def likeness(a: bytes | None, b: bytes | None) -> float:
    """As `overlap`, by ids or by sources, whichever is more: a notebook that a program wrote anew has fresh ids."""
    before, after = cells_of(a) or [], cells_of(b) or []
    return max(_common(_ids(before), _ids(after)), _common(_sources(before), _sources(after)))


def has_cell(notebook: bytes | None, cell_id: str) -> bool:
    """Whether one of the cells of `notebook` has that id."""
    return any(cell.id == cell_id for cell in cells_of(notebook) or [])


def _ids(cells: list[Cell]) -> Counter[str]:
    return Counter({cell.id for cell in cells if cell.id})


def _sources(cells: list[Cell]) -> Counter[str]:
    return Counter(_source(cell) for cell in cells if _source(cell))


def _common(left: Counter[str], right: Counter[str]) -> float:
    total = left.total() + right.total()
    return 2 * (left & right).total() / total if total else 0.0


def _source(cell: Cell) -> str:
    return cell.source.strip()


def name_of(cell: Cell, place: int) -> str:
    """What a cell is called that stands at `place`, from 0."""
    return cell.id or f"#{place + 1}"


def differ(a: Cell, b: Cell) -> bool:
    """Whether a cell is modified; see `changes`."""
    return (a.kind, a.source, a.outputs, a.attachments, a.tags) != (b.kind, b.source, b.outputs, b.attachments, b.tags)


def partners(before: list[Cell], after: list[Cell]) -> dict[int, int]:
    """The place in `before` of each cell of `after` that has a partner there; see `changes`."""
    places: dict[str, int] = {}
    for place, cell in enumerate(before):
        if cell.id:
            places.setdefault(cell.id, place)
    pairs: dict[int, int] = {}
    taken: set[int] = set()
    for place, cell in enumerate(after):
        partner = places.get(cell.id) if cell.id else None
        if partner is not None and partner not in taken:
            pairs[place] = partner
            taken.add(partner)
    by_id = any(cell.id for cell in before) and any(cell.id for cell in after)
    # Cells with an id of their own stay alone: they were added or removed. Repeated ids are left to content.
    old, new = ({cell.id for cell in cells if by_id and cell.id} for cells in (before, after))
    left = [place for place, cell in enumerate(before) if place not in taken and cell.id not in old - new]
    right = [place for place, cell in enumerate(after) if place not in pairs and cell.id not in new - old]
    return pairs | _by_content(before, after, left, right)


def _by_content(before: list[Cell], after: list[Cell], left: list[int], right: list[int]) -> dict[int, int]:
    """Partners among the cells at the places `left` and `right`: equal sources first, then what stands between them."""
    from difflib import SequenceMatcher

    matcher = SequenceMatcher(None, [(before[i].kind, before[i].source) for i in left],
                              [(after[i].kind, after[i].source) for i in right], autojunk=False)
    pairs: dict[int, int] = {}
    for tag, a0, a1, b0, b1 in matcher.get_opcodes():
        if tag in {"equal", "replace"}:  # a replaced stretch is read as cells edited one by one
            pairs.update(zip(right[b0:b1], left[a0:a1], strict=False))
    return pairs
