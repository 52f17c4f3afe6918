"""The books of firms, period by period, and the Mesa agents that look into them."""

from __future__ import annotations

import ast
import pickle
import subprocess
import sys
from pathlib import Path

import mesa
import numpy as np
import pytest
from books import market, play
from hypothesis import given, settings
from hypothesis import strategies as st

import sim.firms.book
from sim.engine.state import ACCOUNTS, COUNTS
from sim.firms.book import audience
from sim.firms.one_firm import COUNTED, Account, FirmState, checked, feasible
from sim.firms.plans import Amounts, Plan, Seen, _split, changed
from sim.firms.strategies import Strategy
from sim.market.firm import Firm
from sim.period import constants
from sim.registry import STRATEGIES
from sim.scenario.schema.firm import Levers

SOURCE = Path(sim.firms.book.__file__).parent
quick = settings(max_examples=30, deadline=None)


class Spendthrift(Strategy):
    """Plans more than it may."""

    def plan(self, seen: Seen) -> Plan:
        """One cent too much."""
        return Plan(seen.written, Amounts(advertising=seen.budget + 1))


def test_the_calendar_is_the_engines() -> None:
    for period in ("week", "month", "quarter"):
        book = market(clock={"period": period})
        assert float(book.calendar.periods_per_year) == constants.periods_per_year(book.scenario)
        assert float(book.calendar.weeks_per_period) == constants.weeks_per_period(book.scenario)
    assert book.minor_units == book.scenario.money.minor_units


