"""Before the warm-up ends every firm does as the scenario's past says; then each as its own section says."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from books import market, play

from sim.engine.state import ACCOUNTS, COUNTS
from sim.firms.book import FirmBook, Opening
from sim.scenario.schema.firm import Past
from sim.true_values.frozen_policies import FrozenPolicies

YEAR = {"period": "month", "years": 2.0, "warm_up_years": 1.0}
FIRMS = {
    "Rush": {"strategy": "transactional", "price": 8.0, "budget_factor": 2.0, "information": "sales"},
    "Root": {"spending": {"relations": 0.8}, "quality": 0.9, "information": "emotion"},
}
MODES = ("amount", "share_of_revenue", "share_of_gross_margin")


def last_of_the_past_and_month_0(*events: dict[str, Any], **more: Any) -> tuple[Opening, Opening, FirmBook]:
    book = market(*events, **{"firms": FIRMS, "clock": YEAR, **more})
    before = play(book, 12)[-1][0]
    return before, play(book, 1)[0][0], book


def test_every_firm_follows_the_past_and_then_its_own_section() -> None:
    past = {"quality": 0.6, "price": 9.0, "spending": {"advertising": 0.3, "relations": 0.2, "service": 0.1}}
    before, after, _ = last_of_the_past_and_month_0(past=Past.model_validate(past))
    assert before.strategies == ("as_written", "as_written")
    assert before.plans[0] == before.plans[1]
    assert (before.plans[0].levers.price, before.plans[0].levers.quality) == (9.0, 0.6)
    assert before.plans[0].spending == (12_000, 4_000, 0, 0, 8_000)
    assert after.strategies == ("transactional", "as_written")
    assert [plan.levers.price for plan in after.plans] == [8.0, None]
    assert [seen.written.quality for seen in after.seen] == [0.7, 0.9]


def test_the_typical_past_spends_the_whole_common_budget() -> None:
    before, _, _ = last_of_the_past_and_month_0()
    assert before.plans[0].spending._asdict() == {
        "advertising": 16_000, "service": 8_000, "people": 0, "capacity": 0, "relations": 16_000}
    assert before.plans[0].levers.information == "identity"


def test_in_the_first_month_firms_see_what_the_past_recorded_and_showed() -> None:
    _, after, _ = last_of_the_past_and_month_0(past=Past(price=9.0))
    assert [seen.levers.price for seen in after.seen] == [9.0, 9.0]
    assert [seen.rivals[other].price for seen, other in zip(after.seen, ("Root", "Rush"), strict=True)] == [9.0, 9.0]
    assert [seen.counts["active_customers"] for seen in after.seen] == [500, 500], "identity was recorded last period"
    assert [seen.counts["failures"] for seen in after.seen] == [None, None], "reasons were not"
    assert [seen.year for seen in after.seen] == [0.0, 0.0]


def test_who_copies_a_rival_copies_what_it_showed_in_the_past_first() -> None:
    firms = {"Rush": {"price": 8.0}, "Copy": {"strategy": "follower", "price": 11.0, "settings": {"lag_weeks": 9}}}
    book = market(firms=firms, clock=YEAR, past=Past(price=9.0))
    asked = [opening.plans[1].levers.price for opening, _ in play(book, 18)]
    assert asked == [9.0] * 15 + [8.0] * 3


@pytest.mark.parametrize("mode", MODES)
def test_accounts_start_afresh_after_the_warm_up(mode: str) -> None:
    """Nothing inherited of what was saved, nothing owed of what was overdrawn; grants by the firm's own factor."""
    budget = {"mode": mode, "share": 0.05}
    for cuts in (0, 500_000):
        firms = {"A": {"budget_factor": 3.0}, "B": {}}
        past = Past.model_validate({"spending": {"advertising": 0.3, "service": 0.0, "relations": 0.0},
                                    "price_cut": {"depth": 0.2}})
        book = market(firms=firms, clock=YEAR, past=past, budget=budget)
        play(book, 12, cuts=cuts)
        balance = [state.account.balance for state in book.states]
        assert (min(balance) < 0) if cuts else (min(balance) > 40_000)
        usual = 40_000  # a month of the amount, or of .05 x 8,000.00
        (opening, _), *_ = play(book, 1)
        assert [seen.budget for seen in opening.seen] == [3 * usual, usual]
        assert [seen.allowance for seen in opening.seen] == [3 * usual, usual]
        assert [state.account.balance for state in book.states] == [3 * usual, usual]
        assert [state.account.cash for state in book.states] == [800_000] * 2, "since the account was opened"


def test_relation_money_that_was_kept_or_came_back_ends_with_the_past() -> None:
    book = market(firms={"A": {}}, clock=YEAR)
    play(book, 11)
    play(book, 1, known=7_001)
    assert book.states[0].carry > 0
    stock = book.states[0].stock
    opening, _ = play(book, 1)[0]
    assert opening.seen[0].budget == 40_000
    assert book.states[0].carry == 0
    assert 0 < book.states[0].stock < stock, "the advertising stock fades, it does not vanish"


def test_events_date_from_the_end_of_the_past_and_change_nothing_in_it() -> None:
    events = [{"kind": "levers", "year": 0, "set": {"lock": 2.0}},
              {"kind": "strategy", "year": 0, "strategy": "do_nothing", "firms": ["Root"]}]
    before, after, _ = last_of_the_past_and_month_0(*events)
    assert [plan.levers.lock for plan in before.plans] == [0.0, 0.0]
    assert [plan.levers.lock for plan in after.plans] == [2.0, 2.0]
    assert [seen.written.lock for seen in after.seen] == [2.0, 2.0]
    assert after.strategies == ("transactional", "do_nothing")


def test_without_a_warm_up_the_past_does_not_matter() -> None:
    strange = Past.model_validate({"price": 3.0, "spending": {"advertising": 0.0}, "information": "sales"})
    one, two = (play(market(firms=FIRMS, past=past), 5) for past in (Past(), strange))
    assert [opening.plans for opening, _ in one] == [opening.plans for opening, _ in two]
    assert [opening.seen for opening, _ in one] == [opening.seen for opening, _ in two]


def test_a_month_of_the_past_opened_again_is_the_same_month() -> None:
    book = market(firms=FIRMS, clock=YEAR)
    play(book, 12)
    first, again = book.open(12, 2000), book.open(12, 2000)
    assert first.plans == again.plans
    assert first.states == again.states


def test_policies_frozen_in_the_past_go_on_as_the_past_did() -> None:
    book, policies = market(firms=FIRMS, clock=YEAR), FrozenPolicies()
    for _ in range(12):
        play(book, 1)
        policies.look(book)
    frozen = policies.frozen(book)
    plans = [opening.plans for opening, _ in play(frozen, 3)]
    assert plans == [(book.last.plans[0], book.last.plans[1])] * 3 if book.last else False
    assert [state.account.cash for state in frozen.states] > [0, 0]
    (opening, _), *_ = play(book, 1)
    assert opening.plans != plans[0]


def test_a_year_of_the_past_is_booked_like_any_other() -> None:
    book = market(firms=FIRMS, clock=YEAR)
    play(book, 13)
    assert [state.cumulative[ACCOUNTS.index("revenue")] for state in book.states] == [13 * 800_000] * 2
    assert len(COUNTS) == len(book.states[0].counts)
    assert np.isfinite(book.states[0].stock)
