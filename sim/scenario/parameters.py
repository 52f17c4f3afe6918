"""Every number of the model has one home: a field of a scenario section, declared with `number`.

The declaration carries the default, the unit, the range, the label and the source. Where nobody has
measured the value, the source is the word "assumption". `sim parameters` prints what is declared.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal, Self, get_args, get_origin

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator
from pydantic.fields import FieldInfo

ASSUMPTION = "assumption"
FROM_FILE = object()
"""Context of the validation of what a file says."""


class Section(BaseModel):
    """A part of a scenario: frozen, and unknown keys are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, strict=True)

    @field_validator("*", mode="before")
    @classmethod
    def _whole(cls, value: Any, info: ValidationInfo) -> Any:
        """In a file `1e3` counts as the whole number 1000 where one is asked for."""
        if info.context is FROM_FILE and isinstance(value, float) and value.is_integer():
            asked = cls.model_fields[str(info.field_name)].annotation
            return int(value) if asked in (int, int | None) else value
        return value


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
    notes: Any = {"unit": unit, "source": source, "label": label}
    return Field(
        default=default, ge=limits[0], le=limits[1], description=f"{label} ({unit})", json_schema_extra=notes,
    )


def choice(default: str | bool | None, label: str) -> Any:
    """Declare a word out of a list (the annotation is a Literal)."""
    return Field(default=default, description=label, json_schema_extra={"unit": "word", "label": label})


def part(kind: type[Section], label: str) -> Any:
    """Declare a sub-section with its own defaults."""
    return Field(default_factory=kind, description=label)


@dataclass(frozen=True)
class Parameter:
    """One declared number: where it stands, its default, unit, range and label, and who says so."""

    name: str
    default: float | int | str | bool | None
    unit: str
    low: float | None
    high: float | None
    label: str
    source: str

    @classmethod
    def of(cls, name: str, field: FieldInfo, **more: Any) -> Self:
        """The declaration of a field."""
        source = extra_of(field, "source") or ASSUMPTION
        notes = extra_of(field, "unit"), *limits_of(field), extra_of(field, "label"), source
        return cls(name, field.default, *notes, **more)

    @property
    def is_guess(self) -> bool:
        """True where nobody has measured the value."""
        return self.source.startswith(ASSUMPTION)


def declared(section: type[BaseModel]) -> Iterator[Parameter]:
    """Every number and choice declared in a section and in the sections inside it, by dotted name."""
    return (Parameter.of(name, field) for name, field, _ in walk(section) if extra_of(field, "unit"))


def walk(section: BaseModel | type[BaseModel], prefix: str = "") -> Iterator[tuple[str, FieldInfo, Any]]:
    """Dotted name, declaration and value of everything in a section and in the sections inside it.

    Of a class, the values are the defaults, and the entries of a mapping stand once, as NAME (those of a list as []).
    Entries that may be of many kinds (events) are one value: each kind is walked by itself.
    """
    kind = section if isinstance(section, type) else type(section)
    for name, field in kind.model_fields.items():
        of_many_kinds = any(get_origin(entry) is Annotated for entry in get_args(field.annotation))
        inner = None if of_many_kinds else inner_section(field)
        value = field.default if isinstance(section, type) else getattr(section, name)
        if inner is None or value is None:
            yield f"{prefix}{name}", field, value
            continue
        parts: list[tuple[str, Any]] = [("", value)]
        if isinstance(section, type):
            entries = get_origin(field.annotation)
            parts = [(".NAME" if entries is dict else "[]" if entries is list else "", inner)]
        elif isinstance(value, dict):
            parts = [(f".{entry}", inside) for entry, inside in value.items()]
        elif isinstance(value, list):
            parts = [(f"[{place}]", inside) for place, inside in enumerate(value)]
        for step, inside in parts:
            yield from walk(inside, f"{prefix}{name}{step}.")


def keys_of(section: type[BaseModel]) -> dict[str, FieldInfo]:
    """The fields of a section by the name they have in a file."""
    return {field.alias or name: field for name, field in section.model_fields.items()}


def inner_section(field: FieldInfo) -> type[BaseModel] | None:
    """The section inside a field: its own, or that of the entries of its mapping or list."""
    return next((one for one in _types_in(field.annotation)
                 if isinstance(one, type) and issubclass(one, BaseModel)), None)


def choices_of(field: FieldInfo) -> tuple[str, ...]:
    """The words a field allows, when it is a choice."""
    return tuple(str(word) for one in _types_in(field.annotation) if get_origin(one) is Literal
                 for word in get_args(one))


def _types_in(annotation: Any) -> Iterator[Any]:
    yield annotation
    for inner in get_args(annotation):
        yield from _types_in(inner)


def limits_of(field: FieldInfo) -> tuple[float | None, float | None]:
    """The inclusive range of a number."""
    low = high = None
    for rule in field.metadata:
        low, high = getattr(rule, "ge", low), getattr(rule, "le", high)
    return low, high


def extra_of(field: FieldInfo, key: str) -> str:
    """A note of the declaration (unit, source, label), or an empty text."""
    extra = field.json_schema_extra
    return str(extra.get(key, "")) if isinstance(extra, Mapping) else ""
