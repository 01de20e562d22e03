"""What all tests share."""

from __future__ import annotations

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
