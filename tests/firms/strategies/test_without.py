"""Another strategy with some levers held and some accounts closed."""

from __future__ import annotations

from typing import Any

import pytest

from sim.firms.plans import changed
from sim.firms.strategies import build
from sim.scenario.schema.firm import Levers

SPENDING = {"spending": {"advertising": 0.5, "relations": 0.3, "service": 0.1}}


def test_with_nothing_taken_away_it_is_the_other_strategy(make_seen: Any) -> None:
    seen = make_seen(written=changed(Levers(), SPENDING), allowance=30_000)
    for name in ("as_written", "transactional", "relationship", "mixed", "follower", "do_nothing"):
        assert build("without", {"of": name}).plan(seen) == build(name).plan(seen)


def test_closed_accounts_get_nothing_and_nobody_else_gets_their_money(make_seen: Any) -> None:
    seen = make_seen(written=changed(Levers(), SPENDING))
    plan = build("without", {"closed": ["advertising"]}).plan(seen)
    whole = build("as_written").plan(seen)
    assert plan.spending.advertising == 0
    assert plan.spending == whole.spending._replace(advertising=0)


def test_money_saved_up_is_not_seen_by_the_other_strategy(make_seen: Any) -> None:
    rich, poor = make_seen(budget=90_000, allowance=40_000), make_seen(budget=40_000, allowance=40_000)
    strategy = build("without", {"of": "mixed", "closed": ["advertising"]})
    assert strategy.plan(rich) == strategy.plan(poor)


def test_levers_are_held_and_no_more_is_promised_than_is_there(make_seen: Any) -> None:
    seen = make_seen(written=changed(Levers(), {"quality": 0.6, "promise": 0.9, "rewards": 0.1}))
    plan = build("without", {"levers": {"rewards": 0.0, "care.proactive": 0.0}, "promise_is_quality": True}).plan(seen)
    assert (plan.levers.rewards, plan.levers.promise) == (0.0, 0.6)


def test_settings_of_the_other_strategy_arrive(make_seen: Any) -> None:
    seen = make_seen()
    found = build("without", {"of": "mixed", "settings": {"relationship_share": 1.0}}).plan(seen)
    assert found == build("mixed", {"relationship_share": 1.0}).plan(seen)


def test_an_unknown_account_is_refused() -> None:
    with pytest.raises(ValueError, match="closed"):
        build("without", {"closed": ["adverts"]})
