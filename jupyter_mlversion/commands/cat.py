"""``cat``: the bytes of one file of a version."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_mlversion.commands.definition import OF_NOTEBOOK, Argument, Command, Request, Result, whose
from jupyter_mlversion.commands.show import VERSION
from jupyter_mlversion.commands.text.style import safe
from jupyter_mlversion.commands.text.words import size
from jupyter_mlversion.domain.progress import Progress, silent
from jupyter_mlversion.errors import FileFailure
from jupyter_mlversion.store.failure import failures

if TYPE_CHECKING:
    from jupyter_mlversion.repository.holdings import Held

_BLOCK = 1 << 20


def run(request: Request) -> Result:
    """Write the bytes to standard output, or into a new file."""
    from jupyter_mlversion.repository import Repository

    arguments = request.arguments
    held = Repository.open(request.folder).held(arguments.version, arguments.path, notebook=whose(request))
    answer = {"path": arguments.path, "size": held.size, "digest": held.digest, "file": None}
    if arguments.output is None:
        return Result(answer, "", data=_pieces(held, silent))
    file = request.path(arguments.output)
    _write(file, _pieces(held, request.progress))
    return Result({**answer, "file": str(file)}, f"Wrote {size(held.size)} to {safe(str(file))}.")


def _pieces(held: Held, progress: Progress) -> Iterator[bytes]:
    for offset in range(0, held.source.size, _BLOCK):
        yield bytes(held.source.read(offset, _BLOCK))
        progress("reading", min(offset + _BLOCK, held.size), held.size)


def _write(file: Path, pieces: Iterator[bytes]) -> None:
    """Write a file that is not there yet; nothing is left behind when that fails."""
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
    except FileExistsError as error:
        message = f"{file} is there already"
        raise FileFailure(message, hint="Choose another name, or remove it first.") from error
    except OSError as error:
        message = f"{file} cannot be made: {error.strerror}"
        raise FileFailure(message) from error
    try:
        with os.fdopen(descriptor, "wb") as target, failures(f"writing {file}"):
            target.writelines(pieces)
    except BaseException:
        file.unlink()
        raise


COMMAND = Command(
    "cat", "write one file of a version to standard output, or into a new file", run,
    (
        VERSION,
        Argument(("path",), "the file, as `show` lists it", {"metavar": "PATH"}),
        Argument(("-o", "--output"), "write it here; what is there already is never overwritten", {"metavar": "FILE"}),
        OF_NOTEBOOK,
    ),
)
