"""What verify and doctor found."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from jupyter_mlversion.commands.text.style import Style, safe
from jupyter_mlversion.commands.text.words import plural

if TYPE_CHECKING:
    from jupyter_mlversion.domain.damage import Damage
    from jupyter_mlversion.repository import Finding, Mended


def damage_text(damage: Sequence[Damage], style: Style) -> str:
    """Each damage with the versions and paths that it touches."""
    if not damage:
        return style.good("No damage.")
    lines = []
    for item in damage:
        lines.append(f"{style.bad(item.kind)} {safe(item.detail)} {item.digest or ''}".rstrip())
        lines += [f"  needed for {safe(path)}" for path in item.paths]
        lines += [f"  in version {version[:12]}" for version in item.versions]
    return "\n".join(lines)


def mended_text(mended: Mended, style: Style) -> str:
    """How much was put right, and what is left."""
    if not mended.left:
        return style.good(f"{plural(len(mended.before), 'damage')} repaired." if mended.before else "No damage.")
    return f"{damage_text(mended.left, style)}\n{len(mended.before)} found, {len(mended.left)} left."


def findings_text(findings: Iterable[Finding], style: Style) -> str:
    """A line per finding, and under it what to do."""
    lines = []
    for finding in findings:
        mark = style.good("ok   ") if finding.ok else style.bad("look ")
        lines.append(f"{mark}{safe(finding.what)}")
        if finding.advice:
            lines.append(f"     → {safe(finding.advice)}")
    return "\n".join(lines)
