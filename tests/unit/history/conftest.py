"""A history in an empty workspace."""

from __future__ import annotations

import pytest

from jupyter_mlversion.history import History


@pytest.fixture
def history(tmp_path):
    folder = tmp_path / "workspace" / ".mlversion"
    folder.mkdir(parents=True)
    history = History(folder / "history.git")
    history.create()
    return history
