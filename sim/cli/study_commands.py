"""The commands that conduct a study: their options are made from its settings, their answers are printed alike."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from types import UnionType
from typing import TYPE_CHECKING, Annotated, Any, Literal, get_args, get_origin

import typer

from sim.cli.options import Customers, Name, Output, Set, spelled_out
from sim.studies.settings import GROUPS, SETTINGS, QuestionSettings

if TYPE_CHECKING:
    from pydantic.fields import FieldInfo

STUDY_PANEL = "Defend an answer"
HELP_OF_STUDIES = {name: settings.__doc__ or "" for name, settings in SETTINGS.items() if settings.has_command}
"""The studies that are commands without a file of their own, and what their help says."""

FLAGS = {"what_if": ("--what-if",), "replications": ("--replications", "-n"), "trials": ("--trials",)}
METAVARS = {"outcome": "METRIC", "what_if": "NAME"}
LAST = tuple(name for name in ("outcome", "pair", "firm", "what_if", "year", "replications", "seed")
             if name in QuestionSettings.model_fields)
"""Settings that most studies share: they come after a study's own."""


def study_command(design: str, text: str) -> Callable[..., None]:
    """The command of a study: `sim DESIGN NAME|FILE` with an option for each of its settings; `text` is its help."""
    fields = SETTINGS[design].model_fields
    names = [*(name for name in fields if name not in LAST), *(name for name in LAST if name in fields)]

    def command(name: str, changes: list[str] | None, customers: int | None, output: Output, **given: Any) -> None:
        from sim.cli.answers import conduct_and_print
        from sim.cli.options import overrides_from, scenario_from
        from sim.registry import STUDIES

        settings = {key: read(fields[key], value) for key, value in given.items() if value not in (None, [])}
        scenario = scenario_from(name, overrides_from(changes, market__customers=customers))
        conduct_and_print(scenario.title or name, output, lambda progress: STUDIES.find(design)(
            scenario, **settings, **output.keywords(progress)))

    common = {"changes": Set, "customers": Customers}
    command.__signature__ = inspect.Signature([  # type: ignore[attr-defined]
        _named("name", Name), *(_parameter(name, fields[name]) for name in names),
        *(_named(name, kind, None) for name, kind in common.items()), _named("output", Output),
    ])
    command.__name__, command.__doc__ = design, text
    return spelled_out(command)


def _parameter(name: str, field: FieldInfo) -> inspect.Parameter:
    """The parameter of a command for a setting: its type, flag, range, help and default."""
    extra: dict[str, Any] = field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
    reads = extra.get("reads")
    kind: Any = str if reads == "names" else list[str] if reads else _plain_kind(field.annotation)
    default = field.default
    required = field.is_required()
    if not required and (reads or default is None):
        kind, default = kind | None, None
    flags = (extra["flag"],) if "flag" in extra else FLAGS.get(name, (f"--{name.replace('_', '-')}",))
    limits = {key: getattr(rule, mark) for rule in field.metadata for key, mark in (("min", "ge"), ("max", "le"))
              if hasattr(rule, mark)}
    label = str(extra.get("label", field.description))
    repeats = " May be repeated." if reads and reads != "names" else ""
    metavar = extra.get("metavar", METAVARS.get(name))
    info = typer.Option(*flags, metavar=metavar, help=f"{label[:1].upper()}{label[1:]}.{repeats}", **limits)
    return _named(name, Annotated[kind, info], inspect.Parameter.empty if required else default)


def _named(name: str, annotation: Any, default: Any = inspect.Parameter.empty) -> inspect.Parameter:
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, annotation=annotation, default=default)


def _plain_kind(annotation: Any) -> Any:
    """The type that the command line reads: a word for a choice, the type beside None where it may be left out."""
    if get_origin(annotation) is Literal:
        return str
    if isinstance(annotation, UnionType):
        return next(kind for kind in get_args(annotation) if kind is not type(None))
    return annotation


def read(field: FieldInfo, value: Any) -> Any:
    """A setting out of what its option says.

    >>> read(SETTINGS["flip"].model_fields["pair"], "Rush, Root"), read(SETTINGS["flip"].model_fields["proofs"], 40)
    (['Rush', 'Root'], 40)
    """
    from sim.cli.options import factors_from

    extra: dict[str, Any] = field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
    reads = extra.get("reads")
    if reads == "names":
        return [name.strip() for name in value.split(",")]
    if reads == "ranges":
        return ranges_from(value)
    if reads in ("values", "aggregates"):
        example = "Root.market_share=0.6,0.02" if reads == "aggregates" else "firms.Root.price=4,6"
        return factors_from(value, extra["flag"], example)
    return value


def ranges_from(texts: list[str]) -> Any:
    """What `--factor` says: a group, or ranges by dotted name (None where the range is left out).

    Raises:
        CannotDoError: a group is named beside other factors.
        ScenarioError: a text is no factor.

    >>> ranges_from(["product.margin=0.3,0.6", "product.price"]), ranges_from(["guesses"])
    ({'product.margin': [0.3, 0.6], 'product.price': None}, 'guesses')
    """
    from sim.cli.errors import CannotDoError
    from sim.cli.options import factors_from

    groups = [text for text in texts if text in GROUPS]
    if groups and len(texts) > 1:
        raise CannotDoError(f"--factor {groups[0]} stands alone: name a group, or single factors.")
    if groups:
        return groups[0]
    found: dict[str, Any] = {}
    for text in texts:
        found |= factors_from([text]) if "=" in text else {text.strip(): None}
    return found
