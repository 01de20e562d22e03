"""Standard output for the answer, standard error for all talk."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterable
from typing import Any, TextIO

from jupyter_mlversion.codec import json as canonical
from jupyter_mlversion.commands.text.style import harmless


def print_text(text: str) -> None:
    """Print an answer for people; what the terminal's encoding lacks is escaped."""
    encoding = sys.stdout.encoding or "utf-8"
    print(text.encode(encoding, "backslashreplace").decode(encoding))


def print_bytes(data: Iterable[bytes]) -> None:
    """Print bytes as they are."""
    sys.stdout.flush()
    for piece in data:
        sys.stdout.buffer.write(piece)


def print_json(answer: Any) -> None:
    """Print the one JSON document, in UTF-8 whatever the locale; lone surrogates of odd file names are escaped."""
    sys.stdout.buffer.write(canonical.dump_text(answer).encode("utf-8", "backslashreplace") + b"\n")


def talk(text: str) -> None:
    """Say something on standard error; of what is in it, a terminal obeys colours only, and those where wanted."""
    print(harmless(text, colour=wants_colour(sys.stderr)), file=sys.stderr)


def wants_colour(stream: TextIO) -> bool:
    """Whether `stream` is a terminal whose user wants colours."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def columns_of(stream: TextIO) -> int | None:
    """The width of a terminal; None for a pipe or file, where lines are left whole."""
    return shutil.get_terminal_size().columns if stream.isatty() else None


def silence_output() -> None:
    """Nobody reads standard output any more: the interpreter must not complain about it at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
