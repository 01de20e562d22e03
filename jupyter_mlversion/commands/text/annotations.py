"""What is said of versions, and what they are named."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_mlversion.commands.text.style import Style, harmless, safe
from jupyter_mlversion.commands.text.words import columns

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from jupyter_mlversion.domain.version import Version
    from jupyter_mlversion.repository import Branches, Tags

_SHORT = 8


def renamed_text(version: Version, style: Style) -> str:
    """What a version is called now, and was when it was made."""
    line = f"{style.special(version.short)} {safe(version.message)}".rstrip()
    return line if version.original_message is None else f"{line}\n  made as: {safe(version.original_message)}"


def note_text(version: Version, style: Style) -> str:
    """The note on a version, line by line."""
    if not version.note:
        return f"{style.special(version.short)} has no note."
    return f"{style.special(version.short)} {safe(version.message)}\n{harmless(version.note, colour=False)}"


def labels_text(version: Version, style: Style) -> str:
    """The labels of a version."""
    labels = ", ".join(safe(label) for label in version.labels)
    return f"{style.special(version.short)} {labels or 'has no labels.'}"


def starred_text(versions: Sequence[Version], style: Style) -> str:
    """A line for each version: with a star, or without."""
    lines = (f"{'★' if version.starred else '☆'} {style.special(version.short)} {safe(version.message)}"
             for version in versions)
    return "\n".join(line.rstrip() for line in lines)


def tags_text(tags: Tags, name: str | None, style: Style) -> str:
    """All tags, or what became of one."""
    return _named(tags.tags, name, tags.before, style) if name else _listed(tags.tags, style) or "There are no tags."


def branches_text(branches: Branches, name: str | None, style: Style) -> str:
    """All branches of a notebook, or what became of one."""
    if name is None:
        return _listed(branches.branches, style, branches.branch) or "There are no branches yet."
    on = f"The notebook stands on {safe(branches.branch)}." if branches.branch else "The notebook stands on no branch."
    renamed = [new for new, id_ in branches.branches.items() if id_ == branches.before]
    if name not in branches.branches and renamed:
        return f"{safe(name)} is {', '.join(map(safe, renamed))} now. {on}"
    return f"{_named(branches.branches, name, branches.before, style)} {on}"


def _named(names: Mapping[str, str], name: str, before: str | None, style: Style) -> str:
    was = "" if before is None or before == names.get(name) else f" was {style.special(before[:_SHORT])}"
    if name in names:
        return f"{safe(name)} is {style.special(names[name][:_SHORT])}{f' now, and{was}' if was else ''}."
    return f"{safe(name)} is gone;{' it' + was if was else ''}, and every version is still there."


def _listed(names: Mapping[str, str], style: Style, current: str | None = None) -> str:
    rows = [["*" if name == current else " ", safe(name), id_[:_SHORT]] for name, id_ in sorted(names.items())]
    return "\n".join(mark + name + style.special(id_) for mark, name, id_ in columns(rows, gap=1))
