"""What the commands that conduct a design share: their options in groups, and the way from options to an answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sim.cli.options import Customers, Json, Out, Quiet, Replications, Scheduler, Seed, Set, Store, Workers, Year

if TYPE_CHECKING:
    from sim.scenario.schema import Scenario
    from sim.studies.answer import Answer
    from sim.studies.asking import Options

Outcome = Annotated[str | None, typer.Option("--outcome", metavar="METRIC", help="What is asked, e.g. market_share.")]
Pair = Annotated[
    str | None, typer.Option("--pair", metavar="A,B", help="Two firms, or two worlds of one --firm: B minus A.")
]
Firm = Annotated[str | None, typer.Option("--firm", help="Whose outcome; alone: its level.")]
InWhatIf = Annotated[str | None, typer.Option("--what-if", metavar="NAME", help="Ask in this what-if.")]
Factor = Annotated[
    list[str] | None,
    typer.Option("--factor", metavar="PATH[=LOW,HIGH]", help="A factor, with its range. May be repeated. Also: world, "
                 "guesses, all."),
]


@dataclass(frozen=True)
class Whose:
    """Options: which outcome, of whom."""

    outcome: Outcome = None
    pair: Pair = None
    firm: Firm = None


@dataclass(frozen=True)
class Setting:
    """Options: in which world, when, how often, with which luck."""

    what_if: InWhatIf = None
    year: Year = None
    replications: Replications = None
    seed: Seed = None
    changes: Set = None
    customers: Customers = None


@dataclass(frozen=True)
class Manner:
    """Options: where runs are done and kept, how the answer is told."""

    store: Store = None
    workers: Workers = None
    scheduler: Scheduler = None
    out: Out = None
    quiet: Quiet = False
    as_json: Json = False


def conducted(
    name: str, whose: Whose, setting: Setting, manner: Manner, design: Callable[[Scenario, Options], Answer]
) -> None:
    """Load the scenario, conduct a design of it with what the options say, tell the answer and save it."""
    from sim.cli.answers import told
    from sim.cli.options import overrides_from, scenario_from

    scenario = scenario_from(name, overrides_from(setting.changes, market__customers=setting.customers))
    options = options_of(whose, setting, manner)
    told(scenario.title or name, manner, lambda tell: design(scenario, {**options, "progress": tell}))


def options_of(whose: Whose, setting: Setting, manner: Manner) -> Options:
    """The options of a design: what was given, `pair` split at its comma.

    >>> options_of(Whose(pair="Rush, Root"), Setting(seed=3), Manner(quiet=True))
    {'pair': ['Rush', 'Root'], 'seed': 3}
    """
    given: Options = {
        "outcome": whose.outcome, "pair": said(whose.pair), "firm": whose.firm,
        "what_if": setting.what_if, "year": setting.year, "replications": setting.replications, "seed": setting.seed,
        "store": manner.store, "workers": manner.workers, "scheduler": manner.scheduler,
    }
    found: Options = {name: value for name, value in given.items() if value is not None}  # type: ignore[assignment]
    return found


def said(text: str | None) -> list[str] | None:
    """Names out of a list with commas.

    >>> said("Rush, Root"), said(None)
    (['Rush', 'Root'], None)
    """
    return None if text is None else [name.strip() for name in text.split(",")]


def factors_of(texts: list[str] | None) -> Any:
    """What `--factor` says: None, a group, or ranges by dotted name (None where the range is left out).

    Raises:
        CannotDoError: a group is named beside other factors.
        ScenarioError: a text is no factor.

    >>> factors_of(["product.margin=0.3,0.6", "product.price"]), factors_of(["guesses"])
    ({'product.margin': [0.3, 0.6], 'product.price': None}, 'guesses')
    """
    from sim.cli.errors import CannotDoError
    from sim.cli.options import factors_from
    from sim.studies.factors import GROUPS

    if not texts:
        return None
    groups = [text for text in texts if text in GROUPS]
    if groups and len(texts) > 1:
        raise CannotDoError(f"--factor {groups[0]} stands alone: name a group, or single factors.")
    if groups:
        return groups[0]
    found: dict[str, Any] = {}
    for text in texts:
        found |= factors_from([text]) if "=" in text else {text.strip(): None}
    return found
