"""The same rows have the same identity, in whatever they are held."""

from __future__ import annotations

import datetime as dt
import hashlib
import struct
import subprocess
import sys
from decimal import Decimal

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
import scipy.sparse
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from pyarrow import parquet

from jupyter_mlversion.errors import FileFailure, InvalidInput, UnknownPath, UsageError
from jupyter_mlversion.splits import split
from jupyter_mlversion.splits.identity import identities
from jupyter_mlversion.splits.table import table_of

FRAME = pd.DataFrame({
    "whole": [1, 2, 3, -(2**60), 2**60 + 1, 0],
    "real": [0.5, -0.0, 1e300, float("nan"), 3.0, 2.0],
    "text": ["a", "bé", "", None, "3", "a"],
    "flag": [True, False, True, True, False, False],
    "kind": pd.Categorical(["x", "y", None, "x", "y", "y"]),
    "day": pd.to_datetime(
        ["2026-01-01", "2026-01-02", None, "1969-12-31 23:59:59.5", "2026-01-01", "2026-01-05"], format="ISO8601"
    ),
})


def ids(data, without=()):
    return table_of(data).identities(without).tolist()


def as_documented(row):
    """The identity of a row as docs/format.md defines it, in plain Python."""
    missing, most = 0x7FF8000000000000, (1 << 64) - 1

    def bits(value):
        if value is None or value != value:  # noqa: PLR0124
            return missing
        if isinstance(value, str):
            return int.from_bytes(hashlib.blake2b(value.encode(), digest_size=8).digest(), "little")
        if isinstance(value, dt.datetime):
            value = (value - dt.datetime(1970, 1, 1)) // dt.timedelta(microseconds=1) * 1000  # noqa: DTZ001
        if isinstance(value, int) and abs(value) > 2**53:
            return (value ^ 0xA5A5A5A5A5A5A5A5) & most
        return int.from_bytes(struct.pack("<d", value + 0.0), "little")

    mixed = 0x9E3779B97F4A7C15
    for value in row:
        word = bits(value)
        mixed = (mixed ^ word ^ (word >> 32)) * 0xBF58476D1CE4E5B9 & most
        mixed ^= mixed >> 32
    mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9 & most
    mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB & most
    return mixed ^ (mixed >> 31)


def test_identities_are_as_documented():
    rows = [[None if value is pd.NaT else value for value in row]
            for row in FRAME.astype(object).itertuples(index=False, name=None)]
    assert ids(FRAME) == [as_documented(row) for row in rows]
    assert f"{ids(FRAME)[0]:016x}" == "93af9c6ba96b7e81"


def test_every_library_holds_the_same_rows(tmp_path):
    expected = ids(FRAME)
    assert len(set(expected)) == 6
    arrow = pa.Table.from_pandas(FRAME)
    assert ids(pl.from_pandas(FRAME)) == expected
    assert ids(pl.from_pandas(FRAME).lazy()) == expected
    assert ids(arrow) == expected
    assert ids(arrow.to_batches()[0]) == expected
    assert ids(FRAME.convert_dtypes()) == expected
    assert ids(FRAME.astype(object)) == expected
    assert ids({name: FRAME[name] for name in FRAME}) == expected
    assert ids([tuple(row) for row in FRAME.astype(object).itertuples(index=False)]) == expected
    assert ids(FRAME.to_dict("records")) == expected
    parquet.write_table(arrow, tmp_path / "rows.parquet")
    assert ids(tmp_path / "rows.parquet") == expected


def test_csv_with_and_without_pandas(tmp_path):
    frame = FRAME[["real", "text", "flag"]].assign(text=["a", "b, c", "dé", None, "e", "a"], flag=1)
    frame.to_csv(tmp_path / "rows.csv", index=False)
    frame.to_csv(tmp_path / "rows.tsv", index=False, sep="\t")
    assert ids(str(tmp_path / "rows.csv")) == ids(tmp_path / "rows.tsv") == ids(frame)
    code = """
import sys
sys.modules["pandas"] = None
from jupyter_mlversion.splits.table import table_of
print(table_of("rows.csv").identities().tolist(), table_of("rows.csv").names)
"""
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True, cwd=tmp_path)
    assert done.stdout.strip() == f"{ids(frame)} ('real', 'text', 'flag')"


def test_numbers_count_by_value():
    one = np.arange(12.0).reshape(6, 2)
    forms = [one.astype(np.int32), one.astype(np.float32), np.asfortranarray(one), one.tolist(), pd.DataFrame(one),
             list(one), one[::-1][::-1], torch_of(one)]
    assert all(ids(form) == ids(one) for form in forms if form is not None)
    assert ids(np.array([[1, 2]])) != ids(np.array([[2, 1]]))
    assert ids(np.zeros((1, 2))) != ids(np.zeros((1, 3)))
    assert ids(one.reshape(6, 2, 1)) == ids(one)


def torch_of(values):
    torch = sys.modules.get("torch")
    return None if torch is None else torch.tensor(values)


def test_sparse_rows_by_their_entries():
    dense = np.array([[0, 1.0], [2, 0], [0, 0], [0, 1]])
    coo = scipy.sparse.coo_matrix(dense)
    first = ids(coo)
    assert first == ids(scipy.sparse.csr_array(dense)) == ids(scipy.sparse.csc_matrix(dense))
    assert first[0] == first[3]
    assert len(set(first)) == 3


