"""What is kept of a file."""

from __future__ import annotations

from jupyter_mlversion.capture.policy import Kept, Policy
from jupyter_mlversion.config import Config, StorageRule
from jupyter_mlversion.domain.artifact import BY_RULE, Access, Artifact, Role, State

RULES = (
    StorageRule(("raw/small/",), "content"),
    StorageRule(("raw/",), "external", -1, "s3://bucket/{path}?as={name}"),
    StorageRule(("*.ckpt",), "digest", 1000),
)


def test_the_first_rule_that_fits_counts_and_beats_the_size_limit() -> None:
    policy = Policy(Config(size_limit=2000, storage=RULES))
    assert policy.kept("raw/small/a.csv", 5000) == Kept()
    assert policy.kept("raw/x/a b.csv", 1) == Kept(
        State.EXTERNAL, "its bytes are kept at s3://bucket/raw/x/a b.csv?as=a b.csv: "
        "to have it back, fetch it from there")
    assert policy.kept("a.ckpt", 1000) == Kept()
    assert policy.kept("a.ckpt", 1001) == Kept(State.DIGEST_ONLY, BY_RULE)
    assert policy.kept("a.bin", 2000) == Kept()
    assert policy.kept("a.bin", 2001).state == State.DIGEST_ONLY
    assert "size_limit (1.953 KiB)" in policy.kept("a.bin", 2001).reason


def test_sizes_are_told_in_their_units() -> None:
    for limit, text in ((10, "10 bytes"), (3 << 20, "3 MiB"), (5 << 30, "5 GiB"), (7 << 40, "7 TiB")):
        assert f"({text})" in Policy(Config(size_limit=limit)).kept("a", limit + 1).reason


def test_before_a_restore_no_rule_counts() -> None:
    policy = Policy(Config(size_limit=1, storage=RULES), unlimited=True)
    assert {policy.kept(path, 10**9) for path in ("raw/a", "a.ckpt", "b")} == {Kept()}


def test_what_the_user_chose_is_told_from_what_could_not_be_kept() -> None:
    def artifact(state: State, reason: str) -> Artifact:
        return Artifact("a", Role.DATA, Access.READ, None, 1, 0o100644, 0, state, reason)

    assert [artifact(*kept).is_chosen for kept in (
        (State.STORED, ""), (State.DIGEST_ONLY, BY_RULE), (State.EXTERNAL, "at x"), (State.DIGEST_ONLY, "too large"))
    ] == [False, True, True, False]
    assert [state for state in State if artifact(state, "").is_held] == [State.STORED, State.UNSTABLE]
