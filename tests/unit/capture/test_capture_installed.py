"""What is told from names is what `importlib.metadata` reads."""

from __future__ import annotations

import re
import sys
import zipfile
from importlib.metadata import distributions

import pytest

from jupyter_mlversion.capture.installed import installed


def add(folder, name, version, *, file="METADATA", title=None):
    (folder / name).mkdir(parents=True)
    title = title or name.split("-")[0]
    (folder / name / file).write_text(f"Metadata-Version: 2.1\nName: {title}\nVersion: {version}\n")


@pytest.fixture
def path(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "path", [str(tmp_path / "first"), str(tmp_path / "second"), str(tmp_path / "gone")])
    (tmp_path / "first").mkdir()
    (tmp_path / "second").mkdir()
    return tmp_path


def test_this_environment_is_told_as_python_tells_it():
    found = {}
    for distribution in distributions():
        name = re.sub(r"[-_.]+", "-", distribution.metadata["Name"] or "").lower()
        found.setdefault(name, distribution.metadata["Version"])
    assert installed() == dict(sorted(found.items()))


def test_the_one_that_would_be_imported_counts(path):
    add(path / "first", "Some.Package_x-1.0+cu118.dist-info", "1.0+cu118")
    add(path / "second", "some_package_x-2.0.dist-info", "2.0")
    add(path / "second", "other-3.dist-info", "3")
    assert installed() == {"other": "3", "some-package-x": "1.0+cu118"}


def test_what_is_half_removed_does_not_count(path):
    (path / "first" / "gone-1.0.dist-info").mkdir()
    assert installed() == {}


def test_other_kinds_are_read(path):
    add(path / "first", "plain-1.0.dist-info", "1.0")
    add(path / "first", "odd-name-1.0.dist-info", "1.0", title="odd-name")
    add(path / "second", "old.egg-info", "0.1", file="PKG-INFO", title="old")
    assert installed() == {"odd-name": "1.0", "old": "0.1", "plain": "1.0"}


def test_a_zip_file_on_the_path_is_read(path):
    with zipfile.ZipFile(path / "packed.zip", "w") as archive:
        archive.writestr("packed-4.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: packed\nVersion: 4.0\n")
    sys.path.append(str(path / "packed.zip"))
    assert installed() == {"packed": "4.0"}
