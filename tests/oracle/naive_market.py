"""The same market, one Mesa object per customer: the oracle of the engine, and the peer it has to beat.

It shares with the engine what is not a rule: the people as born, the books of the firms, the numbers of the scenario
per period, the keys of luck. Everything that happens to a customer is written again, plainly, in `naive_customer.py`
and `naive_visit.py`; the moments (whom to treat, load, ratings) are written again here.
"""

from __future__ import annotations

import math
from collections import Counter
from types import SimpleNamespace

import mesa
import numpy as np
from naive_customer import Customer
from naive_forecasts import Notes
from naive_luck import fate, luck
from naive_numbers import PERIODS, numbers_of
from naive_tie import Tie

from sim.engine.state import ACCOUNTS, COUNTS
from sim.firms.book import FirmBook
from sim.market.birth import born
from sim.scenario.effective import strengths

TRAITS = ("number", "rate", "basket", "price_sensitivity", "effort_sensitivity", "risk_sensitivity", "proneness",
          "expressiveness", "values", "serving", "enters", "leaves")
TIE_AT_BIRTH = ("taste", "match", "aware", "expectation", "satisfaction", "trust", "reference_price", "idle")
WEEKS_PER_YEAR = 365.25 / 7.0


def lost_share(load: float, lines: int = 10) -> float:
    """Erlang's loss formula as a sum: (a^c / c!) / sum of a^k / k!, with a = load x lines."""
    offered = load * lines
    terms = [offered**k / math.factorial(k) for k in range(lines + 1)]
    return terms[-1] / sum(terms)


def contribution(tie) -> int:
    """What a customer has brought a firm so far."""
    return tie.paid - tie.served - tie.relation


