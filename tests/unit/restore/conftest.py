"""A scene for every test of restore."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest

_SPEC = importlib.util.spec_from_file_location("restore_scene", Path(__file__).with_name("restore_scene.py"))
_scene = importlib.util.module_from_spec(_SPEC)
sys.modules.setdefault("restore_scene", _scene)
_SPEC.loader.exec_module(_scene)


@pytest.fixture
def scene(tmp_path):
    root = tmp_path / "workspace"
    root.mkdir()
    return _scene.Scene(root)


@pytest.fixture
def versions(scene):
    """Two states as snapshots: ``versions(old, new)`` leaves the workspace in the old one."""

    def make(old, new):
        scene.fill(new)
        target = scene.capture()
        scene.fill(old)
        return scene.capture(), target

    return make
