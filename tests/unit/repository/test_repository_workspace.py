"""Which folder becomes the workspace."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from jupyter_mlversion.errors import OutsideWorkspace, UnsafeWorkspace
from jupyter_mlversion.repository.workspace import find_root, workspace_path

if TYPE_CHECKING:
    from pathlib import Path


def test_the_nearest_folder_with_versions_wins(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "a" / ".mlversion").mkdir(parents=True)
    deep = tmp_path / "a" / "b" / "c"
    deep.mkdir(parents=True)
    assert find_root(deep / "n.ipynb") == tmp_path / "a"


def test_else_the_git_work_tree(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    deep = tmp_path / "a" / "b"
    deep.mkdir(parents=True)
    assert find_root(deep) == tmp_path


def test_else_the_folder_itself(tmp_path: Path) -> None:
    notebook = tmp_path / "n.ipynb"
    notebook.touch()
    assert find_root(notebook) == tmp_path


def test_a_home_folder_is_never_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / ".git").mkdir()
    inside = tmp_path / "project"
    inside.mkdir()
    assert find_root(inside) == inside
    with pytest.raises(UnsafeWorkspace, match="home folder"):
        find_root(tmp_path / "n.ipynb")


def test_paths_are_named_from_the_workspace(tmp_path: Path) -> None:
    assert workspace_path(tmp_path, tmp_path / "a" / ".." / "b c.csv") == "b c.csv"
    assert workspace_path(tmp_path, "x/./y") == "x/y"
    assert workspace_path(tmp_path, "..hidden") == "..hidden"


@pytest.mark.parametrize("path", ["..", "../x", "a/../../x", "/etc/passwd"])
def test_no_path_leaves_the_workspace(tmp_path: Path, path: str) -> None:
    with pytest.raises(OutsideWorkspace):
        workspace_path(tmp_path, path)
