"""A frozen part: carried on, and found again wherever a training sees its rows."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime

import numpy as np
import pytest

from jupyter_mlversion.cli import main
from jupyter_mlversion.domain.version import Checkpoint, Trigger
from jupyter_mlversion.errors import NotFound, UsageError
from jupyter_mlversion.kernel.splits import freeze
from jupyter_mlversion.repository import Repository, Seen
from jupyter_mlversion.repository.splits import check_part, read_split
from jupyter_mlversion.splits import Register, split

DATA = np.random.default_rng(0).random((100, 3))


@pytest.fixture
def repository(tmp_path):
    return Repository.init(tmp_path)


def make(repository, *partitions, note=""):
    """A version with these splits; None when nothing has changed."""
    (repository.root / "note.txt").write_text(note or uuid.uuid4().hex)
    register = Register()
    frozen = [partition for partition in partitions if partition.record.frozen]
    for partition in partitions:
        register.add(partition)
    for partition in frozen:
        register.freeze(partition, "test")
    event = Checkpoint(uuid.uuid4().hex, Trigger.CELL, datetime.now(UTC))
    repository.stage(event, Seen({"note.txt": "read"}, splits=register.seal))
    return repository.join(event.key).version


def made(seed=0, data=DATA, **options):
    return split(data, seed=seed, checks=False, **options)


def frozen(partition):
    from dataclasses import replace

    return replace(partition, record=replace(partition.record, frozen=("test",)))


def test_without_a_frozen_part_nothing_is_kept(repository):
    version = make(repository, made())
    assert (version.frozen, version.trained, version.leaks) == ((), None, ())


def test_the_same_test_set_never_leaks(repository):
    make(repository, made())
    version = make(repository, frozen(made()))
    assert [(part.split, part.part, part.size) for part in version.frozen] == [("split", "test", 20)]
    assert version.leaks == ()
    later = make(repository, made())  # split anew, by a cell that says nothing of it
    assert later.frozen == version.frozen
    assert later.leaks == ()
    assert later.trained == version.trained
    assert repository.show(later.id).snapshot.splits[0].frozen == ("test",)
    assert repository.verify(read_data=True) == []
    assert make(repository, made(data=DATA[::-1], name="other"), made()).leaks[0].trained_as == "other/train"


def test_carried_on_it_is_no_change(repository):
    make(repository, frozen(made()), note="same")
    assert make(repository, made(), note="same") is None


def test_rows_that_were_trained_on_before_are_found(repository):
    first = make(repository, made(seed=1))
    make(repository, made(seed=0))
    version = make(repository, frozen(made(seed=0)))
    shared = {*made(seed=0).indices["test"]} & {*made(seed=1).indices["train"]}
    (leak,) = version.leaks
    assert (leak.split, leak.part, leak.rows) == ("split", "test", len(shared))
    assert (leak.version, leak.trained_as) == (first.id, "split/train")


def test_a_later_training_that_sees_them_is_marked_and_so_is_all_that_follows(repository):
    clean = make(repository, frozen(made()))
    rest = make(repository, made(), split(DATA[made().indices["train"]], name="inner", checks=False))
    assert rest.leaks == ()  # the training rows split again
    folds = split(DATA, strategy="k-fold", name="folds", checks=False)
    leaking = make(repository, made(), folds)
    (leak,) = leaking.leaks
    assert (leak.rows, leak.version, leak.trained_as) == (20, "", "folds/fold 1")
    after = make(repository, made())
    assert [(one.rows, one.version, one.trained_as) for one in after.leaks] == [(20, leaking.id, "folds/fold 1")]
    assert [one.version for one in make(repository, made()).leaks] == [leaking.id]
    assert repository.history.read(clean.id).leaks == ()
    repository.index.close()
    (repository.folder / "index.sqlite").unlink()
    assert Repository.open(repository.root).log()[0].leaks == after.leaks


def test_a_version_that_was_deleted_and_collected_stops_nothing(repository):
    gone = make(repository, made(seed=1))
    make(repository, made())
    repository.delete([gone.id])
    repository.gc(at_once=True)
    assert make(repository, frozen(made())).leaks == ()  # what it trained on went with it
    gone = make(repository, made(), split(DATA, strategy="k-fold", name="folds", checks=False))
    make(repository, made())
    repository.delete([gone.id])
    repository.gc(at_once=True)
    (leak,) = make(repository, made(), split(DATA[made().indices["train"]], name="inner", checks=False)).leaks
    assert leak.rows == 20  # the set of all that was trained on is the newest version's
    assert (leak.version, leak.trained_as) == ("", "")  # by whom cannot be told any more


def test_sets_that_are_lost_are_named_and_stop_nothing(repository):
    version = make(repository, frozen(made()))
    for pack in (repository.folder / "store" / "packs").iterdir():
        pack.unlink()
    lost = {damage.digest: damage.paths for damage in repository.verify()}
    assert lost[version.frozen[0].rows] == ("split split: frozen rows of test",)
    assert lost[version.trained] == ("rows that were trained on",)
    (leak,) = make(repository, made(), split(DATA, strategy="k-fold", name="folds", checks=False)).leaks
    assert leak.rows == 20


def test_rows_are_known_by_what_they_contain(repository):
    make(repository, frozen(made()))
    test = made().indices["test"]
    shuffled = np.vstack([np.random.default_rng(1).random((50, 3)), DATA[test[:3]]])
    leak = make(repository, split(shuffled, name="new data", seed=3, sizes={"train": 1.0}, checks=False)).leaks[0]
    assert (leak.rows, leak.trained_as) == (3, "new data/train")


def test_validation_counts_as_training(repository):
    make(repository, frozen(made()))
    sizes = {"train": 0.6, "validation": 0.2, "test": 0.2}
    version = make(repository, made(seed=5, sizes=sizes))
    three = made(seed=5, sizes=sizes).indices
    both = {*made().indices["test"], *three["test"]}
    assert version.leaks[0].rows == len(both & ({*made().indices["train"], *three["train"], *three["validation"]}))


def test_a_branch_of_before_the_freeze_knows_of_it(repository):
    before = make(repository, made())
    make(repository, frozen(made()))
    repository.restore(before.id)
    version = make(repository, split(DATA, name="all", sizes={"train": 1.0}, checks=False))
    assert version.branch == "branch-2"
    assert version.leaks[0].rows == 20


def test_freezing_a_version_makes_one(repository):
    make(repository, made())
    version = repository.freeze("HEAD").version
    assert (version.message, version.leaks, version.frozen[0].size) == ("Freeze test of split", (), 20)
    assert repository.freeze("HEAD").unchanged
    assert read_split(repository, "HEAD", "split").record.frozen == ("test",)
    for name, part, kind, words in [
        ("x", "test", NotFound, "no split 'x'"), ("split", "dev", NotFound, "no part 'dev'"),
    ]:
        with pytest.raises(kind, match=words):
            repository.freeze("HEAD", name, part)


def test_what_cannot_be_frozen():
    with pytest.raises(UsageError, match="no content"):
        freeze(split(10, checks=False), "test")
    with pytest.raises(UsageError, match="cross-validation"):
        freeze(split(DATA, strategy="k-fold", checks=False), "fold 1")
    with pytest.raises(UsageError, match="got int"):
        freeze(3, "test")
    check_part(made().record, "test", known=True)


def test_the_command_line(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    np.savetxt(tmp_path / "rows.csv", DATA, delimiter=",", header="a,b,c", comments="")
    words = ["split", "rows.csv", "--sizes", "train=0.5,test=0.5", "--seed", "3", "-o", "rows.json", "--name", "half"]
    assert main(words) == 0
    assert "half: train 50, test 50" in capsys.readouterr().out
    rows = __import__("json").loads((tmp_path / "rows.json").read_text())
    assert rows["test"] == split(DATA, sizes={"train": 0.5, "test": 0.5}, seed=3, checks=False).indices["test"].tolist()
    assert main(["freeze", "half"]) == 0
    assert "Frozen: the part test of the split half." in capsys.readouterr().out
    assert main(["split", "rows.csv", "--strategy", "k-fold", "--folds", "4", "-o", "folds.json"]) == 0
    assert len(__import__("json").loads((tmp_path / "folds.json").read_text())["folds"]) == 4
    capsys.readouterr()
    assert main(["log", "-n", "1"]) == 0
    assert "50 rows leaked" in capsys.readouterr().out
    assert main(["show", "HEAD"]) == 0
    assert "half/test  50 frozen rows were trained on in this version as split/fold 1" in capsys.readouterr().out
    assert main(["split", "absent.csv"]) == 1
    assert main(["split", "rows.csv", "--sizes", "half"]) == 2
    assert main(["split", "rows.csv", "--target", "z"]) == 2
