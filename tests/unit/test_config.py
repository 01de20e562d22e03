"""``mlversion.toml``: storage rules, retention, and what is wrong with them."""

from __future__ import annotations

from pathlib import Path

import pytest

from jupyter_mlversion.config import Config, StorageRule, load_config
from jupyter_mlversion.errors import InvalidConfig


def loaded(folder: Path, text: str) -> Config:
    (folder / "mlversion.toml").write_text(text)
    return load_config(folder)


def test_rules_of_storage_are_read_in_order(tmp_path: Path) -> None:
    config = loaded(tmp_path, """
        [[storage]]
        patterns = ["raw/"]
        keep = "external"
        where = "s3://bucket/{path}"
        [[storage]]
        keep = "digest"
        larger_than = "1 MB"
    """)
    assert config.storage == (
        StorageRule(("raw/",), "external", -1, "s3://bucket/{path}"), StorageRule(("*",), "digest", 10**6))


def test_retention_is_read(tmp_path: Path) -> None:
    config = loaded(tmp_path, 'keep_last = 3\nkeep_safety_days = "forever"\nquarantine_days = 0.5\nidle_minutes = 0')
    assert (config.keep_last, config.keep_safety_days, config.quarantine_days, config.idle_minutes) == (3, None, 0.5, 0)
    assert (config.keep_daily, config.keep_weekly) == (None, None)


@pytest.mark.parametrize(("text", "says"), [
    ('storage = "all"', "must be tables"),
    ('storage = ["all"]', "must be tables"),
    ('[[storage]]\nkeep = "half"', "one of content, digest, external"),
    ('[[storage]]\nkeep = "digest"\npattern = "x"', "unknown entry: pattern"),
    ('[[storage]]\nkeep = "external"', "where"),
    ('[[storage]]\nkeep = "external"\nwhere = 3', "where"),
    ('[[storage]]\nkeep = "digest"\nwhere = "x"', "where"),
    ('[[storage]]\nkeep = "digest"\nlarger_than = "big"', "not a size"),
    ('[[storage]]\nkeep = "digest"\npatterns = "x"', "list of patterns"),
    ("keep_last = 0", "from 1"),
    ("keep_daily = true", "from 1"),
    ("keep_safety_days = -1", "from 0"),
    ("quarantine_days = inf", "from 0"),
    ("quarantine_days = nan", "from 0"),
    ('idle_minutes = "5"', "from 0"),
])
def test_what_cannot_be_used_is_refused_with_the_reason(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(InvalidConfig, match=says):
        loaded(tmp_path, text)
