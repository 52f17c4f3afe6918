"""Does each information level pay? One firm in several markets, with its level alone changed, paired on the same seeds.

    python tests/evidence/information.py [-n 16] [--write docs/information.md]

The firm Root uses what its level permits: relations, care for the silent, call-back by the recorded reason, the lowest
three tenths by RFM left out. Its rival does what a dealer does. Reported is the gain in discounted profit of each level
over the level before it (R08, M32), and of each over recording sales only. Expected before the first run: knowing who
buys pays where a customer is worth much against the cost of knowing one (M42) and not where goods cost pennies; each
level pays in some product class and does not in another. Markets were chosen before the first run: five classes as
they are (toothpaste with two brands, everything at work), and variants in which only the price of goods or how often
they fail is different.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from steps import Steps

import sim
from sim.firms.information import LEVELS
from sim.runs.plan import AS_WRITTEN
from sim.scenario.effective import to_mapping
from sim.scenario.schema.firm import INFORMATION_LEVELS
from sim.statistics.intervals import Interval, mean_interval
from sim.text.files import between, write_text
from sim.text.words import joined

FRESH_SEED = 7001
PROFIT = "cumulative_discounted_profit_money"
MARKS = ("<!-- information:begin -->", "<!-- information:end -->")
PAYS, DOES_NOT, TOO_CLOSE = "pays", "does not pay", "too close to call"
ABOVE_SALES = INFORMATION_LEVELS[1:]
ROOT: dict[str, Any] = {
    "spending": {"advertising": 0.3, "relations": 0.4, "service": 0.1},
    "recovery": {"answered": 0.6, "generosity": 0.5, "delay_weeks": 1},
    "care": {"proactive": 0.6, "selective": 0.3, "by": "rfm"}, "win_back": {"reach": 2.0, "by": "reason"},
}
FREQUENT_FAILURES = {"failure_rate": 0.2}
MARKETS: dict[str, tuple[str, dict[str, Any], dict[str, Any]]] = {
    "coffee_shop": ("coffee_shop", {}, {}),
    "hotel": ("hotel", {}, {}),
    "bank": ("bank", {}, {}),
    "mobile_subscription": ("mobile_subscription", {}, {}),
    "toothpaste": ("toothpaste", {}, {}),
    "coffee_shop with frequent failures": ("coffee_shop", {}, FREQUENT_FAILURES),
    "coffee_shop at a price of 40": (
        "coffee_shop", {"product": {"price": 40}, "budget": {"per_person_per_year": 20}}, {}),
    "coffee_shop at a price of 0.8": (
        "coffee_shop", {"product": {"price": 0.8}, "budget": {"per_person_per_year": 0.8}}, {}),
    "mobile_subscription with frequent failures": ("mobile_subscription", {}, FREQUENT_FAILURES),
}
"""The class it is built on, what is different in the market, and in the firms."""
CLASSES = tuple(name for name, (base, *_) in MARKETS.items() if name == base)


@dataclass(frozen=True)
class Gain:
    """What a level brings in a market: discounted profit over that of the level before, and over recording sales."""

    market: str
    level: str
    step: Interval
    whole: Interval

    @property
    def verdict(self) -> str:
        """Whether the step to this level pays: its 95 % interval is above 0, below 0, or holds it."""
        return verdict_of(self.step)


def verdict_of(gain: Interval) -> str:
    """A gain in a word."""
    if not gain.excludes_zero:
        return TOO_CLOSE
    return PAYS if gain.value > 0 else DOES_NOT


def scenario(market: str, people: int | None = None) -> Any:
    """The market with its two firms and one what-if for each level above sales; so many people, or as the class has."""
    base, changes, firm = MARKETS[market]
    said = to_mapping(sim.load(base))
    words = {"title": market, "question": "Does each information level pay?", "notes": "", "claims": [], "expect": [],
             "controls": []}
    return sim.load({
        **said, **words, "mechanisms": {**said["mechanisms"], "level": "full"}, "clock": {**said["clock"], "years": 4},
        **{section: {**said[section], **values} for section, values in changes.items()},
        "firms": {"Rush": {"like": "dealer", **firm}, "Root": {**ROOT, **firm, "information": "sales"}},
        "what_if": {level: {"firms": {"Root": {"information": level}}} for level in ABOVE_SALES},
    }, {} if people is None else {"market.customers": people})


def gains(market: str, runs: int, people: int | None = None) -> list[Gain]:
    """The gain of each level, paired over runs."""
    study = sim.compare(scenario(market, people), runs, seed=FRESH_SEED)
    profits = [study.values(world, PROFIT, "Root", None) for world in (AS_WRITTEN, *ABOVE_SALES)]
    return [Gain(market, level, *(mean_interval(profits[place] - profits[other]) for other in (place - 1, 0)))
            for place, level in enumerate(ABOVE_SALES, start=1)]


def in_words(level: str, found: Sequence[Gain]) -> str:
    """In which markets the step to a level pays and in which not, and whether that is as expected of the classes."""
    where = {word: [one.market for one in found if one.level == level and one.verdict == word]
             for word in (PAYS, DOES_NOT, TOO_CLOSE)}
    told = "; ".join(f"{word} in {joined(markets)}" if markets else f"{word} nowhere"
                     for word, markets in where.items() if markets or word == PAYS)
    reached = "reached" if all(set(where[word]) & set(CLASSES) for word in (PAYS, DOES_NOT)) else "missed"
    return f"- **{level}**: {told}. Expected to pay in some class and not in another: {reached}."


def report(found: Sequence[Gain], runs: int) -> str:
    """What each level costs, where it pays, and the gains behind that, as Markdown."""
    lines = ["| level | cost, share of the full one | most that is known of a person |", "|---|---|---|"]
    lines += [f"| {name} | {level.cost:g} | {level.knowledge:g} |" for name, level in LEVELS.items()]
    lines += ["", f"{runs} paired runs, seeds {FRESH_SEED} to {FRESH_SEED + runs - 1}, which tuned nothing. Each level "
              "against the one before it:", "", *(in_words(level, found) for level in ABOVE_SALES), "",
              "| market | level | profit against the level before | verdict | against sales only | verdict |",
              "|---|---|---|---|---|---|"]
    lines += [f"| {one.market} | {one.level} | {_money(one.step)} | {one.verdict} | {_money(one.whole)} | "
              f"{verdict_of(one.whole)} |" for one in found]
    return "\n".join(lines)


def _money(gain: Interval) -> str:
    return f"{gain.value:+,.0f} [{gain.low:+,.0f}, {gain.high:+,.0f}]"


def main() -> None:
    """Print what was found, and write it where asked."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else "")
    parser.add_argument("-n", "--replications", type=int, default=16)
    parser.add_argument("--write", type=Path, help="also put it between its marks in this file")
    asked = parser.parse_args()
    steps, found = Steps(len(MARKETS)), []
    for market in MARKETS:
        steps.begin(market)
        found += gains(market, asked.replications)
    text = report(found, asked.replications)
    print(text)
    if asked.write:
        write_text(asked.write, between(asked.write.read_text(encoding="utf-8"), MARKS, text))


if __name__ == "__main__":
    main()
