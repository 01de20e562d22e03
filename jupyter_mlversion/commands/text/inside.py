"""How two states of one file differ, in the terms of what it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from jupyter_mlversion.commands.text.style import Style, safe, shortened
from jupyter_mlversion.commands.text.words import columns, number, plural, size
from jupyter_mlversion.domain.plan import Change

if TYPE_CHECKING:
    from jupyter_mlversion.repository.holdings import ArtifactDifference

_MOST = 20
"""Rows, tensors or hunks of each kind that are told."""

_LONGEST_CELL = 24


def inside_text(found: ArtifactDifference, style: Style) -> str:
    """The difference of one file."""
    if found.change is None:
        return f"{safe(found.path)} is the same."
    sides = [side.size for side in (found.before, found.after) if side is not None]
    head = f"{safe(found.path)} {found.change.value}, {' → '.join(map(size, sides))}"
    if found.change != Change.MODIFIED:
        return head
    lines = _LINES.get(str(found.inside.get("kind")), _unknown)(found.inside, style)
    return "\n".join([head, *(shortened(line, style.width) if not style.colour else line for line in lines)])


def _table(inside: Mapping[str, Any], style: Style) -> Iterator[str]:
    rows = inside["rows"]
    counts = [f"{rows[kind]} {kind}" for kind in ("added", "removed", "changed", "same")]
    told = "by what they hold" if inside["key"] is None else f"by the column {safe(inside['key'])}"
    yield f"Rows {told}: {', '.join(counts)}"
    listed = [(column["change"] or "values", column["name"], _types(column), str(column["cells"] or ""))
              for column in inside["columns"] if column["change"] or column["cells"]]
    yield from _block("Columns", listed, style)
    names = inside["names"]
    changed = [(f"row {row['after']}", _values(row, names)) for row in inside["changed"][:_MOST]]
    yield from _block("Changed rows", changed, style)
    for kind, paint in (("added", style.good), ("removed", style.bad)):
        some = [(f"row {row['row']}", ", ".join(map(_cell, row["values"]))) for row in inside[kind][:_MOST]]
        yield from _block(f"{kind.capitalize()} rows", some, style, paint)


def _values(row: Mapping[str, Any], names: Sequence[str]) -> str:
    before, after = row["from"], row["to"]
    return ", ".join(f"{names[place]} {_cell(before[place])} → {_cell(after[place])}" for place in row["cells"])


def _text(inside: Mapping[str, Any], style: Style) -> Iterator[str]:
    yield f"{plural(inside['added'], 'line')} added, {inside['removed']} removed"
    paint = {"+": style.good, "-": style.bad}
    for hunk in inside["hunks"][:_MOST]:
        yield style.special(f"@@ -{hunk['before'] + 1} +{hunk['after'] + 1} @@")
        yield from (paint.get(sign, str)(f"{sign}{safe(line)}") for sign, line in hunk["lines"])
    if inside["hunk_count"] > _MOST:
        yield f"… {plural(inside['hunk_count'] - _MOST, 'more place')}"


def _image(inside: Mapping[str, Any], _style: Style) -> Iterator[str]:
    sides = (inside["before"], inside["after"])
    yield " → ".join(f"{side['format']} {side['width']} x {side['height']}" for side in sides)
    pixels = inside["pixels"]
    if pixels:
        yield (f"{pixels['differ']} of {pixels['total']} pixels differ, by at most {pixels['largest']} and on average "
               f"{pixels['mean']:.3g} of 255")
    elif inside["why"]:
        yield safe(inside["why"])


def _tensors(inside: Mapping[str, Any], style: Style) -> Iterator[str]:
    yield ", ".join(f"{count} {kind}" for kind, count in inside["counts"].items() if count)
    ordered = sorted(inside["tensors"], key=lambda tensor: -_weight(tensor))
    rows = [("change", "name", "type", "relative", "largest", "cosine")]
    rows += [(tensor["change"], tensor["name"], _shape(tensor["after"] or tensor["before"]),
              *(_measure(tensor.get(name)) for name in rows[0][3:])) for tensor in ordered[:_MOST]]
    yield from _block("Tensors", rows if ordered else [], style)
    if len(ordered) > _MOST:
        yield f"  … {plural(len(ordered) - _MOST, 'more tensor')}"


def _unknown(inside: Mapping[str, Any], _style: Style) -> Iterator[str]:
    yield safe(inside.get("problem") or "The bytes differ; what they mean is not known.")
    if inside.get("hint"):
        yield safe(inside["hint"])


_LINES = {"table": _table, "text": _text, "image": _image, "tensors": _tensors}


def _block(title: str, rows: Sequence[Sequence[str]], style: Style, paint: Any = str) -> Iterator[str]:
    if rows:
        yield ""
        yield style.bold(title)
        for row in columns([[safe(cell) for cell in row] for row in rows]):
            yield paint(f"  {''.join(row)}".rstrip())


def _types(column: Mapping[str, Any]) -> str:
    types = [column["before"], column["after"]]
    return types[0] if types[0] == types[1] else " → ".join(one for one in types if one)


def _cell(value: object) -> str:
    return "null" if value is None else shortened(str(value), _LONGEST_CELL) or "''"


def _shape(tensor: Mapping[str, Any]) -> str:
    return f"{tensor['dtype']} {list(tensor['shape'])}"


def _measure(value: object) -> str:
    return "" if value is None else number(value)


def _weight(tensor: Mapping[str, Any]) -> float:
    relative = tensor.get("relative")
    return float(relative) if isinstance(relative, (int, float)) else float("inf")
