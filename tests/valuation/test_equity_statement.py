"""The statement of customer equity: worked by hand, closing exactly, nobody twice, reconciled to the minor unit."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sim.engine.state import ACCOUNTS
from sim.runs.run import Run
from sim.runs.statements import mean_reconciliation, mean_statement, statement_of
from sim.valuation.movements import GROUPS, LINES, PARTS, STEPS, Movements, movements, reconciled, rounded
from sim.valuation.person import customer_equity
from sim.valuation.statement import equity_statement
from sim.valuation.valuing import (
    Members,
    StatementTerms,
    Valuation,
    ValuationHorizon,
    estimate,
    hindsight,
    members,
    whole,
)

quick = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
TERMS = {"money.discount_rate": 0.1, "money.equity_horizon_years": 2.0}


def lines(statement: Any, firm: str, part: str) -> dict[str, int]:
    table = statement.table()
    rows = table[(table["firm"] == firm) & (table["part"] == part)]
    return {line: int(amount) for line, amount in zip(rows["line"], rows["amount"], strict=True) if amount}


def steps(statement: Any, firm: str, group: str) -> dict[str, int]:
    table = statement.reconciliation()
    rows = table[(table["firm"] == firm) & (table["group"] == group)]
    return {step: int(amount) for step, amount in zip(rows["step"], rows["amount"], strict=True) if amount}


def test_a_story_by_hand(story: Any) -> None:
    """From the end of quarter 2 to the end of quarter 4, what is still to come known in hindsight, no discount.

    Rush: Anna will bring 3 x 400, then has 1 x 400 left; Boris was a customer, is none any more, and brings nothing.
    Root: Boris and Carla were customers and are lost; Boris comes back in quarter 5 with 900.
    """
    found = statement_of(story, 0.5, 1.0, "hindsight")
    assert lines(found, "Rush", "today") == {"opening": 1200, "eroded": -800, "closing": 400}
    assert lines(found, "Rush", "future") == {}
    assert lines(found, "Root", "today") == {"opening": 900, "lost": -900}
    assert lines(found, "Root", "future") == {"lost": 900, "closing": 900}
    assert lines(found, "Root", "total") == {"opening": 900, "closing": 900}
    assert steps(found, "Rush", "all") == {"opening": 1200, "contributions": -800, "closing": 400}
    assert steps(found, "Root", "customers at the opening") == {"opening": 900, "closing": 900}
    people = found.people().set_index(["firm", "year"])
    assert people.loc[("Root", 0.5), "customers_people"] == 2
    assert people.loc[("Root", 1.0), "customers_people"] == 0
    heads = found.table().set_index(["firm", "part", "line"])["people"]
    assert (heads["Root", "today", "lost"], heads["Rush", "today", "lost"]) == (2, 1)
    assert heads["Rush", "total", "opening"] == 3
    assert (heads["Rush", "total", "developed"], heads["Rush", "total", "eroded"]) == (0, 1)


def test_who_is_won_moves_from_the_future_to_today(make_records: Any) -> None:
    bought = [(t, "Rush", 0, 1, 1000, 400) for t in (4, 5, 6, 7)]
    found = statement_of(make_records(bought, people=1, periods=8), 0.5, 1.25, "hindsight")
    assert lines(found, "Rush", "future") == {"opening": 1600, "acquired": -1600}
    assert lines(found, "Rush", "today") == {"acquired": 1200, "closing": 1200}
    assert lines(found, "Rush", "total") == {"opening": 1600, "acquired": -400, "closing": 1200}


def test_unwinding_is_interest_on_what_is_still_to_come(make_records: Any) -> None:
    """1.21 a year ahead is worth 1.00 today at 21 %; a year later 0.21 of interest have made it 1.21 again."""
    bought = [(4, "Rush", 0, 1, 1000, 121)]
    records = make_records(bought, people=1, overrides={"money.discount_rate": 0.21})
    assert steps(statement_of(records, 0, 1, "hindsight"), "Rush", "all") == {
        "opening": 100, "unwinding": 21, "closing": 121}


def test_what_comes_in_bears_no_interest_any_more(make_records: Any) -> None:
    """100 at the start of the year, 121 at its end: worth 200, of which 100 leave at once; 21 on the other 100."""
    bought = [(0, "Rush", 0, 1, 1000, 100), (4, "Rush", 0, 1, 1000, 121)]
    records = make_records(bought, people=1, overrides={"money.discount_rate": 0.21})
    assert steps(statement_of(records, 0, 1, "hindsight"), "Rush", "all") == {
        "opening": 200, "unwinding": 21, "contributions": -100, "closing": 121}


def test_money_may_count_one_period_later(make_records: Any) -> None:
    bought = [(0, "Rush", 0, 1, 1000, 121), (4, "Rush", 0, 1, 1000, 121)]
    records = make_records(bought, people=1, overrides={"money.discount_rate": 1.1**4 - 1,
                                                        "money.first_margin": "one_period_later"})
    found = steps(statement_of(records, 0, 0.25, "hindsight"), "Rush", "all")
    assert found == {"opening": 110 + round(121 / 1.1**5), "unwinding": 11 + round(121 / 1.1**4) - round(121 / 1.1**5),
                     "contributions": -121, "closing": round(121 / 1.1**4)}


def test_a_steady_market_has_nothing_to_tell(make_records: Any) -> None:
    """Estimate: two customers for ever; interest and the new end of the horizon are worth what came in."""
    bought = [(t, "Rush", c, 1, 1000, 400) for t in range(12) for c in range(2)]
    found = statement_of(make_records(bought, people=2, periods=12, overrides=TERMS), 2, 3)
    annuity = sum(1.1 ** (-j / 4) for j in range(8))
    worth = round(800 * annuity)
    assert lines(found, "Rush", "today") == {"opening": worth, "closing": worth}
    told = steps(found, "Rush", "all")
    assert told["contributions"] == -3200
    assert "not foreseen" not in told
    assert told["unwinding"] + told["horizon"] == pytest.approx(3200, abs=1)


def test_costs_to_come_stand_in_the_part_that_bears_them(make_records: Any) -> None:
    bought = [(t, "Rush", 0, 1, 1000, 400) for t in range(12)]
    records = make_records(bought, people=1, periods=12, overrides=TERMS)
    records.ledger[:, ACCOUNTS.index("advertising"), 0] = 100
    records.ledger[8:, ACCOUNTS.index("people"), 0] = 50
    found = statement_of(records, 2, 3)
    annuity = sum(1.1 ** (-j / 4) for j in range(8))
    assert lines(found, "Rush", "future") == {"opening": -round(100 * annuity), "closing": -round(100 * annuity)}
    assert lines(found, "Rush", "shared") == {"costs to come": -round(50 * annuity), "closing": -round(50 * annuity)}
    assert lines(found, "Rush", "total")["closing"] == pytest.approx(250 * annuity, abs=2)


def test_the_estimate_is_that_of_customer_equity(make_records: Any) -> None:
    bought = [(t, "Rush", c, 1, 1000, 400) for t in range(16) for c in range(5) if (t + c) % (c + 1) == 0]
    records = make_records(bought, people=6, periods=16, overrides=TERMS)
    records.ledger[:, ACCOUNTS.index("advertising"), 0] = 77
    found = lines(statement_of(records, 2, 4), "Rush", "total")
    equity = Run(records).equity.set_index("firm").loc["Rush", "customer_equity_money"]
    assert found["closing"] == pytest.approx(100 * equity, abs=2)


purchases = st.lists(
    st.tuples(st.integers(0, 11), st.sampled_from(["Rush", "Root"]), st.integers(0, 4), st.just(1),
              st.integers(0, 3000), st.integers(-900, 2500)),
    max_size=40, unique_by=lambda row: row[:3],
)


def random_records(make_records: Any, bought: Any, rate: float, window: float) -> Any:
    enters = np.array([0, 0, 3, 6, 0], dtype=np.int16)
    leaves = np.array([30_000, 30_000, 30_000, 9, 5], dtype=np.int16)
    kept = [row for row in bought if enters[row[2]] <= row[0] < leaves[row[2]]]
    return make_records(
        kept, people=5, periods=12, people_columns={"enters": enters, "leaves": leaves},
        overrides={"money.discount_rate": rate, "market.active_window_weeks": window,
                   "money.equity_horizon_years": 2.0},
    )


@quick
@given(purchases, st.sampled_from([0.0, 0.1, 1.5]), st.sampled_from([13.0, 26.0, 52.0]), st.integers(1, 8),
       st.integers(1, 7))
def test_every_statement_closes_to_the_last_minor_unit(
    make_records: Any, bought: Any, rate: float, window: float, start: int, apart: int
) -> None:
    records = random_records(make_records, bought, rate, window)
    end = min(start + apart, 12)
    found = statement_of(records, start / 4, end / 4, "hindsight")
    assert (found.amounts[:, :, :-1].sum(axis=2) == found.amounts[:, :, -1]).all()
    assert (found.amounts[:, :3].sum(axis=1) == found.amounts[:, 3]).all()
    assert (found.steps[:, :, :-1].sum(axis=2) == found.steps[:, :, -1]).all()
    assert (found.steps[:, :2].sum(axis=1)[:, [0, 2, 6]] == found.steps[:, 2][:, [0, 2, 6]]).all()
    assert (found.steps[:, :, STEPS.index("not foreseen")] == 0).all(), "hindsight foresees everything"
    assert (abs(found.steps[:, :, STEPS.index("rounding")]) <= 5).all()
    rows = records.transactions
    inside = (rows.period >= start) & (rows.period < end)
    received = np.bincount(rows.firm[inside], weights=rows.margin[inside], minlength=2)
    assert found.steps[:, 2, STEPS.index("contributions")].tolist() == (-received).astype(int).tolist()


@quick
@given(purchases, st.integers(1, 5), st.integers(1, 3), st.integers(1, 3))
def test_one_statement_opens_where_the_last_one_closed(
    make_records: Any, bought: Any, start: int, first: int, second: int
) -> None:
    records = random_records(make_records, bought, 0.1, 26.0)
    dates = start / 4, (start + first) / 4, (start + first + second) / 4
    one, two = (statement_of(records, a, b, "hindsight") for a, b in pairwise(dates))
    assert (one.amounts[:, :, -1] == two.amounts[:, :, 0]).all()
    assert (one.heads[:, :, -1] == two.heads[:, :, 0]).all()


@quick
@given(purchases, st.integers(0, 12))
def test_nobody_counts_twice_and_nobody_is_forgotten(make_records: Any, bought: Any, start: int) -> None:
    records = random_records(make_records, bought, 0.1, 26.0)
    found = members(records, start)
    classes = found.customer.astype(int) + found.other + found.to_come + found.left
    assert (classes == 1).all()
    last = max(start - 1, 0)
    assert (found.to_come == (records.people["enters"] > last)).all()
    assert (found.left == (records.people["leaves"] <= last)).all()
    present = records.present()[last]
    assert ((found.customer.sum(axis=1) + found.other.sum(axis=1)) == present).all()
    if start:
        assert (found.customer.sum(axis=1) == records.history.active[start - 1]).all()


def test_people_of_a_statement_are_the_people_in_the_market(make_records: Any) -> None:
    bought = [(0, "Rush", 0, 1, 10, 5), (5, "Root", 0, 1, 10, 5), (6, "Rush", 3, 1, 10, 5)]
    records = random_records(make_records, bought, 0.1, 26.0)
    table = statement_of(records, 0.5, 2, "hindsight").people()
    assert (table["customers_people"] + table["others_people"]).tolist() == [
        records.present()[round(4 * year) - 1] for year in table["year"]]
    assert (table[[name for name in table if name.endswith("people")]].sum(axis=1) == records.people_count).all()


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=60), st.integers(0, 2**31))
def test_whole_units_keep_the_sums_of_both_groups(values: list[float], seed: int) -> None:
    array = np.array([values])
    group = np.random.default_rng(seed).random(array.shape) < 0.5
    found = whole(array, group)
    for flags in (group, ~group):
        assert abs(found[flags].sum() - array[flags].sum()) <= 0.5 + 1e-6
    assert (abs(found - array) < 1 + 1e-6).all()


def test_the_value_of_a_shorter_horizon_is_part_of_the_longer_one(story: Any) -> None:
    whole_life, part = hindsight(story, ValuationHorizon(1, 20, 20)), hindsight(story, ValuationHorizon(1, 20, 2))
    assert whole_life.persons[0, 0] == 4 * 400
    assert part.sooner[0, 0] == 2 * 400
    assert (part.persons == whole_life.persons).all()


def test_terms_are_told(story: Any) -> None:
    found = statement_of(story, 0.5, 1, "hindsight")
    assert "Horizon 5 years; 0 % a year" in found.terms_in_words
    for words in ("year 0.5 to year 1", "Rush", "Root", "acquired", "unwinding of discount", "EUR"):
        assert words in found.text


@pytest.mark.parametrize(("start", "end", "says"), [
    (1.0, 0.5, "end: year 0.5 must lie"), (0.5, 9.0, "end: year 9 is not inside the run"),
    (-1.0, 1.0, "start: year -1"), (float("nan"), 1.0, "start: year nan"), (0.0, 1.25, "more than the horizon"),
])
def test_wrong_dates_are_refused_by_name(make_records: Any, start: float, end: float, says: str) -> None:
    records = make_records(overrides={"money.equity_horizon_years": 1.0})
    with pytest.raises(ValueError, match=says):
        StatementTerms.of(records, start, end, "estimate")


def test_what_cannot_be_had_is_said(make_records: Any, story: Any) -> None:
    with pytest.raises(ValueError, match="needs purchases"):
        statement_of(make_records(transactions=None), 0.5, 1, "hindsight")
    with pytest.raises(ValueError, match=r"cannot be estimated at year 0\.25"):
        statement_of(story, 0.25, 1)
    with pytest.raises(ValueError, match="did you mean hindsight"):
        statement_of(story, 0.5, 1, "hindsite")


def test_the_mean_over_runs_adds_up_as_each_run_does(make_records: Any) -> None:
    runs = [make_records([(t, "Rush", c, 1, 1000, 400 + 10 * k) for t in range(8) for c in range(3) if (t + c + k) % 3],
                         periods=8) for k in range(3)]
    found = [statement_of(records, 1, 2) for records in runs]
    table = mean_statement(found)
    wide = table[table["firm"] == "Rush"].pivot_table(index="part", columns="line", values="mean", sort=False)
    np.testing.assert_allclose(wide[list(LINES[:-1])].sum(axis=1), wide["closing"], atol=1e-9)
    assert set(table["n"]) == {3}
    assert table["part"].unique().tolist() == list(PARTS)
    told = mean_reconciliation(found)
    assert told["group"].unique().tolist() == list(GROUPS)
    closing = told[(told["step"] == "closing") & (told["group"] == "all") & (told["firm"] == "Rush")]["mean"].iloc[0]
    assert closing == pytest.approx(np.mean([one.steps[0, 2, -1] for one in found]) / 100)
    with pytest.raises(ValueError, match="no statement"):
        mean_statement([])
    with pytest.raises(ValueError, match="same firms, dates"):
        mean_statement([found[0], statement_of(runs[0], 0.5, 1, "hindsight")])


def test_a_waterfall_has_the_lines_that_say_something(story: Any) -> None:
    found = statement_of(story, 0.5, 1, "hindsight")
    table = found.waterfall("today")
    assert table[table["firm"] == "Rush"]["line"].tolist() == ["opening", "lost", "eroded", "closing"]
    assert "low" not in table.columns
    with pytest.raises(ValueError, match="part: 'now'"):
        found.waterfall("now")


def test_who_has_left_stands_in_no_opening_and_no_closing(make_records: Any) -> None:
    """Of three people one has left before the opening and one before the closing."""
    people = {"leaves": np.array([9, 3, 1], np.int16)}
    records = make_records([(t, "Rush", 0, 1, 1000, 400) for t in range(5)], people_columns=people)
    heads = statement_of(records, 0.5, 1, "hindsight").table().set_index(["firm", "part", "line"])["people"]
    assert [heads["Rush", part, "opening"] for part in ("today", "future", "total")] == [1, 1, 2]
    assert [heads["Rush", part, "closing"] for part in ("today", "future", "total")] == [1, 0, 1]
    found = members(records, 4)
    assert (found.left.tolist(), found.to_come.tolist()) == ([False, True, True], [False] * 3)
    assert found.other.tolist() == [[False] * 3, [True, False, False]]


@pytest.fixture
def unsure(make_records: Any) -> tuple[Any, StatementTerms, Movements]:
    """Two futures each of two dates: of three people the first is a customer at both, the second is won, the third not.

    Means at the opening: 12, 4 and 4, winning costs 2, all have 2 in common; at the closing 8, 8 and 2, costs 2 and 6.
    """
    def valued(start: int, persons: Any, sooner: Any, costs: Any) -> Valuation:
        return Valuation.of_draws(start, *(np.array(each, dtype=float) for each in (persons, sooner, costs)), notes=())

    opening = valued(1, [[[10, 4, 2]], [[14, 4, 6]]], [[[9, 3, 1]], [[9, 3, 1]]], [[[1], [3]], [[2], [2]]])
    closing = valued(3, [[[8, 6, 0]], [[8, 10, 4]]], [[[6, 5, 0]], [[6, 7, 2]]], [[[2], [2]], [[4], [8]]])
    nobody = np.zeros(3, dtype=bool)
    classes = tuple(Members(np.array([who]), ~np.array([who]), nobody, nobody)
                    for who in ([True, False, False], [True, True, False]))
    records = make_records(firms=("Solo",), people=3, periods=4, overrides={"money.discount_rate": 0.21})
    return records, StatementTerms(1, 3, 8, "truth"), Movements(opening, closing, classes)  # type: ignore[arg-type]


def test_amounts_and_errors_of_unsure_values_by_hand(unsure: Any) -> None:
    amounts, errors, heads = movements(unsure[2])

    def told(part: str, of: Any) -> dict[str, float]:
        return {line: round(float(value), 9) for line, value in zip(LINES, of[0, PARTS.index(part)], strict=True)
                if value}

    assert told("today", amounts) == {"opening": 12, "acquired": 8, "eroded": -4, "closing": 16}
    assert told("today", errors) == {"opening": 2.0, "acquired": 2.0, "eroded": 2.0, "closing": 2.0}
    assert told("future", amounts) == {"opening": 6, "acquired": -4, "eroded": -2}
    assert told("future", errors) == {"opening": 1.0, "eroded": round(8**0.5, 9), "costs to come": 1.0, "closing": 2.0}
    assert told("shared", amounts) == {"opening": -2, "costs to come": -4, "closing": -6}
    assert told("shared", errors) == {"costs to come": 2.0, "closing": 2.0}
    assert told("total", amounts) == {"opening": 16, "acquired": 4, "eroded": -6, "costs to come": -4, "closing": 10}
    assert told("total", heads) == {"opening": 3, "acquired": 1, "eroded": 2, "closing": 3}


def test_why_unsure_values_changed_by_hand(unsure: Any) -> None:
    """21 % a year are 10 % in two quarters; nothing came in."""
    steps_of, errors = reconciled(*unsure)
    assert steps_of[0].tolist() == [[12, 1, 0, 2, -7, 0, 8], [8, 1, 0, 3, -2, 0, 10], [20, 2, 0, 5, -9, 0, 18]]
    assert errors[0, 0].tolist() == pytest.approx([2.0, 0.2, 0.0, 0.0, 2.2, 0.0, 0.0])
    assert errors[0, 1].tolist() == pytest.approx([2.0, 0.2, 0.0, 2.0, np.hypot(2.2, 2.0), 0.0, 4.0])


def test_halves_are_rounded_upwards_and_less_than_a_millionth_decides_nothing() -> None:
    assert rounded(np.array([0.5, -0.5, 1.4999999, 1.49, -1.51, 0.4999996])).tolist() == [1, 0, 2, 1, -2, 1]


def test_a_statement_of_unsure_values_shows_its_errors(make_records: Any, unsure: Any) -> None:
    """In yen, so that minor units are units; the classes follow from purchases without a margin."""
    both = unsure[2]
    bought = [(0, "Solo", 0, 1, 10, 0), (1, "Solo", 0, 1, 10, 0), (2, "Solo", 1, 1, 10, 0)]
    records = make_records(bought, firms=("Solo",), people=3, periods=4,
                           overrides={"money.discount_rate": 0.21, "money.currency": "JPY"})
    asked: list[ValuationHorizon] = []

    def valuer(_: Any, ahead: ValuationHorizon) -> Valuation:
        asked.append(ahead)
        return both.opening if ahead.start == 1 else both.closing

    found = equity_statement(records, StatementTerms(1, 3, 8, "truth"), valuer)
    assert asked == [ValuationHorizon(1, 8, 8), ValuationHorizon(3, 8, 6)]
    assert found.years == (0.25, 0.75)
    rows = found.waterfall("today").set_index("line")
    assert rows["amount_money"].to_dict() == {"opening": 12.0, "acquired": 8.0, "eroded": -4.0, "closing": 16.0}
    assert rows.loc["opening", ["low", "high"]].tolist() == pytest.approx([12 - 1.96 * 2, 12 + 1.96 * 2])
    told = [line.split() for line in found.text.splitlines()]
    assert ["opening", "3", "12", "6", "-2", "16", "3"] in told
    assert ["closing", "3", "16", "0", "-6", "10", "2"] in told
    assert ["costs", "to", "come", "0", "0", "-4", "-4", "2"] in told
    assert ["not", "foreseen", "-7", "-2", "-9"] in told
    assert ["acquired", "1", "8", "-4", "0", "4", "2"] in told


def test_hindsight_counts_to_the_horizon_and_no_further(story: Any) -> None:
    for account, amount in (("advertising", 100), ("service", 40)):
        story.ledger[:, ACCOUNTS.index(account), 0] = amount
    found = hindsight(story, ValuationHorizon(1, 2, 1))
    assert found.costs[:, 0].tolist() == [200.0, 80.0]
    assert found.persons.tolist() == [[800.0, 0.0, 0.0], [0.0, 900.0, 0.0]]
    assert found.sooner.tolist() == [[400.0, 0.0, 0.0], [0.0, 900.0, 0.0]]


@pytest.mark.parametrize("people", [2, 3, 5])
def test_an_estimate_of_persons_and_of_nobody_adds_up_to_customer_equity(make_records: Any, people: int) -> None:
    """One stays, one was won within the year; of the others, nobody, one or three, each has the same part."""
    bought = [(t, "Rush", 0, 1, 1000, 400) for t in range(8)] + [(6, "Rush", 1, 1, 1000, 300)]
    records = make_records(bought, firms=("Rush",), people=people, periods=8, overrides=TERMS)
    records.ledger[:, ACCOUNTS.index("advertising"), 0] = 100
    found = estimate(records, ValuationHorizon(8, 8, 8))
    equity = customer_equity(records)
    assert equity.future[0] > 0
    assert found.persons.sum() - found.costs.sum() == pytest.approx(100 * equity.customer_equity[0])
    assert found.persons[0, 2:] == pytest.approx([100 * equity.future[0] / max(1, people - 2)] * (people - 2))
    late = make_records([*bought, (7, "Root", 1, 1, 1000, 400)], periods=8, overrides=TERMS)
    with pytest.raises(ValueError, match="Root had no customer a year before"):
        estimate(late, ValuationHorizon(8, 8, 8))
