"""What a job says about itself from its first moment until it is forgotten."""

from __future__ import annotations

import logging
import threading
import time

import pytest

from jupyter_mlversion.errors import QuotaReached, UnknownJob
from jupyter_mlversion.jobs import JobState, Pool

WAIT = 10


@pytest.fixture
def reports():
    return []


@pytest.fixture
def pool(reports):
    made = Pool(lambda job: reports.append(job.as_dict(result=False)))
    yield made
    made.close()


def test_a_job_keeps_its_result(pool, reports):
    job = pool.post("checkpoint", "lane", lambda _: {"version": None}, notebook="a.ipynb")
    job.ended.result(WAIT)
    assert job.as_dict() == {"id": job.id, "kind": "checkpoint", "notebook": "a.ipynb", "state": "done",
                             "phase": "waiting", "done": 0, "total": 0, "result": {"version": None}, "error": None}
    assert pool.find(job.id) is job
    pool.run("lane", lambda: None).result(WAIT)
    assert reports[-1]["state"] == "done"
    assert "result" not in reports[-1]


def test_a_typed_error_becomes_the_jobs_error(pool):
    def work(_):
        raise QuotaReached("full", hint="make room")

    job = pool.post("join", "lane", work)
    job.ended.result(WAIT)
    assert (job.state, job.error) == ("failed", {"kind": "quota-reached", "message": "full", "hint": "make room"})


def test_an_unexpected_error_is_logged_and_told_plainly(pool, caplog):
    with caplog.at_level(logging.ERROR):
        job = pool.post("join", "lane", lambda _: 1 / 0)
        job.ended.result(WAIT)
    assert job.error["kind"] == "internal"
    assert "division" not in job.error["message"]
    assert "ZeroDivisionError" in caplog.text


def test_a_running_job_stops_at_its_next_progress(pool):
    started, asked = threading.Event(), threading.Event()

    def work(job):
        job.progress("copying", 1, 3)
        started.set()
        asked.wait(WAIT)
        job.progress("copying", 2, 3)

    job = pool.post("checkpoint", "lane", work)
    assert started.wait(WAIT)
    assert (job.state, job.phase, job.done, job.total) == (JobState.RUNNING, "copying", 1, 3)
    job.cancel()
    asked.set()
    job.ended.result(WAIT)
    assert (job.state, job.done) == ("cancelled", 1)
    assert job.error["kind"] == "cancelled"


def test_a_waiting_job_is_cancelled_at_once_and_never_runs(pool):
    gate, ran = threading.Event(), []
    first = pool.post("checkpoint", "lane", lambda _: gate.wait(WAIT))
    second = pool.post("checkpoint", "lane", ran.append)
    second.cancel()
    assert second.state == "cancelled"
    gate.set()
    pool.run("lane", lambda: None).result(WAIT)
    assert ran == []
    assert first.state == "done"


def test_cancelling_what_ended_changes_nothing(pool):
    job = pool.post("checkpoint", "lane", lambda _: 1)
    job.ended.result(WAIT)
    job.cancel()
    assert (job.state, job.result) == ("done", 1)


def test_progress_is_reported_ten_times_a_second_at_most_and_its_end_always(pool, reports):
    def work(job):
        for number in range(50_000):
            job.progress("hashing", number, 50_000)

    job = pool.post("checkpoint", "lane", work)
    started = time.monotonic()
    job.ended.result(60)
    pool.run("lane", lambda: None).result(WAIT)
    assert 2 <= len(reports) <= 3 + 10 * (time.monotonic() - started)
    assert reports[0]["done"] == 0
    assert reports[-1]["state"] == "done"


def test_ended_jobs_are_forgotten_by_number_and_by_age(reports):
    few = Pool(reports.append, keep_jobs=2)
    jobs = [few.post("checkpoint", "lane", lambda _: None) for _ in range(4)]
    for job in jobs:
        job.ended.result(WAIT)
    assert few.jobs() == jobs[2:]
    few.close()
    brief = Pool(reports.append, keep_seconds=0)
    job = brief.post("checkpoint", "lane", lambda _: None)
    job.ended.result(WAIT)
    assert brief.jobs() == []
    with pytest.raises(UnknownJob):
        brief.find(job.id)
    brief.close()


def test_jobs_of_one_lane(pool):
    one = pool.post("checkpoint", "one", lambda _: None)
    two = pool.post("checkpoint", "two", lambda _: None)
    assert pool.jobs("one") == [one]
    assert pool.jobs() == [one, two]


def test_closing_cancels_what_runs():
    pool, started = Pool(lambda _: None), threading.Event()

    def work(job):
        started.set()
        while True:
            job.progress("copying", 0, 0)

    job = pool.post("checkpoint", "lane", work)
    assert started.wait(WAIT)
    pool.close()
    assert job.state == "cancelled"
