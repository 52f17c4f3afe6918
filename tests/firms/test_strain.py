"""Whose money is short: books by hand, and runs whose account is kept once more beside them."""

from types import SimpleNamespace

import numpy as np
import pytest
from books import market, play

from sim.engine.state import ACCOUNTS, BUDGETED, PAUSES
from sim.firms.one_firm import COUNTED
from sim.firms.plans import Amounts, Plan, changed
from sim.firms.strain import whole_grant
from sim.market.simulation import Options, Simulation
from sim.runs.manifest import fingerprint
from sim.runs.run import Run, run
from sim.scenario.load import load
from sim.scenario.schema.firm import Levers

GRANT = 100_000  # minor units a month: 12 per person and year, 1,000 people
RICH = {"budget": {"per_person_per_year": 12.0}, "market": {"customers": 1000}}
SHOPS = {
    "question": "Who pays for quality?", "clock": {"years": 2}, "market": {"customers": 300},
    "budget": {"per_person_per_year": 4.0}, "product": {"quality_cost": 1.0, "information_cost": 0.0},
    "firms": {"Fine": {"quality": 0.9, "information": "surveys", "spending": {"advertising": 0.5},
                       "care": {"proactive": 0.4},
                       "recovery": {"answered": 0.0}},
              "Plain": {"spending": {"advertising": 0.5}, "recovery": {"answered": 0.0}}},
}


def test_budgeted_are_the_accounts_that_a_plan_spends_on():
    assert Amounts._fields == BUDGETED


def test_price_cuts_that_cost_more_than_the_grant_leave_an_empty_account_and_plans_unspent():
    firm = {"spending": {"advertising": 0.3, "service": 0.2}, "price_cut": {"depth": 0.3}, "recovery": {"answered": 0}}
    book = market(firms={"A": firm, "B": {"spending": {"advertising": 0.3}, "recovery": {"answered": 0}}}, **RICH)
    strain = [rows.strain for _, rows in play(book, 4, cuts=180_000)]
    # after a month 100,000 granted - 50,000 planned - 180,000 given away = -130,000; a month later -30,000, then 70,000
    assert [month.empty.tolist() for month in strain] == [[False, False], [True, False], [False, False], [True, False]]
    unspent = [dict(zip(BUDGETED, month.unspent[:, 0].tolist(), strict=True)) for month in strain]
    assert [month["advertising"] for month in unspent] == [0, 30_000, 9_000, 30_000]  # 70,000 are left in the third
    assert [month["service"] for month in unspent] == [0, 20_000, 6_000, 20_000]
    undone = [[name for name, is_so in zip(PAUSES, month.undone[:, 0], strict=True) if is_so] for month in strain]
    assert undone == [[], ["price_cuts"], [], ["price_cuts"]]
    assert not any(month.unspent[:, 1].any() or month.undone[:, 1].any() for month in strain)


def test_what_it_costs_to_know_customers_is_no_strain_but_was_never_to_be_planned():
    firm = {"spending": {"advertising": 0.4}, "recovery": {"answered": 0.0}, "information": "emotion"}
    product = {"information_cost": 4.0, "information_system": 0.0}
    book = market(firms={"A": firm, "B": {**firm, "information": "sales"}}, product=product, **RICH)
    (_, first), (opening, second) = play(book, 2, known=300)
    assert not first.strain.unspent.any()
    assert not second.strain.unspent.any()
    # 4.00 a year for each of 300 customers are 100.00 a month (the cents are rounded)
    assert opening.seen[0].due == pytest.approx(10_000, abs=300)
    assert opening.seen[0].allowance == GRANT - opening.seen[0].due


def test_only_what_a_firm_would_do_counts_as_left_undone():
    firm = {"information": "emotion", "recovery": {"answered": 0.5}, "rewards": 0.1, "surprise": 0.1,
            "win_back": {"reach": 1.0}, "quality": 0.9, "care": {"proactive": 0.5}, "price_cut": {"depth": 0.2}}
    book = market(firms={"All": firm, "None": {"recovery": {"answered": 0.0}, "quality": 0.6}},
                  budget={"per_person_per_year": 0.0})
    (_, rows), = play(book, 1)
    assert rows.strain.empty.tolist() == [True, True]
    assert rows.strain.undone.T.tolist() == [[True] * len(PAUSES), [False] * len(PAUSES)]
    assert not rows.strain.unspent.any(), "nothing was granted, so nothing was planned"


