"""What is kept of a run: every bit comes back, and reading it makes nothing but what this package knows."""

from __future__ import annotations

import json
import zlib
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import sim
from sim.runs.serialization import TYPES, kept_as, packed, text_of, unpacked
from sim.runs.statements import statement_of
from sim.runs.summary import Summary
from sim.runs.task import Kept, WholeReading
from sim.scenario.schema.market import Money
from sim.studies.equity_report import Noting
from sim.valuation.cohort_formula import cohort_formula
from sim.valuation.decomposition import value_factors
from sim.valuation.statement import EquityStatement

plain = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
trees = st.recursive(
    plain, lambda inner: st.lists(inner) | st.lists(inner).map(tuple)
    | st.dictionaries(st.text() | st.integers() | st.tuples(st.floats(allow_nan=False), st.text()), inner),
)


def same(a: Any, b: Any) -> bool:
    """Equal to the bit, kinds included (but that a NumPy number becomes Python's); NaN equals NaN."""
    a, b = (one.item() if isinstance(one, np.generic) else one for one in (a, b))
    if type(a) is not type(b):
        return False
    if isinstance(a, np.ndarray):
        return a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes()
    if isinstance(a, pd.DataFrame):
        return a.equals(b) and list(a.dtypes) == list(b.dtypes) and a.attrs == b.attrs
    if is_dataclass(a):
        return all(same(getattr(a, one.name), getattr(b, one.name)) for one in fields(a))
    if isinstance(a, dict):
        return list(a) == list(b) and all(same(a[key], b[key]) for key in a)
    if isinstance(a, list | tuple):
        return len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, float):
        return np.float64(a).tobytes() == np.float64(b).tobytes() or (a != a and b != b)
    return bool(a == b)


@given(trees)
def test_whatever_is_packed_comes_back(tree: Any) -> None:
    assert same(unpacked(packed(tree)), tree)


@given(st.sampled_from(["f8", "f4", "i8", "u2", "?", "U3"]), st.lists(st.integers(0, 3), max_size=3))
def test_arrays_come_back_with_kind_shape_and_bits(kind: str, shape: list[int]) -> None:
    array = np.arange(int(np.prod(shape))).reshape(shape).astype(kind)
    assert same(unpacked(packed(array)), array)
    assert same(unpacked(packed(array.T)), array.T.copy())


def test_all_that_studies_keep_comes_back() -> None:
    run = sim.run({"question": "Who?", "firms": {"Rush": {}, "Root": {}}, "clock": {"years": 3},
                   "market": {"customers": 120}, "money": {"equity_horizon_years": 1}})
    found, kept = WholeReading((1.0, 3.0), value_factors)(run.records, ("market_share",), 3.0)
    statement = statement_of(run.records, 2.0, 3.0)
    noted = Noting((2.0, 3.0))(run.records)
    assert isinstance(noted.statement, EquityStatement)
    for value in (kept, found, statement, cohort_formula(run.records), noted, Money(discount_rate=0.2)):
        assert same(unpacked(packed(value)), value)
    assert isinstance(unpacked(packed(kept)), Kept)
    assert unpacked(packed(statement)).terms_in_words == statement.terms_in_words
    cohorts = kept.summary.cohorts
    assert cohorts is not None
    assert len(cohorts) > 2, "the table has something to lose"


def test_what_was_packed_is_the_same_text_whatever_compresses() -> None:
    content = packed({"a": 1})
    assert text_of(content) == text_of(zlib.compress(zlib.decompress(content), 9))


def test_what_is_kept_names_no_place_of_a_class() -> None:
    run = sim.run("first_look", customers=60, overrides={"clock.years": 1})
    for observe in (value_factors, Noting((0.5, 1.0))):
        reading = WholeReading((1.0,), observe)
        assert b"sim." not in text_of(packed(reading(run.records, ("market_share",), 1.0)[1]))
        assert "sim." not in reading.name


def test_a_tag_belongs_to_one_class() -> None:
    assert kept_as("summary")(Summary) is Summary
    with pytest.raises(ValueError, match="already Summary"):
        kept_as("summary")(Foreign)
    assert len(set(TYPES.values())) == len(TYPES)


def test_an_unknown_tag_is_refused_in_one_sentence() -> None:
    written = zlib.compress(json.dumps(["made", "horoscope", {}]).encode())
    with pytest.raises(ValueError, match="'horoscope' is no type that this version keeps; known are kept, summary, "):
        unpacked(written)


@dataclass(frozen=True)
class Foreign:
    """A dataclass of somebody else."""

    value: int = 1


@pytest.mark.parametrize("value", [
    Foreign(), object(), {1, 2}, np.array([object()]), np.array(["2020-01-01"], dtype="M8[D]"), b"bytes",
    pd.DataFrame({"a": [1, 2]}, index=[3, 4]),
])
def test_what_cannot_be_kept_is_refused(value: Any) -> None:
    with pytest.raises(TypeError, match="cannot be kept of a run"):
        packed([value])


@pytest.mark.parametrize("told", [
    ["made", "os:system", {"command": "true"}], ["made", "sim.runs.serialization:packed", {"value": 1}],
    ["made", "sim:run", {}], ["made", "sim.runs.task:Kept", {}], ["made", "kept", {"x": 1}], ["made", [], {}],
    ["array", "f8", [3], "AAAA"], ["strange", 1], [],
])
def test_reading_makes_nothing_but_what_was_packed(told: Any) -> None:
    with pytest.raises(ValueError, match="cannot be read"):
        unpacked(zlib.compress(json.dumps(told).encode()))


def test_damaged_bytes_are_refused() -> None:
    for content in (b"", b"nothing", zlib.compress(b"\xff"), zlib.compress(b"{"), packed([1.5])[:-3]):
        with pytest.raises(ValueError, match="cannot be read"):
            unpacked(content)


def test_what_is_packed_is_json_that_any_reader_knows() -> None:
    """Numbers that JSON has no word for are written as text."""
    def refuse(word: str) -> None:
        raise AssertionError(f"{word} is no JSON")

    assert json.loads(text_of(packed([float("nan"), float("-inf"), 0.5])), parse_constant=refuse) == [
        "list", [["float", "nan"], ["float", "-inf"], 0.5]]
