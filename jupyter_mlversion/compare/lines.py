"""How two texts differ: whole lines, and words where a line was edited."""

from __future__ import annotations

import re
from collections import Counter
from difflib import SequenceMatcher
from itertools import accumulate

Span = tuple[int, int]
"""Where a stretch of a text begins, and how long it is; characters."""

MOST_PAIRS = 1_000_000
"""Pairs of lines, or of words, up to which a closer look is taken; above, a stretch differs as a whole."""

_TOKEN = re.compile(r"\w+|\s+|[^\w\s]")
_ALIKE = 0.5
"""Share of words that two lines must have in common for one to count as the other, edited."""
_LOOKED_AT = 2000
_LAST_OF_ONE_UNIT = 0xFFFF


def spans(before: str, after: str) -> tuple[list[Span], list[Span]]:
    """What of `before` is gone, and what of `after` is new; what is left of both is the same text.

    Lines are compared first; where as many lines as before stand in their place and each is like its predecessor, their
    words are. Lines end at line feeds only. The work is bounded by `MOST_PAIRS`.

    Returns
    -------
    Ascending stretches that do not touch the same character twice.
    """
    if before == after:
        return [], []
    a, b = lines_of(before), lines_of(after)
    starts_a, starts_b = _starts(a), _starts(b)
    gone: list[Span] = []
    new: list[Span] = []
    for a0, a1, b0, b1 in _differing(a, b):
        if a1 - a0 == b1 - b0 and all(map(_alike, a[a0:a1], b[b0:b1])):
            for at in range(a1 - a0):
                _add_words(a[a0 + at], starts_a[a0 + at], b[b0 + at], starts_b[b0 + at], gone, new)
            continue
        _add(gone, starts_a, a0, a1)
        _add(new, starts_b, b0, b1)
    return gone, new


def lines_of(text: str) -> list[str]:
    """The lines of `text` with their ends."""
    *whole, last = text.split("\n")
    lines = [f"{line}\n" for line in whole]
    return [*lines, last] if last else lines


def in_units(text: str, found: list[Span]) -> list[Span]:
    """The same stretches of `text` in UTF-16 units, which is how browsers count."""
    if not any(ord(character) > _LAST_OF_ONE_UNIT for character in text):
        return found
    places = _starts(["  " if ord(character) > _LAST_OF_ONE_UNIT else " " for character in text])
    return [(places[start], places[start + length] - places[start]) for start, length in found]


def _add_words(a: str, start_a: int, b: str, start_b: int, gone: list[Span], new: list[Span]) -> None:
    """Words rather than letters: letters that happen to agree are no help to a reader."""
    left, right = _TOKEN.findall(a), _TOKEN.findall(b)
    starts_a = [start_a + at for at in _starts(left)]
    starts_b = [start_b + at for at in _starts(right)]
    for a0, a1, b0, b1 in _differing(left, right):
        _add(gone, starts_a, a0, a1)
        _add(new, starts_b, b0, b1)


def _add(found: list[Span], starts: list[int], first: int, end: int) -> None:
    if end > first:
        found.append((starts[first], starts[end] - starts[first]))


def _starts(pieces: list[str]) -> list[int]:
    """Where each piece begins, and where the last one ends."""
    return list(accumulate(map(len, pieces), initial=0))


def _alike(a: str, b: str) -> bool:
    if a == b:
        return True
    left, right = Counter(_TOKEN.findall(a[:_LOOKED_AT])), Counter(_TOKEN.findall(b[:_LOOKED_AT]))
    return 2 * (left & right).total() >= _ALIKE * (left.total() + right.total())


def _differing(a: list[str], b: list[str]) -> list[tuple[int, int, int, int]]:
    """Where stretches of `a` and of `b` begin and end that stand for each other and differ."""
    shared = min(len(a), len(b))
    head = next((at for at in range(shared) if a[at] != b[at]), shared)
    tail = next((at for at in range(shared - head) if a[-1 - at] != b[-1 - at]), shared - head)
    left, right = a[head : len(a) - tail], b[head : len(b) - tail]
    if len(left) * len(right) > MOST_PAIRS:
        return [(head, len(a) - tail, head, len(b) - tail)]
    matcher = SequenceMatcher(None, left, right)  # what is very frequent, such as empty lines, begins no match
    return [(a0 + head, a1 + head, b0 + head, b1 + head)
            for tag, a0, a1, b0, b1 in matcher.get_opcodes() if tag != "equal"]
