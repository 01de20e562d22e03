"""What the tests with MLflow's client share: a workspace, a recorder of its own, and a client that starts afresh."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest


@pytest.fixture
def own(monkeypatch, tmp_path):
    """A recorder of this test's own, as a kernel has one, writing into a workspace."""
    import jupyter_mlversion as mlversion
    from jupyter_mlversion.repository import Repository
    from jupyter_mlversion.tracking import Recorder

    monkeypatch.chdir(tmp_path)
    Repository.init(tmp_path)
    made = Recorder()
    monkeypatch.setattr(sys.modules["jupyter_mlversion.tracking.recorder"], "_recorders", [made])
    monkeypatch.setattr(mlversion, "_recorder", [])
    monkeypatch.delenv("MLVERSION_RUN", raising=False)
    made.attach(tmp_path / ".mlversion/metrics/session.jsonl", makes=True, session="session", notebook="a.ipynb")
    made.begin("cell")
    return made


@pytest.fixture
def mlflow(own, monkeypatch):
    """MLflow's client, whose tracking URI is ours."""
    client = pytest.importorskip("mlflow")
    for name in ("MLFLOW_TRACKING_URI", "MLFLOW_RUN_ID", "MLFLOW_EXPERIMENT_ID"):
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)
    forget()
    from jupyter_mlversion.mlflow.setup import use_store

    use_store()
    monkeypatch.setattr(client.tracking.fluent, "_active_experiment_id", None)
    yield client
    while client.active_run():
        client.end_run()
    client.set_tracking_uri(None)
    forget()


def forget():
    """Let MLflow make its store anew, as in a new process."""
    from mlflow.tracking._tracking_service import utils

    utils._tracking_store_registry._get_store_with_resolved_uri.cache_clear()
    utils._artifact_repos_cache.clear()
    artifacts = sys.modules.get("jupyter_mlversion.mlflow.artifacts")
    if artifacts is not None:
        artifacts._stores.clear()


def restarted(monkeypatch, root: Path):
    """As if another kernel ran in the same workspace."""
    from jupyter_mlversion.tracking import Recorder

    made = Recorder()
    monkeypatch.setattr(sys.modules["jupyter_mlversion.tracking.recorder"], "_recorders", [made])
    made.attach(root / ".mlversion" / "metrics" / "next.jsonl", makes=True, session="next", notebook="a.ipynb")
    forget()
    return made


def checkpoint(own, root: Path):
    """A version of what `own` holds; its snapshot and the repository."""
    from datetime import UTC, datetime
    from uuid import uuid4

    from jupyter_mlversion.domain.version import Checkpoint, Trigger
    from jupyter_mlversion.repository import Repository, Seen

    repository = Repository.open(root)
    key = f"{uuid4().hex}.test"
    repository.stage(Checkpoint(key, Trigger.API, datetime.now(UTC), "m"), Seen(files={}, runs=own.seal))
    own.stored()
    repository.join(key)
    return repository, repository.show(repository.log(limit=1)[0].id).snapshot
