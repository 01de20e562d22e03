"""What all tests share."""

from __future__ import annotations

import fcntl
import os
import shutil
import struct
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

BROWSER_TESTS = Path(__file__).parent / "browser"


def pytest_configure(config: pytest.Config) -> None:
    """Bring pytest-jupyter's fixtures, except to the browser's run: its event loop keeps Playwright from starting."""
    if config.getoption("markexpr") != "browser":
        config.pluginmanager.import_plugin("pytest_jupyter.jupyter_server")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what is in tests/browser/, before -m selects."""
    for item in items:
        if item.path.is_relative_to(BROWSER_TESTS):
            item.add_marker("browser")


@pytest.fixture(autouse=True, scope="session")
def own_git_configuration(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Tests that run Git neither read nor need the settings of the person who runs them."""
    settings = tmp_path_factory.mktemp("git") / "config"
    settings.write_text("[user]\n\tname = Tester\n\temail = tester@example.org\n[init]\n\tdefaultBranch = main\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GIT_CONFIG_GLOBAL", str(settings))
        patch.setenv("GIT_CONFIG_NOSYSTEM", "1")
        yield


@pytest.fixture(scope="session")
def reflinks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder on a file system whose files can share blocks; needs root, and `mkfs.xfs` or `mkfs.btrfs`."""
    folder = tmp_path_factory.mktemp("reflinks")
    image, mounted = folder / "image", folder / "mounted"
    makers = [name for name in ("mkfs.btrfs", "mkfs.xfs") if shutil.which(name)]
    if os.geteuid() or not makers:
        pytest.skip("a file system with reflinks can only be made by root, with mkfs.btrfs or mkfs.xfs")
    with image.open("wb") as file:
        file.truncate(512 * 2**20)
    mounted.mkdir()
    steps = ([makers[0], "-q", str(image)], ["mount", "-o", "loop", str(image), str(mounted)])
    for command in steps:
        if (done := subprocess.run(command, capture_output=True, text=True, check=False)).returncode:
            pytest.skip(f"{command[0]} is not possible here: {done.stderr.strip()}")
    yield mounted
    subprocess.run(["umount", "--lazy", str(mounted)], check=True)


@pytest.fixture
def sharing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The calls by which files share blocks, as a file system answers that has them; the bytes are copied."""
    ioctl = fcntl.ioctl

    def answer(fd: int, request: int, argument: int | bytes = 0, *rest: object) -> object:
        if request == 0x40049409 and isinstance(argument, int):  # FICLONE
            os.pwrite(fd, os.pread(argument, os.fstat(argument).st_size, 0), 0)
        elif request == 0x4020940D and isinstance(argument, bytes):  # FICLONERANGE
            source, start, length, offset = struct.unpack("=qQQQ", argument)
            os.pwrite(fd, os.pread(source, length, start), offset)
        else:
            return ioctl(fd, request, argument, *rest)
        return 0

    monkeypatch.setattr(fcntl, "ioctl", answer)
