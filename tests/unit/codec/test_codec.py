"""Canonical JSON, and records that come back equal."""

from __future__ import annotations

import math
from dataclasses import dataclass

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_mlversion.codec import json as canonical
from jupyter_mlversion.codec.record import from_json, from_plain, to_plain
from jupyter_mlversion.domain.artifact import Access, Artifact, Role, State
from jupyter_mlversion.domain.run import Metric, Run

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
)


@given(values)
def test_what_is_dumped_loads_equal_and_dumps_the_same(value: object) -> None:
    data = canonical.dump(value)
    assert canonical.load(data) == value
    assert canonical.dump(canonical.load(data)) == data
    data.decode("ascii")


@given(values, st.floats())
def test_what_is_dumped_quickly_is_the_same_value(value: object, number: float) -> None:
    for one in (value, {"a": value, "b": [number]}):
        assert canonical.load(canonical.dump_quick(one)) == canonical.load(canonical.dump(one))


def test_the_same_value_is_the_same_bytes() -> None:
    assert (
        canonical.dump({"b": 1, "a": [1.5, None]})
        == canonical.dump({"a": (1.5, None), "b": 1})
        == b'{"a":[1.5,null],"b":1}\n'
    )


def test_special_floats_are_strings() -> None:
    assert canonical.dump([math.nan, math.inf, -math.inf]) == b'["NaN","Infinity","-Infinity"]\n'
    assert math.isnan(canonical.float_from("NaN"))
    assert canonical.float_from("-Infinity") == -math.inf
    for wrong in ("nan", True, None, []):
        with pytest.raises(ValueError, match="not a number"):
            canonical.float_from(wrong)


@given(st.floats(), st.floats(), st.integers(0, 2**40), st.text(max_size=20))
def test_a_run_comes_back_equal(last: float, low: float, count: int, name: str) -> None:
    run = Run(
        name, "c", 1.5, {"lr": 0.1, "none": None, "on": True}, {name or "m": Metric(last, low, math.inf, count, -3)}
    )
    back = from_plain(Run, canonical.load(canonical.dump(to_plain(run))))
    assert repr(back) == repr(run)


def test_an_artifact_comes_back_equal() -> None:
    artifact = Artifact("a \udcff/b", Role.MODEL, Access.BOTH, None, 3, 0o100755, 2**62, State.UNSTABLE, "why")
    assert from_plain(Artifact, canonical.load(canonical.dump(to_plain(artifact)))) == artifact


@pytest.mark.parametrize("plain", [[], {"path": 3}, {"name": "x"}, "text"])
def test_another_shape_is_refused(plain: object) -> None:
    with pytest.raises(msgspec.ValidationError):
        from_plain(Run, plain)


@dataclass(frozen=True)
class Both:
    numbers: dict[str, float]
    params: dict[str, bool | int | float | str | None]


@given(st.dictionaries(st.text(), st.floats(), max_size=3),
       st.dictionaries(st.text(), st.one_of(st.booleans(), st.integers(), st.floats(), st.none(), st.text(
           st.characters(exclude_categories=[]))), max_size=3))
def test_what_is_read_from_bytes_is_what_is_read_from_plain_values(numbers: object, params: object) -> None:
    data = canonical.dump({"numbers": numbers, "params": params})
    assert repr(from_json(Both, data)) == repr(from_plain(Both, canonical.load(data)))


def test_other_shapes_and_other_bytes_are_errors() -> None:
    with pytest.raises(msgspec.ValidationError):
        from_json(Both, b'{"numbers": {"a": "text"}, "params": {}}')
    with pytest.raises(ValueError, match="Expecting"):
        from_json(Both, b"{")
