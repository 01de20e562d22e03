"""Several states side by side."""

from __future__ import annotations

import math

import pytest

from jupyter_mlversion.compare.table import Compared, metric_rows, table, value_rows
from jupyter_mlversion.domain.artifact import Access, Artifact, Role
from jupyter_mlversion.domain.comparison import Side
from jupyter_mlversion.domain.digest import Digest
from jupyter_mlversion.domain.direction import BY_NAME, Directions
from jupyter_mlversion.domain.environment import Environment
from jupyter_mlversion.domain.run import Metric, Run
from jupyter_mlversion.domain.snapshot import Snapshot
from jupyter_mlversion.domain.split import Part, Split


def metric(last):
    return Metric(last, last, last, 1, 0)


def digest(letter):
    return Digest("blake3:" + letter * 64)


def file(path, letter, mtime=0):
    return Artifact(path, Role.DATA, Access.READ, digest(letter), 3, 0o100644, mtime)


def side(name):
    return Compared(Side(name * 40, name, "", "", "main", None, None), Snapshot())


def state(name, **parts):
    return Compared(side(name).side, Snapshot(**parts))


@pytest.mark.parametrize(("name", "lower"), [
    ("loss", True), ("val_loss", True), ("testRMSE", True), ("train/log-loss", True), ("eval.cross_entropy_loss", True),
    ("accuracy", False), ("roc_auc", False), ("closest", None), ("f1", False), ("WER", True), ("timeliness", None),
    ("learning rate", None), ("grad norm", None), ("top5_acc", False), ("r2", False), ("step", None),
])
def test_the_name_tells_which_way_is_better(name, lower):
    assert BY_NAME.lower_is_better(name) is lower


def test_the_user_knows_better_than_the_name():
    said = Directions(lower=("accuracy", "dist[0]*"), higher=("loss of weight", "dist*"))
    told = [said.lower_is_better(name) for name in ("accuracy", "dist[0]/a", "dist/a", "loss of weight", "loss")]
    assert told == [True, True, False, False, True]


def test_what_nobody_knows_has_no_best():
    rows = {row.name: row for row in metric_rows([{"grad norm": metric(1.0)}, {"grad norm": metric(2.0)}])}
    assert (rows["grad norm"].lower_is_better, rows["grad norm"].best) == (None, ())
    [row] = metric_rows([{"grad norm": metric(1.0)}, {"grad norm": metric(2.0)}], Directions(lower=("grad *",)))
    assert (row.lower_is_better, row.best) == (True, (0,))


def test_the_best_is_marked_where_there_is_a_choice():
    rows = {row.name: row for row in metric_rows([{"loss": metric(2.0), "acc": metric(0.5), "same": metric(1.0)},
                                                  {"loss": metric(1.0), "acc": metric(0.9), "same": metric(1.0)},
                                                  {"loss": metric(math.nan), "acc": metric(0.9)}])}
    assert rows["loss"].best == (1,)
    assert rows["acc"].best == (1, 2)
    assert rows["same"].best == ()
    assert rows["same"].values[2] is None
    assert rows["same"].differs


def test_nan_is_the_same_as_nan_and_none_is_not_absent():
    [row] = metric_rows([{"a": metric(math.nan)}, {"a": metric(math.nan)}])
    assert not row.differs
    [row] = value_rows([{"a": None}, {}])
    assert row.differs
    assert row.absent == (1,)
    [row] = value_rows([{"a": True}, {"a": 1}])
    assert row.differs


def test_differences_only_says_how_much_is_left_out():
    first = state("a", environment=Environment(python="3.11", packages={"numpy": "1", "pandas": "2"}),
                  runs=(Run("", "c", 0.0, params={"depth": 1, "lr": 0.1}),), artifacts=(file("x", "a"), file("y", "a")))
    second = state("b", environment=Environment(python="3.11", packages={"numpy": "2", "pandas": "2"}),
                   runs=(Run("", "c", 0.0, params={"depth": 1, "lr": 0.2}),),
                   artifacts=(file("x", "a", mtime=9), file("y", "b")))
    told = table([first, second], differences_only=True)
    assert [row.name for row in told.environment] == ["numpy"]
    assert [row.name for row in told.params] == ["lr"]
    assert [row.path for row in told.artifacts] == ["y"]
    assert told.same == {"metrics": 0, "params": 1, "environment": 2, "code": 0, "artifacts": 1, "splits": 0}
    whole = table([first, second])
    assert [row.name for row in whole.params] == ["depth", "lr"]
    assert set(whole.same.values()) == {0}


def test_splits_are_found_by_name():
    def split(seed):
        return Split("flowers", "random", seed, parts=(Part("train", 8), Part("test", 2)))

    [row] = table([state("a", splits=(split(1),)), state("b", splits=(split(2),)), state("c")]).splits
    assert row.differs
    assert [one and one.seed for one in row.values] == [1, 2, None]
    assert row.values[0].parts == {"train": 8, "test": 2}
