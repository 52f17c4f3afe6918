"""The statement of customer equity between two dates: opening + acquired + developed − lost − eroded = closing.

Movements are changes of class of persons, for each firm: not a customer before and one after (acquired), a customer
before and none after (lost), the same class at both dates and worth more (developed) or less (eroded). Each person
stands in one line of a firm, and in one of two parts at each date: today's customers, or future ones (everybody else in
the market or still to come, net of what winning them will cost). With v0, v1 a person's value at the two dates:

    part       opening        acquired      developed      lost           eroded         costs to come     closing
    today      Σ v0 here      + Σ v1        + Σ (v1−v0)↑   − Σ v0         − Σ (v0−v1)↓                     = Σ v1 here
    future     Σ v0 − cost    − Σ v0        + Σ (v1−v0)↑   + Σ v1         − Σ (v0−v1)↓   − change of cost  = Σ v1 − cost
    shared     − cost                                                                    − change of cost  = − cost

The reconciliation says why: for those who were customers at the opening, for everybody else, and for all,

    opening + unwinding of discount − contributions received + horizon moved on + not foreseen + rounding = closing

Contributions are the books', to the minor unit. Unwinding is the interest on the value less what came in meanwhile:
v0·(g^p − 1) − Σ c(t)·(g^wait − 1), g = (1 + rate)^(1/Y), p periods, `wait` the periods from the receipt of c(t) to the
closing. The horizon moves on by p periods: what lies beyond the old one, as seen at the closing. What was not foreseen
is the rest. All lines are whole minor units and add up exactly; `rounding` is what rounding persons to whole units
leaves. Values with Monte Carlo errors (basis "truth") give every line its standard error; noise then makes developed
and eroded both look larger, their sum not.

This is how actuaries present the movement of an embedded value; the five lines are those of claim Q07.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from sim.records.records import Floats, Ints, Records
from sim.scenario.schema.market import Money
from sim.text.console import columns
from sim.valuation.movements import GROUPS, LINES, PARTS, STEPS, Movements, movements, reconciled
from sim.valuation.valuing import StatementTerms, ValuationHorizon, Valuer, members

if TYPE_CHECKING:
    import pandas as pd

BASES = {
    "estimate": "estimated from what the run had shown by each date (first form)",
    "truth": "true expected values: the world run on many times from each date, firms going on as before",
    "hindsight": "what the run then showed, to the end of the record",
}
PART_WORDS = {"today": "today's customers", "future": "future ones, net", "shared": "shared costs", "total": "all"}
PART_TITLES = {
    "today": "today's customers", "future": "future customers, net of what winning them will cost",
    "shared": "costs that belong to nobody", "total": "today's and future customers, less all costs to come",
}
STEP_WORDS = {
    "unwinding": "unwinding of discount", "contributions": "contributions received", "horizon": "horizon moved on",
}


@dataclass(frozen=True)
class EquityStatement:
    """A statement per firm. `table()`, `reconciliation()`, `people()` as frames, `text` for print, `terms_in_words`.

    `amounts` [F, PARTS, LINES] and `steps` [F, GROUPS, STEPS] are whole minor units, `errors` and `step_errors` their
    Monte Carlo standard errors (0 where a value has none), `heads` [F, PARTS, LINES] the persons behind a line,
    `census` [2, F, 4] who is what at the two dates (customers, others in the market, still to come, gone). `years` are
    the two dates since the end of the warm-up, `seed` is that of the run.
    """

    money: Money = field(repr=False)
    firms: tuple[str, ...]
    seed: int
    years: tuple[float, float]
    terms: StatementTerms
    amounts: Ints = field(repr=False)
    errors: Floats = field(repr=False)
    heads: Ints = field(repr=False)
    steps: Ints = field(repr=False)
    step_errors: Floats = field(repr=False)
    census: Ints = field(repr=False)
    notes: tuple[str, ...] = ()

    @property
    def minor_units(self) -> int:
        """Minor units in one unit of the currency."""
        return self.money.minor_units

    def table(self) -> pd.DataFrame:
        """One row per firm, part and line.

        Columns: firm, part (today, future, shared, total), line (opening, acquired, developed, lost, eroded, costs to
        come, closing), people, amount (whole minor units, signed: all lines but closing add up to closing),
        amount_money, error_money (Monte Carlo standard error; 0 where there is none).
        """
        return self._frame(("part", PARTS), ("line", LINES), self.amounts, self.errors, people=self.heads)

    def reconciliation(self) -> pd.DataFrame:
        """One row per firm, group and step: why the value of the same people is what it is at the closing.

        Columns: firm, group (customers at the opening, everybody else, all), step (opening, unwinding, contributions,
        horizon, not foreseen, rounding, closing), amount (whole minor units, signed), amount_money, error_money.
        Contributions are negative: what came in is no longer to come. Costs that belong to nobody are not in it.
        """
        return self._frame(("group", GROUPS), ("step", STEPS), self.steps, self.step_errors)

    def people(self) -> pd.DataFrame:
        """Who is what at the two dates: firm, year, customers_people, others_people, to_come_people, left_people.

        Customers and others are the people in the market; the four add up to everybody, so nobody counts twice.
        """
        import pandas as pd

        names = ("customers_people", "others_people", "to_come_people", "left_people")
        return pd.DataFrame([
            {"firm": firm, "year": year, **dict(zip(names, self.census[date, place].tolist(), strict=True))}
            for place, firm in enumerate(self.firms) for date, year in enumerate(self.years)
        ])

    def waterfall(self, part: str = "today") -> pd.DataFrame:
        """The rows that the picture `equity_waterfall` draws: one part of the statement, lines of nothing left out.

        `part` is today, future, shared or total. Monte Carlo errors become low and high (± 1.96 standard errors).
        """
        table = self.table()
        if self.errors.any():
            half = 1.96 * table["error_money"]
            table = table.assign(low=table["amount_money"] - half, high=table["amount_money"] + half)
            table.attrs["note"] = "One run: luck is in it. Whiskers: 95 % interval of expected values (many futures)."
        return waterfall_table(table, part, self.years)

    @property
    def terms_in_words(self) -> str:
        """Basis, horizon, discount rate and timing in a sentence."""
        return terms_in_words(self.money, self.terms.basis)

    @property
    def text(self) -> str:
        """The statement for print: a table and a reconciliation per firm."""
        return statement_text(self)

    def _frame(self, outer: tuple[str, tuple[str, ...]], inner: tuple[str, tuple[str, ...]], amounts: Ints,
               errors: Floats, **more: Ints) -> pd.DataFrame:
        import pandas as pd

        names = pd.MultiIndex.from_product([self.firms, outer[1], inner[1]], names=["firm", outer[0], inner[0]])
        table = names.to_frame(index=False).assign(
            **{name: column.reshape(-1) for name, column in more.items()}, amount=amounts.reshape(-1),
            amount_money=amounts.reshape(-1) / self.minor_units, error_money=errors.reshape(-1) / self.minor_units,
        )
        table.attrs["currency"] = self.money.currency
        return table


def equity_statement(records: Records, terms: StatementTerms, valuer: Valuer) -> EquityStatement:
    """The statement of a run between two dates, valued by `valuer` (see `sim.valuation.valuing`).

    Raises:
        ValueError: the run kept no purchases, or cannot be valued at one of the dates.
    """
    if records.transactions is None:
        raise ValueError('A statement needs purchases: run with records="all" or fewer customers.')
    apart = terms.end - terms.start
    both = Movements(
        valuer(records, ValuationHorizon(terms.start, terms.horizon, terms.horizon)),
        valuer(records, ValuationHorizon(terms.end, terms.horizon, terms.horizon - apart)),
        (members(records, terms.start), members(records, terms.end)),
    )
    notes = tuple(dict.fromkeys((*both.opening.notes, *both.closing.notes)))
    census = np.array([
        [np.broadcast_to(np.count_nonzero(flags, axis=-1), len(records.firms)) for flags in (
            who.customer, who.other, who.to_come, who.left)] for who in both.classes
    ]).swapaxes(1, 2)
    begin, close = ((period - records.warm_up) / records.periods_per_year for period in (terms.start, terms.end))
    return EquityStatement(
        records.scenario.money, records.firms, records.seed, (begin, close), terms, *movements(both),
        *reconciled(records, terms, both), census, notes,
    )


def terms_in_words(money: Money, basis: str = "") -> str:
    """Horizon, discount rate and timing, and the basis where one is given, in one or two sentences.

    >>> terms_in_words(Money())
    'Horizon 5 years; 10 % a year discounted; money of a period counts from its start. Money of each date.'
    """
    when = "from its start" if money.first_margin == "at_start" else "one period later"
    words = f"Horizon {money.equity_horizon_years:g} year{'' if money.equity_horizon_years == 1 else 's'}; "
    words += f"{100 * money.discount_rate:g} % a year discounted; money of a period counts {when}. Money of each date."
    return f"{words} Basis: {BASES[basis]}." if basis else words


def waterfall_table(table: pd.DataFrame, part: str, years: tuple[float, float]) -> pd.DataFrame:
    """The rows of one part of a statement, for the picture; lines that are 0 for every firm are left out.

    Raises:
        ValueError: there is no such part.
    """
    if part not in PARTS:
        raise ValueError(f"part: {part!r} is not allowed; {', '.join(PARTS)}")
    value = "mean" if "mean" in table.columns else "amount_money"
    chosen = table[table["part"] == part]
    empty = chosen.groupby("line")[value].agg(lambda amounts: bool((amounts == 0).all()))
    drop = [name for name in LINES[1:-1] if empty.get(name, True)]
    rows = chosen[~chosen["line"].isin(drop)].reset_index(drop=True)
    rows.attrs = {**table.attrs, "part": PART_TITLES[part], "start_year": years[0], "end_year": years[1]}
    return rows


def statement_text(statement: EquityStatement) -> str:
    """A table and a reconciliation per firm, in whole units of the currency; all numbers are in `table()`."""
    currency, (begin, close) = statement.money.currency, statement.years
    minor, unsure = statement.minor_units, bool(statement.errors.any())

    def amount(value: float) -> str:
        return f"{round(value / minor) or 0:,}"

    lines = [f"Statement of customer equity, year {begin:g} to year {close:g}, {currency}.",
             statement.terms_in_words]
    for place, firm in enumerate(statement.firms):
        rows = [[firm, "persons", *(PART_WORDS[part] for part in PARTS), *(["standard error"] * unsure)]]
        for at, name in enumerate(LINES):
            persons = "" if name == "costs to come" else f"{int(statement.heads[place, -1, at]):,}"
            error = [amount(statement.errors[place, -1, at])] if unsure else []
            rows.append([name, persons, *map(amount, statement.amounts[place, :, at]), *error])
        lines += ["", *columns(rows)]
        rows = [["the same persons", *GROUPS]]
        rows += [[STEP_WORDS.get(name, name), *map(amount, statement.steps[place, :, at])]
                 for at, name in enumerate(STEPS) if name != "rounding"]
        lines += ["", *columns(rows)]
    return "\n".join([*lines, *([""] if statement.notes else []), *statement.notes])
