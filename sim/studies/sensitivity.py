"""Which numbers matter: one at a time (tornado), roughly over the whole space (Morris), as shares of variance (Sobol).

Every method asks the same question at many points with common random numbers, so that what differs between
points is what the factors do, not chance.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Unpack

from sim.statistics.intervals import Interval
from sim.studies.answer import DesignAnswer, chance_caveat
from sim.studies.asking import Asked, FactorsLike, Order, StudyOptions, order
from sim.studies.differences import interval_cells
from sim.studies.factors import Factor, spans
from sim.studies.keywords import check_name
from sim.studies.sensitivity_methods import (
    ALL_ALONE,
    COLUMNS,
    STRONGLY,
    WIDE,
    morris_rows,
    sobol_rows,
    tells_alone,
    tornado_rows,
    widest,
)
from sim.text.findings import TOO_CLOSE, Finding
from sim.text.words import capital, counted, joined

if TYPE_CHECKING:
    import pandas as pd

TORNADO, MORRIS, SOBOL = "tornado", "morris", "sobol"
METHODS = (TORNADO, MORRIS, SOBOL)
REPLICATIONS = {TORNADO: 4, MORRIS: 2, SOBOL: 2}
SAMPLES = {MORRIS: 8, SOBOL: 32}
MOST_SHOWN = 12
SCREENED = 6
"""How many factors a Sobol analysis takes when none is named: those with the largest swings of a short tornado."""
MOST_NAMED = 5
_BAR = ("{at_low} at {low:.3g}, {at_high} at {high:.3g}, against {base} as written ({base_n:count run} as written, "
        "{n:count paired run} of each change).")
MESSAGES = {
    "nothing moves it": "Nothing that was tried moves {outcome}: it is the same at every point.",
    "most": "{subject} matters most for {outcome}: " + _BAR,
    "widest": "{subject} has the widest bar beyond sampling error in {outcome}: " + _BAR,
    "none": "No factor moves {outcome} beyond sampling error; the widest bar is that of {subject}: " + _BAR,
    "next": "Next comes {subject}.",
    TOO_CLOSE: "As written it is too close to call who is ahead.",
    "wins": "{subject} surely wins with {places:or} (ahead in at least 95 % of paired runs, by count and by spread).",
    "wins nowhere": "At no end of a range does {subject} surely win.",
    "ahead": "On average {subject} is ahead with {places:or}.",
    "effect": "Over the whole space {subject} moves {outcome} most: by {value:gap} on average over its range "
              "(95 % interval {low:gap} to {high:gap}; {n} walks, {replications} paired runs at each of {points} "
              "points).",
    "depends": "How much {subject} matters depends strongly on where the other factors stand.",
    "steady": "No effect of the first {n} depends strongly on where the other factors stand.",
    "share": "{subject} accounts for {value:percent} of the variance of {outcome} over the space, interactions "
             "included (95 % interval {low:percent} to {high:percent}).",
    "alone": "One by one the factors account for {value:percent} (95 % interval {low:percent} to {high:percent}); the "
             "rest is interaction.",
    "hardly any interaction": "One by one the factors account for at least {low:percent}: there is hardly any "
                              "interaction.",
    "alone unknown": "{n} base samples are too few to separate what the factors do alone from their interactions (one "
                     "by one they account for {low:percent} to {high:percent}).",
}


class Sensitivity(DesignAnswer):
    """Factors in the order in which they matter: `table()` has one row per factor, the one that matters most first.

    tornado: factor, label, unit, source, is_guess, value, low, high, base (mean outcome as written), base_low,
    base_high (its 95 % t interval), base_n (its runs), at_low, at_low_from, at_low_to, at_high, at_high_from,
    at_high_to (the base plus the paired change at an end of the range, with the 95 % t interval of that change), clear
    (whether the bar is beyond sampling error: the interval of the change at its farther end, or of the swing, leaves
    out 0), swing (at_high − at_low), swing_low, swing_high, n (replications of the changes), winner_low, winner_high
    (the option that surely wins at that end and does not as written; see `sim.statistics.intervals.surely_ahead`),
    reverses (the ends at which there is one). Each interval is 95 % by itself; `attrs["comparisons"]` says how many
    there are: one in twenty misses.
    morris: factor, label, unit, source, is_guess, value, low, high, mean_absolute (μ*: mean size of the effect of the
    whole range), mean_absolute_low, mean_absolute_high (95 % bootstrap over walks, held at 0), mean (μ), spread (σ: how
    much the effect depends on where this and the other factors stand), depends (the same in words: by σ over μ*), n
    (walks).
    sobol: factor, label, …, first (share of variance by the factor alone), first_low, first_high, total (with all its
    interactions), total_low, total_high, n (base samples); 95 % bootstrap intervals; estimates and intervals are held
    to what shares can be (`shares_of`). `attrs`: alone, alone_low, alone_high (sum of the first-order shares as
    estimated, not held), tells_alone (whether that is known well enough to tell alone from together).
    """

    kind = "sensitivity"
    columns = COLUMNS

    def __init__(self, asked: Order, factors: tuple[Factor, ...], method: str) -> None:
        super().__init__(asked)
        self.factors, self.method = factors, method
        self.picture = {TORNADO: "tornado", MORRIS: "morris_effects", SOBOL: "sobol_bars"}[method]
        self.samples = 0
        self.rows: list[dict[str, Any]] = []
        self.alone: Interval | None = None

    def __repr__(self) -> str:
        return f"<Sensitivity ({self.method}) of {self.order.name} to {counted(len(self.factors), 'factor')}>"

    def _rows(self) -> Sequence[dict[str, Any]]:
        return self.rows

    def _words(self) -> dict[str, Any]:
        words: dict[str, Any] = {"analysis": self.method, "comparisons": self.comparisons}
        if self.method == TORNADO:
            words["is_open"] = self.is_open
        if self.method == SOBOL:
            words |= interval_cells("alone", self.alone or Interval(0.0, 0.0, 0.0, 0))
            words["tells_alone"] = tells_alone(self.alone)
        return words

    def picture_table(self) -> pd.DataFrame:
        """The table; for Morris the largest effects of it."""
        table = self.table()
        return table.head(MOST_SHOWN) if self.method == MORRIS else table

    @property
    def comparisons(self) -> int:
        """How many intervals stand side by side: one per effect of Morris, else two per factor."""
        return (1 if self.method == MORRIS else 2) * len(self.factors)

    @property
    def is_open(self) -> bool:
        """Whether it is too close to call as written who is ahead (of a tornado of two options)."""
        return self.question.a is not None and not (self.rows[0]["base_low"] > 0 or self.rows[0]["base_high"] < 0)

    def _title(self) -> str:
        if not self._moves:
            return "Nothing that was tried moves it"
        top = self.rows[0]
        if not top.get("clear", True):
            clear = next((row for row in self.rows if row["clear"]), None)
            return ("No factor moves it beyond sampling error" if clear is None
                    else f"{capital(clear['label'])} has the widest bar beyond sampling error")
        index = {MORRIS: "mean_absolute", SOBOL: "total"}.get(self.method)
        apart = not index or len(self.rows) < 2 or top[f"{index}_low"] > self.rows[1][f"{index}_high"]
        return f"{capital(top['label'])} {'matters' if apart else 'seems to matter'} most"

    @property
    def _moves(self) -> bool:
        """Whether anything moves the answer at all."""
        if self.method == SOBOL:
            return self.alone is not None
        if self.method == MORRIS:
            return bool(self.rows[0]["mean_absolute"] > 0)
        ends = ("at_low", "at_high", "at_low_from", "at_high_from")
        return any(row[end] == row[end] != row["base"] for row in self.rows for end in ends)

    def finding_for(self, verdict: str, subject: str = "", interval: Interval | None = None, **details: Any) -> Finding:
        """A finding with the message of its verdict."""
        known = interval or Interval(float("nan"), float("nan"), float("nan"), self.samples)
        return self.question.finding(subject, known, MESSAGES[verdict], verdict, **details)

    def findings(self) -> list[Finding]:
        """What matters most and by how much, and whether any end of a range reverses the winner."""
        outside = [f"as written {row['factor']} is {row['value']:.3g}, outside of the range that was tried"
                   for row in self.rows if self.method == TORNADO and row["value"] is not None
                   and not row["low"] <= row["value"] <= row["high"]]
        if not self._moves:
            return [self.finding_for("nothing moves it").with_caveats(*outside)]
        found = {TORNADO: _tornado, MORRIS: _morris, SOBOL: _sobol}[self.method](self)
        return [*found[:-1], found[-1].with_caveats(*outside, chance_caveat(self.comparisons))]

    def settings(self) -> dict[str, Any]:
        """How it was found."""
        return {
            "design": self.kind, "method": self.method, "scenario": self.order.name, "samples": self.samples,
            "question": self.question.words, "replications": self.order.replications, "seed": self.order.model.seed,
            "runs": self.order.model.runs, "factors": spans(self.factors),
        }


def _name(row: dict[str, Any]) -> str:
    return row["factor"] if row["label"] == row["factor"] else f"{row['label']} ({row['factor']})"


def _shortened(words: list[str], most: int) -> list[str]:
    return [*words[:most], f"{len(words) - most} more"] if len(words) > most else words


def _tornado(study: Sensitivity) -> list[Finding]:
    rows, question = study.rows, study.question
    top = next((row for row in rows if row["clear"]), rows[0])
    wider = [_name(row) for row in rows[: rows.index(top)]]
    swing = Interval(top["swing"], top["swing_low"], top["swing_high"], top["n"])
    first = study.finding_for(
        "none" if not top["clear"] else "widest" if wider else "most", _name(top), swing, low=top["low"],
        high=top["high"], base_n=top["base_n"],
        **{name: question.formatted(top[name]) for name in ("at_low", "at_high", "base")})
    first = first.with_caveats(f"wider, but too close to call: {joined(_shortened(wider, 3))}" if wider else "")
    if question.a is None:
        return [first, *(study.finding_for("next", row["label"]) for row in rows[1:2] if row["clear"])]
    return [first, *([study.finding_for(TOO_CLOSE)] if study.is_open else []), *_winners(study)]


def _winners(study: Sensitivity) -> list[Finding]:
    """Who surely wins at which ends; where nobody does, who is ahead in the mean."""
    winning: dict[str, list[str]] = {}
    ahead = []
    for row in study.rows:
        for end in ("low", "high"):
            place = f"{_name(row)} at {row[end]:.3g}"
            if row[f"winner_{end}"]:
                winning.setdefault(row[f"winner_{end}"], []).append(place)
            elif not study.is_open and row[f"at_{end}"] * row["base"] < 0:
                ahead.append(place)
    if winning:
        return [study.finding_for("wins", who, places=_shortened(places, MOST_NAMED))
                for who, places in winning.items()]
    who = "either option" if study.is_open else study.question.winner(-study.rows[0]["base"])
    nowhere = study.finding_for("wins nowhere", who)
    return [nowhere, study.finding_for("ahead", who, places=_shortened(ahead, MOST_NAMED))] if ahead else [nowhere]


def _morris(study: Sensitivity) -> list[Finding]:
    top = study.rows[0]
    size = Interval(top["mean_absolute"], top["mean_absolute_low"], top["mean_absolute_high"], study.samples)
    first = study.finding_for("effect", _name(top), size, low=size.low, high=size.high,
                      replications=study.order.replications, points=study.samples * (len(study.rows) + 1))
    moving = [row for row in study.rows[:MOST_NAMED] if row["mean_absolute"] > 0]
    depending = [row["label"] for row in moving if row["depends"] == STRONGLY]
    if depending:
        return [first, study.finding_for("depends", joined(depending))]
    return [first, replace(study.finding_for("steady"), n=len(moving))]


def _sobol(study: Sensitivity) -> list[Finding]:
    top, alone = study.rows[0], study.alone
    assert alone is not None
    share = Interval(top["total"], top["total_low"], top["total_high"], study.samples)
    wide = share.high - share.low > WIDE
    first = study.finding_for("share", _name(top), share, low=share.low, high=share.high).with_caveats(
        f"the interval of the largest share is wide; {4 * study.samples} samples would halve it" if wide else "")
    verdict = ("alone unknown" if not tells_alone(alone) else "hardly any interaction" if alone.low >= ALL_ALONE
               else "alone")
    low, value, high = (min(1.0, max(0.0, one)) for one in (alone.low, alone.value, alone.high))
    sums = study.finding_for(verdict, "all factors", Interval(value, low, high, study.samples), low=low, high=high)
    impossible = "the sum of the shares as estimated lies outside 0 to 1" if alone.value != value else ""
    return [first, sums.with_caveats(impossible)]


def sensitivity(
    scenario: Asked, factors: FactorsLike | None = None, method: str = TORNADO, *, samples: int | None = None,
    **options: Unpack[StudyOptions],
) -> Sensitivity:
    """How much the outcome depends on each factor.

    `factors`: "world" (numbers of market, product and people; the default), "guesses" (nobody measured them), "all",
    dotted names, or ranges by dotted name. `method`: "tornado" moves one factor at a time to the ends of its range (4
    runs each; the answer as written is read from 20, a sure win at an end from 8, as in every study);
    "morris" takes `samples` random walks through the whole space (8; k + 1 points each); "sobol" splits the variance
    over the space with `samples`·(k + 2) points (32, a power of two); without factors it takes the six with the largest
    swings. A function of (factors, seed) may stand in the place of a scenario.

    Sources: Morris 1991; Campolongo et al. 2007 (μ*); Sobol 2001; Saltelli et al. 2010; computed by SALib.

    Raises:
        ValueError: there is no such method, or a number is out of range.
        ScenarioError: the scenario or a factor is wrong.

    >>> found = sensitivity(lambda x, seed: 3 * x["a"] + x["b"], {"a": (0, 1), "b": (0, 1)})
    >>> found.table()[["factor", "swing"]].to_dict("list")
    {'factor': ['a', 'b'], 'swing': [3.0, 1.0]}
    """
    check_name("method", method, METHODS)
    asked = order(scenario, options, REPLICATIONS[method])
    chosen = asked.factors(factors)
    if method == SOBOL and factors is None and len(chosen) > SCREENED:
        chosen = widest(asked, chosen, SCREENED)
    found = Sensitivity(asked, chosen, method)
    found.samples = 0 if method == TORNADO else SAMPLES[method] if samples is None else int(samples)
    if method == TORNADO:
        found.rows = tornado_rows(asked, chosen)
    elif method == MORRIS:
        found.rows = morris_rows(asked, chosen, found.samples)
    else:
        found.rows, found.alone = sobol_rows(asked, chosen, found.samples)
    return found
