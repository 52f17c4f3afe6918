"""What each driver of customer equity adds: a firm as written against counterfactuals without the driver.

    drivers("leaky_bucket", firm="Root", replications=10).table()

A driver (value, brand, relationship) is switched off for one firm, in a counterfactual with common random numbers;
what the firm loses is what the driver adds. Which levers that are stands in `sim.studies.counterfactuals`. The three
need not add up to what they are worth together: a good offer that nobody hears of adds little. What is left over is
reported as the interaction.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.engine.state import COSTS
from sim.records.records import Records
from sim.runs.execute import ScenarioLike, prepared
from sim.runs.execution import Execution
from sim.runs.plan import AS_WRITTEN
from sim.runs.summary import EQUITY
from sim.statistics.intervals import Floats, mean_interval
from sim.studies.compare import Comparison
from sim.studies.counterfactuals import ACCOUNTS_OF, DRIVERS, Driver, without
from sim.studies.differences import difference_cells
from sim.studies.study import plan_of
from sim.text.console import Progress
from sim.text.findings import HIGHER, IDENTICAL, LOWER, Finding, sentences

if TYPE_CHECKING:
    import pandas as pd

PROFIT = "cumulative_discounted_profit_money"
TOTAL, TO_DATE, RESIDUAL = "total value", "profit to date", "customer equity"
MEASURES = (TOTAL, TO_DATE, RESIDUAL)
TOGETHER, INTERACTION = "all three together", "interaction"
RUNS = 10
ADDS = ("{subject}: {outcome} changes total value by {value:signed} (95 % interval {interval:span}; "
        "spent to date {spent:amount}).")
ADDS_NOTHING = "{subject}: {outcome} adds nothing; switching it off changes nothing."
ADDS_IN_ONE_RUN = "{subject}: {outcome} changes total value by {value:signed} (spent to date {spent:amount}; one run)."
UNSURE = ADDS[:-1] + ", {verdict}."
SYNERGY = "{subject}: together the drivers bring {value:gap} {more} than one by one."
NO_RUN = "Nothing can be said: no run is complete in all variants."
POCKET = ("Money not spent on a driver stays in the firm's pocket: it counts in profit to date, hence in total value "
          "(profit to date + customer equity at the end, both in money of the end of the warm-up).")


class Drivers:
    """What value, brand and relationship add for each firm, over paired runs. `table()` for numbers, `explain()`."""

    def __init__(self, study: Comparison, firms: tuple[str, ...]) -> None:
        self.study = study
        self.firms = firms

    def __repr__(self) -> str:
        return f"<Drivers of {', '.join(self.firms)}: {self.study.n} paired runs>"

    def table(self, measure: str | None = None) -> pd.DataFrame:
        """One row per firm, measure and driver: value, brand, relationship, all three together, interaction.

        Columns: firm, measure (total value, profit to date, customer equity; all unless one is named), driver,
        mean_with, mean_without (NaN for the interaction), added (with − without, money of the currency), low, high
        (95 % t interval over paired runs), n, verdict, spent_to_date (what the driver's own accounts cost more with it
        than without, discounted: this much of `added` is money that would have stayed in the pocket). Interaction =
        together − (value + brand + relationship). Profit to date, total value and, in it, customer equity are in money
        of the end of the warm-up; customer equity alone is in money of the end of the run.

        Raises:
            ValueError: there is no such measure.
        """
        import pandas as pd

        if measure is not None and measure not in MEASURES:
            raise ValueError(f"measure: {measure!r} is not allowed; {', '.join(MEASURES)}")
        chosen = MEASURES if measure is None else (measure,)
        table = pd.DataFrame([row for firm in self.firms for one in chosen for row in self._rows(firm, one)])
        table.attrs["currency"] = self.study.scenario.money.currency
        return table

    def findings(self) -> list[Finding]:
        """What each driver adds to the total value of each firm, and what they do only together."""
        if not self.study.n:
            return [Finding("", message=NO_RUN)]
        currency, found = self.study.scenario.money.currency, []
        for row in self.table(TOTAL).to_dict("records"):
            sure, driver = row["verdict"] in (HIGHER, LOWER), row["driver"]
            if driver == TOGETHER or (driver == INTERACTION and not sure):
                continue
            message = (SYNERGY if driver == INTERACTION else ADDS_NOTHING if row["verdict"] == IDENTICAL
                       else ADDS if sure else UNSURE if row["n"] > 1 else ADDS_IN_ONE_RUN)
            found.append(Finding(
                row["firm"], driver, row["added"], (row["low"], row["high"]), row["n"], row["verdict"], "money",
                currency, message, {"spent": row["spent_to_date"], "more": "more" if row["added"] > 0 else "less"}))
        found[-1] = found[-1].with_caveats(POCKET.rstrip("."))
        return found

    def explain(self) -> str:
        """What each firm would lose without a driver, and what the drivers do together, in plain sentences."""
        return sentences(self.findings())

    def _rows(self, firm: str, measure: str) -> list[dict[str, Any]]:
        about = {"firm": firm, "measure": measure}
        full, rows = self._values(AS_WRITTEN, firm, measure), []
        one_by_one, together = np.zeros(full.shape), np.zeros(full.shape)
        for name in (*DRIVERS, TOGETHER):
            world = world_without(firm, name)
            off = self._values(world, firm, measure)
            one_by_one += full - off if name != TOGETHER else 0.0
            together = full - off
            spent = mean_interval(self._spent(AS_WRITTEN, firm, name) - self._spent(world, firm, name)).value
            rows.append({**about, "driver": name, **_cells(off, full), "spent_to_date": spent})
        unknown = dict.fromkeys(("mean_with", "mean_without", "spent_to_date"), np.nan)
        return [*rows, {**about, "driver": INTERACTION, **_cells(one_by_one, together), **unknown}]

    def _spent(self, world: str, firm: str, driver: str) -> Floats:
        """What the accounts of a driver (of all three) cost to date, discounted, one number per complete run."""
        names = [name for one in DRIVERS if driver in (one, TOGETHER) for name in ACCOUNTS_OF[one]]
        firms = self.study.worlds[world].firms
        spent = [self.study.observed[(world, k)] for k in self.study.complete]
        return np.array([sum(one[name][list(firms).index(firm)] for name in names) for one in spent])

    def _values(self, world: str, firm: str, measure: str) -> Floats:
        rate = self.study.worlds[world].money.discount_rate
        to_date, residual = (self.study.values(world, metric, firm) for metric in (PROFIT, EQUITY))
        if measure == TO_DATE:
            return to_date
        back: Floats = residual * (1.0 + rate) ** -self.study.end
        return residual if measure == RESIDUAL else to_date + back


def _cells(a: Floats, b: Floats) -> dict[str, Any]:
    cells = difference_cells(a, b)
    return {"mean_with": cells["mean_b"], "mean_without": cells["mean_a"], "added": cells["difference"],
            **{name: cells[name] for name in ("low", "high", "n", "verdict")}}


def spending_of(records: Records) -> dict[str, Floats]:
    """What each account cost since the end of the warm-up, discounted to it [F], money of the currency."""
    weights = np.nan_to_num(records.discount())[:, None]
    return {name: (weights * records.account(name)).sum(axis=0) / records.minor_units for name in COSTS}


def world_without(firm: str, driver: str) -> str:
    """The name of the counterfactual in which a firm has a driver (or all three) switched off."""
    return f"{firm} without {'all three' if driver == TOGETHER else driver}"


def drivers(
    scenario: ScenarioLike,
    firm: str | Iterable[str] | None = None,
    replications: int | None = None,
    *,
    seed: int | None = None,
    overrides: Mapping[str, Any] | None = None,
    progress: Progress | None = None,
) -> Drivers:
    """What value, brand and relationship add for a firm (all firms unless named), in counterfactuals over paired runs.

    `replications` are paired runs of every variant (10 unless given): the scenario as written, and four per firm.

    Raises:
        ScenarioError: the scenario is wrong.
        ValueError: there is no such firm, or a number is out of range.
    """
    chosen = prepared(scenario, overrides)
    firms = tuple(chosen.firms) if firm is None else (firm,) if isinstance(firm, str) else tuple(firm)
    taken: dict[str, tuple[Driver, ...]] = {**{name: (name,) for name in DRIVERS}, TOGETHER: DRIVERS}
    worlds = {AS_WRITTEN: chosen, **{world_without(one, name): without(chosen, one, off)
                                     for one in firms for name, off in taken.items()}}
    first, number = chosen.runs.seed if seed is None else seed, RUNS if replications is None else replications
    plan = plan_of(worlds, number, first, observe=spending_of)
    return Drivers(Comparison.conducted(plan, Execution(progress=progress)), firms)
