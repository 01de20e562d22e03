"""What people read: tidy, in plain words, and harmless whatever is in it."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_mlversion.commands.text import words
from jupyter_mlversion.commands.text.changes import difference_text, plan_text, restored_text, status_text
from jupyter_mlversion.commands.text.findings import damage_text, findings_text
from jupyter_mlversion.commands.text.style import Style, harmless, safe, shortened
from jupyter_mlversion.commands.text.versions import detail_text, log_text, outcome_text
from jupyter_mlversion.domain.artifact import Access, Artifact, Role, State
from jupyter_mlversion.domain.damage import Damage
from jupyter_mlversion.domain.difference import ArtifactChange, Difference, SplitChange
from jupyter_mlversion.domain.digest import Digest
from jupyter_mlversion.domain.environment import CodeState, Environment
from jupyter_mlversion.domain.plan import CellChange, Change, Obstacle, RestorePlan, Write
from jupyter_mlversion.domain.snapshot import Snapshot
from jupyter_mlversion.domain.split import Part, Split
from jupyter_mlversion.domain.version import Counts, Document, Trigger, Version
from jupyter_mlversion.repository import Detail, FileChange, Finding, LineStatus, Outcome, Restored, Status

NOW = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)
PLAIN = Style(now=NOW)
COLOURED = Style(colour=True, now=NOW)
DIGEST = Digest("blake3:" + "0f" * 32)
HOSTILE = "x\x1b]0;owned\x07\x1b[2J\u202egnp.exe\u200b\u061c\u2060\ufeff\r\n"
VERSION = Version(
    id="a" * 40,
    short="aaaaaaaa",
    line="digits-1",
    branch="main",
    parents=(),
    message="first",
    author="Ada",
    time=NOW - timedelta(minutes=5),
    notebook="digits.ipynb",
    cell_id="c1",
    trigger=Trigger.CELL,
    document=Document.LIVE,
    metrics={"accuracy": 0.98123},
    counts=Counts(3, 2, 1, 0),
    bytes_new=1_230_000,
    seconds=0.42,
)


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1 KB"),
        (1234, "1.23 KB"),
        (999_999, "1 MB"),
        (5 * 10**9, "5 GB"),
        (10**16, "1e+04 TB"),
    ],
)
def test_sizes(count, text):
    assert words.size(count) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (-5, "0 s"),
        (1, "1 s"),
        (59, "59 s"),
        (60, "1 min"),
        (7199, "1 h"),
        (86400, "1 day"),
        (86400 * 3, "3 days"),
        (86400 * 70, "2 months"),
        (86400 * 800, "2 years"),
    ],
)
def test_ages(seconds, text):
    assert words.age(NOW - timedelta(seconds=seconds), NOW) == text


@pytest.mark.parametrize(
    ("value", "text"), [(0.98123, "0.9812"), (math.nan, "nan"), (3, "3"), (True, "True"), (None, "none")]
)
def test_numbers(value, text):
    assert words.number(value) == text


@given(st.text())
def test_text_of_others_cannot_command_a_terminal(text):
    assert not any(character in safe(text) for character in map(chr, [*range(32), *range(127, 160), 0x202E, 0x2066]))


def test_text_of_others_is_harmless_everywhere():
    version = replace(
        VERSION, message=HOSTILE, branch=HOSTILE, notebook=HOSTILE, metrics={HOSTILE: 1.0}, params={HOSTILE: HOSTILE}
    )
    other = replace(version, line="other")
    artifact = Artifact(HOSTILE, Role.DATA, Access.READ, DIGEST, 1, 0o100644, 1, State.UNSTABLE, HOSTILE)
    snapshot = Snapshot((artifact,), (), (Split(HOSTILE, HOSTILE, 1, parts=(Part(HOSTILE, 1),)),), Environment(HOSTILE))
    plan = RestorePlan(
        "a" * 40,
        (Write(HOSTILE, 1, Change.ADDED),),
        (HOSTILE,),
        (Obstacle(HOSTILE, HOSTILE),),
        (Obstacle(HOSTILE, HOSTILE),),
        {HOSTILE: (HOSTILE, HOSTILE)},
        (),
        {HOSTILE: (HOSTILE,)},
    )
    change = ArtifactChange(HOSTILE, Role.DATA, Change.ADDED, None, DIGEST)
    texts = [
        log_text([version, other], PLAIN),
        detail_text(Detail(version, snapshot), PLAIN),
        outcome_text(Outcome(version, False, 1.0, 1, HOSTILE), PLAIN),
        plan_text(plan, PLAIN),
        restored_text(Restored("r", plan, True, "e" * 40, ("a",), (), (Obstacle(HOSTILE, HOSTILE),)), "aaaa", PLAIN),
        difference_text(Difference((change,), {HOSTILE: (1.0, 2.0)}, {HOSTILE: (HOSTILE, None)}), PLAIN),
        difference_text(
            Difference(splits=(SplitChange(HOSTILE, Change.ADDED, settings={HOSTILE: (HOSTILE, None)}),)), PLAIN
        ),
        status_text(
            Status(
                HOSTILE,
                (LineStatus("l", HOSTILE, None, HOSTILE),),
                (FileChange(HOSTILE, Role.DATA, Change.ADDED),),
                1,
                1,
            ),
            PLAIN,
        ),
        damage_text([Damage("chunk", DIGEST, ("a" * 40,), (HOSTILE,), HOSTILE)], PLAIN),
        findings_text([Finding(HOSTILE, HOSTILE, ok=False)], PLAIN),
    ]
    for text in texts:
        assert "owned" in text
        assert not set(text) & set("\x1b\x07\r\u202e\u200b\u061c\u2060\ufeff")


def test_a_log_is_a_table():
    older = replace(
        VERSION, short="bbbbbbbb", message="second", metrics={}, trigger=Trigger.SAFETY, time=NOW - timedelta(days=2)
    )
    assert log_text([VERSION, older], PLAIN).splitlines() == [
        "aaaaaaaa  first   accuracy 0.9812  5 min",
        "bbbbbbbb  second                   2 days  safety",
    ]


def test_a_log_of_several_notebooks_names_them():
    assert "other.ipynb" in log_text([VERSION, replace(VERSION, line="2", notebook="other.ipynb")], PLAIN)
    assert "digits.ipynb" not in log_text([VERSION], PLAIN)


def test_a_log_names_branches_but_the_first_and_tags():
    rows = log_text([VERSION, replace(VERSION, branch="deep"), replace(VERSION, tags=("best",))], PLAIN).splitlines()
    assert [row.split("5 min")[1].strip() for row in rows] == ["", "deep", "best"]


@pytest.mark.parametrize("width", [80, 100, 160])
def test_a_log_fits_the_terminal_and_is_whole_in_a_pipe(width):
    long = replace(VERSION, message="word " * 60, branch="branch-2")
    row = log_text([long, VERSION], Style(width=width, now=NOW)).splitlines()[0]
    assert len(row) == width
    assert "…  accuracy 0.9812  5 min  branch-2" in row
    assert f"{long.message}  accuracy" in log_text([long], PLAIN)


def test_a_log_fits_a_cell_whatever_is_in_it():
    long = "x" * 300
    worst = replace(VERSION, message=long, notebook=long, branch=long, metrics={long + str(n): 1 / 3 for n in range(5)})
    other = replace(worst, line="other", time=NOW - timedelta(days=86400))
    text = log_text([worst, other], Style(width=100, now=NOW))
    assert max(map(len, text.splitlines())) <= 100
    assert text.count("…") == 8


def test_an_empty_log_says_so():
    assert log_text([], PLAIN) == "No versions yet."


def test_colours_only_where_they_are_wanted():
    assert "\x1b[" in log_text([VERSION], COLOURED)
    assert "\x1b" not in log_text([VERSION], PLAIN)


def test_colours_do_not_move_columns():
    stripped = re.sub(r"\x1b\[\d+m", "", log_text([VERSION, replace(VERSION, branch="branch-2")], COLOURED))
    assert stripped == log_text([VERSION, replace(VERSION, branch="branch-2")], PLAIN)


def test_an_outcome_is_one_line():
    assert outcome_text(Outcome(VERSION, False, 0.42, 1_230_000), PLAIN) == (
        "Version aaaaaaaa of digits.ipynb: 3 files (2 added, 1 modified), 1.23 MB new, 0.42 s."
    )
    assert outcome_text(Outcome(None, True, 0.1, 0), PLAIN) == "Nothing has changed: no new version."


def test_a_version_whole_shows_what_is_not_stored_and_why():
    artifact = Artifact(
        "big.bin", Role.DATA, Access.READ, DIGEST, 10**10, 0o100644, 1, State.DIGEST_ONLY, "larger than 4 GiB"
    )
    code = CodeState("c" * 40, "main", dirty=True)
    detail = Detail(
        replace(VERSION, document=Document.AS_SAVED),
        Snapshot((artifact,), environment=Environment("3.11.7"), code=code),
    )
    text = detail_text(detail, PLAIN)
    assert "digest-only: larger than 4 GiB" in text
    assert "document  as last saved" in text
    assert "cccccccccccc main with uncommitted changes" in text


def test_a_plan_shows_everything_that_would_happen():
    plan = RestorePlan(
        "a" * 40,
        (Write("a.csv", 3000, Change.MODIFIED),),
        ("b.pt",),
        (Obstacle("c.bin", "too large"),),
        (Obstacle("d", "a folder is there"),),
        {"numpy": ("1", "2")},
        (CellChange("c1", Change.ADDED), CellChange("c2", Change.ADDED)),
        {"a.csv": ("o.ipynb",)},
        True,
    )
    assert plan_text(plan, PLAIN).splitlines() == [
        "In the way",
        "  d  a folder is there",
        "",
        "Written",
        "  modified  3 KB  a.csv",
        "",
        "Removed",
        "  b.pt",
        "",
        "Not in the store, left as they are",
        "  c.bin  too large",
        "",
        "Shared with other notebooks",
        "  a.csv  used by o.ipynb too",
        "",
        "Cells",
        "  added  2 cells",
        "",
        "Environment (then → now)",
        "  numpy  1 → 2",
        "",
        "The open notebook has unsaved edits; they are kept in the safety version.",
    ]
    assert plan_text(RestorePlan("a" * 40), PLAIN) == "No file has to be written or removed."


def test_a_restore_says_how_to_undo_it():
    restored = Restored("r", RestorePlan("a" * 40), True, "e" * 40, ("a",), ("b", "c"))
    assert restored_text(restored, "aaaaaaaa", PLAIN).splitlines() == [
        "Restored version aaaaaaaa: 1 file written, 2 removed.",
        "To undo: mlversion restore eeeeeeeeeeee",
    ]


def test_no_difference_says_so():
    assert difference_text(Difference(), PLAIN) == "No difference."


def test_a_difference_shows_both_values():
    assert "accuracy  0.5 → none" in difference_text(Difference(metrics={"accuracy": (0.5, None)}), PLAIN)


def test_a_split_that_differs_says_how_many_rows():
    change = SplitChange("iris", Change.MODIFIED, (10, 10), 7, 2, 1, 1, settings={"seed": (0, 1)})
    text = difference_text(Difference(splits=(change,)), PLAIN)
    assert "  modified  iris  2 rows moved, 1 row added, 1 row gone, seed 0 → 1" in text


def test_damage_names_versions_and_paths():
    assert damage_text([Damage("chunk", DIGEST, ("a" * 40,), ("a.csv",), "too short")], PLAIN).splitlines() == [
        f"chunk too short {DIGEST}",
        "  needed for a.csv",
        "  in version aaaaaaaaaaaa",
    ]
    assert damage_text([], PLAIN) == "No damage."


def test_findings_say_what_to_do():
    assert findings_text(
        [Finding("git is installed"), Finding("no panel", "install it", ok=False)], PLAIN
    ).splitlines() == [
        "ok   git is installed",
        "look no panel",
        "     → install it",
    ]


def test_what_is_cut_ends_in_an_ellipsis():
    assert shortened("abcdef", 4) == "abc…"
    assert shortened("abcd", 4) == "abcd"
    assert shortened("abcdef", None) == "abcdef"


def test_a_traceback_keeps_its_lines_and_only_where_wanted_its_colours():
    traceback = "\x1b[0;31mZeroDivisionError\x1b[0m: \x1b]0;owned\x07\n  line 2"
    assert harmless(traceback, colour=False) == "ZeroDivisionError: \\x1b]0;owned\\x07\n  line 2"
    assert harmless(traceback, colour=True) == "\x1b[0;31mZeroDivisionError\x1b[0m: \\x1b]0;owned\\x07\n  line 2"
