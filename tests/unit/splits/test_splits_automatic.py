"""scikit-learn's and PyTorch's splits are recorded as they were made, and nothing else about them changes."""

from __future__ import annotations

import inspect
import sys
import threading
from importlib.util import find_spec

import numpy as np
import pandas as pd
import pytest
import sklearn.model_selection as ms
from sklearn.datasets import load_iris
from sklearn.dummy import DummyClassifier
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LassoCV
from sklearn.neural_network import MLPClassifier

from jupyter_mlversion.splits import layout, register
from jupyter_mlversion.splits.automatic import HOOKS, recording

X, Y = load_iris(return_X_y=True)
MODEL = DummyClassifier()
needs_torch = pytest.mark.skipif(find_spec("torch") is None, reason="torch is not installed (extra test-heavy)")

HOOKS["sklearn.model_selection._split"](__import__("sklearn.model_selection._split", fromlist=["_split"]))


@pytest.fixture(autouse=True)
def made(monkeypatch):
    """What is recorded: name → partition, in order."""
    kept = register()
    monkeypatch.setattr(kept, "_made", {})
    monkeypatch.setattr(recording(), "on", True)
    kept.begin("cell")
    yield lambda: {name: partition for (_, name), partition in kept._made.items()}
    kept.begin("")


def folds_of(partition):
    return layout.decode(layout.encode(partition.folds, partition.record.row_count))


def test_nothing_of_it_is_seen():
    assert ms.train_test_split.__name__ == "train_test_split"
    assert "random_state" in inspect.signature(ms.train_test_split).parameters
    assert list(inspect.signature(ms.KFold.split).parameters) == ["self", "X", "y", "groups"]
    assert ms.KFold.split.__doc__ == inspect.unwrap(ms.KFold.split).__doc__


@pytest.mark.parametrize("options", [
    {"random_state": 3}, {"stratify": Y, "random_state": 1, "test_size": 0.1}, {"shuffle": False},
    {"train_size": 40, "test_size": 30, "random_state": 0}, {"shuffle": False, "train_size": 40, "test_size": 30},
])
def test_rows_are_those_that_were_given_out_in_that_order(made, options):
    recording().on = False
    without = ms.train_test_split(X, Y, **options)
    recording().on = True
    train, test, train_y, test_y = with_us = ms.train_test_split(X, Y, **options)
    assert all((one == other).all() for one, other in zip(without, with_us, strict=True))
    ((name, partition),) = made().items()
    (fold,) = folds_of(partition)
    assert name == "train_test_split"
    assert (X[fold.train] == train).all()
    assert (X[fold.test] == test).all()
    assert (Y[fold.train] == train_y).all()
    assert [part.size for part in partition.record.parts] == [len(train), len(test)]
    counted = {str(kind): int((test_y == kind).sum()) for kind in set(test_y.tolist())}
    assert partition.record.parts[1].classes == counted
    seed = options.get("random_state")
    assert (partition.record.seed, partition.record.seeded) == (seed or 0, seed is not None)
    assert partition.record.origin == "sklearn.model_selection.train_test_split"


def test_the_global_generator_is_left_as_it_is(made):
    recording().on = False
    np.random.seed(7)  # noqa: NPY002
    expected = ms.train_test_split(X)[0], np.random.random()  # noqa: NPY002
    recording().on = True
    np.random.seed(7)  # noqa: NPY002
    assert (ms.train_test_split(X)[0] == expected[0]).all()
    assert np.random.random() == expected[1]  # noqa: NPY002
    assert not made()["train_test_split"].record.seeded


