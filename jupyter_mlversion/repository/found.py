"""What a query found."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jupyter_mlversion.domain.version import Version

_ROWS = 100
_COLUMNS = 12


@dataclass(frozen=True, slots=True)
class Found:
    """A page of versions, and how many fit in all."""

    versions: tuple[Version, ...]
    total: int

    def _repr_html_(self) -> str:
        """A table for the output of a cell: every text in it is shown as it is spelled."""
        shown = self.versions[:_ROWS]
        metrics = list(dict.fromkeys(name for version in shown for name in version.metrics))[:_COLUMNS]
        params = list(dict.fromkeys(name for version in shown for name in version.params))[:_COLUMNS]
        rows = [_row("th", ["version", "message", "branch", "time (UTC)", *metrics, *params])]
        for version in shown:
            values: list[object] = [version.metrics.get(name, "") for name in metrics]
            values += [version.params.get(name, "") for name in params]
            rows.append(_row("td", [version.short, version.message.partition("\n")[0], version.branch,
                                    f"{version.time:%Y-%m-%d %H:%M}", *map(_text, values)]))
        more = f"<p>{len(shown)} of {self.total} versions</p>" if len(shown) < self.total else ""
        return f"<table>{''.join(rows)}</table>{more}" if shown else "<p>No version fits.</p>"


def _row(tag: str, texts: list[str]) -> str:
    return f"<tr>{''.join(f'<{tag}>{escape(text)}</{tag}>' for text in texts)}</tr>"


def _text(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)
