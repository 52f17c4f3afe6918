"""What each study takes: one class per study, read by its function, by study files and by the command line.

A field carries its default, unit, range and label. `option` says how the command line writes it where that is not
`--name VALUE`. This file loads nothing heavy: `sim --help` reads it.
"""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from pydantic import Field

from sim.scenario.parameters import Section, choice, number

GROUPS = ("world", "guesses", "all")
"""Groups of factors that can be named instead of single ones."""
Reads = Literal["names", "ranges", "values", "aggregates"]
"""How the text of an option is read: names with commas, ranges, values, or values of aggregates."""


def option(default: Any, label: str, flag: str, metavar: str, reads: Reads) -> Any:
    """Declare a list or mapping that the command line writes as `FLAG METAVAR`; `...` as default: it is needed."""
    extra: dict[str, Any] = {"label": label, "flag": flag, "metavar": metavar, "reads": reads}
    return Field(default=default, description=label, json_schema_extra=extra)


def argument(label: str, metavar: str) -> Any:
    """Declare a word that the command line writes behind the scenario, without a flag; it may be left out."""
    extra: dict[str, Any] = {"label": label, "argument": True, "metavar": metavar}
    return Field(default=None, description=label, json_schema_extra=extra)


def switch(label: str, flag: str) -> Any:
    """Declare a setting that is off unless the command line says `FLAG`."""
    return Field(default=False, description=label, json_schema_extra={"label": label, "flag": flag})


def default(settings: type[Section], name: str) -> Any:
    """The default of a setting, so that a function need not state it again.

    >>> default(FlipSettings, "proofs")
    40
    """
    return settings.model_fields[name].get_default(call_default_factory=True)


def _factors(default: Any = None) -> Any:
    return option(default, "a factor, with its range; also: world, guesses, all", "--factor", "PATH[=LOW,HIGH]",
                  "ranges")


class StudySettings(Section):
    """Of every study: where, when, how often, from which seed.

    The class of a study names its function, and its docstring is the help of its command:
    `class FlipSettings(QuestionSettings, study="flip")`. With `command=False` no command is made of the settings: there
    is none, or one in `sim/cli/commands`. With `renews=True` the command has `--into`: its answers have `markdown()`
    and the `marks` between which that stands.
    """

    has_command: ClassVar[bool] = False
    renews: ClassVar[bool] = False

    what_if: str | None = choice(None, "ask in this what-if; left out: as written")
    year: float | None = number(None, "years", (0, 60), "when outcomes are read; left out: at the end")
    replications: int | None = number(None, "runs", (1, 100_000), "runs of every point; left out: the study's own")
    seed: int | None = number(None, "seed", (0, 2**53), "seed of the first run; left out: the scenario's")

    def __init_subclass__(
        cls, *, study: str = "", command: bool = True, renews: bool = False, **config: Any
    ) -> None:
        super().__init_subclass__(**config)
        if study:
            cls.has_command, cls.renews = command, renews
            SETTINGS[study] = cls


SETTINGS: dict[str, type[StudySettings]] = {}
"""The studies that can be written down as a file, by the name of their function; a class enters by being defined."""


class OutcomeSettings(StudySettings):
    """Of a study of one outcome."""

    outcome: str | None = choice(None, "a metric, e.g. customer_equity_money")


class QuestionSettings(OutcomeSettings):
    """Of a study of one outcome of one or two options."""

    pair: list[str] | None = option(None, "two firms, or two what-ifs of one firm: B minus A", "--pair", "A,B", "names")
    firm: str | None = choice(None, "whose outcome; alone: its level")


class ReplicateSettings(StudySettings, study="replicate", command=False):
    """Of `sim.replicate`."""


class CompareSettings(OutcomeSettings, study="compare", command=False):
    """Of `sim.compare`."""

    precision: float | None = number(None, "share", (1e-6, 0.999), "go on until intervals are that narrow")


class SweepSettings(OutcomeSettings, study="sweep", command=False):
    """Of `sim.sweep`."""

    factors: Any = option(..., "a factor and its values", "--factor", "PATH=V1,V2,…", "values")


class SampleSettings(QuestionSettings, study="sample", command=False):
    """Of `sim.sample`."""

    factors: Any = _factors()
    kind: Literal["latin_hypercube", "sobol_sequence"] = choice("latin_hypercube", "how a sample is spread")
    points: int = number(50, "points", (2, 100_000), "points of a sample")