SPLITTERS = [
    (ms.KFold(4), "k-fold", 4), (ms.KFold(4, shuffle=True, random_state=1), "k-fold", 4),
    (ms.StratifiedKFold(3), "stratified-k-fold", 3), (ms.GroupKFold(3), "group-k-fold", 3),
    (ms.StratifiedGroupKFold(3), "stratified-group-k-fold", 3), (ms.LeaveOneGroupOut(), "leave-one-group-out", 5),
    (ms.LeavePGroupsOut(2), "LeavePGroupsOut", 10), (ms.TimeSeriesSplit(3), "expanding", 3),
    (ms.TimeSeriesSplit(3, max_train_size=9, gap=1), "sliding", 3), (ms.ShuffleSplit(3, random_state=2), "random", 3),
    (ms.StratifiedShuffleSplit(3, random_state=2), "stratified", 3), (ms.GroupShuffleSplit(3), "group", 3),
    (ms.RepeatedKFold(n_splits=3, n_repeats=2, random_state=5), "k-fold", 6),
    (ms.RepeatedStratifiedKFold(n_splits=3, n_repeats=2, random_state=5), "stratified-k-fold", 6),
    (ms.PredefinedSplit(np.arange(150) % 3 - 1), "predefined", 2), (ms.LeaveOneOut(), "LeaveOneOut", 150),
]


@pytest.mark.parametrize(("splitter", "strategy", "count"), SPLITTERS, ids=lambda value: str(value)[:40])
def test_every_splitter_is_recorded_once(made, splitter, strategy, count):
    pairs = [(train.copy(), test.copy()) for train, test in splitter.split(X, Y, groups=np.arange(150) % 5)]
    ((name, partition),) = made().items()
    assert (name, partition.record.strategy, partition.record.fold_count) == (type(splitter).__name__, strategy, count)
    for fold, (train, test) in zip(folds_of(partition), pairs, strict=True):
        assert sorted(fold.train) == sorted(train)
        assert sorted(fold.test) == sorted(test)
    assert partition.record.seed == (getattr(splitter, "random_state", None) or 0)
    assert partition.groups.counts() == {str(group): 30 for group in range(5)}


def test_one_pair_alone_is_a_partition(made):
    train, test = next(ms.GroupShuffleSplit(random_state=0).split(X, groups=np.arange(150) % 5))
    partition = made()["GroupShuffleSplit"]
    assert (partition.record.fold_count, [part.size for part in partition.record.parts]) == (0, [len(train), len(test)])
    for _ in zip(ms.KFold(5).split(X), range(2)):  # noqa: B905
        pass
    assert made()["KFold"].record.fold_count == 3  # zip asks for one more before it sees that the other is at its end


def test_the_caller_may_change_what_it_got(made):
    for train, _ in ms.KFold(3).split(X):
        train[:] = 0
    assert sorted(np.concatenate([fold.test for fold in folds_of(made()["KFold"])])) == list(range(150))


def test_calls_through_the_library_are_recorded_once(made):
    for _ in range(3):
        ms.cross_val_score(MODEL, X, Y, cv=4)
    search = ms.GridSearchCV(MODEL, {"random_state": [1, 2, 3]}, cv=3)
    ms.cross_val_score(search, X, Y, cv=2)
    search.fit(X, Y)
    ms.permutation_test_score(MODEL, X, Y, cv=3, n_permutations=4)
    assert {name: partition.record.fold_count for name, partition in made().items()} == {
        "cross_val_score": 4, "cross_val_score 2": 2, "GridSearchCV": 3, "permutation_test_score": 3}
    assert made()["GridSearchCV"].record.parameters["splitter"] == "StratifiedKFold"
    assert made()["GridSearchCV"].record.origin == "sklearn.model_selection.GridSearchCV"


@pytest.mark.filterwarnings("ignore", category=ConvergenceWarning)
def test_what_estimators_put_aside_for_themselves_is_not(made):
    LassoCV(cv=3).fit(X, Y)
    MLPClassifier(early_stopping=True, max_iter=3).fit(X, Y)
    ms.KFold(2).get_n_splits(X)
    assert made() == {}


def test_ours_are_recorded_by_us_alone(made):
    from jupyter_mlversion.splits import split

    split(X, target=Y, strategy="stratified-k-fold")
    assert not any(partition.record.origin for partition in made().values())


