"""``export``: runs of versions go to an MLflow server."""

from __future__ import annotations

from jupyter_mlversion.commands.definition import Argument, Command, Request, Result
from jupyter_mlversion.commands.text.words import plural


def run(request: Request) -> Result:
    """Send what is not there yet."""
    from jupyter_mlversion.exchange import export_runs
    from jupyter_mlversion.repository import Repository

    arguments = request.arguments
    done = export_runs(
        Repository.open(request.folder), arguments.uri, where=arguments.where, experiment=arguments.experiment,
        files=arguments.artifacts, dry_run=arguments.dry_run, progress=request.progress,
    )
    answer = {"runs": list(done.runs), "known": done.known, "notes": list(done.notes)}
    verb = "Would send" if arguments.dry_run else "Sent"
    known = f"; {done.known} had been sent before" if done.known else ""
    lines = [f"{verb} {plural(len(done.runs), 'run')}{known}.", *(f"  {name}" for name in done.runs)]
    return Result(answer, "\n".join(lines), complaint="\n".join(done.notes))


COMMAND = Command(
    "export", "send the runs of versions to an MLflow server; what is there already stays as it is", run,
    (
        Argument(("uri",), "of the server, as in MLFLOW_TRACKING_URI", {"metavar": "URI"}),
        Argument(("-w", "--where"), "only of versions that fit a query", {"metavar": "QUERY", "default": ""}),
        Argument(("--experiment",), "the experiment's name (default: the notebook's)", {"metavar": "NAME"}),
        Argument(("--artifacts",), "send model files, figures and the like as well", {"action": "store_true"}),
        Argument(("--dry-run",), "only show what would be sent", {"action": "store_true"}),
    ),
    careful=True,
)
