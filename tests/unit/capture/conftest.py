"""A workspace with the real store and index."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from jupyter_mlversion.capture import files
from jupyter_mlversion.config import Config
from jupyter_mlversion.domain.artifact import Access
from jupyter_mlversion.index import Index
from jupyter_mlversion.store import Store

DEFAULT = Config()
LONG_AGO = 1_600_000_000_000_000_000


class Workspace:
    """What a test of capture needs, at `root`."""

    def __init__(self, root: Path) -> None:
        self.root = root
        (root / ".mlversion").mkdir(parents=True)
        self.store = Store(root / ".mlversion" / "store")
        self.index = Index(root / ".mlversion" / "index.sqlite")
        self.read_bytes = 0

    def write(self, path: str, data: bytes | str = b"", mode: int = 0o644) -> Path:
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data.encode() if isinstance(data, str) else data)
        file.chmod(mode)
        os.utime(file, ns=(LONG_AGO, LONG_AGO))
        return file

    def capture(self, *paths, access=Access.READ, config=DEFAULT, batch=None, **keywords):
        """Artifact by path."""
        self.read_bytes = 0

        def progress(phase, done, total):
            assert 0 <= done <= total
            self.read_bytes = done

        def run(opened):
            return files.capture(self.root, dict.fromkeys(paths, access), opened, store=self.store, config=config,
                                 index=self.index, progress=progress, **keywords)

        if batch is not None:
            captured = run(batch)
        else:
            with self.store.batch() as opened:
                captured = run(opened)
        assert [artifact.path for artifact in captured] == sorted({artifact.path for artifact in captured})
        return {artifact.path: artifact for artifact in captured}


@pytest.fixture
def workspace(tmp_path):
    return Workspace(tmp_path / "work space")
