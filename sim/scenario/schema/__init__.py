"""What a scenario may say: sections of declared numbers, one file per subject; here the whole of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, PrivateAttr, SerializeAsAny

from sim.scenario.errors import PathParts, Place
from sim.scenario.parameters import Section, choice, number, part
from sim.scenario.schema.firm import Budget, FirmSection, Past
from sim.scenario.schema.market import Clock, MarketSection, Money, People, Product
from sim.scenario.schema.mechanisms import MechanismsSection
from sim.scenario.schema.psychology import Psychology

Sentence = Annotated[str, AfterValidator(lambda text: " ".join(text.split()))]
"""Words that are printed in one line, however they are broken in the file."""


class Event(Section):
    """Something that happens at a date. Each kind is a subclass in its own file of sim/firms/events."""

    kind: str = Field(description="name of a kind of event, e.g. outage, levers, strategy, market")
    year: float = number(0.0, "years", (0, 60), "when it begins, counted from the end of the warm-up")
    lasts_weeks: float | None = number(None, "weeks", (0, 3200), "how long; left out: for good")
    firms: list[str] = Field(default=[], description="whom it strikes; left out: every firm")


class Expectation(Section):
    """A claim written down before the first run, checked after it."""

    metric: str = Field(description="a metric of the table of periods, or customer_equity_money")
    firm: str = Field(description="whose")
    above: str | None = choice(None, "is above this firm or this what-if")
    below: str | None = choice(None, "is below this firm or this what-if")
    close_to: str | None = choice(None, "differs from this firm or this what-if by at most smallest_interesting")
    above_value: float | None = number(None, "of the metric", (-1e15, 1e15), "is above this value")
    below_value: float | None = number(None, "of the metric", (-1e15, 1e15), "is below this value")
    what_if: str | None = choice(None, "in which what-if; left out: the scenario as written")
    against: Literal["firm", "what_if"] = choice("firm", "whether above/below names a firm or a what-if")
    year: float | None = number(None, "years", (0, 60), "when; left out: at the end")
    confidence: float = number(0.8, "share of runs", (0.5, 1), "share of runs in which it should hold")
    smallest_interesting: float = number(
        0.0, "of the metric", (0, 1e15),
        "differences below this do not count (close_to: the largest difference allowed)",
    )
    why: Sentence = Field(description="the reason in one sentence, with the claim's id")


class Control(Section):
    """A number that a class may move, as a slider of the live page and of the handout."""

    path: str = Field(description="dotted name of a number of this scenario, e.g. firms.Root.promise")
    words: Sentence = Field(description="what the slider moves, in the words of the class")
    range: list[float] = Field(min_length=2, max_length=2, description="lowest and highest value of the slider")
    step: float = Field(gt=0, description="from one value of the slider to the next")
    unit: str | None = choice(None, "unit beside the value; left out: the number's own")


class Survey(Section):
    """How loyalty is asked for: with error, five boxes, and people who do not answer."""

    every_weeks: float = number(13.0, "weeks", (1, 520), "time between surveys")
    response: float = number(0.6, "share", (0.01, 1), "share who answer")
    error: float = number(0.12, "0..1", (0, 1), "standard deviation of an answer around the truth")
    commitment_weight: float = number(0.5, "share", (0, 1),
                                      "weight of commitment in the attitude; the rest is satisfaction")
    high_from_box: int = number(4, "box 1..5", (2, 5),
                                "an answer in this box or above counts as high (Dick & Basu 1994)")


class Runs(Section):
    """How often the market is run, and with which people."""

    seed: int = number(1, "seed", (0, 2**53), "seed of the random numbers of the first run")
    world_seed: int | None = number(None, "seed", (0, 2**53), "seed of the people; left out: new people in every run")
    replications: int = number(20, "runs", (1, 100_000), "runs, each with a new seed")


@dataclass(frozen=True, eq=False, repr=False)
class Source:
    """Where a scenario came from. Two scenarios with the same numbers are equal whatever their sources."""

    name: str = "scenario"  # short, e.g. leaky_bucket
    file: str = ""  # as shown in messages; empty when there is none
    mapping: dict[str, Any] = field(default_factory=dict)  # what all files and overrides say, before presets, defaults
    written: dict[str, Any] = field(default_factory=dict)  # the same without overrides and what-if
    inherited: dict[str, Any] = field(default_factory=dict)  # what the extended files say without this one
    places: dict[PathParts, Place] = field(default_factory=dict)  # where each value of `mapping` stands
    files: tuple[str, ...] = ()  # this file and the files it extends, nearest first
    overrides: dict[str, Any] = field(default_factory=dict)  # given by dotted name
    what_if: str | None = None  # name of the what-if that was applied
    changed: str = ""  # what both changed in words, where only the words were kept
    folder: str = ""  # of the file; relative names in it start here
    hash: str = ""  # of the scenario when it was loaded
    words: tuple[Any, ...] = ()  # title, question and whatever else the hash leaves out, as they were loaded

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Source)

    def __hash__(self) -> int:
        return hash(Source)


class Scenario(Section):
    """A market, its people, its firms, what may happen and what is expected."""

    schema_version: Literal[1] = Field(default=1, alias="schema", description="version of this format")
    title: Sentence = Field(default="", description="the scenario in a few words")
    question: Sentence = Field(description="the question a class would vote on; printed first")
    claims: list[str] = Field(default=[], description="ids of the textbook claims it bears on")
    notes: str = Field(default="", description="what to know before trusting it")
    extends: str | None = Field(default=None, description="the scenario this one builds on")
    headline: list[str] = Field(
        default=[], description="what it is judged by: 1 to 4 metrics, the first above all; left out: "
                                "kept_one_year_share under contract, else repeat_rate_share and wallet_share")
    clock: Clock = part(Clock, "time")
    money: Money = part(Money, "money")
    market: MarketSection = part(MarketSection, "the market")
    product: Product = part(Product, "the product class")
    people: People = part(People, "the people")
    psychology: Psychology = part(Psychology, "the rules of the person")
    mechanisms: MechanismsSection = part(MechanismsSection, "which mechanisms are on, and how strongly")
    budget: Budget = part(Budget, "the common budget")
    past: Past = part(Past, "levers of every firm before the warm-up ends")
    firms: dict[str, FirmSection] = Field(default={}, description="the firms by name, 1 to 31")
    events: list[SerializeAsAny[Event]] = Field(default=[], description="dated events")
    survey: Survey = part(Survey, "how loyalty is asked for")
    runs: Runs = part(Runs, "how often")
    what_if: dict[str, dict[str, Any]] = Field(default={}, description="named overlays that `compare` compares")
    controls: list[Control] = Field(default=[], description="sliders of the live page and of the handout, at most 8")
    expect: list[Expectation] = Field(default=[], description="claims checked after the runs")

    _source: Source = PrivateAttr(default_factory=Source)

    @property
    def source(self) -> Source:
        """Where this scenario came from: its short name, its file, the places of its values."""
        return self._source

    def from_source(self, source: Source) -> Scenario:
        """The same scenario, with a note of where it came from."""
        same = self.model_copy()
        same._source = source
        return same
