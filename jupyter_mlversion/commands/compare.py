"""``compare``: several versions side by side."""

from __future__ import annotations

from jupyter_mlversion.codec.record import to_plain
from jupyter_mlversion.commands.definition import OF_NOTEBOOK, Argument, Command, Request, Result, whose
from jupyter_mlversion.commands.text.comparison import comparison_text
from jupyter_mlversion.store.failure import failures


def run(request: Request) -> Result:
    """Put versions side by side; write a page, a sheet, or say it."""
    from jupyter_mlversion.reports import page, report, sheet
    from jupyter_mlversion.repository import Repository

    words = request.arguments
    repository = Repository.open(request.folder)
    versions, notebook = [words.a, words.b, *words.more], whose(request)
    told = repository.compare(versions, differences_only=words.differences_only, notebook=notebook)
    lines = [comparison_text(told, request.style)]
    if words.html is not None:
        found = report(repository, versions, differences_only=words.differences_only, notebook=notebook)
        lines.append(_written(request, words.html, page(found)))
    if words.csv is not None:
        lines.append(_written(request, words.csv, sheet(told)))
    return Result(to_plain(told), "\n\n".join(lines))


def _written(request: Request, name: str, text: str) -> str:
    path = request.path(name)
    with failures(f"writing {path}"):
        path.write_text(text, encoding="utf-8", errors="backslashreplace", newline="")
    return f"Written to {path}"


COMMAND = Command(
    "compare", "put versions side by side: metrics, parameters, files, environment", run,
    (
        Argument(("--differences-only",), "leave out what is the same on all sides", {"action": "store_true"}),
        Argument(("--html",), "write a page here, which needs no network and runs no scripts", {"metavar": "FILE"}),
        Argument(("--csv",), "write a sheet here", {"metavar": "FILE"}),
        OF_NOTEBOOK,
        Argument(("a",), "the version that others are compared with", {"metavar": "A"}),
        Argument(("b",), "another one; `workspace` is the workspace as it is", {"metavar": "B"}),
        Argument(("more",), "more of them", {"metavar": "C", "nargs": "*"}),
    ),
    magic=True,
)
