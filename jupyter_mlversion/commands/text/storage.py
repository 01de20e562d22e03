"""What the store holds, and what goes from it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from jupyter_mlversion.commands.text.style import Style, safe
from jupyter_mlversion.commands.text.words import age, columns, plural, size

if TYPE_CHECKING:
    from jupyter_mlversion.repository import Deleted, Gathered, Gone, Storage
    from jupyter_mlversion.repository.usage import Freed
    from jupyter_mlversion.store.collect import Collected

_FILES_SHOWN = 5


def gathered_text(gathered: Gathered, days: float, style: Style) -> str:
    """Which versions go and why, and what became of their bytes, which wait `days` in the quarantine."""
    lines = [line for gone in gathered.gone for line in _gone(gone, style)]
    done = gathered.collected
    if done is None:
        lines.append(f"{size(gathered.dead)} would be freed.")
        return "\n".join(lines)
    lines += _done(done, days)
    return "\n".join(lines)


def deleted_text(deleted: Deleted, style: Style, *, dry_run: bool = False) -> str:
    """What was hidden, or would be, what is kept all the same, and how to go on."""
    lines = []
    for version in deleted.versions:
        done = "Would delete" if dry_run else "Deleted"
        lines.append(f"{done} {style.special(version.short)} {safe(version.message)}".rstrip())
        if version.id in deleted.kept:
            lines.append(f"  its files are kept, since {safe(deleted.kept[version.id])}")
    lines += _files(deleted.contents)
    lines.append(f"`mlversion gc` would free {size(deleted.adds)} of these, {size(deleted.frees)} in all; nothing "
                 "goes before.")
    if not dry_run:
        lines.append(f"To undo: mlversion undelete {' '.join(version.short for version in deleted.versions)}")
    return "\n".join(lines)


def undeleted_text(shown: Deleted, style: Style) -> str:
    """What is listed again, and which of its files are gone."""
    lines = [f"Listed again: {style.special(version.short)} {safe(version.message)}".rstrip()
             for version in shown.versions]
    lines += [f"  {style.bad('gone')} {safe(path)}" for path in shown.missing]
    return "\n".join(lines)


def storage_text(storage: Storage, style: Style) -> str:
    """The whole, then who needs what."""
    hidden = f", {storage.hidden} deleted" if storage.hidden else ""
    taken = f"{size(storage.total)} of {size(storage.quota)} for {plural(storage.versions, 'version')}{hidden}"
    lines = [f"{taken}; {size(storage.disk_free)} of disk are free."]
    rows = [(safe(line.notebook or "(workspace)" if line.notebook or line.line == "workspace" else line.line),
             size(line.bytes), f"{size(line.own)} of its own, {plural(line.versions, 'version')}")
            for line in storage.lines]
    lines += ["", style.bold("Notebooks"), *_indented(rows)] if rows else []
    rows = [(role, size(taken), "") for role, taken in storage.roles.items()]
    rows += [("nothing needs", size(storage.frees), "`mlversion gc` frees it")] if storage.frees else []
    if storage.quarantine:
        rows.append(("quarantine", size(storage.quarantine_bytes), plural(storage.quarantine, "pack")))
    lines += ["", style.bold("Contents"), *_indented(rows)] if rows else []
    return "\n".join(lines)


def _gone(gone: Gone, style: Style) -> Iterator[str]:
    version = gone.version
    why = f"{age(version.time, style.now)} ago, {size(gone.bytes)}: {safe(gone.rule)}"
    yield f"{style.special(version.short)} {why} {safe(version.message)}".rstrip()
    yield from _files(gone.contents)


def _files(contents: Sequence[Freed]) -> Iterator[str]:
    for content in contents[:_FILES_SHOWN]:
        yield f"  {size(content.bytes)}  {safe(content.path)}"
    if len(contents) > _FILES_SHOWN:
        yield f"  … and {len(contents) - _FILES_SHOWN} more"


def _done(done: Collected, days: float) -> Iterator[str]:
    if done.freed > 0:
        yield f"Freed {size(done.freed)}."
    elif not done.waiting:
        yield "Nothing to free."
    if done.waiting:
        yield (f"{size(done.waiting)} wait in the quarantine for {days:g} days, and can still be brought back; "
               "`mlversion gc --now` removes them at once.")
    if done.crowded:
        yield "There was no room to write packs anew: free some disk space, or use `mlversion gc --now`."


def _indented(rows: list[tuple[str, str, str]]) -> list[str]:
    return ["  " + "".join(row).rstrip() for row in columns(rows)]
