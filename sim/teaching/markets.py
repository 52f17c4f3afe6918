"""A market for each student, drawn from the student's id, and what runs of lessons say: how large, how sure."""

from __future__ import annotations

import os
from collections.abc import Mapping
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from sim.text.language import tr

if TYPE_CHECKING:
    from sim.runs.execute import ScenarioLike
    from sim.scenario.schema import Scenario

BASE = "first_look"
CUSTOMERS = 1000
RUNS = 10
"""Runs by which it is judged who is ahead."""
CHEAP, DEAR = (0.3, 1.5), (16.0, 26.0)
"""What knowing a customer costs: for half of all students little, for the other half much. Between the two nobody is
surely ahead, and a mark must not hang on chance; a test measures how often the sign is sure."""
PURCHASES = (18.0, 48.0)
GRADED = "cumulative_discounted_profit_money"
"""What is asked of the market of a student: who is ahead in it, and by how much."""


def my_market(student_id: Any, course: str = "") -> Scenario:
    """The market of a student: `first_look` with what knowing costs, how often people buy and the seed from the id.

    The draw is a digest (BLAKE2b) of id and course: the same id gives the same market anywhere, and another `course`
    (a year, a group) gives everybody another one. Capitals and blanks around the id do not count.

    Without an id (`...`) it is the market of somebody called "example", so that one can read on.

    Raises:
        ValueError: the id is empty or too long.

    >>> my_market("a123") == my_market(" A123 "), my_market("a123") == my_market("a124")
    (True, False)
    """
    from sim.scenario.load import load

    return load(market_of(student_id, course))


def market_of(student_id: str, course: str = "") -> dict[str, Any]:
    """The same as a mapping, as one would write it into a file.

    Raises:
        ValueError: the id is empty or too long.
    """
    digest = _digest(student_id, course)
    first, second, third, fourth = (int.from_bytes(digest[place: place + 8], "big") for place in range(0, 32, 8))
    low, high = CHEAP if first % 2 else DEAR
    seldom, often = PURCHASES
    return {
        "extends": BASE, "title": tr("Market {code}", code=code_of(student_id, course)),
        "question": tr("Two coffee shops were alike until today. Which has earned more after three years?"),
        "market": {"customers": CUSTOMERS},
        "product": {"information_cost": round(low * (high / low) ** _share(second), 2)},
        "people": {"purchases_per_year": {"mean": round(seldom + (often - seldom) * _share(third), 1)}},
        "runs": {"seed": fourth % 1_000_000},
    }


def code_of(student_id: str, course: str = "") -> str:
    """The name of a student's market, from which the id cannot be read: six letters.

    >>> code_of("a123") == code_of("A123 "), len(code_of("a123"))
    (True, 6)
    """
    return _digest(student_id, course).hex()[-6:]


def _digest(student_id: Any, course: str) -> bytes:
    plain = "example" if student_id is ... else " ".join(str(student_id or "").casefold().split())
    if not plain:
        raise ValueError(tr('Which id is yours? Write it in quotes: my_market("a123").'))
    if len(plain) > 200 or len(course) > 200:
        raise ValueError(tr("An id and a course have at most 200 letters."))
    return blake2b(f"{course.casefold().strip()}\n{plain}".encode(), digest_size=36).digest()


def _share(number: int) -> float:
    return (number >> 11) / 2**53


def values_of(scenario: Any, seed: int, metric: str, overrides: Mapping[str, Any] | None = None) -> dict[str, float]:
    """A metric of every firm at the end of one run.

    Raises:
        ScenarioError: the scenario is wrong.
        ValueError: there is no such metric, or the seed is none.
    """
    from sim.runs.execute import checked_seed, prepared, run_market
    from sim.runs.outcomes import known_outcomes, outcomes_of

    chosen = prepared(scenario, overrides)
    found = outcomes_of(run_market(chosen, checked_seed(seed), "auto"), known_outcomes([metric]), chosen.clock.years)
    return {firm: values[metric] for firm, values in found.items()}


def sure_leader(scenario: Any, metric: str) -> str:
    """Who of the first two firms is ahead over ten runs, by the 95 % interval of the paired difference; "" for nobody.

    Raises:
        ScenarioError: the scenario is wrong.
        ValueError: there is no such metric.
    """
    from sim.studies.replicate import replicate

    row = replicate(scenario, RUNS).table([metric]).iloc[0]
    return str(row["firm_b"]) if row["low"] > 0 else str(row["firm_a"]) if row["high"] < 0 else ""


def leading(values: Mapping[str, float]) -> str:
    """The firm with the largest number; of equals, the first."""
    return max(values, key=lambda firm: values[firm])


def same_number(told: float, true: float) -> bool:
    """Whether a number is another one, rounded to as many digits as it is told with (three at least).

    >>> same_number(1234.6, 1234.567), same_number(1230, 1234.567), same_number(1234.7, 1234.567)
    (True, True, False)
    """
    digits = max(3, len(f"{abs(told):.15g}".replace(".", "").strip("0")))
    return abs(told - true) <= 1e-9 * abs(true) or f"{told:.{digits}g}" == f"{true:.{digits}g}"


def size(full: int, quickly: int) -> int:
    """A number of runs or people: the full one, or the small one where `SIM_QUICK=1` (anything but empty and 0) is set.

    With the small one everything is shown and less is sure: intervals are wider.

    >>> size(20, 3) in (20, 3)
    True
    """
    return full if os.environ.get("SIM_QUICK", "").strip() in ("", "0") else quickly


def assumptions(market: ScenarioLike) -> str:
    """How many of the numbers in use in a market are assumptions, and where to read them.

    Levers of firms are decisions and do not count, nor do numbers of mechanisms that are absent.

    Raises:
        ScenarioError: the scenario is wrong.

    >>> assumptions("first_look").endswith("`sim explain first_look --guesses` lists them.")
    True
    """
    from sim.runs.execute import prepared
    from sim.scenario.fields import guesses_in_use

    scenario = prepared(market)
    guesses, total = guesses_in_use(scenario)
    return tr("{count} of the {total} numbers in use here are assumptions: nobody has measured them. "
              "`sim explain {name} --guesses` lists them.", count=len(guesses), total=total, name=scenario.source.name)
