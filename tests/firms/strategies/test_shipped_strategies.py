"""What sets each shipped strategy apart."""

from __future__ import annotations

import pickle
import sys
from pathlib import Path
from typing import Any

import pytest

from sim.firms.curves import Deals
from sim.firms.plans import Sighting, VisibleLevers, changed
from sim.firms.strategies import Strategy, build
from sim.registry import STRATEGIES
from sim.scenario.schema.firm import Levers


def test_as_written_spends_the_shares_of_the_allowance_and_saves_the_rest(make_seen: Any) -> None:
    written = changed(Levers(), {"spending": {"advertising": 0.7, "relations": 0.1}})
    plan = build("as_written").plan(make_seen(budget=5000, allowance=1000, written=written))
    assert (plan.spending.advertising, plan.spending.relations, plan.spending.total) == (700, 100, 800)


def test_do_nothing_spends_and_gives_nothing(make_seen: Any) -> None:
    written = changed(Levers(), {"spending.advertising": 1.0, "price_cut.depth": 0.3, "rewards": 0.1})
    plan = build("do_nothing").plan(make_seen(written=written))
    assert plan.spending.total == plan.levers.price_cut.depth == plan.levers.rewards == 0
    assert plan.levers.quality == written.quality


def test_transactional_cuts_prices_and_knows_nobody(make_seen: Any) -> None:
    plan = build("transactional").plan(make_seen())
    assert plan.spending.relations == 0
    assert plan.levers.price_cut.depth > 0
    assert plan.levers.promise > plan.levers.quality
    depth = plan.levers.price_cut.depth
    given = depth * 800_000 * (1 + 2.62 * depth)  # sales answer the cut
    assert given + plan.spending.advertising == pytest.approx(40_000, abs=2)


def test_a_price_cut_is_planned_from_what_sales_would_be_without_one(make_seen: Any) -> None:
    """Last period's sales answered a cut of 10 %: without it they were smaller by 1 + 2.62 x 0.1."""
    deals = Deals(2.62, 0.5)
    plain = deals.price_cut(make_seen(ledger={"revenue": 1_000_000}), 50_000)["depth"]
    raised = 1_000_000 * 1.262
    ledger = {"revenue": int(raised * 0.9), "price_cuts": int(raised * 0.1)}
    assert deals.price_cut(make_seen(ledger=ledger), 50_000)["depth"] == pytest.approx(plain, rel=1e-4)
    assert deals.price_cut(make_seen(ledger={"revenue": 0}), 50_000)["depth"] == 0.0
    assert deals.price_cut(make_seen(), 10**9)["depth"] == 0.5


def test_relationship_keeps_a_trickle_and_cuts_no_price(make_seen: Any) -> None:
    plan = build("relationship").plan(make_seen())
    assert plan.spending.advertising == 8000
    assert plan.spending.relations > plan.spending.service >= 0
    assert plan.levers.price_cut.depth == 0


def test_relationship_buys_a_system_that_knows_people(make_seen: Any) -> None:
    assert build("relationship").plan(make_seen(level="sales")).levers.information == "identity"
    assert build("relationship").plan(make_seen(level="reasons")).levers.information == "reasons"


def test_mixed_moves_the_money_with_its_share(make_seen: Any) -> None:
    plans = [build("mixed", {"relationship_share": share}).plan(make_seen()) for share in (0.0, 0.5, 1.0)]
    kept = [plan.spending.relations + plan.spending.service + plan.spending.people for plan in plans]
    assert kept == [0, pytest.approx(20_000, abs=3), pytest.approx(40_000, abs=3)]
    assert plans[2].spending.advertising == plans[2].levers.price_cut.depth == 0


def test_mixed_pays_for_relations_what_the_curves_say(make_seen: Any) -> None:
    """300 known people, 500 active: relations .3 x 300 at half 7.20, service .12 x 500 at half 5, staff prevents .8.

    worth / half per year: relations .3 / 7.2 = .0417, service .12 / 5 = .024, staff .8 x .08 x .29 / 5 = .0037. The
    first money goes to relations until they bring what service does: 7.2 x ln(.0417 / .024) = 3.97 a year, 99 a month.
    """
    mixed = build("mixed", {"relationship_share": 1.0})
    few, many = mixed.plan(make_seen(budget=9_000)).spending, mixed.plan(make_seen(budget=40_000)).spending
    assert (few.relations, few.service) == (9_000, 0)
    assert many.relations > 9_930
    assert many.service > 0


def test_follower_copies_what_is_visible_after_the_lag_and_nothing_else(make_seen: Any) -> None:
    old = VisibleLevers.of(changed(Levers(), {"price": 9.0}), 10.0)
    new = VisibleLevers.of(changed(Levers(), {"price": 8.0, "quality": 0.9, "care.proactive": 1.0}), 10.0)
    public = {"Other": (Sighting(0, old), Sighting(10, new))}
    follower = build("follower", {"copies": "Other", "lag_weeks": 26.0})
    prices = [follower.plan(make_seen(period=period, public=public)).levers.price for period in (5, 6, 15, 16)]
    assert prices == [None, 9.0, 9.0, 8.0]
    late = follower.plan(make_seen(period=40, public=public)).levers
    assert (late.quality, late.care.proactive) == (0.9, 0.0)


def test_follower_of_nobody_is_told_so(make_seen: Any) -> None:
    with pytest.raises(ValueError, match="no firm 'Othr' to watch; did you mean Other"):
        build("follower", {"copies": "Othr"}).plan(make_seen())


def test_wrong_names_and_settings_get_the_nearest_right_word() -> None:
    with pytest.raises(ValueError, match="did you mean relationship"):
        build("relationshp")
    with pytest.raises(ValueError, match="did you mean relationship_share"):
        build("mixed", {"relationship_shar": 0.5})
    with pytest.raises(ValueError, match=r"relationship_share: .*; elasticity: "):
        build("mixed", {"relationship_share": 2, "elasticity": "much"})


def test_two_strategies_with_one_name_are_refused() -> None:
    with pytest.raises(TypeError, match="two strategies are called 'mixed'"):
        type("Other", (Strategy,), {"name": "mixed", "__annotations__": {"name": "ClassVar[str]"}})
    assert type(build("mixed")).__name__ == "Mixed"


def test_a_strategy_in_a_file(tmp_path: Path, make_seen: Any) -> None:
    (tmp_path / "mine.py").write_text(
        "from sim.firms.strategies import Strategy\n"
        "class AllIn(Strategy):\n"
        "    '''Everything on people.'''\n"
        "    def plan(self, seen):\n"
        "        return self.spend(seen, seen.written, {'people': 1.0})\n",
        encoding="utf-8",
    )
    strategy = build("mine.py:AllIn", {}, tmp_path)
    assert strategy.plan(make_seen(budget=10)).spending.people == 10
    assert build("mine.py", {}, tmp_path) == strategy
    assert "all_in" in STRATEGIES.names()
    image = pickle.dumps(strategy)
    sys.modules.pop(type(strategy).__module__)  # as in another process
    assert pickle.loads(image).plan(make_seen(budget=10)).spending.people == 10
    with pytest.raises(ValueError, match="did you mean AllIn"):
        build("mine.py:AllInn", {}, tmp_path)
    with pytest.raises(ValueError, match=r"no file 'yours\.py'"):
        build("yours.py", {}, tmp_path)
    (tmp_path / "broken.py").write_text("1 / 0\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"broken\.py does not run: ZeroDivisionError"):
        build("broken.py", {}, tmp_path)
