"""The files of runs, for MLflow's client: beside the segment until a checkpoint stores them, then in the store."""

from __future__ import annotations

import os
import posixpath
import shutil
import tempfile
from pathlib import Path
from time import time
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlparse

from mlflow.entities import FileInfo
from mlflow.exceptions import MlflowException
from mlflow.protos.databricks_pb2 import INVALID_PARAMETER_VALUE, RESOURCE_DOES_NOT_EXIST
from mlflow.store.artifact.artifact_repo import ArtifactRepository, verify_artifact_path

from jupyter_mlversion.errors import MlversionError
from jupyter_mlversion.tracking import Item, item_of_file, recorder

if TYPE_CHECKING:
    from jupyter_mlversion.mlflow.store import TrackingStore
    from jupyter_mlversion.tracking import OpenRun


class Artifacts(ArtifactRepository):  # type: ignore[misc]  # MLflow has no types
    """What is under ``mlversion-artifacts:/RUN/PATH``; the arguments are MLflow's."""

    def __init__(self, artifact_uri: str, *arguments: Any, **more: Any) -> None:
        super().__init__(artifact_uri, *arguments, **more)
        run_id, _, prefix = unquote(urlparse(artifact_uri).path).strip("/").partition("/")
        self._run_id = run_id
        self._prefix = prefix.strip("/")

    def log_artifact(self, local_file: str, artifact_path: str | None = None) -> None:
        """Copy a file; it becomes part of the version."""
        verify_artifact_path(artifact_path)
        self._add(Path(local_file), posixpath.join(artifact_path or "", os.path.basename(local_file)))

    def log_artifacts(self, local_dir: str, artifact_path: str | None = None) -> None:
        """Copy the files of a folder."""
        verify_artifact_path(artifact_path)
        for folder, _, files in os.walk(local_dir):
            below = os.path.relpath(folder, local_dir)
            place = posixpath.join(artifact_path or "", "" if below == "." else Path(below).as_posix())
            for name in files:
                self._add(Path(folder, name), posixpath.join(place, name))

    def list_artifacts(self, path: str | None = None) -> list[Any]:
        """Files and folders directly below `path`."""
        base = self._name(path or "")
        below = f"{base}/" if base else ""
        found: dict[str, Any] = {}
        for item in self._items():
            if item.name.startswith(below) and item.name != base:
                name, deeper, _ = item.name[len(below) :].partition("/")
                shown = posixpath.join(path or "", name)
                found[name] = FileInfo(shown, bool(deeper), None if deeper else _size(item))
        return [found[name] for name in sorted(found)]

    def _download_file(self, remote_file_path: str, local_path: str) -> None:
        name = self._name(remote_file_path)
        item = next((one for one in self._items() if one.name == name), None)
        if item is None:
            message = f"No such artifact: {remote_file_path}"
            raise MlflowException(message, RESOURCE_DOES_NOT_EXIST)
        path = item.path
        try:
            if path is not None:
                shutil.copyfile(path, local_path)
                return
        except FileNotFoundError:
            pass  # a checkpoint stored it just now
        Path(local_path).write_bytes(self._bytes(item))

    def delete_artifacts(self, artifact_path: str | None = None) -> None:
        """Forget them; versions that hold them are not changed."""
        base = self._name(artifact_path or "")
        run = self._run()
        for item in self._items():
            if not base or item.name == base or item.name.startswith(f"{base}/"):
                run.items.pop((item.name, item.step), None)
        recorder().changed(run)

    def _add(self, source: Path, path: str) -> None:
        name = self._name(path)
        run = self._run()
        folder = recorder().folder or Path(tempfile.mkdtemp(prefix="mlversion-"))
        target = folder / run.id / "artifacts" / name
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=target.parent, delete=False) as file, source.open("rb") as given:
                shutil.copyfileobj(given, file)
            os.replace(file.name, target)
            recorder().add_item(item_of_file(name, target, time()), run)
        except (MlversionError, OSError) as error:
            message = f"The artifact {path} could not be logged: {error}"
            raise MlflowException(message, INVALID_PARAMETER_VALUE) from error

    def _name(self, path: str) -> str:
        name = posixpath.normpath(posixpath.join(self._prefix, path.strip("/")))
        if name.startswith(("..", "/")) or (self._prefix and not f"{name}/".startswith(f"{self._prefix}/")):
            message = f"Invalid artifact path: '{path}'"
            raise MlflowException(message, INVALID_PARAMETER_VALUE)
        return "" if name == "." else name

    def _items(self) -> list[Item]:
        """The newest of each name."""
        return list({item.name: item for item in self._run().items.values()}.values())

    def _run(self) -> OpenRun:
        return _store().run(self._run_id)

    @staticmethod
    def _bytes(item: Item) -> bytes:
        data = item.data
        if data is not None:
            return data
        if item.stored is None:
            message = f"The artifact {item.name} is gone"
            raise MlflowException(message, RESOURCE_DOES_NOT_EXIST)
        return _store().past.read(item.stored.digest)


def _size(item: Item) -> int | None:
    try:
        if item.path is not None:
            return item.path.stat().st_size
    except OSError:
        pass
    return len(item.data) if item.data is not None else None if item.stored is None else item.stored.size


_stores: list[TrackingStore] = []


def _store() -> TrackingStore:
    if not _stores:
        from jupyter_mlversion.mlflow.store import TrackingStore

        _stores.append(TrackingStore())
    return _stores[0]