def test_a_loop_over_seeds_is_not_recorded_a_thousand_times(made):
    for seed in range(1000):
        ms.train_test_split(X, random_state=seed)
    assert len(made()) == 20
    again = ms.train_test_split(X, random_state=1)
    assert list(made())[-1] == "train_test_split 21"
    assert len(again) == 2


def test_recorded_splits_are_checked_as_far_as_there_is_time(made, monkeypatch):
    here = sys.modules["jupyter_mlversion.splits.automatic.recording"]
    monkeypatch.setattr(here, "EACH_SECONDS", 60)
    monkeypatch.setattr(here, "ALL_SECONDS", 60)
    rows = np.random.default_rng(0).random((200, 4))
    ms.train_test_split(np.vstack([rows, rows[:50]]), random_state=0)
    found = {check.name: check.verdict.value for check in made()["train_test_split"].record.checks}
    assert found["exact-duplicates"] == "problem"
    monkeypatch.setattr(here, "ALL_SECONDS", 0)
    for seed in range(30):
        ms.train_test_split(X, random_state=seed)
    assert made()["train_test_split 20"].record.checks == ()


def test_errors_are_the_librarys_own(made):
    with pytest.raises(ValueError, match="At least one array"):
        ms.train_test_split()
    with pytest.raises(ValueError, match="inconsistent"):
        ms.train_test_split(X, Y[:5])
    with pytest.raises(ValueError, match="groups"):
        list(ms.GroupKFold().split(X))
    with pytest.raises(ValueError, match="Cannot have number of splits"):
        list(ms.KFold(200).split(X))
    assert made() == {}


def test_a_failure_of_ours_is_not_the_users(made, monkeypatch):
    def broken(*_):
        raise RuntimeError("ours")

    monkeypatch.setattr(register(), "add", broken)
    assert len(ms.train_test_split(X, Y)) == 4
    assert len(list(ms.KFold(3).split(X))) == 3
    assert made() == {}


def test_data_of_other_kinds(made):
    frame = pd.DataFrame(X, columns=list("abcd")).assign(text="t")
    ms.train_test_split(frame, random_state=0)
    ms.train_test_split(["a", "b", "c", "d"], Y[:4] / 3, random_state=0)
    list(ms.KFold(3).split(frame["text"]))
    assert [partition.record.row_count for partition in made().values()] == [150, 4, 150]
    assert all(len(partition.identities) == partition.record.row_count for partition in made().values())


def test_threads_do_not_disturb_each_other(made):
    def work():
        for _ in range(20):
            list(ms.KFold(3).split(X))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made()) <= 20
    assert all(partition.record.fold_count == 3 for partition in made().values())


@pytest.mark.heavy
@needs_torch
def test_random_split_of_torch(made):
    import torch
    from torch.utils import data

    HOOKS["torch.utils.data.dataset"](data.dataset)
    dataset = data.TensorDataset(torch.tensor(X), torch.tensor(Y))
    train, test = data.random_split(dataset, [0.8, 0.2], generator=torch.Generator().manual_seed(42))
    partition = made()["random_split"]
    (fold,) = folds_of(partition)
    assert fold.train.tolist() == list(train.indices)
    assert fold.test.tolist() == list(test.indices)
    assert (partition.record.seed, partition.record.seeded, partition.record.origin) == (
        42, True, "torch.utils.data.random_split")
    assert sum(partition.record.parts[1].classes.values()) == 30

    class Computed(data.Dataset):
        def __len__(self):
            return 50

        def __getitem__(self, row):
            raise AssertionError("no item is asked for")

    data.random_split(Computed(), [20, 20, 10])
    partition = made()["random_split 2"]
    assert [part.name for part in partition.record.parts] == ["train", "validation", "test"]
    assert (partition.record.seeded, partition.identities) == (False, None)
    data.random_split(train, [60, 60])
    inner, outer = made()["random_split 3"], made()["random_split"]
    assert (inner.identities == outer.identities[list(train.indices)]).all()
    with pytest.raises(ValueError, match="Sum of input lengths"):
        data.random_split(dataset, [1, 2])
