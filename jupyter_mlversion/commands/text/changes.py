"""Differences, plans and what restores did."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from jupyter_mlversion.commands.text.style import Style, safe
from jupyter_mlversion.commands.text.words import columns, number, plural, size
from jupyter_mlversion.domain.plan import CellChange, Change, Obstacle, RestorePlan

if TYPE_CHECKING:
    from jupyter_mlversion.domain.difference import Difference, SplitChange
    from jupyter_mlversion.repository import Copied, Restored, Status


def difference_text(difference: Difference, style: Style) -> str:
    """How b differs from a."""
    files = [(change.change.value, change.role.value, change.path) for change in difference.artifacts]
    blocks = [
        _block("Files", files, style),
        _block("Cells", _cells(difference.cells), style),
        _block("Splits", map(_split, difference.splits), style),
        _block("Metrics", _pairs(difference.metrics), style),
        _block("Parameters", _pairs(difference.params), style),
        _block("Environment", _pairs(difference.environment), style),
    ]
    return "\n\n".join(block for block in blocks if block) or "No difference."


def plan_text(plan: RestorePlan, style: Style) -> str:
    """What a restore would do, what it cannot do, and what it must not do."""
    writes = [(write.change.value, size(write.size), write.path) for write in plan.writes]
    shared = [(path, f"used by {', '.join(notebooks)} too") for path, notebooks in plan.shared.items()]
    blocks = [
        _block("In the way", _obstacles(plan.conflicts), style),
        _block("Written", writes, style),
        _block("Removed", [(path,) for path in plan.removes], style),
        _block("Not in the store, left as they are", _obstacles(plan.missing), style),
        _block("Shared with other notebooks", shared, style),
        _block("Cells", _cells(plan.cells), style),
        _block("Environment (then → now)", _pairs(plan.environment), style),
        "The open notebook has unsaved edits; they are kept in the safety version." if plan.unsaved else "",
    ]
    if plan.empty:
        blocks.insert(0, "No file has to be written or removed.")
    return "\n\n".join(block for block in blocks if block)


def restored_text(restored: Restored, short: str, style: Style) -> str:
    """What a restore did, and how to undo it."""
    counts = f"{plural(len(restored.written), 'file')} written, {len(restored.removed)} removed"
    lines = [f"Restored version {style.special(short)}: {counts}."]
    if restored.kept:
        lines.append(_block("Changed meanwhile, put aside", _obstacles(restored.kept), style))
    if restored.safety_version is not None and (restored.written or restored.removed):
        lines.append(f"To undo: mlversion restore {restored.safety_version[:12]}")
    return "\n".join(lines)


def copied_text(copied: Copied, style: Style) -> str:
    """What a restore as copy wrote, and where."""
    return f"Copied {plural(len(copied.written), 'file')} to {style.special(safe(copied.folder))}."


def status_text(status: Status, style: Style) -> str:
    """Where the workspace stands."""
    lines = [
        (line.notebook or "(workspace)", line.branch or "between branches", (line.head or "")[:12])
        for line in status.lines
    ]
    changed = [(item.change.value, item.role.value, item.path) for item in status.changed]
    blocks = [
        f"Workspace {style.bold(safe(str(status.workspace)))}, {size(status.store_bytes)} stored",
        _block("Lines", lines, style) or "No versions yet.",
        _block("Changed since", changed, style) or ("Nothing has changed." if status.lines else ""),
        f"{plural(status.staged, 'staged checkpoint')} waiting for the notebook." if status.staged else "",
    ]
    return "\n\n".join(block for block in blocks if block)


def _block(title: str, rows: Iterable[Sequence[str]], style: Style) -> str:
    table = columns([[safe(cell) for cell in row] for row in rows])
    if not table:
        return ""
    return "\n".join([style.bold(title), *(f"  {_marked(row, style)}".rstrip() for row in table)])


def _marked(row: list[str], style: Style) -> str:
    paint = {Change.ADDED: style.good, Change.REMOVED: style.bad, Change.MODIFIED: style.special}
    kinds = {change.value: paint[change] for change in Change}
    return kinds.get(row[0].strip(), str)(row[0]) + "".join(row[1:])


def _split(change: SplitChange) -> tuple[str, str, str]:
    counts = ((change.moved, "moved"), (change.added, "added"), (change.gone, "gone"))
    told = [f"{plural(count, 'row')} {word}" for count, word in counts if count]
    told += [f"{name} {number(before)} → {number(after)}" for name, (before, after) in change.settings.items()]
    return change.change.value, change.name, ", ".join(told)


def _pairs(pairs: Mapping[str, Sequence[object]]) -> list[tuple[str, str]]:
    return [(name, f"{number(pair[0])} → {number(pair[1])}") for name, pair in pairs.items()]


def _obstacles(obstacles: Iterable[Obstacle]) -> list[tuple[str, str]]:
    return [(obstacle.path, obstacle.reason) for obstacle in obstacles]


def _cells(cells: Sequence[CellChange]) -> list[tuple[str, str]]:
    kinds = [cell.change for cell in cells]
    return [(change.value, plural(kinds.count(change), "cell")) for change in Change if change in kinds]
