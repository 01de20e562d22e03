"""A comparison as one HTML page that needs no network and runs no scripts."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

from jupyter_mlversion.domain.plan import Change
from jupyter_mlversion.figures.frame import COLOURS
from jupyter_mlversion.reports.drawing import svg
from jupyter_mlversion.reports.sheet import parts_text, title_of
from jupyter_mlversion.reports.style import STYLE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from jupyter_mlversion.domain.comparison import (
        CellPair,
        Comparison,
        FileState,
        NotebookDifference,
        Side,
        SplitState,
        ValueRow,
    )
    from jupyter_mlversion.domain.run import Metric, Value

_ARROWS = {True: "↓", False: "↑", None: ""}
"""Which way a metric improves."""
_NONE = '<span class="none">none</span>'
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
_MARKS = {Change.ADDED: "+", Change.REMOVED: "\N{MINUS SIGN}", Change.MODIFIED: "~"}


@dataclass(frozen=True, slots=True)
class Report:
    """What the page shows.

    Parameters
    ----------
    figures : of metrics, by name, as Plotly would have them.
    notebooks : of the first side and each other one; empty where there are none.
    """

    comparison: Comparison
    figures: Sequence[dict[str, Any]] = ()
    notebooks: Sequence[NotebookDifference] = ()


def page(report: Report) -> str:
    """The page. Every text of a version is escaped, and the page's own policy forbids scripts and requests."""
    told = report.comparison
    title = escape(" ↔ ".join(side.short for side in told.sides))
    figures = "".join(svg(figure, COLOURS) for figure in report.figures)
    sections = [
        _section("Versions", _versions(told.sides), 0),
        _section("Metrics", _metrics(told), told.same["metrics"]),
        _section("Metrics over steps", figures, 0),
        _section("Parameters", _values(told, told.params), told.same["params"]),
        *(_section(f"Notebook: {told.sides[0].short} → {side.short}", _notebook(difference), 0)
          for side, difference in zip(told.sides[1:], report.notebooks, strict=False)),
        _section("Artifacts", _files(told), told.same["artifacts"]),
        _section("Splits", _splits(told), told.same["splits"]),
        _section("Environment", _values(told, told.environment), told.same["environment"]),
        _section("Code", _values(told, told.code), told.same["code"]),
    ]
    return (f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
            f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
            f'<meta name="viewport" content="width=device-width"><title>{title}</title><style>{STYLE}</style></head>\n'
            f"<body><h1>{title}</h1>\n{''.join(sections)}</body></html>\n")


def _section(title: str, body: str, same: int) -> str:
    note = f'<p class="note">{same} more, the same on all sides, are left out.</p>' if same else ""
    return f"<section><h2>{escape(title)}</h2>{body}{note}</section>\n" if body or note else ""


def _versions(sides: Sequence[Side]) -> str:
    rows = [("message", [side.message or "the files as they are; the rest as in the last version" for side in sides]),
            ("made", [side.time.strftime("%Y-%m-%d %H:%M UTC") if side.time else "now" for side in sides]),
            ("author", [side.author for side in sides]), ("branch", [side.branch for side in sides]),
            ("notebook", [side.notebook or "" for side in sides])]
    return _table(sides, ((name, [escape(text) for text in texts], False) for name, texts in rows))


def _metrics(told: Comparison) -> str:
    rows = []
    for row in told.metrics:
        base = row.values[0]
        cells = [_metric(one, None if number == 0 else base, best=number in row.best)
                 for number, one in enumerate(row.values)]
        rows.append((f"{row.name} {_ARROWS[row.lower_is_better]}".strip(), cells, row.differs))
    return _table(told.sides, rows)


def _metric(metric: Metric | None, base: Metric | None, *, best: bool) -> str:
    if metric is None:
        return _NONE
    mark = ' <b title="best">★</b>' if best else ""
    change = "" if base is None else f' <span class="note">{metric.last - base.last:+.4g}</span>'
    span = f'<br><span class="note">{metric.low:.4g} … {metric.high:.4g}</span>' if metric.count > 1 else ""
    return f"{metric.last:.6g}{mark}{change}{span}"


def _values(told: Comparison, rows: Sequence[ValueRow]) -> str:
    return _table(told.sides, (
        (row.name, [_value(value, absent=number in row.absent) for number, value in enumerate(row.values)], row.differs)
        for row in rows))


def _value(value: Value, *, absent: bool) -> str:
    return _NONE if absent else escape(str(value))


def _files(told: Comparison) -> str:
    return _table(told.sides, ((row.path, [_side(one, _file) for one in row.values], row.differs)
                               for row in told.artifacts))


def _file(state: FileState) -> str:
    digest = (state.digest or "").removeprefix("blake3:")[:12] or "not read"
    return f'{state.size:,} bytes <span class="note">{escape(digest)}</span>'


def _splits(told: Comparison) -> str:
    return _table(told.sides, ((row.name, [_side(one, _split) for one in row.values], row.differs)
                               for row in told.splits))


def _split(state: SplitState) -> str:
    seed = "" if state.seed is None else f", seed {state.seed}"
    return f'{escape(parts_text(state.parts))}<br><span class="note">{escape(state.strategy)}{seed}</span>'


def _side(state: Any, text: Callable[[Any], str]) -> str:
    return _NONE if state is None else text(state)


def _table(sides: Sequence[Side], rows: Iterable[tuple[str, Sequence[str], bool]]) -> str:
    """Names are escaped here; cells are HTML already."""
    body = "".join(f'<tr{" class=differs" if differs else ""}><th scope="row">{escape(name)}</th>'
                   f'{"".join(f"<td>{cell}</td>" for cell in cells)}</tr>' for name, cells, differs in rows)
    head = "".join(f'<th scope="col">{escape(title_of(side))}</th>' for side in sides)
    return f'<div class="wide"><table><thead><tr><td></td>{head}</tr></thead><tbody>{body}</tbody></table></div>' \
        if body else ""


def _notebook(difference: NotebookDifference) -> str:
    shown = [pair for pair in difference.cells if pair.change is not None or pair.moved]
    same = len(difference.cells) - len(shown)
    note = f'<p class="note">{same} cells are the same.</p>' if same else ""
    return "".join(map(_cell, shown)) + note


def _cell(pair: CellPair) -> str:
    words = [pair.change.value if pair.change else "", "moved" if pair.moved else "", pair.kind,
             "outputs differ" if pair.outputs_differ else ""]
    mark = _MARKS[pair.change] if pair.change else "↕"
    head = f"<h3><b>{mark}</b> {escape(', '.join(filter(None, words)))}</h3>"
    if pair.change == Change.MODIFIED and pair.earlier is not None:
        before, after = _marked(pair.earlier, pair.gone, "del"), _marked(pair.source, pair.new, "ins")
        return f'<article class="pair">{head}<pre>{before}</pre><pre>{after}</pre></article>'
    tag = {Change.ADDED: "ins", Change.REMOVED: "del"}.get(pair.change) if pair.change else None
    text = escape(pair.source)
    return f"<article>{head}<pre>{f'<{tag}>{text}</{tag}>' if tag else text}</pre></article>"


def _marked(text: str, found: Sequence[tuple[int, int]], tag: str) -> str:
    parts, place = [], 0
    for start, length in found:
        parts.append(escape(text[place:start]))
        parts.append(f"<{tag}>{escape(text[start : start + length])}</{tag}>")
        place = start + length
    return "".join([*parts, escape(text[place:])])
