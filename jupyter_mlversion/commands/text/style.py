"""Colours, where there are any, and text of others made harmless."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime

# Control characters, and those that turn the order of text around, hide in it, or end its line.
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff]")

_COLOUR = re.compile(r"(\x1b\[[\d;]*m)")


@dataclass(frozen=True, slots=True)
class Style:
    """How text looks.

    Parameters
    ----------
    colour : whether escape sequences are wanted.
    width : columns of the terminal; None: lines may be as long as they like.
    now : what ages are counted from.
    """

    colour: bool = False
    width: int | None = None
    now: datetime = field(default_factory=lambda: datetime.now(UTC))

    def bold(self, text: str) -> str:
        """`text` in bold."""
        return self._paint("1", text)

    def dim(self, text: str) -> str:
        """`text` in the background."""
        return self._paint("2", text)

    def good(self, text: str) -> str:
        """`text` in green."""
        return self._paint("32", text)

    def bad(self, text: str) -> str:
        """`text` in red."""
        return self._paint("31", text)

    def special(self, text: str) -> str:
        """`text` in yellow."""
        return self._paint("33", text)

    def _paint(self, code: str, text: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self.colour and text else text


def safe(text: str) -> str:
    """`text` on one line, without anything that a terminal would obey or that would turn its order around."""
    return _CONTROL.sub(lambda match: " " if match[0] in "\t\n" else ascii(match[0])[1:-1], text)


def harmless(text: str, *, colour: bool) -> str:
    """`text` of several lines, each made `safe`; colours, as tracebacks have them, stay where they are wanted."""
    return "\n".join(_harmless_line(line, colour=colour) for line in text.splitlines())


def _harmless_line(line: str, *, colour: bool) -> str:
    parts = _COLOUR.split(line)  # text and colours in turn
    return "".join((part if colour else "") if index % 2 else safe(part) for index, part in enumerate(parts))


def shortened(text: str, width: int | None) -> str:
    """`text`, cut to `width` columns with an ellipsis."""
    if width is None or len(text) <= width:
        return text
    return f"{text[: max(width - 1, 0)]}…"