def test_lumps_are_what_was_planned_and_relations_are_left_to_the_engine() -> None:
    (opening, rows), *_ = play(market(), 1)
    assert opening.lumps[ACCOUNTS.index("advertising")].tolist() == [32_000, 0]
    assert opening.lumps[ACCOUNTS.index("relations")].tolist() == [0, 0]
    assert rows.firm.relation_cost.tolist() == [0, 32_000 // 300]


def test_strategies_see_last_period_and_never_the_heart() -> None:
    opening, _ = play(market(), 3)[-1]
    seen = opening.seen[0]
    assert (seen.ledger["revenue"], seen.cumulative["revenue"]) == (800_000, 1_600_000)
    assert seen.count("active_customers") == 500
    assert seen.counts["trust_total"] is None
    assert (seen.count("trust_total"), seen.count("trust_total", 5)) == (0, 5)
    assert set(seen.rivals) == {"Root"}


def test_money_for_relations_with_nobody_known_comes_back() -> None:
    book = market(firms={"Root": {"spending": {"relations": 0.6}}})
    play(book, 1, known=0)
    (opening, _), *_ = play(book, 1)
    grant = 40_000
    assert opening.seen[0].allowance == grant + int(0.6 * grant)
    assert opening.plans[0].spending.relations == int(0.6 * 1.6 * grant)


def test_a_firm_that_records_only_sales_has_nobody_to_treat() -> None:
    book = market(firms={"Root": {"spending": {"relations": 0.6}, "information": "sales"}})
    assert play(book, 2)[-1][1].firm.relation_cost.tolist() == [0]


def test_the_rest_of_the_shares_is_saved_for_price_cuts_not_shared_again() -> None:
    opening, _ = play(market(), 10)[-1]
    assert opening.plans[0].spending.advertising == 32_000
    assert opening.seen[0].budget == 40_000 + 9 * 8_000


@given(st.integers(0, 300_000), st.floats(0, 1))
@quick
def test_over_any_horizon_nobody_has_more_than_granted_and_one_overdraft(cuts: int, share: float) -> None:
    book = market(firms={"A": {"spending": {"advertising": share}, "price_cut": {"depth": 0.3}}})
    for _ in range(12):
        play(book, 1, cuts)
        account, ledger = book.states[0].account, dict(zip(ACCOUNTS, book.states[0].cumulative, strict=True))
        assert account.counted == sum(ledger[name] for name in COUNTED)
        assert account.counted <= account.granted + cuts


def test_an_overspent_firm_pauses_until_its_account_is_above_zero() -> None:
    book = market(firms={"A": {"spending": {"advertising": 0.5}, "price_cut": {"depth": 0.3}}})
    history = play(book, 6, cuts=100_000)
    cutting = [bool(rows.firm.cut_everyone[0]) for _, rows in history]
    assert cutting == [True, False, False, True, False, False]
    assert [bool(opening.paused[0]) for opening, _ in history] == [not on for on in cutting]
    assert history[1][0].lumps.sum() == 0


def test_the_luck_of_a_firm_is_its_name_not_its_place() -> None:
    firms = {"Rush": {"spending": {"advertising": 0.8}}, "Root": {"spending": {"relations": 0.8}}}
    there, back = market(firms=firms), market(firms=dict(reversed(firms.items())))
    one, two = play(there, 5)[-1][1].firm, play(back, 5)[-1][1].firm
    for name in ("key", "reach", "effect", "relation_cost", "quality"):
        assert getattr(one, name).tolist() == getattr(two, name).tolist()[::-1], name


def test_events_change_levers_strategies_and_the_market() -> None:
    book = market(
        {"kind": "levers", "year": 0.25, "firms": ["Rush"], "set": {"lock": 2.0, "spending.advertising": 0.1}},
        {"kind": "strategy", "year": 0.5, "firms": ["Root"], "strategy": "do_nothing"},
        {"kind": "outage", "year": 0.25, "severity": 0.4},
        {"kind": "market", "year": 0.25, "set": {"demand": 0.5}},
    )
    history = play(book, 8)
    assert [rows.firm.lock[0] for _, rows in history[2:4]] == [0.0, 2.0]
    assert history[3][0].plans[0].spending.advertising == 4_000
    assert history[3][1].firm.outage.tolist() == pytest.approx([2 * 7 * 12 / 365.25] * 2)
    assert history[3][0].market == {"demand": 0.5}
    assert [opening.strategies[1] for opening, _ in history[5:7]] == ["as_written", "do_nothing"]
    assert [len(opening.records) for opening, _ in history] == [0, 0, 0, 4, 2, 0, 1, 0]


def test_a_plan_beyond_the_budget_is_refused_in_words() -> None:
    book = market(firms={"A": {"strategy": "spendthrift"}})
    with pytest.raises(ValueError, match=r"'spendthrift' of A plans to spend 40001 .* its budget is 40000"):
        book.open(0, 2000)


def test_wrong_strategies_are_named_with_their_place() -> None:
    with pytest.raises(ValueError, match=r"firms\.A\.strategy: there is no strategy 'mixd'; did you mean mixed"):
        market(firms={"A": {"strategy": "mixd"}})


def test_opening_twice_grants_once_and_an_open_period_has_no_snapshot() -> None:
    """A period is a value made of the state before: nothing moves until it is closed."""
    book = market()
    first, again = book.open(0, 2000), book.open(0, 2000)
    assert first.plans == again.plans
    with pytest.raises(RuntimeError, match="between two periods"):
        book.snapshot()
    rows = book.rows(again, [0, 0])
    book.close(rows, np.zeros((len(ACCOUNTS), 2), np.int64), np.zeros((len(COUNTS), 2), np.int64))
    assert [state.account.periods for state in book.snapshot()] == [1, 1]
    assert book.last is again


def test_pickled_or_forked_books_go_on_the_same() -> None:
    book = market(firms={"A": {"strategy": "mixed"}, "B": {"strategy": "follower"}})
    play(book, 5, cuts=3_000)
    fork, again = book.fork(), pickle.loads(pickle.dumps(book))
    ahead, after = play(book, 5, cuts=3_000), play(again, 5, cuts=3_000)
    back = play(fork, 5, cuts=3_000)
    for one, two, three in zip(ahead, after, back, strict=True):
        assert one[0].plans == two[0].plans == three[0].plans
        assert one[1].firm.reach.tolist() == two[1].firm.reach.tolist() == three[1].firm.reach.tolist()


def test_what_it_costs_to_know_customers_is_paid_before_anything_is_planned() -> None:
    """300 known people at 1.80 a year for all levels, .8 of it for reasons: 0.12 a month each. The system: .8 x 1 % of
    the reference revenue, 2000 / 2 people x 9.6 purchases x 10.00 = 96,000.00 a year. Fixed costs are no one's budget.
    """
    firms = {"Root": {"information": "reasons", "spending": {"advertising": 1.0}}, "Rush": {"information": "sales"}}
    product = {"information_cost": 1.8, "information_system": 0.01, "fixed_cost": 0.1}
    first, second = play(market(firms=firms, product=product), 2)
    system = 6_400  # 0.8 x 1 % x 96,000.00 / 12
    assert first[0].lumps[ACCOUNTS.index("system")].tolist() == [system, 0]
    assert first[0].lumps[ACCOUNTS.index("fixed")].tolist() == [80_000, 80_000]
    assert first[1].firm.information.tolist() == [12, 0]
    assert [opening.seen[0].allowance for opening in (first[0], second[0])] == [
        40_000 - system, 40_000 - system - 300 * 12]
    assert second[0].seen[1].allowance == 40_000


def test_no_fraction_of_a_cent_is_lost_over_a_year() -> None:
    costs = market(clock={"period": "week"}, product={"information_cost": 1.0}).standing
    paid = [costs.knowing_one("emotion", week) for week in range(5218)]
    assert set(paid) == {1, 2}
    assert sum(paid) == int(100 * 5218 / (365.25 / 7))


def test_a_launch_in_the_modes_of_shares_has_money_to_begin_with() -> None:
    book = market(budget={"mode": "share_of_revenue", "share": 0.1})
    history = play(book, 2)
    assert history[0][0].seen[0].budget > 0
    assert history[1][0].seen[0].allowance == 80_000


def test_firms_are_mesa_agents_that_look_into_the_books() -> None:
    book, model = market(), mesa.Model(rng=1)
    firms = [Firm(model, book, place) for place in range(2)]
    assert list(model.agents_by_type[Firm].get("name")) == ["Rush", "Root"]
    play(book, 2)
    assert firms[0].ledger["revenue"] == 800_000
    assert firms[0].cumulative_ledger["revenue"] == 1_600_000
    assert firms[0].counts["trust_total"] == 123_456
    assert firms[0].balance == 80_000 - 64_000
    assert (firms[0].strategy, firms[0].plan, firms[0].levers.spending.advertising) == ("as_written", None, 0.8)
    book.open(2, 2000)
    assert firms[0].plan is not None
    assert firms[0].seen is not None
    assert firms[0].cash == 1_600_000 - 64_000


def test_no_rule_reads_the_name_of_a_strategy() -> None:
    """A strategy is a set of levers with costs: rules, engine and market never ask for its name."""
    shipped = {path.stem for path in (SOURCE / "strategies").glob("*.py")} & set(STRATEGIES.names())
    assert {"transactional", "relationship", "mixed"} <= shipped
    files = [path for room in ("rules", "engine", "period", "market") for path in (SOURCE.parent / room).rglob("*.py")]
    assert files
    for path in files:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        said = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
        assert not said & shipped, path.name


def test_plans_strategies_and_events_load_nothing_heavy() -> None:
    code = (
        "import sys, sim.firms.plans, sim.firms.strategies, sim.firms.events;"
        "from sim.registry import EVENTS, STRATEGIES; STRATEGIES.names(); EVENTS.names();"
        "print([name for name in ('mesa', 'pandas', 'numba', 'matplotlib') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def amounts(**given: int) -> Plan:
    return Plan(Levers(), Amounts(**given))


def test_a_plan_is_whole_amounts_within_the_budget() -> None:
    seen = market().open(0, 2000).seen[0]
    assert seen.budget == 40_000
    whole = amounts(advertising=30_000, service=10_000)
    assert checked(whole, seen, "mine", {}) is whole
    assert checked(whole, seen, "mine", {"lock": 2.0}).levers.lock == 2.0
    for wrong, says in ((-1, "plans -1 for service"), (1.0, "plans 1.0"), (True, "plans True"), (40_001, "40001")):
        with pytest.raises(ValueError, match=says):
            checked(amounts(service=wrong), seen, "mine", {})
    with pytest.raises(ValueError, match="must return a Plan, not dict"):
        checked({}, seen, "mine", {})  # type: ignore[arg-type]


def test_what_the_information_does_not_carry_is_left_out_and_named() -> None:
    blind, seeing = (Levers(information=level, care={"proactive": 0.5}) for level in ("sales", "emotion"))
    spent = Amounts(advertising=5, relations=7)
    plan, missing = feasible(Plan(blind, spent))
    assert plan.spending == Amounts(advertising=5)
    assert [need.lever for need in missing] == ["spending.relations", "care.proactive"]
    assert plan.levers.care.proactive == 0.0
    assert feasible(Plan(seeing, spent)) == (Plan(seeing, spent), ())
    named, once = feasible(Plan(Levers(information="sales", spending={"relations": 0.5}), spent))
    assert ([need.lever for need in once], named.spending.relations) == (["spending.relations"], 0)


def test_a_rival_is_seen_as_it_was_so_many_weeks_ago() -> None:
    """In weeks: Rush asks 9 from week 2 on; the books of a week are known in the next one."""
    book = market({"kind": "levers", "year": 2.5 * 7 / 365.25, "firms": ["Rush"], "set": {"price": 9.0}},
                  clock={"period": "week"})
    seen = play(book, 6)[-1][0].seen[1]
    assert [seen.rival("Rush", weeks).price for weeks in (0.0, 2.0, 3.0, 4.9)] == [9.0, 9.0, 10.0, 10.0]
    assert seen.rival("Rush", 5.0) is None
    assert [sighting.period for sighting in seen.public["Rush"]] == [0, 2]
    assert (seen.rivals["Rush"].price, seen.periods_per_year) == (9.0, 365.25 / 7)
    with pytest.raises(ValueError, match="no firm 'Rash' to watch; did you mean Rush"):
        seen.rival("Rash")


def test_shares_beyond_the_whole_are_scaled_down_and_a_debt_spends_nothing() -> None:
    levers = changed(Levers(), {"spending": {"advertising": 0.5, "service": 0.25}})
    assert Plan.from_shares(levers, 1001).spending == Amounts(advertising=500, service=250)
    assert Plan.from_shares(levers, -5).spending.total == 0
    assert _split((0.75, 0.75)) == ((1, 1), 2)
    assert _split((0.25, 0.7)) == ((5, 14), 20)


def test_everybody_who_may_ever_buy_hears_advertising_while_a_market_grows() -> None:
    still, growing = (market(market={"customers": 500, "growth": {"kind": kind}}).scenario for kind in ("none", "bass"))
    assert [audience(still, people) for people in (300, 1, 0)] == [300, 1, 1]
    assert audience(growing, 300) == 500


def test_what_is_shown_of_the_account_by_hand() -> None:
    """400.00 a month: 100.00 left from before and this month's grant, less 5.00 kept for later customers."""
    book = market()
    state = book.states[0]
    account = state.account._replace(periods=1, granted=40_000, counted=30_000)
    book.states = (state._replace(account=account, carry=500, returned=200), book.states[1])
    seen = book.open(1, 2000).seen[0]
    assert (seen.budget, seen.allowance, seen.due) == (49_500, 40_200, 0)
    poor = account._replace(counted=70_000)
    book.states = (state._replace(account=poor, carry=500, returned=200), book.states[1])
    seen = book.open(1, 2000).seen[0]
    assert (seen.budget, seen.allowance) == (9_500, 9_500)
    book.states = (state._replace(account=account._replace(counted=90_000), carry=500), book.states[1])
    assert (book.open(1, 2000).seen[0].budget, book.open(1, 2000).seen[0].allowance) == (0, 0)
    assert book.states[0].active(7) == 7
    assert book.states[0].active(0) == 1


def test_every_account_of_a_plan_but_relations_is_booked_when_the_period_opens() -> None:
    shares = {"advertising": 0.1, "service": 0.2, "people": 0.3, "capacity": 0.05, "relations": 0.25}
    opening = market(firms={"Root": {"spending": shares}}).open(0, 2000)
    booked = {name: int(amount) for name, amount in zip(ACCOUNTS, opening.lumps[:, 0], strict=True) if amount}
    assert booked == {"advertising": 4_000, "service": 8_000, "people": 12_000, "capacity": 2_000}


def test_what_a_lever_needs_is_told_once_and_another_lever_of_its_own() -> None:
    """From month 3 on care asks for surveys, beside relations that ask for identity all along."""
    book = market({"kind": "levers", "year": 0.25, "firms": ["Root"], "set": {"care.proactive": 0.5}},
                  firms={"Root": {"information": "sales", "spending": {"relations": 0.5}}})
    notes = [[record["what"] for record in opening.records if record["kind"] == "information"]
             for opening, _ in play(book, 6)]
    assert [len(told) for told in notes] == [1, 0, 0, 1, 0, 0]
    assert notes[0][0].startswith("Root: spending.relations needs information: identity")
    assert notes[3][0].startswith("Root: care.proactive needs information: surveys")


def test_at_the_start_nothing_is_there_and_at_the_end_of_the_warm_up_the_stock_stays() -> None:
    state = FirmState(Account(), Levers())
    assert (state.stock, state.carry, state.returned, state.paused, state.wanted) == (0.0, 0, 0, False, None)
    assert not any((*state.ledger, *state.counts, *state.cumulative, *Account()))
    grant = market().firms[0].grant
    lived = state._replace(account=Account(3, 900, 1200, 0, 7), stock=2.5, carry=4, returned=5)
    after = lived.afresh(grant)
    assert (after.stock, after.carry, after.returned, after.account.balance, after.account.cash) == (2.5, 0, 0, 0, 0)
    assert after.account.opened(grant).balance == grant.total(4, 0) - grant.total(3, 0)
