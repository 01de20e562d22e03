"""Tables: what they hold, page by page, and how two differ."""

from __future__ import annotations

import csv
import io
import random
import tracemalloc

import pytest

from jupyter_mlversion.compare.inside import difference, preview
from jupyter_mlversion.compare.inside.rows import Rows
from jupyter_mlversion.errors import Cancelled, UsageError
from jupyter_mlversion.store.source import BytesSource


def source(text: str | bytes) -> BytesSource:
    return BytesSource(text.encode() if isinstance(text, str) else text)


def shown(text: str | bytes, path: str = "a.csv", **words):
    return preview(source(text), path, **words)


def compared(before: str | bytes, after: str | bytes, path: str = "a.csv", **words):
    return difference(source(before), source(after), path, **words)


def test_a_csv_is_shown_with_types_and_a_count():
    answer = shown("id,name,score,ok\n1,a,0.5,true\n2,b,1e3,false\n3,,,\n")
    assert answer["kind"] == "table"
    assert [(one["name"], one["type"]) for one in answer["columns"]] == [
        ("id", "integer"), ("name", "text"), ("score", "number"), ("ok", "truth value")]
    assert answer["rows"] == [["1", "a", "0.5", "true"], ["2", "b", "1e3", "false"], ["3", "", "", ""]]
    assert (answer["row_count"], answer["exact"], answer["first"]) == (3, True, 0)


def test_pages_and_the_end():
    text = "n\n" + "".join(f"{number}\n" for number in range(1000))
    assert [row[0] for row in shown(text, first=500, limit=3)["rows"]] == ["500", "501", "502"]
    end = shown(text, limit=3, last=True)
    assert ([row[0] for row in end["rows"]], end["first"]) == (["997", "998", "999"], 997)
    assert shown(text, first=5000)["rows"] == []


@pytest.mark.parametrize(("text", "path", "delimiter"), [
    ("a;b\n1,5;2\n", "a.csv", ";"), ("a\tb\n1\t2\n", "a.tsv", "\t"), ("a|b\n1|2\n", "a.csv", "|"),
    ("a,b\n1,2\n", "a.csv", ",")])
def test_delimiters_are_told(text, path, delimiter):
    answer = shown(text, path)
    assert (answer["delimiter"], len(answer["columns"])) == (delimiter, 2)


def test_numbers_in_the_first_row_are_no_names():
    answer = shown("1,2\n3,4\n")
    assert (answer["header"], answer["row_count"], [one["name"] for one in answer["columns"]]) == (False, 2, ["0", "1"])


def test_quotes_hold_line_ends_and_one_that_never_ends_means_nothing():
    answer = shown('a,b\n"one\ntwo, ""three""",2\n4,5\n')
    assert answer["rows"] == [['one\ntwo, "three"', "2"], ["4", "5"]]
    stray = "a,b\n" + '5" disc,1\n' + "x,2\n" * 40_000
    assert shown(stray)["row_count"] == 40_001


@pytest.mark.parametrize("text", [b"\xef\xbb\xbfa,b\n1,2\n", "a,b\n1,2\n".encode("cp1252")])
def test_marks_of_an_encoding_are_no_part_of_a_name(text):
    assert [one["name"] for one in shown(text)["columns"]] == ["a", "b"]


def test_broken_encodings_are_shown():
    answer = shown(b"a,b\n\xff\xfe\x80,2\n")
    assert (answer["encoding"], answer["rows"][0][1]) == ("cp1252", "2")


@pytest.mark.parametrize("text", [b"", b"\n\n\n", b"a", b"a\n", b"\r\n", b'"', b"a,b\n1\n1,2,3\n"])
def test_odd_tables_have_an_answer(text):
    assert shown(text)["kind"] in {"table", "text"}
    assert compared(text, b"a,b\n1,2\n")["kind"] in {"table", "unknown"}


def test_a_huge_line_is_cut():
    answer = shown("a,b\n" + "x" * (3 << 20) + ",1\n2,3\n")
    assert (answer["row_count"], len(answer["rows"][0][0]), answer["rows"][1]) == (2, 500, ["2", "3"])


def test_markup_in_cells_and_names_stays_text():
    answer = shown("<img src=x onerror=alert(1)>,\x1b[31mred\n<script>,\x00\n".replace("\x00", "="))
    assert answer["columns"][0]["name"] == "<img src=x onerror=alert(1)>"
    assert answer["rows"][0][0] == "<script>"


