"""Texts: some of one, and how two differ."""

from __future__ import annotations

import codecs
import difflib
import time
from typing import TYPE_CHECKING, Any

from jupyter_mlversion.compare.inside.delimited import encoding_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jupyter_mlversion.compare.inside.source import Source

MOST_SHOWN = 1 << 20
"""Bytes of a text that are shown at a time."""

MOST_COMPARED = 8 << 20
"""Bytes of a text that are compared."""

_MOST_LINES = 20_000
"""Lines, of those that differ at all, that are aligned."""

_SECONDS = 2.0
"""After so many seconds the rest is said to be replaced as a whole."""

_LONGEST_LINE = 5000
_MOST_HUNKS = 500
_LONGEST_HUNK = 2000
_CONTEXT = 3


def text_preview(source: Source, first: int, *, last: bool) -> dict[str, Any]:
    """Up to `MOST_SHOWN` bytes of a text from byte `first` on, or its end.

    Whole characters and, where they are not longer than that, whole lines.
    """
    start = max(0, source.size - MOST_SHOWN) if last else min(first, source.size)
    encoding = encoding_of(bytes(source.read(0, MOST_SHOWN)), whole=source.size <= MOST_SHOWN)
    start, data = _whole_characters(source, start, encoding)
    lines = b"\n" in data and not encoding.startswith("utf-16")
    if start and last and lines:
        cut = data.index(b"\n") + 1
        start, data = start + cut, data[cut:]
    if start + len(data) < source.size and lines:
        data = data[:data.rindex(b"\n") + 1]
    return {"text": _short_lines(decoded(data, encoding)), "encoding": encoding, "first": start,
            "next": start + len(data) if start + len(data) < source.size else None}


def _whole_characters(source: Source, start: int, encoding: str) -> tuple[int, bytes]:
    """What is shown from byte `start` on, and where it begins, without parts of characters at either end."""
    start -= start % 2 if encoding.startswith("utf-16") else 0
    data = bytes(source.read(start, MOST_SHOWN))
    if start and encoding.startswith("utf-8"):
        cut = next((place for place, byte in enumerate(data[:4]) if byte & 0xC0 != 0x80), 0)  # noqa: PLR2004
        start, data = start + cut, data[cut:]
    if start + len(data) < source.size:
        decoder = codecs.getincrementaldecoder(encoding)("replace")
        decoder.decode(data)
        data = data[:len(data) - len(decoder.getstate()[0])]
    return start, data


def text_difference(before: Source, after: Source) -> dict[str, Any]:
    """Unified hunks; line numbers from 0, lines without their ends.

    What is alike at the start and at the end is left out first; of long texts, and after two seconds, what is left in
    the middle is one replacement. ``complete`` says that this did not happen.
    """
    one, two = (_lines(source) for source in (before, after))
    head = _same_at_start(one, two)
    tail = _same_at_start(one[head:][::-1], two[head:][::-1])
    middle_one, middle_two = one[head:len(one) - tail], two[head:len(two) - tail]
    blocks, complete = _blocks(middle_one, middle_two)
    changes = [(a + head, b + head, c + head, d + head) for a, b, c, d in blocks]
    hunks = [_hunk(group, one, two) for group in _grouped(changes)]
    whole = max(before.size, after.size) <= MOST_COMPARED
    return {
        "hunks": hunks[:_MOST_HUNKS], "hunk_count": len(hunks), "complete": complete and whole,
        "added": sum(d - c for _, _, c, d in changes), "removed": sum(b - a for a, b, _, _ in changes),
        "lines": {"before": len(one), "after": len(two)},
    }


def decoded(data: bytes, encoding: str) -> str:
    """The text of some bytes; what is none stands as the replacement character."""
    return data.decode(encoding, "replace").removeprefix("\ufeff").replace("\r\n", "\n")


def _short_lines(text: str) -> str:
    if len(text) <= _LONGEST_LINE:
        return text
    return "\n".join(line if len(line) <= _LONGEST_LINE else f"{line[:_LONGEST_LINE]}…" for line in text.split("\n"))


def _lines(source: Source) -> list[str]:
    data = bytes(source.read(0, MOST_COMPARED))
    return decoded(data, encoding_of(data, whole=source.size == len(data))).split("\n")


def _same_at_start(one: Sequence[str], two: Sequence[str]) -> int:
    for number, (a, b) in enumerate(zip(one, two, strict=False)):
        if a != b:
            return number
    return min(len(one), len(two))


_Block = tuple[int, int, int, int]
"""Lines from, to, of the first text; from, to, of the second: they are replaced by each other."""


def _blocks(one: Sequence[str], two: Sequence[str]) -> tuple[list[_Block], bool]:
    """What was replaced, and whether that is as fine as can be told."""
    if not one and not two:
        return [], True
    if not one or not two:
        return [(0, len(one), 0, len(two))], True
    if len(one) + len(two) > _MOST_LINES:
        return [(0, len(one), 0, len(two))], False
    end = time.monotonic() + _SECONDS
    matcher = _Patient(end, one, two)
    try:
        return [(a, b, c, d) for tag, a, b, c, d in matcher.get_opcodes() if tag != "equal"], True
    except TimeoutError:
        return [(0, len(one), 0, len(two))], False


class _Patient(difflib.SequenceMatcher[str]):
    """Stops when the time is over: texts of which every line is alike take quadratic time."""

    def __init__(self, end: float, one: Sequence[str], two: Sequence[str]) -> None:
        self._end = end
        super().__init__(None, one, two, autojunk=len(one) + len(two) > _MOST_LINES // 4)

    def find_longest_match(self, *args: Any, **words: Any) -> difflib.Match:
        if time.monotonic() > self._end:
            raise TimeoutError
        return super().find_longest_match(*args, **words)


def _grouped(blocks: Sequence[_Block]) -> list[list[_Block]]:
    """Blocks that are so near to each other that their contexts touch stand together."""
    groups: list[list[_Block]] = []
    for block in blocks:
        if groups and block[0] - groups[-1][-1][1] <= 2 * _CONTEXT:
            groups[-1].append(block)
        else:
            groups.append([block])
    return groups


def _hunk(blocks: Sequence[_Block], one: Sequence[str], two: Sequence[str]) -> dict[str, Any]:
    """Lines with their signs: a blank for context, ``-`` and ``+``."""
    start_one, start_two = max(0, blocks[0][0] - _CONTEXT), max(0, blocks[0][2] - _CONTEXT)
    lines: list[list[str]] = []
    at = start_one
    for a, b, c, d in blocks:
        lines += [[" ", line] for line in one[at:a]]
        lines += [["-", line] for line in one[a:b]] + [["+", line] for line in two[c:d]]
        at = b
    lines += [[" ", line] for line in one[at:at + _CONTEXT]]
    shown = [[sign, line[:_LONGEST_LINE]] for sign, line in lines[:_LONGEST_HUNK]]
    return {"before": start_one, "after": start_two, "lines": shown, "cut": len(lines) - len(shown)}
