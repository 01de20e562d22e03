"""Files that did not change are known; files that might have are not."""

from __future__ import annotations

import os

import pytest

from jupyter_mlversion.index import Index
from jupyter_mlversion.index.stats import is_racy

A, B = "blake3:" + "a" * 64, "blake3:" + "b" * 64
LATER = 10**9 * 60


@pytest.fixture
def index(tmp_path):
    return Index(tmp_path / "index.sqlite")


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "data.csv"
    path.write_text("1,2\n")
    return path


def changed(file):
    return file.stat().st_ctime_ns


def test_an_unchanged_file_is_known(index, file):
    assert index.digest_for("data.csv", file.stat()) is None
    index.remember("data.csv", file.stat(), A, at_ns=changed(file) + LATER)
    assert index.digest_for("data.csv", file.stat()) == A
    assert index.digest_for("other.csv", file.stat()) is None
    index.remember("data.csv", file.stat(), B, at_ns=changed(file) + LATER)
    assert index.digest_for("data.csv", file.stat()) == B


def rewrite(file):
    file.write_text("12,2\n")


def touch(file):
    os.utime(file, ns=(1, 1))


def mode(file):
    file.chmod(0o755)


def same_size_and_mtime(file):
    before = file.stat()
    file.write_text("9,9\n")
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))


def replaced(file):
    before = file.stat()
    other = file.with_name("new")
    other.write_text("3,4\n")
    os.utime(other, ns=(before.st_atime_ns, before.st_mtime_ns))
    other.replace(file)


@pytest.mark.parametrize("change", [rewrite, touch, mode, same_size_and_mtime, replaced])
def test_a_changed_file_is_not_known(index, file, change):
    index.remember("data.csv", file.stat(), A, at_ns=changed(file) + LATER)
    before = changed(file)
    while True:  # until the file system's clock has moved on, as it has for any file that was recorded
        change(file)
        if changed(file) != before:
            break
    assert index.digest_for("data.csv", file.stat()) is None


def test_a_file_just_written_is_not_recorded(index, file):
    """It could change again within the same tick of the clock, and look the same."""
    index.remember("data.csv", file.stat(), A)
    assert index.digest_for("data.csv", file.stat()) is None
    index.remember("data.csv", file.stat(), A, at_ns=changed(file))
    assert index.digest_for("data.csv", file.stat()) is None


def stat_of(mtime_ns, ctime_ns):
    values = [0] * 19
    result = os.stat_result(values[:10], {"st_mtime_ns": mtime_ns, "st_ctime_ns": ctime_ns})
    assert (result.st_mtime_ns, result.st_ctime_ns) == (mtime_ns, ctime_ns)
    return result


@pytest.mark.parametrize(("mtime", "ctime", "at", "racy"), [
    (1_500_000_001, 1_500_000_001, 1_500_000_001, True), (1_500_000_001, 1_500_000_001, 1_599_000_000, True),
    (1_500_000_001, 1_500_000_001, 1_700_000_000, False), (1, 1_500_000_001, 1_550_000_000, True),
    (1_500_000_001, 1, 1_550_000_000, True), (9_000_000_001, 1, 1_000_000_000, True),
    (1_000_000_000, 1_000_000_000, 2_500_000_000, True), (1_000_000_000, 1_000_000_000, 3_500_000_000, False),
    (0, 1_500_000_001, 1_700_000_000, False)])
def test_what_is_racy(mtime, ctime, at, racy):
    assert is_racy(stat_of(mtime, ctime), at) is racy


def test_many_at_once(index, tmp_path):
    files = {}
    for number in range(50):
        name = os.fsdecode(b"f\xff%d" % number)
        (tmp_path / name).write_text("x")
        files[name] = (tmp_path / name).stat()
    at = max(stat.st_ctime_ns for stat in files.values()) + LATER
    index.remember_many([(name, stat, A) for name, stat in files.items()], at_ns=at)
    asked = [*files.items(), ("unknown", files[os.fsdecode(b"f\xff1")])]
    assert index.digests_for(asked) == dict.fromkeys(files, A)


def test_what_is_no_digest_is_not_believed(index, file):
    index.remember("data.csv", file.stat(), A, at_ns=changed(file) + LATER)
    index._database._connection.execute("UPDATE stats SET digests = 'x'")
    assert index.digest_for("data.csv", file.stat()) is None
    assert index.outcome("k") is None
