"""``import``: runs of other tools become versions."""

from __future__ import annotations

from pathlib import Path

from jupyter_mlversion.commands.answers import version_answer
from jupyter_mlversion.commands.definition import Argument, Command, Request, Result
from jupyter_mlversion.commands.text.words import plural

_KINDS = ("csv", "dvc", "dvclive", "mlflow", "mlflow-server", "tensorboard", "wandb")


def run(request: Request) -> Result:
    """Import what was not imported before."""
    from jupyter_mlversion.exchange import import_runs
    from jupyter_mlversion.repository import Repository

    arguments = request.arguments
    source = arguments.source
    if "://" not in source and source != "databricks":
        source = str(request.path(source).absolute())
    elif source.startswith("sqlite:///"):
        source = f"sqlite:///{request.path(source.removeprefix('sqlite:///')).absolute()}"
    repository = Repository.open(Path(request.folder), create=True)
    done = import_runs(repository, source, kind=arguments.kind, files=arguments.artifacts, dry_run=arguments.dry_run,
                       progress=request.progress)
    answer = {"versions": [version_answer(version) for version in done.versions], "runs": list(done.runs),
              "known": done.known, "notes": list(done.notes)}
    verb = "Would import" if arguments.dry_run else "Imported"
    known = f"; {done.known} had been imported before" if done.known else ""
    lines = [f"{verb} {plural(len(done.runs), 'run')}{known}.", *(f"  {name}" for name in done.runs)]
    return Result(answer, "\n".join(lines), complaint="\n".join(done.notes))


COMMAND = Command(
    "import", "make a version of every run that MLflow, TensorBoard, W&B, DVC or a CSV file recorded", run,
    (
        Argument(("source",), "a file, a folder, or the address of an MLflow server", {"metavar": "SOURCE"}),
        Argument(("--from",), "what it is (default: told from the source)",
                 {"dest": "kind", "choices": _KINDS, "metavar": "KIND"}),
        Argument(("--artifacts",), "keep the runs' files as well", {"action": "store_true"}),
        Argument(("--dry-run",), "only show what would be imported", {"action": "store_true"}),
    ),
    careful=True,
)