def fifths_of(values: list[float]) -> list[int]:
    """In which fifth each value lies: by how many of the others are smaller."""
    return [5 * sum(other < value for other in values) // len(values) for value in values]


class NaiveMarket(mesa.Model):
    """People and firms as objects; `step()` is one period."""

    def __init__(self, scenario, seed: int, world_seed: int, keep_purchases: bool = False):
        super().__init__()
        self.setting, self.luck_seed = scenario, seed
        strong = strengths(scenario)
        self.book = FirmBook(scenario, seed, strong["advertising_stock"])
        self.calendar = self.book.calendar
        years = scenario.clock.years * self.calendar.periods_per_year
        periods = self.calendar.warm_up + max(1, round(years))
        world = born(scenario, strong, world_seed, periods)
        self.p = self.numbers = numbers_of(scenario)
        self.m = SimpleNamespace(**strong)
        self.occasions_at_most = scenario.market.occasions_at_most
        self.now = 0
        self.market: Counter = Counter()
        self.past: dict[int, list] = {}
        window, term = int(self.p.active_window), int(self.p.contract)
        self.notes = [Notes(window, max(window, term), round(PERIODS[scenario.clock.period]),
                            scenario.money.equity_horizon_years) for _ in scenario.firms]
        self.ratings = [[0.0, 0.0] for _ in self.book.names]
        self.ledgers: list[np.ndarray] = []
        self.counts: list[np.ndarray] = []
        self.purchases: list[tuple] | None = [] if keep_purchases else None
        self.customers = self._people(world)

    def _people(self, world) -> list[Customer]:
        traits = {name: getattr(world.me, name).tolist() for name in TRAITS}
        ties = [[getattr(world.tie, name)[f].tolist() for name in TIE_AT_BIRTH] for f in range(len(self.book.names))]
        levels, weights = world.need.level.T.tolist(), world.need.own_weight.T.tolist()
        people = [
            Customer(
                self,
                {name: column[i] for name, column in traits.items()},
                [Tie(*(column[i] for column in firm)) for firm in ties],
                (levels[i], weights[i]),
                (),
            )
            for i in range(world.n)
        ]
        for person, friends in zip(people, world.friend_of.T.tolist(), strict=False):
            person.friends = [people[k] for k in friends if k < world.n]
        return people

    def step(self) -> None:
        """Walk one period."""
        self._plan()
        self.agents.do("hear_and_choose")
        self._load()
        self.agents.do("serve")
        self.agents.do("observe")
        self._account()
        self.now += 1

    def _newcomers_hear_of_the_present(self) -> None:
        """When the past ends, whoever is still to come knows a firm by what it promises now."""
        appraisal = self.setting.psychology.appraisal
        for f, firm in enumerate(self.setting.firms.values()):
            gap = firm.promise - appraisal.prior_expectation
            for person in self.customers:
                if person.enters >= self.now and person.ties[f].aware:
                    person.ties[f].expectation = appraisal.prior_expectation + appraisal.promise_credibility * gap

    def _plan(self) -> None:
        if self.now == self.calendar.warm_up != 0:
            self._newcomers_hear_of_the_present()
        present = [person for person in self.customers if person.enters <= self.now < person.leaves]
        opening = self.book.open(self.now, len(present))
        treated = [self._whom(present, f, plan.levers) for f, plan in enumerate(opening.plans)]
        self.rows = rows = self.book.rows(opening, treated)
        self.capacity, self.lumps = rows.capacity.tolist(), opening.lumps
        self.fate = fate(self.luck_seed, self.now)
        lucks = luck(self.luck_seed, self.now, rows.firm.key)
        self.firms = []
        for f, (number, points) in enumerate(self.ratings):
            row = SimpleNamespace(**{name: column[f].item() for name, column in rows.firm._asdict().items()})
            row.benefits, row.luck = rows.offer.benefit[f].tolist(), lucks[f]
            row.rating = points / number if number > 0 else 0.5
            row.rated = number / (number + 10.0)
            row.lost = 0.0
            row.count, row.ledger = Counter(), Counter()
            self.firms.append(row)
        self.p = self.numbers
        if "switching_cost" in opening.market:
            self.p = SimpleNamespace(**{**vars(self.numbers), "switching_cost": opening.market["switching_cost"]})
        season = self.setting.market.season
        week = (self.now - self.calendar.warm_up) * float(self.calendar.weeks_per_period)
        angle = 2.0 * math.pi * (week - season.peak_week) / WEEKS_PER_YEAR
        self.clock_demand = (1.0 + season.amplitude * math.cos(angle)) * opening.market.get("demand", 1.0)
        self.market = Counter()

    def _whom(self, present, f: int, levers) -> int:
        """The given share of the known customers is left out, the worst by the firm's estimate first.

        Equal scores: who contributed less so far. Whoever equals the first who is treated is treated too.
        """
        known = [person for person in present if person.ties[f].idle < self.numbers.active_window]
        for person in self.customers:
            person.ties[f].left_out = False
        skip = int(levers.care.selective * len(known))
        self._remember_contributions(f)
        if levers.information != "sales":
            self.notes[f].write(self.customers, f, self.now)
        if levers.care.selective > 0.0 and levers.care.by in ("sbg", "bg_nbd"):
            self.notes[f].look(levers.care.by, f, self.now)
        if skip == 0:
            return len(known)
        scores = self._scores(known, f, levers)
        ranks = {person: (score, contribution(person.ties[f])) for person, score in zip(known, scores, strict=True)}
        border = sorted(ranks.values())[min(skip, len(known) - 1)]
        for person, rank in ranks.items():
            person.ties[f].left_out = rank < border
        return sum(rank >= border for rank in ranks.values())

    def _remember_contributions(self, f: int) -> None:
        self.past.setdefault(f, []).append({person: contribution(person.ties[f]) for person in self.customers})

    def _scores(self, known, f: int, levers) -> list[float]:
        """What the firm thinks of each of its known customers: the higher, the better."""
        ties = [person.ties[f] for person in known]
        if levers.care.by == "contribution":
            return [contribution(tie) for tie in ties]
        if levers.care.by == "recency":
            return [-tie.idle for tie in ties]
        if levers.care.by == "frequency":
            return [tie.experiences for tie in ties]
        if levers.care.by == "rfm":
            columns = ([-tie.idle for tie in ties], [tie.experiences for tie in ties], [tie.paid for tie in ties])
            return [sum(fifths) for fifths in zip(*map(fifths_of, columns), strict=True)]
        if levers.care.by in ("last_year", "sbg"):
            year = round(PERIODS[self.setting.clock.period])
            history = self.past[f]
            before = history[-1 - year] if len(history) > year else {}
            gains = [contribution(person.ties[f]) - before.get(person, 0) for person in known]
            if levers.care.by == "last_year":
                return gains
            return [round(gain * self.notes[f].years(person, f, self.now))
                    for person, gain in zip(known, gains, strict=True)]
        if levers.care.by == "bg_nbd":
            return [round(contribution(tie) / tie.experiences * self.notes[f].purchases(person, f, self.now))
                    for person, tie in zip(known, ties, strict=True)]
        price = (levers.price or self.setting.product.price) / self.setting.product.price
        p = self.numbers
        return [
            person.rate * ((price - p.goods) * person.basket - p.serving_cost * person.serving - p.order_cost)
            for person in known
        ]

    def _load(self) -> None:
        for firm, room in zip(self.firms, self.capacity, strict=True):
            if room == 0.0:
                firm.lost = 1.0
            elif math.isfinite(room):
                firm.lost = lost_share(firm.count["contacts"] / room)

    def _account(self) -> None:
        ledger = np.array([[firm.ledger[name] for firm in self.firms] for name in ACCOUNTS]) + self.lumps
        count = np.array([[firm.count[name] for firm in self.firms] for name in COUNTS])
        self.book.close(self.rows, ledger, count)
        self.ledgers.append(ledger)
        self.counts.append(count)
        kept = 0.5 ** (float(self.calendar.weeks_per_period) / 26.0)
        for rating, firm in zip(self.ratings, self.firms, strict=True):
            rating[0] = rating[0] * kept + firm.count["reviews"]
            rating[1] = rating[1] * kept + firm.count["review_points"] / 2**20
        for person in self.customers:
            person.publish()
        if self.purchases is not None:
            self.purchases += [
                (self.now, f, person.number, tie.units, tie.amount, tie.given, tie.margin)
                for f in range(len(self.firms))
                for person in self.customers
                for tie in (person.ties[f],)
                if tie.units or tie.amount or tie.given or tie.margin
            ]
