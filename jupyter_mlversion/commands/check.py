"""``check``: what was found in the splits of a version, or what is found now in given data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_mlversion.codec.record import to_plain
from jupyter_mlversion.commands.definition import OF_NOTEBOOK, Argument, Command, Request, Result, whose
from jupyter_mlversion.commands.text.style import safe
from jupyter_mlversion.errors import NotFound
from jupyter_mlversion.splits.report import Report

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jupyter_mlversion.domain.split import Split
    from jupyter_mlversion.repository import Repository


def run(request: Request) -> Result:
    """Show the checks that a version records, or ask again with data."""
    from jupyter_mlversion.repository import Repository

    words = request.arguments
    repository = Repository.open(request.folder)
    detail = repository.show(words.version or "HEAD", notebook=whose(request))
    splits = [split for split in detail.snapshot.splits if words.split in {None, split.name}]
    if not splits:
        message = "the version has no split" + (f" {words.split!r}" if words.split is not None else "")
        raise NotFound(message, hint="mlversion show lists the splits of a version.")
    reports = [Report(split.name, split.checks) for split in splits] if words.data is None else _asked(
        request, repository, splits)
    answer = {"version": detail.version.id, "splits": [
        {"name": report.name, "verdict": report.verdict, "checks": to_plain(report.checks)} for report in reports]}
    return Result(answer, "\n".join(safe(line) for report in reports for line in report_lines(report)))


def _asked(request: Request, repository: Repository, splits: Sequence[Split]) -> list[Report]:
    from jupyter_mlversion.splits.ask import check
    from jupyter_mlversion.splits.stored import partition_of

    words = request.arguments
    return [check(partition_of(split, repository.store.read), request.path(words.data), target=words.target,
                  progress=request.progress) for split in splits]


def report_lines(report: Report) -> list[str]:
    """The report as it is printed."""
    return repr(report).splitlines() if report.checks else [f"Nothing was asked of the split {report.name!r}."]


COMMAND = Command(
    "check", "show what was found in the splits of a version, or ask again with data", run,
    (
        Argument(("--split",), "only the split of this name", {"metavar": "NAME"}),
        Argument(("--data",), "ask again, with this file or folder; in a cell also the name of a variable",
                 {"metavar": "DATA"}),
        Argument(("--target",), "the column of DATA that is predicted", {"metavar": "COLUMN"}),
        OF_NOTEBOOK,
        Argument(("version",), "a version (default: HEAD)", {"metavar": "VERSION", "nargs": "?"}),
    ),
    magic=True,
)
