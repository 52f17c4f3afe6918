"""What is kept of a run, as bytes that hold numbers and names only: reading them runs nothing but this package's own.

A tree of None, truth values, numbers, texts, lists, tuples, dictionaries, arrays, tables and the types named in `TYPES`
becomes JSON, arrays as their own bytes; all of it compressed. Every bit comes back. A type is written by its tag, never
by the place of its class: files may move, stores stay readable.
"""

from __future__ import annotations

import json
import math
import zlib
from base64 import b64decode, b64encode
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from sim.metrics.strain import StrainTotals
from sim.runs.summary import Summary
from sim.runs.task import Kept
from sim.scenario.schema.market import Money
from sim.valuation.cohort_formula import CohortFormula
from sim.valuation.decomposition import ValueFactors
from sim.valuation.statement import EquityStatement
from sim.valuation.valuing import StatementTerms

if TYPE_CHECKING:
    import pandas as pd

T = TypeVar("T")
TYPES: dict[str, type] = {
    "kept": Kept, "summary": Summary, "decomposition": ValueFactors, "cohort formula": CohortFormula,
    "equity statement": EquityStatement, "statement terms": StatementTerms, "money": Money,
    "strain": StrainTotals,
}
"""Tag → dataclass or section of a scenario that can be kept of a run. A tag never changes its meaning."""
PLAIN = "biufU"
"""Kinds of arrays that can be packed: truth values, numbers, texts."""
LEVEL = 1
"""Of compression: the fastest; better ones save little on numbers."""


def kept_as(tag: str) -> Callable[[type[T]], type[T]]:
    """Let a dataclass of a later room be kept of a run, under this tag."""
    def register(made: type[T]) -> type[T]:
        if TYPES.setdefault(tag, made) is not made:
            raise ValueError(f"What is kept of a run as {tag!r} is already {TYPES[tag].__name__}.")
        return made

    return register


def packed(value: Any) -> bytes:
    """The value as compressed bytes.

    >>> unpacked(packed({"Root": (1.5, float("nan")), "years": np.arange(3)}))
    {'Root': (1.5, nan), 'years': array([0, 1, 2])}
    """
    return zlib.compress(json.dumps(_to_json(value), ensure_ascii=False, separators=(",", ":")).encode(), LEVEL)


def unpacked(content: bytes) -> Any:
    """The value that was packed.

    Raises:
        ValueError: the bytes were not made by `packed`, or by a version with other types or parts.
    """
    try:
        return _from_json(json.loads(zlib.decompress(content)))
    except (zlib.error, LookupError, ValueError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError(f"What was kept of a run cannot be read ({type(error).__name__}: {error}).") from None


def text_of(content: bytes) -> bytes:
    """What was packed before it was compressed: the same whatever compresses."""
    return zlib.decompress(content)


def _to_json(value: Any) -> Any:
    """The value as JSON knows it; whatever JSON does not know is a list that begins with its kind."""
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return ["float", repr(value)]
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, list | tuple):
        return [type(value).__name__, [_to_json(one) for one in value]]
    if isinstance(value, dict):
        return ["dict", [[_to_json(key), _to_json(one)] for key, one in value.items()]]
    if isinstance(value, np.ndarray):
        if value.dtype.kind not in PLAIN:
            raise TypeError(f"An array of {value.dtype} cannot be kept of a run.")
        little = value.astype(value.dtype.newbyteorder("<"), order="C")
        return ["array", little.dtype.str, list(little.shape), b64encode(little.tobytes()).decode()]
    for tag, made in TYPES.items():
        if type(value) is made:
            return ["made", tag, {name: _to_json(getattr(value, name)) for name in _parts(made)}]
    if type(value).__name__ == "DataFrame":
        return _table_to_json(value)
    raise TypeError(f"A {type(value).__name__} cannot be kept of a run.")


def _parts(made: Any) -> list[str]:
    """Names of the parts of a dataclass, or of a section of a scenario."""
    return [one.name for one in fields(made) if one.init] if is_dataclass(made) else list(made.model_fields)


def _table_to_json(table: pd.DataFrame) -> list[Any]:
    """A table without an index of its own: columns of plain arrays, or of objects one by one."""
    if list(table.index) != list(range(len(table))):
        raise TypeError("A table with an index of its own cannot be kept of a run.")
    columns = []
    for name in table.columns:
        values = table[name].to_numpy()
        plain = isinstance(table[name].dtype, np.dtype) and values.dtype.kind in PLAIN
        columns.append([_to_json(name), _to_json(values if plain else [*values]), plain])
    return ["table", columns, _to_json(dict(table.attrs))]


def _from_json(written: Any) -> Any:
    if not isinstance(written, list):
        return written
    kind, inner = written[0], written[1]
    if kind == "float":
        return float(inner)
    if kind in ("list", "tuple"):
        values = [_from_json(one) for one in inner]
        return values if kind == "list" else tuple(values)
    if kind == "dict":
        return {_from_json(key): _from_json(one) for key, one in inner}
    if kind == "array":
        return np.frombuffer(b64decode(written[3]), dtype=inner).reshape(written[2]).copy()
    if kind == "table":
        import pandas as pd

        table = pd.DataFrame({_from_json(name): _from_json(values) for name, values, _ in inner})
        table.attrs.update(_from_json(written[2]))
        return table
    if kind == "made":
        if inner not in TYPES:
            raise ValueError(f"{inner!r} is no type that this version keeps; known are {', '.join(TYPES)}")
        return TYPES[inner](**{name: _from_json(part) for name, part in written[2].items()})
    raise KeyError(f"{kind} is no kind of value")
