"""``gc``: make room, of what nothing needs any more."""

from __future__ import annotations

from jupyter_mlversion.commands.answers import gathered_answer
from jupyter_mlversion.commands.definition import Argument, Command, Request, Result
from jupyter_mlversion.commands.log import positive
from jupyter_mlversion.commands.text.storage import gathered_text


def run(request: Request) -> Result:
    """Let versions go that no rule keeps, and remove what nothing needs."""
    from jupyter_mlversion.repository import Keep, Repository

    asked = request.arguments
    repository = Repository.open(request.folder)
    keep = Keep.of(repository.config, last=asked.keep_last, daily=asked.keep_daily, weekly=asked.keep_weekly)
    gathered = repository.gc(keep, dry_run=asked.dry_run, at_once=asked.now, repack=asked.repack,
                             progress=request.progress)
    days = repository.config.quarantine_days
    return Result(gathered_answer(gathered), gathered_text(gathered, days, request.style))


def _count(name: str, meaning: str) -> Argument:
    return Argument((name,), meaning, {"metavar": "N", "type": positive})


COMMAND = Command(
    "gc", "free the room of what no version needs any more", run,
    (
        Argument(("--dry-run",), "only show what would be done", {"action": "store_true"}),
        Argument(("--now",), "remove at once, without keeping it in the quarantine first", {"action": "store_true"}),
        Argument(("--repack",), "encode all that is needed anew, as small as it gets", {"action": "store_true"}),
        _count("--keep-last", "of each notebook, keep the newest N versions"),
        _count("--keep-daily", "keep the newest version of each of the last N days that have one"),
        _count("--keep-weekly", "keep the newest version of each of the last N weeks that have one"),
    ),
    careful=True,
)
