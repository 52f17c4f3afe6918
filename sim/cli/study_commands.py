"""The commands that conduct a study: their options are made from its settings, their answers are printed alike."""

from __future__ import annotations

import inspect
import time
from collections.abc import Callable
from pathlib import Path
from types import UnionType
from typing import TYPE_CHECKING, Annotated, Any, Literal, Protocol, Union, get_args, get_origin, runtime_checkable

import typer

from sim.cli.errors import CannotDoError
from sim.cli.options import Customers, Name, Output, Set, factors_from, overrides_from, spelled_out
from sim.cli.speech import Lang
from sim.cli.waiting import working
from sim.cli.wording import broken, indented, wrapped
from sim.scenario.shares import room_in_words
from sim.studies.settings import GROUPS, SETTINGS
from sim.text.console import Progress, say, say_json, tell
from sim.text.files import between, write_text
from sim.text.language import tr
from sim.text.numbers import written
from sim.text.words import counted, suggestion

if TYPE_CHECKING:
    from pydantic.fields import FieldInfo

    from sim.studies.answer import Answer

STUDY_PANEL = "Defend an answer"
HELP_OF_STUDIES = {name: settings.__doc__ or "" for name, settings in SETTINGS.items() if settings.has_command}
"""The studies that are commands without a file of their own, and what their help says."""

FLAGS = {"replications": ("--replications", "-n")}
METAVARS = {"outcome": "METRIC", "what_if": "NAME"}
Into = Annotated[
    Path | None, typer.Option("--into", metavar="FILE", help="Renew the table between its marks in a file.")
]
LAST = ("outcome", "pair", "firm", "what_if", "year", "replications", "seed")
"""Settings that most studies share: they come after a study's own."""


@runtime_checkable
class Renewing(Protocol):
    """An answer that stands in a document."""

    marks: tuple[str, str]

    def markdown(self) -> str:
        """The answer in Markdown."""


def study_command(design: str, text: str) -> Callable[..., None]:
    """The command of a study: `sim DESIGN NAME|FILE` with an option for each of its settings; `text` is its help."""
    fields = SETTINGS[design].model_fields
    shared = [name for name in LAST if name in fields]

    def command(
        name: str, changes: list[str] | None, customers: int | None, output: Output,
        into: Path | None = None, lang: str | None = None, **given: Any,
    ) -> None:
        from sim.registry import STUDIES
        from sim.scenario.load import load

        del lang  # it speaks by being given
        settings = {key: read(fields[key], value) for key, value in given.items() if value not in (None, [])}
        scenario = load(name, overrides_from(changes, market__customers=customers), overrides_from="--set")
        answer = conduct_and_print(tr(scenario.title) or name, output, lambda progress: STUDIES.find(design)(
            scenario, **settings, **output.keywords(progress)))
        if into is not None:
            renew(into, answer)

    command.__signature__ = inspect.Signature([  # type: ignore[attr-defined]
        _named("name", Name), *(_parameter(name, fields[name]) for name in fields if name not in shared),
        *([_named("into", Into, None)] if SETTINGS[design].renews else []),
        *(_parameter(name, fields[name]) for name in shared),
        _named("changes", Set, None), _named("customers", Customers, None), _named("lang", Lang, None),
        _named("output", Output),
    ])
    command.__name__, command.__doc__ = design, text
    return spelled_out(command)


def _parameter(name: str, field: FieldInfo) -> inspect.Parameter:
    """The parameter of a command for a setting: its type, flag, range, help and default."""
    extra = _extra(field)
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
    metavar = extra.get("metavar", METAVARS.get(name) or "|".join(_choices(field)) or None)
    words = f"{label[:1].upper()}{label[1:]}.{repeats}"
    info = (typer.Argument(metavar=metavar, help=words) if extra.get("argument")
            else typer.Option(*flags, metavar=metavar, help=words, **limits))
    return _named(name, Annotated[kind, info], inspect.Parameter.empty if required else default)