class SensitivitySettings(QuestionSettings, study="sensitivity"):
    """Say how much the answer depends on each number: one at a time, or over the whole space.

    Without --factor: the numbers of market, product and people, each from half to twice its value.

    Examples: sim sensitivity first_look · sim sensitivity leaky_bucket --factor guesses --method morris
    """

    factors: Any = _factors()
    method: Literal["tornado", "morris", "sobol"] = choice("tornado", "tornado, morris or sobol")
    samples: int | None = number(None, "walks or base samples", (2, 65536), "size: Morris (8) or Sobol (32)")


class WinnerMapSettings(QuestionSettings, study="winner_map"):
    """Map who wins over two factors, finer where the border runs.

    Without --factor: what the scenario's own what-ifs change, else what pulls most against the lead.

    Example: sim winner-map penny_goods --factor product.price=0.8,80 --factor product.margin=0.3,0.7 --out map
    """

    factors: Any = _factors()
    cells: int = number(5, "cells", (2, 50), "cells per side of the first grid")
    depth: int = number(1, "times", (0, 4), "how often cells along the border are split")


class FlipSettings(QuestionSettings, study="flip"):
    """Find the smallest change of assumptions that reverses the advice, and prove it on new seeds.

    Without --factor: the numbers of market, product and people. Says so when there is none within the ranges.

    Example: sim flip leaky_bucket
    """

    factors: Any = _factors()
    proofs: int = number(40, "runs", (20, 100_000), "runs on new seeds that prove a flip")


class LadderSettings(QuestionSettings, study="ladder", renews=True):
    """Add the mechanisms of the market one by one, and leave each out: what makes the difference?

    With --each-off each mechanism is switched off alone (with --doubled also doubled): what does that do to the
    headline and to profit?

    Examples: sim ladder first_look --start basic · sim ladder coffee_shop --each-off --doubled
    """

    start: Literal["none", "basic", "heart"] = choice("none", "where the ladder begins: none, basic or heart")
    each_off: bool = switch("instead of a ladder: each mechanism off alone, against as written", "--each-off")
    doubled: bool = switch("with --each-off: each mechanism also doubled alone", "--doubled")
    expected: bool = switch("only the mechanisms expected to matter here, each by the metric named beforehand",
                            "--expected")


class WhySettings(OutcomeSettings, study="why"):
    """Share the difference between two results out among the decisions behind it: why did one do worse?

    Between two firms of a market (--firms), between the scenario and one of its what-ifs (--what-if), or between two
    scenarios. The parts add up to the difference; between firms, what no decision explains stands beside.

    Examples: sim why leaky_bucket --firms Rush,Root · sim why penny_goods --what-if price_20 · sim why my.yaml new.yaml
    """

    firms: list[str] | None = option(None, "two firms: what the second decides otherwise", "--firms", "A,B", "names")
    other: str | None = argument("another scenario, with the same firms: a name or a file", "NAME|FILE")
    firm: str | None = choice(None, "whose result, where two scenarios are compared")
    what_if: str | None = choice(None, "the what-if that is compared with the scenario as written")


class StressSettings(QuestionSettings, study="stress"):
    """Put every option through a recession, a price war, a crisis: does the advice survive?

    Example: sim stress first_look
    """

    stresses: list[str] | None = option(None, "only these stresses, e.g. recession,crisis", "--stresses", "NAME,…",
                                        "names")


class OptimiseSettings(OutcomeSettings, study="optimise"):
    """Search for better levers of a firm under its budget; what is found is checked on new seeds beside the start.

    Example: sim optimise first_look --lever firms.Root.price=4,6 --lever firms.Root.spending.relations=0,0.8
    """

    levers: dict[str, Any] = option(..., "a lever and its range", "--lever", "PATH=LOW,HIGH", "values")
    goals: list[str] = option([], "two outcomes: the front between them", "--goals", "A,B", "names")
    aim: Literal["high", "low"] = choice("high", "whether the outcome shall be high or low")
    trials: int = number(40, "points", (8, 100_000), "points that are tried")
    checks: int = number(40, "runs", (10, 100_000), "runs on new seeds for the best levers")
    firm: str | None = choice(None, "whose outcome; alone: its level")


class CalibrateSettings(StudySettings, study="calibrate"):
    """Fit a few parameters to what is known of a market, and say what the targets cannot tell.

    Example: sim calibrate first_look --target Root.stayed_one_year_share=0.7,0.02 --target Root.market_share=0.6
    --parameter market.leave_per_year=0,0.4 --parameter people.purchases_per_year.mean=4,20
    """

    targets: dict[str, Any] = option(..., "an aggregate that is known", "--target", "FIRM.METRIC=VALUE[,TOLERANCE]",
                                     "aggregates")
    parameters: Any = option(..., "a parameter to fit, with its range", "--parameter", "PATH[=LOW,HIGH]", "ranges")
