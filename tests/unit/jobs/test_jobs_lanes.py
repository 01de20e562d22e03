"""Work of one lane keeps its order; lanes share the threads fairly."""

from __future__ import annotations

import threading

import pytest

from jupyter_mlversion.jobs import Lanes


@pytest.fixture
def lanes():
    made = Lanes(2)
    yield made
    made.close()


def test_one_lane_runs_in_the_order_posted_and_never_overlaps(lanes):
    seen, running, overlaps = [], threading.Lock(), []

    def work(number):
        if not running.acquire(blocking=False):
            overlaps.append(number)
        seen.append(number)
        running.release()

    for future in [lanes.submit("a", lambda number=number: work(number)) for number in range(300)]:
        future.result(10)
    assert seen == list(range(300))
    assert overlaps == []


def test_two_lanes_run_at_the_same_time(lanes):
    meet = threading.Barrier(2)
    both = [lanes.submit(lane, lambda: meet.wait(10)) for lane in "ab"]
    assert sorted(future.result(10) for future in both) == [0, 1]


def test_a_long_queue_does_not_starve_another_lane():
    lanes, seen, gate = Lanes(1), [], threading.Event()
    first = lanes.submit("a", lambda: gate.wait(10))
    queued = [lanes.submit("a", lambda: seen.append("a")) for _ in range(5)]
    other = lanes.submit("b", lambda: seen.append("b"))
    gate.set()
    for future in (first, other, *queued):
        future.result(10)
    lanes.close()
    assert seen[0] == "b"


def test_an_error_belongs_to_its_future_and_the_lane_goes_on(lanes):
    bad = lanes.submit("a", lambda: 1 / 0)
    good = lanes.submit("a", lambda: "fine")
    with pytest.raises(ZeroDivisionError):
        bad.result(10)
    assert good.result(10) == "fine"


def test_closing_finishes_what_runs_and_drops_what_waits():
    lanes, started, gate, seen = Lanes(1), threading.Event(), threading.Event(), []

    def first():
        started.set()
        gate.wait(10)
        seen.append("first")

    running = lanes.submit("a", first)
    waiting = lanes.submit("a", lambda: seen.append("second"))
    assert started.wait(10)
    closer = threading.Thread(target=lanes.close)
    closer.start()
    while not waiting.cancelled():
        threading.Event().wait(0.001)
    gate.set()
    closer.join(10)
    running.result(10)
    assert seen == ["first"]
    with pytest.raises(RuntimeError):
        lanes.submit("a", lambda: None)
