"""What is kept of a run, as bytes that hold numbers and names only: reading them runs nothing but this package's own.

A tree of None, truth values, numbers, texts, lists, tuples, dictionaries, arrays, tables, dataclasses of this package
and sections of scenarios becomes JSON, arrays as their own bytes; all of it compressed. Every bit comes back.
"""

from __future__ import annotations

import json
import math
import zlib
from base64 import b64decode, b64encode
from dataclasses import fields, is_dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.scenario.parameters import Section

if TYPE_CHECKING:
    import pandas as pd

PLAIN = "biufU"
"""Kinds of arrays that can be packed: truth values, numbers, texts."""
LEVEL = 1
"""Of compression: the fastest; better ones save little on numbers."""


def packed(value: Any) -> bytes:
    """The value as compressed bytes.

    Raises:
        TypeError: a part of it is of a kind that cannot be packed.

    >>> unpacked(packed({"Root": (1.5, float("nan")), "years": np.arange(3)}))
    {'Root': (1.5, nan), 'years': array([0, 1, 2])}
    """
    return zlib.compress(json.dumps(_down(value), ensure_ascii=False, separators=(",", ":")).encode(), LEVEL)


def unpacked(content: bytes) -> Any:
    """The value that was packed.

    Raises:
        ValueError: the bytes were not made by `packed`, or by a version with other parts.
    """
    try:
        return _up(json.loads(zlib.decompress(content)))
    except (zlib.error, LookupError, ValueError, TypeError, AttributeError, ImportError) as error:
        raise ValueError(f"What was kept of a run cannot be read ({type(error).__name__}: {error}).") from None


def text_of(content: bytes) -> bytes:
    """What was packed before it was compressed: the same whatever compresses."""
    return zlib.decompress(content)


def _down(value: Any) -> Any:
    """The value as JSON knows it; whatever JSON does not know is a list that begins with its kind."""
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, np.generic):
        return _down(value.item())
    if isinstance(value, int):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else ["float", repr(value)]
    if isinstance(value, list | tuple):
        return [type(value).__name__, [_down(one) for one in value]]
    if isinstance(value, dict):
        return ["dict", [[_down(key), _down(one)] for key, one in value.items()]]
    if isinstance(value, np.ndarray):
        return _array_down(value)
    kind = type(value)
    if kind.__module__.split(".")[0] == "sim" and (is_dataclass(value) or isinstance(value, Section)):
        named = [one.name for one in fields(value) if one.init] if is_dataclass(value) else list(kind.model_fields)
        return ["made", f"{kind.__module__}:{kind.__qualname__}", {name: _down(getattr(value, name)) for name in named}]
    if type(value).__name__ == "DataFrame":
        return _table_down(value)
    raise TypeError(f"A {type(value).__name__} cannot be kept of a run.")


def _up(told: Any) -> Any:
    if not isinstance(told, list):
        return told
    kind, inner = told[0], told[1]
    if kind == "float":
        return float(inner)
    if kind == "list":
        return [_up(one) for one in inner]
    if kind == "tuple":
        return tuple(_up(one) for one in inner)
    if kind == "dict":
        return {_up(key): _up(one) for key, one in inner}
    if kind == "array":
        return np.frombuffer(b64decode(told[3]), dtype=inner).reshape(told[2]).copy()
    if kind == "table":
        return _table_up(told)
    if kind == "made":
        return _made(inner, {name: _up(part) for name, part in told[2].items()})
    raise KeyError(f"{kind} is no kind of value")


def _made(name: str, parts: dict[str, Any]) -> Any:
    """A dataclass or a section of a scenario, made of its parts.

    Raises:
        KeyError: the name is that of something else.
    """
    module, _, wanted = name.partition(":")
    found: Any = import_module(module) if module.split(".")[0] == "sim" else None
    for step in wanted.split("."):
        found = getattr(found, step)
    if not (isinstance(found, type) and (is_dataclass(found) or issubclass(found, Section))):
        raise KeyError(f"{name} is neither a dataclass nor a section of a scenario")
    return found(**parts)


def _array_down(array: np.ndarray) -> list[Any]:
    if array.dtype.kind not in PLAIN:
        raise TypeError(f"An array of {array.dtype} cannot be kept of a run.")
    little = array.astype(array.dtype.newbyteorder("<"), order="C")
    return ["array", little.dtype.str, list(array.shape), b64encode(little.tobytes()).decode()]


def _table_down(table: pd.DataFrame) -> list[Any]:
    """A table without an index of its own: columns of plain arrays, or of objects one by one."""
    if list(table.index) != list(range(len(table))):
        raise TypeError("A table with an index of its own cannot be kept of a run.")
    columns = []
    for name in table.columns:
        values = table[name].to_numpy()
        plain = isinstance(table[name].dtype, np.dtype) and values.dtype.kind in PLAIN
        columns.append([_down(name), _down(values if plain else [*values]), plain])
    return ["table", columns, _down(dict(table.attrs))]


def _table_up(told: list[Any]) -> pd.DataFrame:
    import pandas as pd

    table = pd.DataFrame({_up(name): _up(values) for name, values, _ in told[1]})
    table.attrs.update(_up(told[2]))
    return table
