"""Versions side by side, the workspace among them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any, Literal

import msgspec
from tornado import web

from jupyter_mlversion.codec import json
from jupyter_mlversion.codec.record import to_plain
from jupyter_mlversion.compare.lines import in_units
from jupyter_mlversion.domain.version import WORKSPACE_SIDE
from jupyter_mlversion.figures.compared import compared_figures
from jupyter_mlversion.reports import page, report, sheet
from jupyter_mlversion.server.access import authorized
from jupyter_mlversion.server.resource import RESOURCE, Query, Resource

if TYPE_CHECKING:
    from jupyter_mlversion.domain.comparison import CellPair
    from jupyter_mlversion.server.workspaces import Place

MOST_FIGURES = 50
MOST_CELLS = 40_000
"""Cells of a section's table; 50,000 files of 20 versions would be an answer of 130 MB."""

LARGEST_OUTPUT = 4 * 1024 * 1024
"""Bytes of JSON above which an output is not sent: a page that shows two of them side by side would stall."""

_NEVER_SHOWN = {"application/javascript", "application/vnd.jupyter.widget-view+json"}


class ComparisonQuery(Query, frozen=True):
    """Which states: ids, or other names, with commas between."""

    versions: str = ""
    differences_only: bool = False

    def sides(self) -> list[str]:
        """The names."""
        return [side for side in self.versions.split(",") if side]


class ExportQuery(ComparisonQuery, frozen=True):
    """As what."""

    format: Literal["html", "csv"] = "html"


class FiguresQuery(ComparisonQuery, frozen=True):
    """Which of the figures."""

    metric: str | None = None
    first: Annotated[int, msgspec.Meta(ge=0)] = 0
    limit: Annotated[int, msgspec.Meta(ge=1, le=MOST_FIGURES)] = 12


class ToQuery(Query, frozen=True):
    """The other state."""

    to: str = WORKSPACE_SIDE


class OutputsQuery(Query, frozen=True):
    """A version of the line that is meant, where the outputs of the workspace are asked for."""

    like: str = "HEAD"


class ComparisonHandler(Resource):
    """``/comparisons``."""

    @web.authenticated
    @authorized(action="read", resource=RESOURCE)
    async def get(self) -> None:
        """The table."""
        query = self.query(ComparisonQuery)
        place = await self.locate(query)
        await self.answer(self.service.looks, lambda: _table(place, query))


class FiguresHandler(Resource):
    """``/comparisons/figures``."""

    @web.authenticated
    @authorized(action="read", resource=RESOURCE)
    async def get(self) -> None:
        """A figure for each metric, with a line for each run of each version."""
        query = self.query(FiguresQuery)
        place = await self.locate(query)
        await self.answer(self.service.looks, lambda: _figures(place, query))


class ExportHandler(Resource):
    """``/comparisons/export``."""

    @web.authenticated
    @authorized(action="read", resource=RESOURCE)
    async def get(self) -> None:
        """The comparison as a page or a sheet, for the front end to hand over as a file."""
        query = self.query(ExportQuery)
        place = await self.locate(query)
        await self.answer(self.service.looks, lambda: _export(place, query))


class NotebookHandler(Resource):
    """``/versions/ID/notebook-difference``."""

    @web.authenticated
    @authorized(action="read", resource=RESOURCE)
    async def get(self, version: str) -> None:
        """How the notebook of another version, or of the workspace, differs, cell by cell."""
        query = self.query(ToQuery)
        place = await self.locate(query)
        await self.answer(self.service.looks, lambda: _notebook(place, version, query.to))


class OutputsHandler(Resource):
    """``/versions/ID/cells/N/outputs``."""

    @web.authenticated
    @authorized(action="read", resource=RESOURCE)
    async def get(self, version: str, number: str) -> None:
        """The outputs of one cell, which counts from 0."""
        query = self.query(OutputsQuery)
        place = await self.locate(query)
        await self.answer(self.service.looks, lambda: _outputs(place, version, int(number), query.like))


HANDLERS = [
    ("comparisons", ComparisonHandler),
    ("comparisons/figures", FiguresHandler),
    ("comparisons/export", ExportHandler),
    (r"versions/([^/]+)/notebook-difference", NotebookHandler),
    (r"versions/([^/]+)/cells/(\d{1,6})/outputs", OutputsHandler),
]


def _table(place: Place, query: ComparisonQuery) -> dict[str, Any]:
    told = place.repository.compare(query.sides(), differences_only=query.differences_only, notebook=place.notebook)
    most = MOST_CELLS // len(told.sides)
    sections = {name: getattr(told, name) for name in told.same}
    cut = {name: max(0, len(rows) - most) for name, rows in sections.items()}
    answer: dict[str, Any] = to_plain(replace(told, **{name: rows[:most] for name, rows in sections.items()}))
    return answer | {"cut": cut}


def _figures(place: Place, query: FiguresQuery) -> dict[str, Any]:
    repository = place.repository
    found = repository.comparer.snapshots(repository.sides(query.sides(), notebook=place.notebook))
    last = query.first + query.limit
    names = sorted({name for _, snapshot in found for name in snapshot.metrics})
    wanted = names[query.first:last] if query.metric is None else [query.metric]
    return {"figures": compared_figures(found, repository.store.read, names=wanted), "total": len(names)}


def _export(place: Place, query: ExportQuery) -> dict[str, Any]:
    found = report(place.repository, query.sides(), differences_only=query.differences_only, notebook=place.notebook)
    name = "-".join(side.short for side in found.comparison.sides[:4])
    content = page(found) if query.format == "html" else sheet(found.comparison)
    return {"name": f"comparison-{name}.{query.format}", "content": content}


def _notebook(place: Place, version: str, other: str) -> dict[str, Any]:
    repository = place.repository
    difference = repository.comparer.notebooks(*repository.sides((version, other), notebook=place.notebook))
    answer: dict[str, Any] = to_plain(replace(difference, cells=()))
    return answer | {"cells": [_cell(pair) for pair in difference.cells]}


def _cell(pair: CellPair) -> dict[str, Any]:
    """Stretches count UTF-16 units, as browsers do."""
    answer: dict[str, Any] = to_plain(pair)
    gone = in_units(pair.earlier or "", list(pair.gone))
    return answer | {"gone": gone, "new": in_units(pair.source, list(pair.new))}


def _outputs(place: Place, version: str, number: int, like: str) -> dict[str, Any]:
    repository = place.repository
    side, reference = repository.sides((version, like), notebook=place.notebook)
    return {"outputs": [_harmless(one) for one in repository.comparer.outputs(side, number, reference)]}


def _harmless(output: Any) -> Any:
    """An output without what only a live kernel could show; of one that is too large, how large it is."""
    if not isinstance(output, dict):
        return {"output_type": "stream", "name": "stderr", "text": "This output is not valid."}
    data = output.get("data")
    if isinstance(data, dict):
        output = output | {"data": {mime: value for mime, value in data.items() if mime not in _NEVER_SHOWN}}
    size = len(json.dump(output))
    if size <= LARGEST_OUTPUT:
        return output
    text = f"This output has {size:,} bytes, too many to be shown here."
    return {"output_type": "stream", "name": "stderr", "text": text}
