"""Versions: the log as a table, one version whole, what became of a checkpoint."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from jupyter_mlversion.commands.text.style import Style, safe, shortened
from jupyter_mlversion.commands.text.words import age, columns, number, plural, seconds, size
from jupyter_mlversion.domain.artifact import State
from jupyter_mlversion.domain.check import Verdict
from jupyter_mlversion.domain.version import MAIN, Document, Trigger, Version

if TYPE_CHECKING:
    from jupyter_mlversion.domain.snapshot import Snapshot
    from jupyter_mlversion.repository import Detail, Outcome

_METRICS_SHOWN = 3
_NARROWEST_MESSAGE = 12
_SHARES = (6, 3, 8, 8)
"""Of the width, which part notebook, metrics, age and branch may have."""

_GAP = 2
_PARTS_SHOWN = 10
_ABSENT = Verdict.NOT_APPLICABLE


def log_text(versions: Sequence[Version], style: Style) -> str:
    """A line per version; the notebook is named where there are several, the branch where it is not the first."""
    if not versions:
        return "No versions yet."
    several = len({version.line for version in versions}) > 1
    rows = [_log_row(version, style, several=several) for version in versions]
    if style.width is not None:
        rows = _fitted(rows, style.width)
    paints: tuple[Callable[[str], str], ...] = (style.special, str, str, str, style.dim, style.good)
    lines = ("".join(map(_painted, paints, row)) for row in columns(rows))
    return "\n".join(line.rstrip() for line in lines)


def detail_text(detail: Detail, style: Style) -> str:
    """Everything of a version that fits on a page or two."""
    version, snapshot = detail.version, detail.snapshot
    blocks = [_head(version, style)]
    blocks += [_section("Note", [[line] for line in version.note.splitlines()], style)]
    blocks += [_section("Metrics", [(name, number(value)) for name, value in version.metrics.items()], style)]
    blocks += [_section("Parameters", [(name, number(value)) for name, value in version.params.items()], style)]
    blocks += [_section("Leaks", list(_leaks(version)), style)]
    blocks += [_section("Splits", list(_splits(snapshot)), style)]
    blocks += [_section("Checks", list(_checks(snapshot)), style)]
    blocks += [_section("Files", list(_artifacts(snapshot)), style)]
    blocks += [_section("Missing content", [[safe(path)] for path in detail.lacking], style)]
    blocks += [_section("Environment", list(_environment(snapshot)), style)]
    return "\n\n".join(block for block in blocks if block)


def outcome_text(outcome: Outcome, style: Style) -> str:
    """What became of a checkpoint, on one line and a note."""
    version = outcome.version
    if version is None:
        return "Nothing has changed: no new version."
    counts = version.counts
    changes = [f"{count} {word}" for count, word in
               ((counts.added, "added"), (counts.modified, "modified"), (counts.removed, "removed")) if count]
    files = plural(counts.artifacts, "file") + (f" ({', '.join(changes)})" if changes else "")
    of = f" of {safe(version.notebook)}" if version.notebook else ""
    cost = f"{size(outcome.bytes_new)} new, {seconds(outcome.seconds)}"
    line = f"Version {style.special(version.short)}{of}: {files}, {cost}."
    return f"{line}\n{safe(outcome.note)}" if outcome.note else line


def _log_row(version: Version, style: Style, *, several: bool) -> list[str]:
    notebook = (version.notebook or "(workspace)") if several else ""
    branch = "safety" if version.trigger == Trigger.SAFETY else version.branch
    leak = [f"{plural(sum(leak.rows for leak in version.leaks), 'row')} leaked"] if version.leaks else []
    star = ["★"] if version.starred else []
    said = (branch, *version.tags, *version.labels, *leak, *star)
    names = ", ".join(name for name in said if name != MAIN)
    when = age(version.time, style.now)
    return [version.short, safe(version.message), safe(notebook), _metrics(version), when, safe(names)]


def _painted(paint: Callable[[str], str], cell: str) -> str:
    text = cell.rstrip()
    return paint(text) + cell[len(text) :]


def _fitted(rows: list[list[str]], width: int) -> list[list[str]]:
    """`rows` cut so that a line has `width` columns at the most: the message gets what the others leave."""
    rows = [
        [short, message, *(shortened(cell, width // share) for cell, share in zip(rest, _SHARES, strict=True))]
        for short, message, *rest in rows
    ]
    others = columns([[short, *rest] for short, _, *rest in rows])
    used = max(sum(len(cell) for cell in row) for row in others)
    room = max(width - used - _GAP, _NARROWEST_MESSAGE)
    return [[short, shortened(message, room), *rest] for short, message, *rest in rows]


def _metrics(version: Version) -> str:
    shown = [f"{safe(name)} {number(value)}" for name, value in list(version.metrics.items())[:_METRICS_SHOWN]]
    return ", ".join(shown) + (" …" if len(version.metrics) > _METRICS_SHOWN else "")


def _head(version: Version, style: Style) -> str:
    rows = [
        ("notebook", version.notebook or "(the workspace)"),
        ("branch", version.branch),
        ("time", f"{version.time:%Y-%m-%d %H:%M:%S} UTC, {age(version.time, style.now)} ago"),
        ("author", version.author),
        ("made by", version.trigger.value + (f" {version.cell_id}" if version.cell_id else "")),
        ("message", version.message),
        ("made as", version.original_message or ""),
        ("starred", "yes" if version.starred else ""),
        ("labels", ", ".join(version.labels)),
        ("tags", ", ".join(version.tags)),
        ("parents", ", ".join(parent[:12] for parent in version.parents)),
    ]
    if version.document == Document.AS_SAVED:
        rows.append(("document", "as last saved"))
    lines = [style.bold(f"Version {version.id}")]
    lines += [f"{name:<10}{safe(value)}" for name, value in rows if value]
    return "\n".join(lines)


def _section(title: str, rows: Sequence[Sequence[str]], style: Style) -> str:
    if not rows:
        return ""
    lines = ["  " + "".join(row).rstrip() for row in columns([[safe(cell) for cell in row] for row in rows])]
    return "\n".join([style.bold(title), *lines])


def _leaks(version: Version) -> Iterator[tuple[str, str]]:
    for leak in version.leaks:
        where = f"version {leak.version[:8]}" if leak.version else "this version"
        how = f"were trained on in {where}" + (f" as {leak.trained_as}" if leak.trained_as else "")
        yield f"{leak.split}/{leak.part}", f"{plural(leak.rows, 'frozen row')} {how}"


def _splits(snapshot: Snapshot) -> Iterator[tuple[str, str, str]]:
    for split in snapshot.splits:
        shown = split.parts[:_PARTS_SHOWN]
        parts = [f"{part.name} {part.size}{' (frozen)' if part.name in split.frozen else ''}" for part in shown]
        more = len(split.parts) - len(shown)
        seed = f", seed {split.seed}" if split.seeded else ""
        yield split.name, f"{split.strategy}{seed}", ", ".join([*parts, *([f"{more} more"] if more else [])])


def _checks(snapshot: Snapshot) -> Iterator[tuple[str, str, str]]:
    from jupyter_mlversion.splits.report import report_rows

    several = len(snapshot.splits) > 1
    for split in snapshot.splits:
        for sign, name, text in report_rows([check for check in split.checks if check.verdict != _ABSENT]):
            yield sign, f"{split.name}: {name}" if several else name, text


def _artifacts(snapshot: Snapshot) -> Iterator[tuple[str, str, str, str, str]]:
    for artifact in snapshot.artifacts:
        state = "" if artifact.state == State.STORED else f"{artifact.state.value}: {artifact.reason}"
        yield artifact.role.value, artifact.access.value, size(artifact.size), artifact.path, state


def _environment(snapshot: Snapshot) -> Iterator[tuple[str, str]]:
    environment, code = snapshot.environment, snapshot.code
    if environment.python:
        yield "python", f"{environment.python}, {plural(len(environment.packages), 'package')}, {environment.platform}"
    for generator, seed in environment.seeds.items():
        yield f"seed of {generator}", seed
    if code.commit:
        yield "code", f"{code.commit[:12]} {code.branch}{' with uncommitted changes' if code.dirty else ''}"
