"""What a study measures in every run: one outcome, of one option or as the difference between two."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sim.metrics.registry import metric_in_words
from sim.runs.outcomes import known_outcomes
from sim.runs.plan import AS_WRITTEN
from sim.runs.summary import EQUITY, metric_units
from sim.scenario.schema import Expectation, Scenario
from sim.statistics.intervals import Interval
from sim.studies.keywords import check_name
from sim.text.findings import Finding
from sim.text.language import tr
from sim.text.numbers import amount, signed, written
from sim.text.words import name_or_words


@dataclass(frozen=True)
class Side:
    """An option: a firm in a variant (None: the scenario as written)."""

    firm: str
    what_if: str | None = None


@dataclass(frozen=True)
class Question:
    """An outcome of option B minus that of option A; with one option its level. `currency` is for sentences; `why`
    says how the question was chosen."""

    outcome: str
    a: Side | None
    b: Side
    year: float | None = None
    currency: str = ""
    why: str = field(default="", compare=False)

    @property
    def sides(self) -> tuple[Side, ...]:
        """The options, A first where there are two."""
        return (self.b,) if self.a is None else (self.a, self.b)

    @property
    def option_b(self) -> str:
        """What the second option (or the only one) is called: a firm, or a variant where the firms are the same."""
        return self._name(self.b)

    @property
    def option_a(self) -> str:
        """What the first option is called; empty where there is only one."""
        return "" if self.a is None else self._name(self.a)

    def _name(self, side: Side) -> str:
        if self.a is None or self.a.firm != self.b.firm:
            return side.firm
        return side.what_if or AS_WRITTEN

    @property
    def unit(self) -> str:
        """Unit of the outcome; empty where it is a function's."""
        return metric_units().get(self.outcome, "")

    @property
    def outcome_words(self) -> str:
        """The outcome as people say it; that of a function without a name is "the outcome"."""
        return tr("the outcome") if self.outcome.startswith("<") else metric_in_words(self.outcome)

    @property
    def words(self) -> str:
        """What the number is."""
        about = {"outcome": self.outcome_words, "a": name_or_words(self.option_a), "b": name_or_words(self.option_b)}
        when = "" if self.year is None else tr(", year {year}", year=written(f"{self.year:g}"))
        where = "" if self.b.what_if is None else tr(" in {name!r}", name=name_or_words(self.b.what_if))
        if self.a is None:
            return tr("{outcome} of {firm}", outcome=self.outcome_words, firm=about["b"]) + where + when
        if self.a.firm == self.b.firm:
            return tr("{outcome} of {firm}, {b!r} minus {a!r}", firm=self.b.firm, **about) + when
        return tr("{outcome}, {b} minus {a}", **about) + where + when

    def formatted(self, value: float) -> str:
        """An answer to this question: a difference with its sign (of shares in points), a level without (in %).

        >>> both, one = (Question("market_share", a, Side("B")) for a in (Side("A"), None))
        >>> both.formatted(0.111), one.formatted(0.1)
        ('+11 points', '10 %')
        """
        return (amount if self.a is None else signed)(value, self.unit, self.currency)

    def finding(self, subject: str, found: Interval, message: str, verdict: str = "", **details: Any) -> Finding:
        """A finding about this question, with its value, interval, unit and words."""
        return Finding(subject, self.words, found.value, (found.low, found.high), found.n, verdict, self.unit,
                       self.currency, message, details)

    def winner(self, difference: float) -> str:
        """The option that is ahead at a difference b − a."""
        return self.option_b if difference > 0 else self.option_a

    def attrs(self) -> dict[str, object]:
        """The words that pictures and reports read beside a table."""
        return {
            "outcome": self.outcome, "outcome_words": self.outcome_words, "question": self.words, "unit": self.unit,
            "currency": self.currency, "option_a": self.option_a, "option_b": self.option_b,
        }


@dataclass(frozen=True)
class Wanted:
    """How a user says it; whatever is left out is chosen by `question_of`."""

    outcome: str | None = None
    firm: str | None = None
    pair: Sequence[str] | None = None
    what_if: str | None = None
    year: float | None = None


def question_of(scenario: Scenario, wanted: Wanted) -> Question:
    """The question of a study of a scenario.

    `pair` names two firms, or two variants ("as written", what-ifs) of one `firm`; `firm` alone is for its level;
    `what_if` is the variant in which both are compared. By default: what the scenario's first expectation about two
    firms compares; else the first two firms; else one firm as written and in its first what-if. The outcome is that of
    the expectation, else customer equity, at the end unless a `year` is given.

    Raises:
        ValueError: there is no such firm, what-if or outcome, or a pair is not two different options.
    """
    claim = next((one for one in scenario.expect if one.what_if is None and one.against == "firm"
                  and (one.above or one.below) in scenario.firms), None)
    outcome = known_outcomes([wanted.outcome or (claim.metric if claim is not None else EQUITY)])[0]
    a, b = _sides(scenario, wanted, claim)
    return Question(outcome, a, b, wanted.year, scenario.money.currency, _why(wanted, claim))


def _why(wanted: Wanted, claim: Expectation | None) -> str:
    """How outcome and options were chosen, in half a sentence."""
    what = "the outcome is " + ("the one asked for" if wanted.outcome else "that of the first expectation about firms"
                                if claim is not None else "customer equity, as no expectation names another")
    whom = wanted.pair is not None or wanted.firm is not None
    who = "the options are " + ("those asked for" if whom else "its two firms" if claim is not None
                                else "the first two there are")
    return f"{what}; {who} (--outcome, --pair and --firm choose others)"


def _sides(scenario: Scenario, wanted: Wanted, claim: Expectation | None) -> tuple[Side | None, Side]:
    firms = list(scenario.firms)
    check_name("firm", wanted.firm, firms)
    check_name("what-if", wanted.what_if, scenario.what_if)
    if wanted.pair is not None:
        return _pair(scenario, wanted, list(wanted.pair))
    if wanted.firm is not None:
        return None, Side(wanted.firm, wanted.what_if)
    two = firms[:2]
    if claim is not None:
        two = sorted((claim.firm, str(claim.above or claim.below)), key=firms.index)
    if len(two) > 1:
        return Side(two[0], wanted.what_if), Side(two[1], wanted.what_if)
    if scenario.what_if and wanted.what_if is None:
        return Side(firms[0]), Side(firms[0], next(iter(scenario.what_if)))
    return None, Side(firms[0], wanted.what_if)


def _pair(scenario: Scenario, wanted: Wanted, names: list[str]) -> tuple[Side, Side]:
    """The two options named: firms in the same variant, or variants of one firm."""
    if len(names) != 2 or names[0] == names[1]:
        raise ValueError(f"A pair is two different options, e.g. two firms, not {', '.join(names) or 'nothing'}.")
    firms = list(scenario.firms)
    if all(name in firms for name in names):
        if wanted.firm is not None:
            raise ValueError("Name a pair of firms, or one firm: not both.")
        return Side(names[0], wanted.what_if), Side(names[1], wanted.what_if)
    if any(name in firms for name in names):
        raise ValueError(f"A pair is two firms or two worlds of one firm, not {names[0]} and {names[1]}.")
    for name in names:
        check_name("firm or what-if", name, [AS_WRITTEN, *scenario.what_if, *firms])
    if wanted.firm is None and len(firms) > 1:
        raise ValueError(f"Say whose: two worlds are compared for one firm ({', '.join(firms)}).")
    firm = wanted.firm or firms[0]
    first, second = (Side(firm, None if name == AS_WRITTEN else name) for name in names)
    return first, second
