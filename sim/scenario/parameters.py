"""Every number of the model has one home: a field of a scenario section, declared with `number`.

The declaration carries the default, the unit, the range, the label and the source. Where nobody has
measured the value, the source is the word "assumption". `sim parameters` prints what is declared.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast, get_args

from pydantic import BaseModel, ConfigDict, Field
from pydantic.fields import FieldInfo

ASSUMPTION = "assumption"


class Section(BaseModel):
    """A part of a scenario: frozen, and unknown keys are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, strict=True)


def number(
    default: float | int | None,
    unit: str,
    limits: tuple[float, float],
    label: str,
    source: str = ASSUMPTION,
) -> Any:
    """Declare a number: its default, unit, inclusive range, label and source.

    >>> class Shop(Section):
    ...     price: float = number(10.0, "money", (0.01, 1e6), "list price")
    >>> Shop().price
    10.0
    """
    low, high = limits
    extra = {"unit": unit, "source": source, "label": label}
    return Field(
        default=default, ge=low, le=high, description=f"{label} ({unit})", json_schema_extra=cast(Any, extra)
    )


def choice(default: str | bool | None, label: str) -> Any:
    """Declare a word out of a list (the annotation is a Literal)."""
    return Field(default=default, description=label, json_schema_extra={"unit": "word", "label": label})


def part(kind: type[Section], label: str) -> Any:
    """Declare a sub-section with its own defaults."""
    return Field(default_factory=kind, description=label)


@dataclass(frozen=True)
class Parameter:
    """One declared number: where it stands, what it is worth, in which unit, and who says so."""

    name: str
    default: float | int | str | bool | None
    unit: str
    low: float | None
    high: float | None
    label: str
    source: str

    @property
    def is_guess(self) -> bool:
        """True where nobody has measured the value."""
        return self.source.startswith(ASSUMPTION)


def declared(section: type[BaseModel], prefix: str = "") -> Iterator[Parameter]:
    """Every number declared in a section and in the sections inside it, by dotted name."""
    for name, field in section.model_fields.items():
        inner = _section_of(field)
        path = f"{prefix}{name}"
        if inner is not None:
            yield from declared(inner, _inner_prefix(path, field))
        elif isinstance(field.json_schema_extra, Mapping) and "unit" in field.json_schema_extra:
            yield _parameter(path, field)


def _parameter(path: str, field: FieldInfo) -> Parameter:
    extra = cast(Mapping[str, Any], field.json_schema_extra)
    limits = {type(rule).__name__: rule for rule in field.metadata}
    low = limits["Ge"].ge if "Ge" in limits else None
    high = limits["Le"].le if "Le" in limits else None
    return Parameter(path, field.default, extra["unit"], low, high, extra["label"], extra.get("source", ASSUMPTION))


def _section_of(field: FieldInfo) -> type[BaseModel] | None:
    candidates = [field.annotation, *get_args(field.annotation)]
    for inner in candidates:
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            return inner
    return None


def _inner_prefix(path: str, field: FieldInfo) -> str:
    text = str(field.annotation)
    if text.startswith(("dict", "collections.abc.Mapping", "typing.Mapping")):
        return f"{path}.NAME."
    return f"{path}[]." if text.startswith(("list", "tuple")) else f"{path}."
