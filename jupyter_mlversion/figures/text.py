"""Words of the user in places where Plotly reads its pseudo-HTML."""

from __future__ import annotations

LONGEST = 120
"""Characters after which a name is cut."""

_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;",
                          "$": "&#36;"})  # a pair of dollars would be typeset by MathJax where the page has it


def plain(text: str) -> str:
    """`text` so that Plotly shows it letter by letter, on one line, cut when it is very long."""
    line = " ".join(text.split())
    return (line if len(line) <= LONGEST else line[: LONGEST - 1] + "…").translate(_ESCAPES)
