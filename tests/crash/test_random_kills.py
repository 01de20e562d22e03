"""The short form of `random_kills.py`."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = Path(__file__).parent / "random_kills.py"


@pytest.mark.slow
def test_some_kills() -> None:
    command = [sys.executable, str(PROGRAM), "--kills", "30"]  # another seed each time, which is told
    run = subprocess.run(command, check=False, capture_output=True, text=True, timeout=280)
    assert run.returncode == 0, run.stderr
    assert "nothing lost" in run.stdout