def test_while_the_account_is_empty_a_strategy_with_a_split_of_its_own_would_split_as_before():
    firm = {"strategy": "relationship", "settings": {"trickle": 0.2}, "spending": {"capacity": 1.0}}
    book = market(firms={"A": firm}, **RICH)
    ((before, _),) = play(book, 1)
    after = []
    for there in (5_000, 0):
        state = book.states[0]
        granted = state.account.granted + GRANT - state.carry
        book.states = (state._replace(account=state.account._replace(counted=granted - there)),)
        after += [rows for _, rows in play(book, 1)]
    little, none = after
    assert none.strain.empty.tolist() == [True]
    assert none.strain.unspent[:, 0].tolist() == list(little.states[0].wanted)
    assert none.strain.unspent[BUDGETED.index("capacity"), 0] == 0, "the written shares are not its plan"
    assert sum(little.states[0].wanted) == pytest.approx(GRANT, rel=0.01)
    assert little.strain.unspent[0, 0] == pytest.approx(0.95 * 0.2 * GRANT, rel=0.01), "5 % of the grant were there"
    assert before.plans[0].spending.advertising == 0.2 * GRANT


@pytest.fixture(scope="module")
def shops() -> Run:
    return run(SHOPS, seed=4)


def test_quality_above_what_the_budget_pays_empties_the_account_kept_a_second_time(shops):
    records, fine = shops.records, 0
    counted = records.ledger[:, [ACCOUNTS.index(name) for name in COUNTED], fine].sum(axis=1)
    grant = 4 * 300 * 100 // 12
    balance, empty, unspent = 0, [], []
    for month in range(records.periods):
        balance += grant
        there = max(0, balance)
        empty.append(there == 0)
        unspent.append(grant // 2 - min(grant, there) // 2)
        balance -= int(counted[month])
    strain = records.strain
    assert strain.empty[:, fine].tolist() == empty
    assert strain.unspent[:, BUDGETED.index("advertising"), fine].tolist() == unspent
    assert 3 <= sum(empty) < records.periods
    for name in ("quality", "care"):
        assert (strain.undone[:, PAUSES.index(name), fine] == strain.empty[:, fine]).all()
    assert not strain.undone[:, PAUSES.index("answers"), fine].any(), "it never answered any"
    bought = records.account("quality")[:, fine]
    assert (bought[strain.empty[:, fine]] == 0).all()
    assert (bought[~strain.empty[:, fine]] > 0).all()


def test_a_firm_with_nothing_above_base_has_no_strain(shops):
    assert not any(part[..., 1].any() for part in shops.records.strain)


def test_forks_and_saved_runs_keep_it_and_the_numbers_of_a_run_do_not_know_of_it(shops, tmp_path):
    course = Simulation(load(SHOPS), 4, 4, Options(executor="numpy"))
    for _ in range(10):
        course.step()
    fork = course.fork()
    while not fork.done:
        fork.step()
    again = Run.load(shops.save(tmp_path / "kept")).records
    for other in (fork.records(), again):
        for mine, theirs in zip(shops.records.strain, other.strain, strict=True):
            np.testing.assert_array_equal(mine, theirs)
        assert fingerprint(other) == fingerprint(shops.records)
    assert course.records().strain.empty.shape == (10, 2), "the fork wrote into its own"
    np.testing.assert_array_equal(course.records().strain.empty, shops.records.until(10).strain.empty)


def test_what_a_plan_would_be_with_the_whole_grant_by_hand():
    """Shares of the levers are taken of the grant; any other plan is scaled up from what it was made for."""
    levers = changed(Levers(), {"spending": {"advertising": 0.5}})

    def whole(spent, budget, allowance, granted, before=None):
        return whole_grant(Plan(levers, Amounts(*spent)), SimpleNamespace(budget=budget, allowance=allowance), granted,
                           before)

    assert whole((10, 30), 100, 100, 100) == Amounts(10, 30)
    assert whole((20, 30), 200, 50, 100) == Amounts(40, 60)  # made for the allowance of 50
    assert whole((20, 60), 200, 50, 100) == Amounts(10, 30)  # more than that: made for the budget of 200
    assert whole((25, 0), 200, 50, 100) == Amounts(50, 0)  # the shares of the levers
    assert whole((0, 0), 0, 0, 100) == Amounts(50, 0)
    assert whole((0, 0), 0, 0, 100, before=Amounts(7, 8)) == Amounts(7, 8)
    assert whole((7, 8), 15, 15, 30, before=Amounts(1, 1)) == Amounts(14, 16)


def test_cuts_for_newcomers_or_the_lapsed_are_undone_like_those_for_everybody():
    for to in ("everyone", "newcomers", "lapsed"):
        firm = {"information": "emotion", "price_cut": {"depth": 0.2, "to": to}, "recovery": {"answered": 0.0}}
        ((_, rows),) = play(market(firms={"A": firm}, budget={"per_person_per_year": 0.0}), 1)
        assert [name for name, undone in zip(PAUSES, rows.strain.undone[:, 0], strict=True) if undone] == ["price_cuts"]