class Big:
    """A CSV of many rows that is nowhere: each row is as long as the other."""

    def __init__(self, rows: int) -> None:
        self._head, self._row = b"a,b,c\n", b"%08d,some text,1.25\n"
        self._width = len(self._row % 0)
        self.size = len(self._head) + rows * self._width
        self.asked = 0

    def read(self, offset: int, length: int) -> memoryview:
        length = max(0, min(length, self.size - offset))
        self.asked += length
        first = max(0, (offset - len(self._head)) // self._width)
        last = (offset + length) // self._width + 1
        text = (self._head if not first else b"") + b"".join(self._row % number for number in range(first, last))
        begin = offset - (len(self._head) + first * self._width if first else 0)
        return memoryview(text)[begin:begin + length]


def test_the_start_of_a_gigabyte_is_quick_and_takes_no_memory():
    big = Big(1 << 26)
    assert big.size > 1 << 30
    tracemalloc.start()
    answer = preview(big, "big.csv")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert answer["rows"][99][0] == "00000099"
    assert not answer["exact"]
    assert abs(answer["row_count"] - (1 << 26)) < 1000
    assert big.asked < 40 << 20
    assert peak < 32 << 20


def test_rows_far_in_are_found_between_the_marks():
    text = "n\n" + "".join(f"{number}\n" if number % 3 else f'"{number}"\n\n' for number in range(10_000))
    rows = Rows(source(text), 0, quotes=True)
    rows.look()
    for number in (0, 63, 64, 65, 7777, 10_000):
        [line] = rows.lines(number, 1)
        assert line.strip(b'"') == (b"n" if not number else b"%d" % (number - 1))
    assert rows.count == 10_001


# -- differences -------------------------------------------------------------------------------------------------------


def test_rows_are_told_by_a_key_that_is_found():
    answer = compared("id,v,w\n1,a,x\n2,b,x\n3,c,x\n", "id,v,w\n3,c,x\n1,A,x\n4,d,x\n")
    assert (answer["aligned"], answer["key"]) == ("key", "id")
    assert answer["rows"] == {"before": 3, "after": 3, "same": 1, "changed": 1, "added": 1, "removed": 1}
    [changed] = answer["changed"]
    assert (changed["from"], changed["to"], changed["cells"]) == (["1", "a", "x"], ["1", "A", "x"], [1])
    assert (changed["before"], changed["after"]) == (0, 1)
    assert answer["added"] == [{"row": 2, "values": ["4", "d", "x"]}]
    assert answer["removed"] == [{"row": 1, "values": ["2", "b", "x"]}]


def test_a_key_can_be_named_and_must_be_one():
    before, after = "k,v\nx,1\ny,2\n", "k,v\ny,2\nx,3\n"
    assert compared(before, after, key="k")["rows"]["changed"] == 1
    with pytest.raises(UsageError, match="'v' is no column"):
        compared("k,v\nx,1\ny,1\n", after, key="v")
    with pytest.raises(UsageError, match="'z' is no column"):
        compared(before, after, key="z")


def test_without_a_key_rows_are_told_by_content_and_gaps_pair_in_order():
    before = "v,w\n" + "".join(f"{n}.5,{n % 3}.5\n" for n in range(100))
    lines = before.splitlines()
    lines[50] = "9.9,9.9"  # changed
    del lines[20]  # removed
    lines.append("8.8,8.8")  # added
    answer = compared(before, "\n".join(lines) + "\n")
    assert answer["aligned"] == "content"
    assert answer["rows"] == {"before": 100, "after": 100, "same": 98, "changed": 1, "added": 1, "removed": 1}
    assert answer["changed"][0]["to"] == ["9.9", "9.9"]


def test_shuffled_rows_are_the_same_and_columns_are_told():
    rows = [f"{n}.25,{n * 2}.5" for n in range(50)]
    mixed = [f"{row},new" for row in random.Random(3).sample(rows, 50)]
    answer = compared("a,b\n" + "\n".join(rows), "a,b,c\n" + "\n".join(mixed))
    assert (answer["rows"]["same"], answer["rows"]["changed"]) == (50, 0)
    assert [(one["name"], one["change"]) for one in answer["columns"]] == [("a", None), ("b", None), ("c", "added")]
    retyped = compared("a,b\n1,2\n", "a,b\nx,2\n")["columns"][0]
    assert (retyped["change"], retyped["before"], retyped["after"], retyped["cells"]) == (
        "retyped", "integer", "text", 1)


def test_columns_of_one_name_are_kept_apart():
    answer = compared("a,a\n1,2\n", "a,a\n1,3\n")
    assert [(one["name"], one["cells"]) for one in answer["columns"]] == [("a", 0), ("a (2)", 1)]


def test_what_is_answered_is_bounded_and_what_is_counted_is_not():
    before = "id,v\n" + "".join(f"{n},0\n" for n in range(5000))
    after = "id,v\n" + "".join(f"{n},1\n" for n in range(5000))
    answer = compared(before, after, limit=10)
    assert (answer["rows"]["changed"], len(answer["changed"])) == (5000, 10)


def test_a_comparison_can_be_stopped():
    def stop(*_):
        raise Cancelled("enough")

    with pytest.raises(Cancelled):
        compared("a,b\n1,2\n", "a,b\n1,3\n", progress=stop)


# -- Parquet -----------------------------------------------------------------------------------------------------------


def parquet(columns, **words) -> bytes:
    pa = pytest.importorskip("pyarrow")
    from pyarrow import parquet as pq

    sink = io.BytesIO()
    pq.write_table(pa.table(columns), sink, **words)
    return sink.getvalue()


def test_parquet_pages_over_row_groups():
    data = parquet({"n": list(range(1000)), "t": [f"row {n}" for n in range(1000)]}, row_group_size=100)
    answer = shown(data, "a.parquet", first=95, limit=10)
    assert answer["rows"] == [[n, f"row {n}"] for n in range(95, 105)]
    assert (answer["format"], answer["row_count"], answer["columns"][0]) == (
        "parquet", 1000, {"name": "n", "type": "int64"})
    assert shown(data, "a.parquet", limit=2, last=True)["rows"][-1] == [999, "row 999"]


def test_rows_of_parquet_are_found_wherever_they_are():
    numbers = list(range(1000))
    changed = {n: f"other {n}" for n in (0, 99, 100, 350, 351, 640, 999)}
    before = {"n": numbers, "t": [f"row {n}" for n in numbers]}
    after = {"n": numbers[::-1], "t": [changed.get(n, f"row {n}") for n in numbers[::-1]]}
    answer = compared(parquet(before, row_group_size=100), parquet(after, row_group_size=70), "a.parquet", limit=5)
    assert answer["rows"]["changed"] == len(changed)
    assert [one["to"] for one in answer["changed"]] == [[n, changed[n]] for n in sorted(changed, reverse=True)[:5]]
    assert [one["from"] for one in answer["changed"]] == [[n, f"row {n}"] for n in sorted(changed, reverse=True)[:5]]
    assert [one["before"] for one in answer["changed"]] == sorted(changed, reverse=True)[:5]


def test_parquet_compares_by_value():
    before = parquet({"id": [1, 2, 3], "v": [0.5, None, float("nan")]})
    after = parquet({"id": [1, 2, 4], "v": [0.5, 2.0, None]}, compression="none")
    answer = compared(before, after, "a.parquet")
    assert answer["rows"] == {"before": 3, "after": 3, "same": 1, "changed": 1, "added": 1, "removed": 1}
    assert answer["changed"][0]["to"] == [2, 2.0]


def test_damaged_parquet_is_unknown_with_the_reason():
    data = parquet({"n": [1, 2, 3]})
    answer = shown(b"PAR1" + b"\0" * 50 + data[-30:], "a.parquet")
    assert answer["kind"] == "unknown"
    assert "Parquet" in answer["problem"]


def test_a_missing_package_is_said_with_the_line_that_installs_it(monkeypatch):
    data = parquet({"n": [1]})
    monkeypatch.setitem(__import__("sys").modules, "pyarrow", None)
    answer = shown(data, "a.parquet")
    assert answer["kind"] == "unknown"
    assert answer["hint"].startswith("pip install ")


def test_rows_are_those_of_the_csv_module():
    text = 'a,b\r\n"x, y",2\r\n,\r\n"q""q",4'
    assert shown(text)["rows"] == list(csv.reader(io.StringIO(text)))[1:]
