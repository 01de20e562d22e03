"""Progress is one line on a terminal and nothing anywhere else; an interrupt waits until it is safe."""

from __future__ import annotations

import io
import signal

import pytest

from jupyter_mlversion.cli import progress as module
from jupyter_mlversion.cli.interrupt import Interrupt
from jupyter_mlversion.cli.progress import ProgressLine
from jupyter_mlversion.errors import Cancelled


class Screen(io.StringIO):
    def isatty(self):
        return True


@pytest.fixture
def clock(monkeypatch):
    now = [100.0]
    monkeypatch.setattr(module.time, "monotonic", lambda: now[0])
    return now


def test_a_terminal_sees_how_far_it_is(clock):
    screen = Screen()
    with ProgressLine(screen) as line:
        clock[0] += 1
        line("storing", 1, 4)
        clock[0] += 1
        line("storing", 5, 4)
        clock[0] += 1
        line("waiting", 0, 0)
    assert screen.getvalue() == "\r\x1b[Kstoring 25 %\r\x1b[Kstoring 100 %\r\x1b[Kwaiting\r\x1b[K"


def test_what_is_quick_shows_nothing(clock):
    screen = Screen()
    with ProgressLine(screen) as line:
        clock[0] += 0.4
        line("storing", 1, 4)
    assert screen.getvalue() == ""


def test_at_most_ten_lines_a_second(clock):
    screen = Screen()
    with ProgressLine(screen) as line:
        clock[0] += 1
        for _ in range(100):
            line("storing", 1, 4)
            clock[0] += 0.01
    assert 9 <= screen.getvalue().count("storing") <= 11


def test_a_pipe_sees_nothing(clock):
    pipe = io.StringIO()
    with ProgressLine(pipe) as line:
        clock[0] += 10
        line("storing", 1, 4)
    assert pipe.getvalue() == ""


def test_a_careful_command_is_stopped_at_its_next_step():
    told = []
    with Interrupt(lambda *step: told.append(step), careful=True) as progress:
        progress("storing", 1, 2)
        signal.raise_signal(signal.SIGINT)
        with pytest.raises(Cancelled, match="nothing is left half done"):
            progress("storing", 2, 2)
    assert told == [("storing", 1, 2)]


def test_a_second_interrupt_does_not_wait():
    with Interrupt(lambda *step: None, careful=True):
        signal.raise_signal(signal.SIGINT)
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)


def test_other_commands_are_stopped_at_once():
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # a program in the background inherits none
    try:
        with Interrupt(lambda *step: None, careful=False), pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
    finally:
        signal.signal(signal.SIGINT, before)


def test_afterwards_interrupts_are_as_before():
    before = signal.getsignal(signal.SIGINT)
    with Interrupt(lambda *step: None, careful=True):
        assert signal.getsignal(signal.SIGINT) != before
    assert signal.getsignal(signal.SIGINT) == before
