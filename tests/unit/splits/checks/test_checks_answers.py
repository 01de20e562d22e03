"""Each question, asked where the answer is known."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from subjects import ask, classes, correlated, subject

from jupyter_mlversion.domain.check import MOST_ITEMS, MOST_ROWS, Verdict
from jupyter_mlversion.errors import Cancelled
from jupyter_mlversion.splits.checks import CHECKS, Clock, run
from jupyter_mlversion.splits.checks.adversarial import _error

HALVES = [{"train": np.arange(50), "test": np.arange(50, 100)}]
RNG = np.random.default_rng(5)
NORMAL = RNG.normal(size=(100, 4))


def test_a_row_in_two_parts():
    rounds = [{"train": [0, 1, 2, 3], "validation": [3, 4], "test": [4, 5, 5]}]
    check = ask("shared-rows", 6, rounds=rounds)
    assert (check.verdict, check.rows, check.row_count) == (Verdict.PROBLEM, (3, 4), 2)
    assert {item.name for item in check.items} == {"train and validation", "validation and test"}
    folds = [{"train": [0, 1], "test": [2]}, {"train": [2], "test": [0, 1]}]
    assert ask("shared-rows", 6, rounds=folds).verdict == "ok"


def test_equal_rows_of_different_parts_are_named_with_their_twins():
    data = NORMAL.copy()
    data[[60, 70]] = data[[3, 9]]
    data[80] = data[81]  # within a part
    check = ask("exact-duplicates", data, rounds=HALVES)
    assert (check.verdict, check.rows, check.row_count) == (Verdict.PROBLEM, (60, 70), 2)
    assert [item.numbers for item in check.items] == [{"row": 60.0, "twin": 3.0}, {"row": 70.0, "twin": 9.0}]
    assert check.numbers["share"] == 0.04


def test_equal_rows_are_found_whatever_holds_them_and_beside_an_id():
    frame = pd.DataFrame(NORMAL).assign(text=[f"t{row % 30}" for row in range(100)], id=np.arange(100) + 7)
    frame.loc[60, [0, 1, 2, 3, "text"]] = frame.loc[3, [0, 1, 2, 3, "text"]]
    frame.loc[[61, 4], 2] = np.nan
    frame.loc[61, [0, 1, 3, "text"]] = frame.loc[4, [0, 1, 3, "text"]]
    assert ask("exact-duplicates", frame, rounds=HALVES).rows == (60, 61)


def test_rows_that_repeat_by_nature_are_no_fault():
    few = RNG.integers(0, 3, size=(100, 2))
    assert ask("exact-duplicates", few, rounds=HALVES).verdict == "not-applicable"
    coarse = RNG.normal(size=(2000, 3)).round(1)
    check = ask("exact-duplicates", coarse)
    assert check.verdict == "ok"
    assert "coarse" in check.sentence


def test_copies_among_coarse_values_are_found():
    data, _ = correlated(np.random.default_rng(1), 800, 8)
    data = data.round(1)
    clean = subject(data)
    train, test = clean.rounds[0].values()
    data[test[:10]] = data[train[:10]]
    assert ask("exact-duplicates", data).row_count == 10


def test_nearly_equal_rows():
    data, _ = correlated(np.random.default_rng(2), 2000, 10)
    train, test = subject(data).rounds[0].values()
    data[test[:20]] = data[train[:20]] + 1e-3 * np.random.default_rng(3).normal(size=(20, 10))
    check = ask("near-duplicates", data)
    assert check.verdict == "problem"
    assert set(check.rows) <= set(test[:20].tolist())
    assert check.row_count >= 19
    assert ask("exact-duplicates", data).verdict == "ok"


def test_near_needs_the_same_categories():
    data, _ = correlated(np.random.default_rng(2), 400, 6)
    train, test = subject(data).rounds[0].values()
    data[test[:9]] = data[train[:9]] + 1e-6
    frame = pd.DataFrame(data).assign(kind=np.where(np.isin(np.arange(400), train), "a", "b"))
    assert ask("near-duplicates", frame).verdict == "ok"
    assert ask("near-duplicates", frame.assign(kind="a")).row_count == 9


def test_rows_on_a_line_are_too_close_by_nature():
    line = np.random.default_rng(0).random(3000)
    assert ask("near-duplicates", np.stack([line, 2 * line], axis=1)).verdict == "not-applicable"
    assert ask("near-duplicates", NORMAL[:, :1]).verdict == "not-applicable"


def test_groups_on_both_sides():
    groups = [f"patient {row // 10}" for row in range(100)]
    assert ask("groups-apart", 100, groups=groups, rounds=HALVES).verdict == "ok"
    groups[99] = "patient 0"
    check = ask("groups-apart", 100, groups=groups, rounds=HALVES)
    assert (check.verdict, check.row_count) == ("problem", 11)
    assert [item.name for item in check.items] == ["patient 0"]
    assert check.rows == (*range(10), 99)
    assert ask("groups-apart", 100, rounds=HALVES).verdict == "not-applicable"


def test_the_future_in_the_past():
    times = pd.date_range("2026-01-01", periods=100).to_numpy()
    assert ask("time-order", 100, times=times, rounds=HALVES).verdict == "ok"
    check = ask("time-order", 100, times=times[::-1], rounds=HALVES)
    assert (check.verdict, check.row_count) == ("problem", 50)
    late = times.copy()
    late[7] = times[99]
    check = ask("time-order", 100, times=late, rounds=HALVES)
    assert (check.rows, check.items[0].name) == ((7,), "train → test")
    assert ask("time-order", 100, rounds=[{"train": [5], "test": [4]}], ordered=True).verdict == "problem"


def test_time_goes_by_the_order_of_the_parts_and_missing_times_are_told():
    times = np.arange(9.0)
    times[8] = np.nan
    rounds = [{"train": [0, 1, 2], "validation": [5, 6], "test": [3, 4, 8]}]
    check = ask("time-order", 9, times=times, rounds=rounds)
    assert [item.name for item in check.items] == ["validation → test"]
    assert check.numbers["without a time"] == 1


def test_parts_and_classes_that_are_too_small():
    target = ["a"] * 45 + ["b"] * 5 + ["a"] * 48 + ["b", "c"]
    check = ask("sizes", 100, target=target, rounds=HALVES)
    assert check.verdict == "problem"
    assert {item.name: item.verdict.value for item in check.items} == {
        "class c in train": "problem", "class b in test": "warning", "class c in test": "warning"}
    check = ask("sizes", 100, rounds=[{"train": np.arange(95), "test": np.arange(95, 100), "rest": []}])
    assert {item.name: item.verdict.value for item in check.items} == {"rest": "problem", "test": "warning"}


@pytest.mark.parametrize("kind", ["classes", "quantity"])
def test_a_target_that_is_distributed_otherwise(kind):
    rng = np.random.default_rng(0)
    target = rng.integers(0, 3, 1000) if kind == "classes" else rng.normal(size=1000)
    assert ask("class-drift", 1000, target=target).verdict == "ok"
    _, test = subject(1000).rounds[0].values()
    target[test[: len(test) // 2]] = 2
    check = ask("class-drift", 1000, target=target)
    assert check.verdict == "problem"
    assert ("class 2" in check.sentence) == (kind == "classes")


def test_features_that_are_distributed_otherwise():
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(rng.normal(size=(1000, 3)), columns=["height", "weight", "gaps"])
    frame["colour"] = rng.choice(["red", "green"], 1000)
    frame["when"] = pd.date_range("2026", periods=1000).to_numpy()[rng.permutation(1000)]
    assert ask("feature-drift", frame).verdict == "ok"
    _, test = subject(1000).rounds[0].values()
    frame.loc[test, "height"] += 0.7
    frame.loc[test[:120], "colour"] = "blue"
    frame.loc[test[:60], "gaps"] = np.nan
    check = ask("feature-drift", frame)
    assert {item.name for item in check.items if item.verdict != "ok"} == {"height", "colour", "gaps"}
    assert check.numbers["drifting"] == 3
    assert check.item_count == 5
    assert all(0 <= item.numbers["p"] <= 1 for item in check.items)


def test_drift_in_a_fold_names_the_fold():
    rng = np.random.default_rng(0)
    data = rng.normal(size=(500, 3))
    data[400:, 1] += 3
    folds = [{"train": np.delete(np.arange(500), np.arange(start, start + 100)), "test": np.arange(start, start + 100)}
             for start in range(0, 500, 100)]
    check = ask("feature-drift", data, rounds=folds)
    assert check.items[0].name == "1 in fold 5"


def test_a_feature_that_is_the_target():
    rng = np.random.default_rng(0)
    data, signal = correlated(rng, 600, 5)
    target = classes(signal)
    assert ask("target-leakage", data, target=target).verdict == "ok"
    codes = np.array([7.0, -2.0, 3.5])[target]
    check = ask("target-leakage", np.column_stack([data, codes]), target=target)
    assert (check.verdict, check.items[0].name, check.items[0].numbers["score"]) == ("problem", "5", 1.0)
    names = pd.DataFrame(data).assign(outcome=np.array(["x", "y", "z"])[target])
    assert ask("target-leakage", names, target=target).items[0].name == "outcome"
    gaps = pd.DataFrame(data).assign(discharge=np.where(target == 2, np.nan, 1.0))
    assert ask("target-leakage", gaps, target=target == 2).verdict == "problem"


def test_a_feature_that_is_a_quantity_otherwise_written():
    data, signal = correlated(np.random.default_rng(0), 600, 5)
    assert ask("target-leakage", data, target=signal).verdict == "ok"
    assert ask("target-leakage", np.column_stack([data, np.exp(signal)]), target=signal).verdict == "problem"
    assert ask("target-leakage", np.column_stack([data, np.abs(signal)]), target=signal**2).verdict == "problem"


def test_a_different_name_for_each_row_predicts_nothing():
    frame = pd.DataFrame({"id": [f"id {row}" for row in range(400)]})
    assert ask("target-leakage", frame, target=[0, 1] * 200).verdict == "ok"
    assert ask("target-leakage", frame, target=[1] * 400).verdict == "not-applicable"


def test_a_model_tells_parts_that_differ_only_in_how_features_go_together():
    rng = np.random.default_rng(0)
    data = rng.normal(size=(1200, 2))
    split = subject(data, share=0.5)
    assert CHECKS["adversarial"](split).verdict == "ok"
    test = split.rounds[0]["test"]
    data[test, 1] = np.where(data[test, 0] > 0, 1, -1) * np.abs(data[test, 1])
    assert ask("feature-drift", data, share=0.5).verdict == "ok"
    check = ask("adversarial", data, share=0.5)
    assert check.verdict in {"warning", "problem"}
    assert {item.name for item in check.items} == {"0", "1"}


def test_the_error_of_an_auc():
    assert _error(0.5, 100, 100) == pytest.approx((201 / (12 * 100 * 100)) ** 0.5, rel=0.02)


def pictures(count=60, side=40):
    from PIL import Image

    rng = np.random.default_rng(4)
    coarse = [Image.fromarray(rng.integers(0, 256, size=(6, 6)).astype(np.uint8)) for _ in range(count)]
    return np.stack([np.asarray(picture.resize((side, side), Image.Resampling.BICUBIC)) for picture in coarse])


def test_pictures_that_look_the_same(tmp_path):
    from PIL import Image

    images = [Image.fromarray(picture) for picture in pictures()]
    rounds = [{"train": np.arange(40), "test": np.arange(40, 60)}]
    assert ask("similar-images", images, rounds=rounds).verdict == "ok"
    images[50] = images[3].resize((90, 70)).point(lambda grey: int(grey * 0.9))
    paths = [tmp_path / f"{number}.png" for number in range(60)]
    for path, image in zip(paths, images, strict=True):
        image.save(path)
    images[4].save(tmp_path / "51.jpg", quality=60)
    paths[51] = tmp_path / "51.jpg"
    paths[7].write_bytes(b"no picture")
    check = ask("similar-images", paths, rounds=rounds)
    assert (check.verdict, check.rows, check.numbers["unreadable"]) == ("problem", (50, 51), 1)
    assert [item.numbers["twin"] for item in check.items if item.numbers["row"] == 50] == [3.0]


def test_pictures_in_an_array_and_plain_ones():
    arrays = pictures().astype(float) / 255
    arrays[55] = np.clip(arrays[2] + 0.02, 0, 1)
    arrays[[10, 50]] = 0.5  # show nothing
    check = ask("similar-images", arrays, rounds=[{"train": np.arange(40), "test": np.arange(40, 60)}])
    assert check.rows == (55,)
    assert ask("similar-images", arrays[:, :8, :8]).verdict == "not-applicable"


def test_answers_are_kept_small():
    data = NORMAL.copy()
    data[50:] = data[:50]
    check = ask("exact-duplicates", np.repeat(data, 1, axis=0), rounds=HALVES)
    assert (len(check.rows), check.row_count, len(check.items), check.item_count) == (MOST_ROWS, 50, MOST_ITEMS, 50)


def test_everything_is_answered_for_odd_data():
    frames = [
        pd.DataFrame({"all missing": [np.nan] * 60, "constant": [1] * 60, "mixed": ["a", 1, None] * 20,
                      "infinite": [np.inf, -np.inf, 0.0] * 20}),
        pd.DataFrame({"numbers as text": [str(row) for row in range(60)]}),
        pd.DataFrame([["x", 1.0]] * 60, columns=["same", "same"]),
        [[row, None] for row in range(60)],
        np.zeros((60, 0)),
        60,
    ]
    for frame in frames:
        checks = run(subject(frame, target=["only"] * 60, groups=[None] * 60, times=np.full(60, np.nan)))
        assert [check.name for check in checks] == list(CHECKS)
        assert all(check.sentence for check in checks)


def test_no_time_left():
    checks = run(subject(NORMAL, clock=Clock(seconds=0)))
    assert {check.verdict for check in checks} == {Verdict.SKIPPED}
    assert "seconds" in checks[0].sentence


def test_stopping_stops():
    def stop(_phase, _done, _total):
        raise Cancelled("stopped")

    with pytest.raises(Cancelled):
        run(subject(NORMAL, clock=Clock(progress=stop)))
