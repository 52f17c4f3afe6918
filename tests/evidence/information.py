"""Does each information level pay? One firm in several markets, with its level alone changed, paired on the same seeds.

    python tests/evidence/information.py [-n 16]

The firm Root uses what its level permits: relations, care for the silent, call-back by the recorded reason, the lowest
three tenths by RFM left out. Its rival does what a dealer does. Reported is the gain in discounted profit of each level
over the level before it (R08, M32), and of each over recording sales only. Expected before the first run: knowing who
buys pays where a customer is worth much against the cost of knowing one (M42) and not where goods cost pennies.
Markets were chosen before the first run: the price of goods and how often they fail is all in which they differ from
the class they are built on.
"""

from __future__ import annotations

import argparse
from typing import Any

import sim
from sim.runs.plan import AS_WRITTEN
from sim.scenario.schema.firm import INFORMATION_LEVELS
from sim.statistics.intervals import mean_interval

FRESH_SEED = 7001
PROFIT = "cumulative_discounted_profit_money"
ROOT: dict[str, Any] = {
    "spending": {"advertising": 0.3, "relations": 0.4, "service": 0.1},
    "recovery": {"answered": 0.6, "generosity": 0.5, "delay_weeks": 1},
    "care": {"proactive": 0.6, "selective": 0.3, "by": "rfm"}, "win_back": {"reach": 2.0, "by": "reason"},
}
OFTEN_WRONG = {"failure_rate": 0.2}
MARKETS: dict[str, tuple[str, dict[str, Any], dict[str, Any]]] = {
    "coffee_shop": ("coffee_shop", {}, {}),
    "coffee_shop, often wrong": ("coffee_shop", {}, OFTEN_WRONG),
    "coffee_shop at a price of 40": (
        "coffee_shop", {"product": {"price": 40}, "budget": {"per_person_per_year": 20}}, {}),
    "penny goods": ("coffee_shop", {"product": {"price": 0.8}, "budget": {"per_person_per_year": 0.8}}, {}),
    "mobile_subscription": ("mobile_subscription", {}, {}),
    "mobile_subscription, often wrong": ("mobile_subscription", {}, OFTEN_WRONG),
}
"""The class it is built on, what is different in the market, and in the firms."""


def scenario(market: str) -> Any:
    """The market with its two firms and one what-if for each level above sales."""
    base, changes, firm = MARKETS[market]
    return sim.load({
        "extends": base, "question": "Does each information level pay?", "clock": {"years": 4}, **changes,
        "firms": {"Rush": {"like": "dealer", **firm}, "Root": {**ROOT, **firm, "information": "sales"}},
        "what_if": {level: {"firms": {"Root": {"information": level}}} for level in INFORMATION_LEVELS[1:]},
    })


def gains(market: str, runs: int) -> list[str]:
    """One line per level: the gain in profit over the level before it and over sales, each with its 95 % interval."""
    study, lines = sim.compare(scenario(market), runs, seed=FRESH_SEED), []
    worlds = [AS_WRITTEN, *INFORMATION_LEVELS[1:]]
    profits = [study.values(world, PROFIT, "Root", None) for world in worlds]
    for place, level in enumerate(INFORMATION_LEVELS[1:], start=1):
        step, whole = (mean_interval(profits[place] - profits[other]) for other in (place - 1, 0))
        lines.append(f"| {market} | {level} | {step.value:+,.0f} [{step.low:+,.0f}, {step.high:+,.0f}] | "
                     f"{whole.value:+,.0f} [{whole.low:+,.0f}, {whole.high:+,.0f}] |")
    return lines


def main() -> None:
    """Print the table, market by market."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else "")
    parser.add_argument("-n", "--replications", type=int, default=16)
    runs = parser.parse_args().replications
    print("| market | level | profit against the level before | profit against sales only |\n|---|---|---|---|")
    for market in MARKETS:
        print(*gains(market, runs), sep="\n", flush=True)


if __name__ == "__main__":
    main()
