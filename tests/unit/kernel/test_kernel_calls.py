"""Which calls of ``run_cell`` are outermost, and whether any of them went wrong: with a real IPython."""

from __future__ import annotations

import pytest
from IPython.core.interactiveshell import InteractiveShell

from jupyter_mlversion.kernel.calls import Calls


class Seen:
    """What `Calls` answered for each outermost call of one shell."""

    def __init__(self, shell):
        self.calls = Calls()
        self.request = ""
        self.began, self.failed = [], []
        shell.events.register("pre_run_cell", self.before)
        shell.events.register("post_run_cell", self.after)
        self.run = shell.run_cell
        self.unregister = shell.events.unregister

    def before(self, info):
        if self.calls.begin(info, self.request):
            self.began.append(info.raw_cell)

    def after(self, result):
        if self.calls.end(result):
            self.failed.append(self.calls.failed())


@pytest.fixture
def seen():
    shell = InteractiveShell.instance()
    found = Seen(shell)
    yield found
    found.unregister("pre_run_cell", found.before)
    found.unregister("post_run_cell", found.after)
    InteractiveShell.clear_instance()


@pytest.mark.parametrize(
    ("source", "failed"),
    [
        ("1", False),
        ("1 / 0", True),
        ("no Python", True),
        ("get_ipython().run_cell('1')", False),
        ("get_ipython().run_cell('get_ipython().run_cell(\"1 / 0\")')\n1", True),
        ("get_ipython().run_cell('')", False),
        ("%%capture\n1", False),
        ("%%capture\n1 / 0", True),
        ("try:\n  1 / 0\nexcept ZeroDivisionError:\n  pass", False),
        ("try:\n  1 / 0\nexcept ZeroDivisionError:\n  get_ipython().showtraceback()", True),
        pytest.param("raise SystemExit", True, marks=pytest.mark.filterwarnings("ignore:To exit")),
    ],
)
def test_one_outermost_call_each_and_what_went_wrong_within(seen, source, failed):
    seen.run("0")
    seen.run(source)
    seen.run("2")
    assert seen.began == ["0", source, "2"]
    assert seen.failed == [False, failed, False]


def test_a_call_whose_end_is_never_told_does_not_swallow_the_next_request(seen):
    seen.request = "first"
    seen.calls.begin(object(), "first")  # cut off
    seen.request = "second"
    seen.run("2")
    assert seen.began == ["2"]
    assert seen.failed == [False]


def test_a_cut_off_call_ends_without_a_result(seen):
    assert seen.calls.begin(object(), "r")
    assert not seen.calls.begin(object(), "r")
    assert not seen.calls.end(None)
    assert seen.calls.end(None)
    assert seen.calls.failed()