def test_odd_values_have_an_identity_too():
    odd = [Decimal("1.5"), b"1", (1, 2), [1, 2], {"a": 1}, 1 + 2j, dt.date(2026, 1, 1), dt.timedelta(1), 2**70,
           np.datetime64("NaT"), pd.NA, "\ud800"]
    assert len(set(ids(odd))) == len(odd) - 1  # the two that are missing
    assert ids([1.5]) != ids(["1.5"])
    moment = dt.datetime(2026, 1, 1, 12, tzinfo=dt.timezone(dt.timedelta(hours=2)))
    assert ids([moment]) == ids([dt.datetime(2026, 1, 1, 10)]) == ids(pd.DataFrame([pd.Timestamp(moment)]))  # noqa: DTZ001


@settings(deadline=None)
@given(st.lists(st.tuples(st.floats(), st.integers(-(2**63), 2**63 - 1), st.text(max_size=3)), min_size=1, max_size=30))
def test_identities_depend_on_the_row_alone(rows):
    columns = [np.array([row[0] for row in rows]), np.array([row[1] for row in rows]),
               np.array([row[2] for row in rows], dtype=object)]
    whole = identities(columns, len(rows))
    for place in range(len(rows)):
        alone = identities([column[place : place + 1] for column in columns], 1)
        assert alone[0] == whole[place]
    different = {(repr(a) if a != 0 else "0", b, c) for a, b, c in rows}
    assert len(set(whole.tolist())) == len(different)


def test_a_million_small_numbers_do_not_collide():
    grid = np.stack(np.meshgrid(np.arange(100), np.arange(100), np.arange(100)), axis=-1).reshape(-1, 3)
    assert len(np.unique(table_of(grid).identities())) == 1_000_000
    assert len(np.unique(table_of(grid / 7).identities())) == 1_000_000


def test_the_label_does_not_count():
    frame = pd.DataFrame({"x": range(10), "species": list("abababcabb")})
    corrected = frame.assign(species="a")
    assert (split(frame, target="species").identities == split(corrected, target="species").identities).all()
    assert (split(frame, target="species").identities == table_of(frame[["x"]]).identities()).all()
    assert split(frame, target="species").source() != split(corrected, target="species").source()
    assert (split(frame[["species"]], target="species").identities == table_of(frame[["species"]]).identities()).all()


@pytest.fixture
def images(tmp_path):
    for number in range(12):
        folder = tmp_path / ("cat" if number % 3 else "dog")
        folder.mkdir(exist_ok=True)
        Image.new("RGB", (4, 4), (number, 0, 0)).save(folder / f"{number:02}.png")
    (tmp_path / "cat" / "notes.txt").write_text("no image")
    (tmp_path / ".cache").mkdir()
    Image.new("RGB", (4, 4)).save(tmp_path / ".cache" / "x.png")
    return tmp_path


def test_a_folder_of_images(images):
    partition = split(images, strategy="stratified", sizes={"train": 0.5, "test": 0.5})
    assert partition.table.files[0] == "cat/01.png"
    assert len(partition.table.files) == 12
    assert [part.classes for part in partition.record.parts] == [{"cat": 4, "dog": 2}] * 2
    assert partition.record.parameters["path"] == str(images)
    before = partition.identities.tolist()
    (images / "dog" / "00.png").rename(images / "dog" / "99.png")
    assert sorted(split(images).identities.tolist()) == sorted(before)
    Image.new("RGB", (4, 4), (99, 0, 0)).save(images / "dog" / "99.png")
    assert len({*split(images).identities.tolist()} & {*before}) == 11


def test_files_that_cannot_be_used(tmp_path, images):
    Image.new("RGB", (4, 4)).save(images / "loose.png")
    (tmp_path / "bad.csv").write_bytes(b'a,b\n1,"\n')
    (tmp_path / "empty.csv").write_bytes(b"")
    (tmp_path / "head.csv").write_bytes(b"a,b\n")
    (tmp_path / "bad.parquet").write_bytes(b"nothing")
    (tmp_path / "model.bin").write_bytes(b"1")
    (tmp_path / "nothing").mkdir()
    for name, kind, words in [
        ("absent.csv", UnknownPath, "no file or folder"), ("bad.csv", InvalidInput, "CSV"),
        ("empty.csv", InvalidInput, "CSV"), ("head.csv", UsageError, "at least one row"),
        ("bad.parquet", InvalidInput, "Parquet"), ("model.bin", UsageError, "neither a CSV"),
        ("nothing", UsageError, "no image"), (".", UsageError, "loose.png"),
    ]:
        with pytest.raises(kind, match=words):
            split(tmp_path / name)


def test_plain_csv_says_which_line_is_wrong(tmp_path):
    from jupyter_mlversion.splits.files import _plain_csv

    (tmp_path / "uneven.csv").write_text("a,b\n1,2\n3\n")
    with pytest.raises(InvalidInput, match="line 3: 1 values where the first line has 2"):
        _plain_csv(tmp_path / "uneven.csv", ",")
    (tmp_path / "bytes.csv").write_bytes(b"a\n\xff\n")
    with pytest.raises(InvalidInput, match="cannot be read"):
        _plain_csv(tmp_path / "bytes.csv", ",")


def test_an_unreadable_file(tmp_path, monkeypatch):
    def refuse(*_, **__):
        raise PermissionError("denied")

    (tmp_path / "rows.csv").write_text("a\n1\n")
    monkeypatch.setattr(pd, "read_csv", refuse)
    with pytest.raises(FileFailure, match="denied"):
        split(tmp_path / "rows.csv")
