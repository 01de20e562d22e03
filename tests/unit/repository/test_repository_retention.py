"""Which versions the rules of retention keep."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from jupyter_mlversion.config import Config
from jupyter_mlversion.domain.version import Document, Trigger, Version
from jupyter_mlversion.repository.retention import SAFETY_KEPT, Keep, choose

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)  # a Monday


def version(number: int, time: datetime, *, line: str = "l", trigger: Trigger = Trigger.CELL,
            **said: object) -> Version:
    return Version(f"{number:040x}", f"{number:x}", line, "main", (), "", "", time, None, "", trigger, Document.NONE,
                   **said)


def gone(versions: list[Version], keep: Keep, *, always: tuple[str, ...] = (), now: datetime = NOON) -> list[int]:
    ordered = sorted(versions, key=lambda one: one.time, reverse=True)
    return sorted(int(item.version.id, 16) for item in choose(ordered, always, keep, now))


def hourly(count: int, **more: object) -> list[Version]:
    """Versions 0, 1, …: each an hour before the one before."""
    return [version(number, NOON - timedelta(hours=number), **more) for number in range(count)]


def test_without_a_rule_every_version_is_kept() -> None:
    assert gone(hourly(100), Keep()) == []
    assert not Keep().lets_go
    assert Keep(last=1).lets_go


def test_the_last_of_each_line() -> None:
    other = [version(100, NOON - timedelta(days=9), line="other")]
    assert gone(hourly(5) + other, Keep(last=2)) == [2, 3, 4]


def test_the_newest_of_each_day_and_week() -> None:
    assert gone(hourly(40), Keep(daily=2)) == [number for number in range(40) if number not in (0, 13)]
    assert gone(hourly(200), Keep(weekly=2)) == [number for number in range(200) if number not in (0, 13)]
    both = Keep(last=3, daily=9)
    assert gone(hourly(40), both) == [number for number in range(40) if number not in (0, 1, 2, 13, 37)]


def test_days_without_versions_do_not_count() -> None:
    versions = [version(0, NOON), version(1, NOON - timedelta(days=50)), version(2, NOON - timedelta(days=51))]
    assert gone(versions, Keep(daily=2)) == [2]


def test_tagged_starred_heads_and_tips_are_kept() -> None:
    versions = [version(0, NOON), version(1, NOON - timedelta(hours=1), tags=("best",)),
                version(2, NOON - timedelta(hours=2), starred=True), version(3, NOON - timedelta(hours=3)),
                version(4, NOON - timedelta(hours=4), labels=("plain",))]
    assert gone(versions, Keep(last=1), always=(versions[3].id,)) == [4]


def test_old_safety_versions_go_but_the_newest() -> None:
    kept = [version(number, NOON - timedelta(days=40 + number), trigger=Trigger.SAFETY)
            for number in range(SAFETY_KEPT)]
    old = version(50, NOON - timedelta(days=90), trigger=Trigger.SAFETY)
    recent = version(51, NOON - timedelta(days=1), trigger=Trigger.SAFETY)
    newest = version(52, NOON)
    assert gone([newest, *kept, old], Keep()) == [50]
    assert gone([newest, recent, *kept], Keep()) == [SAFETY_KEPT - 1]
    assert gone([newest, *kept, old], Keep(safety_days=None)) == []
    assert gone([newest, *kept, old], Keep(last=1, safety_days=100)) == []
    assert gone([], Keep()) == []


@pytest.mark.parametrize("years", [-10, 10])
def test_a_wrong_clock_lets_nothing_go(years: int) -> None:
    safety = [version(number, NOON - timedelta(hours=number), trigger=Trigger.SAFETY) for number in range(30)]
    assert gone([version(100, NOON), *safety], Keep(), now=NOON + timedelta(days=365 * years)) == []


def test_words_of_the_user_stand_for_those_of_the_configuration() -> None:
    config = Config(keep_last=5, keep_daily=6, keep_safety_days=7)
    assert Keep.of(config) == Keep(5, 6, None, 7)
    assert Keep.of(config, weekly=2) == Keep(None, None, 2, 7)