def _named(name: str, annotation: Any, default: Any = inspect.Parameter.empty) -> inspect.Parameter:
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, annotation=annotation, default=default)


def _extra(field: FieldInfo) -> dict[str, Any]:
    return field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}


def _choices(field: FieldInfo) -> tuple[str, ...]:
    """The words among which a setting chooses; none where it is no choice."""
    kinds = get_args(field.annotation) if get_origin(field.annotation) in (Union, UnionType) else (field.annotation,)
    return next((get_args(kind) for kind in kinds if get_origin(kind) is Literal), ())


def _plain_kind(annotation: Any) -> Any:
    """The type that the command line reads: a word for a choice, the type beside None where it may be left out."""
    if get_origin(annotation) in (Union, UnionType):
        annotation = next(kind for kind in get_args(annotation) if kind is not type(None))
    return str if get_origin(annotation) is Literal else annotation


def read(field: FieldInfo, value: Any) -> Any:
    """A setting out of what its option says.

    >>> read(SETTINGS["flip"].model_fields["pair"], "Rush, Root"), read(SETTINGS["flip"].model_fields["proofs"], 40)
    (['Rush', 'Root'], 40)
    """
    extra = _extra(field)
    reads, words = extra.get("reads"), _choices(field)
    if words and value not in words:
        raise CannotDoError(f"{value!r} is none of the choices; {suggestion(value, words)}")
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

    >>> ranges_from(["product.margin=0.3,0.6", "product.price"]), ranges_from(["guesses"])
    ({'product.margin': [0.3, 0.6], 'product.price': None}, 'guesses')
    """
    groups = [text for text in texts if text in GROUPS]
    if groups and len(texts) > 1:
        raise CannotDoError(f"--factor {groups[0]} stands alone: name a group, or single factors.")
    if groups:
        return groups[0]
    found: dict[str, Any] = {}
    for text in texts:
        found |= factors_from([text]) if "=" in text else {text.strip(): None}
    return found


def renew(file: Path, answer: Answer) -> None:
    """Put an answer in Markdown between its marks in a file.

    Raises:
        CannotDoError: this answer has no such form.
        ValueError: the marks are not there.
    """
    if not isinstance(answer, Renewing):
        raise CannotDoError("--into is for tables of mechanisms: say --each-off or --expected as well.")
    write_text(file, between(file.read_text(encoding="utf-8"), answer.marks, answer.markdown()))
    tell(f"Renewed {answer.marks[0]} in {file}.")


def conduct_and_print(title: str, output: Output, conduct: Callable[[Progress], Answer]) -> Answer:
    """Conduct a study, print its answer, save it where a folder is given."""
    began = time.perf_counter()
    with working(title, output.quiet, output.yes, silent=output.as_json) as heard:
        answer = conduct(heard)
    if output.out is not None:
        answer.save(output.out)
    if output.as_json:
        say_json({
            "design": answer.kind, "explain": answer.explain(), "settings": answer.settings(),
            "changed": answer.changed, "asked": answer.asked,
            "tables": {name: table.to_dict("records") for name, table in answer.tables().items()},
            "words": dict(answer.table().attrs),
        })
        return answer
    say(title, "bold")
    table = answer.lines()
    said = [line for text in answer.explain().split("\n") for line in broken(text)]
    said += [*([""] if table else []), *table]
    room = room_in_words(answer.studied, answer.settings().get("factors"))
    for line in [*wrapped(answer.changed, answer.asked, room), *indented(said)]:
        say(line)
    if not output.quiet:
        runs = answer.settings().get("runs", 0)
        seconds = written(f"{time.perf_counter() - began:.1f}")
        say("  " + tr("{runs} ({seconds} s).", runs=counted(runs, "run"), seconds=seconds), "dim")
    if output.out is not None:
        say(tr("Saved: {folder}.", folder=output.out))
    return answer
