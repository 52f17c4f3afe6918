"""Retention, repeat rate, defection, survival, cohorts: numbers worked by hand for three customers."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sim.engine.state import FIXED_POINT
from sim.equity.survival import kaplan_meier
from sim.metrics.frames import customers_changed
from sim.metrics.retention import (
    defection_seen_share,
    defection_true_share,
    kept_one_year_share,
    newcomer_value_money,
    newcomers_back_share,
    repeat_counts,
    repeat_rate_share,
    retention_of_same_people,
)
from sim.metrics.survival import cohort_table, survival_table, tie_durations, whole_ages

RUSH, ROOT = 0, 1


def test_history_counts_active_customers_as_the_books_do(story):
    assert (story.history.active == story.count("active_customers")).all()
    assert story.history.active[:, RUSH].tolist() == [2, 2, 1, 1, 1]
    assert story.history.active[:, ROOT].tolist() == [1, 2, 1, 0, 1]


def test_kept_after_a_year_is_about_the_customers_of_a_year_ago(story):
    kept = kept_one_year_share(story)
    assert np.isnan(kept[:4]).all()
    assert kept[4].tolist() == [0.5, 0.0]  # Rush: Anna of Anna and Boris; Root: not Carla


def test_repeat_rate_is_dated_by_the_next_purchase(story):
    rate = repeat_rate_share(story)
    # period 1: Anna stays with Rush, Boris goes from Rush to Root: one of two
    assert rate[1, RUSH] == 0.5
    assert rate[2:, RUSH].tolist() == [1.0, 1.0, 1.0]
    assert rate[4, ROOT] == 1.0  # Boris' next purchase after Root in 1 is Root in 4; Carla never buys again
    assert np.isnan(rate[0]).all()


def test_repeat_rate_inside_a_period_takes_all_orders(make_records):
    records = make_records([(0, "Rush", 0, 2, 20, 0), (0, "Root", 0, 1, 10, 0), (1, "Rush", 0, 1, 10, 0)])
    again, of_all = repeat_counts(records)
    one = FIXED_POINT
    # orders of RRO: RRO, ROR, ORR. Rush->Rush 1, 0, 1 of Rush's moves inside 1+... = 2*2/3 moves in the mean
    assert again[0, RUSH] == pytest.approx(2 / 3 * one, abs=1)
    assert of_all[0, RUSH] == pytest.approx(4 / 3 * one, abs=1)
    assert of_all[0, ROOT] == pytest.approx(2 / 3 * one, abs=1)
    # into period 1: last was Rush in 2 of 3 orders, then Rush
    assert again[1, RUSH] == pytest.approx(2 / 3 * one, abs=1)
    assert of_all[1].tolist() == pytest.approx([2 / 3 * one, 1 / 3 * one], abs=1)


def test_defection_seen_comes_late_and_defection_true_needs_the_future(story):
    seen, true = defection_seen_share(story), defection_true_share(story)
    assert seen[2].tolist() == [0.5, 0.5]  # two quarters after their last purchase Boris and Carla are missed
    assert true[0].tolist() == [0.5, 1.0]  # Boris leaves Rush, Carla leaves Root at once
    assert true[1].tolist() == [0.0, 0.0]
    assert np.isnan(true[3:]).all()  # nobody can know yet


def test_who_leaves_the_market_is_not_a_defector(make_records):
    leaves = np.array([2], dtype=np.int16)
    records = make_records([(0, "Rush", 0, 1, 10, 0)], people=1, people_columns={"leaves": leaves})
    assert defection_true_share(records)[0, RUSH] == 0.0


def test_survival_counts_lapses_at_the_last_purchase_and_cuts_off_the_last_window(story):
    firm, duration, lapsed = tie_durations(story)
    # five quarters, a window of two: all are watched for three. Rush: Anna bought in 3 and 4, so was there for all of
    # them; Boris bought in 0 alone. Root: Boris in 1 and, after a gap of a window, in 4; Carla in 0 alone
    assert firm.tolist() == [0, 0, 1, 1]
    assert duration.tolist() == [3, 1, 1, 1]
    assert lapsed.tolist() == [False, True, True, True]
    table = survival_table(story).set_index(["firm", "age_periods"])["survival_share"]
    assert table["Rush", 0] == 1.0
    assert table["Rush", 1] == 0.5
    assert table["Rush", 3] == 0.5
    assert table["Root", 1] == 0.0
    assert survival_table(story).attrs["active_window_weeks"] == story.scenario.market.active_window_weeks


def test_the_window_makes_no_cliff_in_survival(make_records):
    """Half of the customers leave in each quarter, for good: survival falls without a plateau and without a drop."""
    stays = [quarter for quarter in range(1, 9) for _ in range(2 ** (8 - quarter))]  # half of them leave each quarter
    rows = [(period, "Rush", who, 1, 10, 5) for who, last in enumerate(stays) for period in range(last)]
    records = make_records(sorted(rows), people=len(stays), periods=12)
    curve = survival_table(records).set_index("age_periods")["survival_share"]
    left = [sum(last > age for last in stays) / len(stays) for age in range(9)]
    assert curve.tolist() == pytest.approx(left)
    cut_short = make_records([row for row in sorted(rows) if row[0] < 6], people=len(stays), periods=6)
    early = survival_table(cut_short).set_index("age_periods")["survival_share"]
    assert early.index.max() == 6 - 2
    assert early.tolist() == pytest.approx(left[:5])


def test_kaplan_meier_of_the_textbook():
    """Freireich 1963, 6-MP group: 21 patients; S(6)=.857, S(10)=.753, S(23)=.448, standard errors by Greenwood."""
    times = [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35]
    event = [1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0]
    curve = kaplan_meier(np.array(times), np.array(event, dtype=bool))
    assert curve.share[[6, 7, 10, 13, 16, 22, 23]].round(4).tolist() == [
        0.8571, 0.8067, 0.7529, 0.6902, 0.6275, 0.5378, 0.4482]
    errors = (curve.high - curve.share)[[10, 23]] / 1.959964
    assert errors.round(4).tolist() == [0.0963, 0.1346]


@given(st.lists(st.tuples(st.integers(0, 12), st.booleans()), min_size=1, max_size=40))
def test_survival_falls_and_without_cut_offs_is_the_share_left(cases):
    duration, event = np.array([c[0] for c in cases]), np.array([c[1] for c in cases])
    curve = kaplan_meier(duration, event)
    assert (np.diff(curve.share) <= 1e-12).all()
    assert ((curve.low <= curve.share + 1e-12) & (curve.share <= curve.high + 1e-12)).all()
    everybody = kaplan_meier(duration, np.ones(len(cases), dtype=bool))
    left = [(duration > age).mean() for age in everybody.age]
    assert everybody.share == pytest.approx(left)


def test_cohorts_hold_only_who_can_have_that_age(story):
    table = cohort_table(story).set_index(["firm", "entry_period", "age_periods"]).sort_index()
    assert table.loc[("Rush", 0)]["people"].tolist() == [2, 2, 2, 2, 2]
    assert table.loc[("Rush", 0)]["kept_people"].tolist() == [2, 2, 1, 1, 1]
    assert table.loc[("Root", 1)]["kept_people"].tolist() == [1, 1, 0, 1]  # Boris comes back
    assert table.loc[("Root", 0, 0)]["cohort"] == "year 1 Q1"


def test_cohorts_of_a_whole_year_count_younger_ages_for_more_people(story):
    table = cohort_table(story, cohort_periods=4)
    root = table[(table["firm"] == "Root") & (table["cohort"] == "year 1")].set_index("age_periods")
    assert root["people"].tolist() == [2, 2, 2, 2, 1]  # Boris came in quarter 1 and cannot have age 4


def test_retention_of_the_same_people_splits_whom_from_how(make_records):
    same = [(0, "Rush", 0, 1, 10, 1), (0, "Rush", 1, 1, 10, 1)]
    a = make_records([*same, (2, "Rush", 0, 1, 10, 1)])
    b = make_records([*same, (2, "Rush", 0, 1, 10, 1), (2, "Rush", 1, 1, 10, 1), (0, "Rush", 2, 1, 10, 1)])
    last = retention_of_same_people(a, b, "Rush", split=0).iloc[3]
    assert last["people_in_both"] == 2
    assert (last["kept_in_a_share"], last["kept_in_b_share"]) == (0.5, 1.0)
    assert last["all_in_b_share"] == pytest.approx(2 / 3)
    assert last["treated_share"] == 0.5
    assert last["treated_share"] + last["acquired_share"] == pytest.approx(2 / 3 - 0.5)


def test_same_people_refuses_other_people_and_firms(make_records):
    with pytest.raises(ValueError, match="same people"):
        retention_of_same_people(make_records(), make_records(people=4), "Rush", 0)
    with pytest.raises(ValueError, match="no firm 'Rash'"):
        retention_of_same_people(make_records(), make_records(), "Rash", 0)


def test_customers_changed_names_those_who_paid_another_total(make_records):
    a = make_records([(0, "Rush", 0, 1, 10, 1), (0, "Rush", 2, 1, 10, 1)])
    b = make_records([(0, "Rush", 0, 1, 10, 1), (0, "Root", 2, 1, 10, 1)])
    assert customers_changed(a, b).tolist() == [2]
    assert customers_changed(a, a).size == 0
    with pytest.raises(ValueError, match="same people"):
        customers_changed(a, make_records(people=4))


purchases = st.lists(
    st.tuples(st.integers(0, 5), st.sampled_from(["Rush", "Root"]), st.integers(0, 3), st.integers(1, 3)),
    max_size=25, unique_by=lambda p: p[:3],
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(bought=purchases)
def test_history_and_repeat_rate_against_the_naive_way(make_records, bought):
    records = make_records([(t, f, c, u, 10 * u, u) for t, f, c, u in bought], people=4, periods=6)
    assert (records.history.active == records.count("active_customers")).all()
    again, of_all = repeat_counts(records)
    assert ((again >= 0) & (again <= of_all + 30)).all()
    by_person = {c: sum(u for _, _, who, u in bought if who == c) for c in range(4)}
    moves = sum(max(0, total - 1) for total in by_person.values())
    assert of_all.sum() / FIXED_POINT == pytest.approx(moves, abs=1e-4)


def test_newcomers_are_those_who_had_never_bought(make_records):
    bought = [(0, "Rush", 0, 1, 100, 40), (3, "Rush", 0, 1, 100, 40), (1, "Rush", 1, 1, 100, 10)]
    records = make_records(bought, periods=8)
    assert newcomers_back_share(records)[7].tolist()[0] == 0.5  # Anna came back within a year, Boris did not
    assert newcomer_value_money(records)[7, 0] == pytest.approx((0.4 + 0.4 + 0.1) / 2)


def test_a_year_of_a_newcomer_ends_before_its_anniversary_and_is_discounted(make_records):
    bought = [(0, "Rush", 0, 1, 100, 40), (2, "Rush", 1, 1, 100, 30), (4, "Rush", 0, 1, 100, 80),
              (4, "Rush", 1, 1, 100, 55)]
    records = make_records(bought, periods=8, overrides={"money.discount_rate": 0.21})
    assert newcomers_back_share(records)[7, RUSH] == 0.5  # the first one a year later to the day: too late
    assert newcomer_value_money(records)[7, RUSH] == pytest.approx((0.4 + 0.3 + 0.55 / 1.1) / 2)
    assert np.isnan(newcomer_value_money(records)[6]).all()


def test_parts_of_a_purchase_are_rounded_to_the_nearest_millionth(make_records):
    records = make_records([(0, "Rush", 0, 2, 20, 0), (0, "Root", 0, 1, 10, 0)])
    again, of_all = repeat_counts(records)
    assert (again[0, RUSH], of_all[0, RUSH], of_all[0, ROOT]) == (699_051, 1_398_101, 699_051)  # 2/3, 4/3, 2/3 of 2^20


@pytest.mark.parametrize(("leaves", "gone"), [(2, 0.0), (3, 1.0)])
def test_a_defector_was_there_to_come_back_for_a_whole_window(make_records, leaves, gone):
    people = {"leaves": np.array([leaves], dtype=np.int16)}
    records = make_records([(0, "Rush", 0, 1, 10, 0)], people=1, people_columns=people)
    assert defection_true_share(records)[0, RUSH] == gone
    assert np.isnan(defection_true_share(records)[[3, 4]]).all()


def test_one_period_alone_is_worked_out_from_what_was_bought_before_it(story, make_records):
    alone = [repeat_rate_share.at(story, period) for period in range(5)]
    assert [values[RUSH] for values in alone[1:]] == [0.5, 1.0, 1.0, 1.0]
    assert np.isnan([*alone[0], alone[1][ROOT], alone[2][ROOT], alone[3][ROOT]]).all()
    assert alone[4][ROOT] == 1.0
    assert kept_one_year_share.at(story, 4).tolist() == [0.5, 0.0]
    unknown = make_records(transactions=None)
    assert np.isnan([repeat_rate_share.at(unknown, 4), kept_one_year_share.at(unknown, 4)]).all()


def test_retention_of_the_same_people_period_by_period(make_records):
    """A window of one quarter: at the split A has 0 and 1, B has 0, 1 and 2; then A keeps 0, and B 1 and 2."""
    now = [(1, "Rush", 0, 1, 10, 1), (1, "Rush", 1, 1, 10, 1)]
    window = {"market.active_window_weeks": 13.0}
    a = make_records([(0, "Rush", 2, 1, 10, 1), *now, (2, "Rush", 0, 1, 10, 1)], periods=4, overrides=window)
    b = make_records([*now, (1, "Rush", 2, 1, 10, 1), (2, "Rush", 1, 1, 10, 1), (2, "Rush", 2, 1, 10, 1)], periods=4,
                     overrides=window)
    table = retention_of_same_people(a, b, "Rush", 1)
    assert table["period"].tolist() == [1, 2, 3]
    assert table["years_since_split"].tolist() == [0.0, 0.25, 0.5]
    assert table["people_in_both"].tolist() == [2, 2, 2]
    assert table["kept_in_a_share"].tolist() == [1.0, 0.5, 0.0]
    assert table["kept_in_b_share"].tolist() == [1.0, 0.5, 0.0]
    assert table["all_in_a_share"].tolist() == [1.0, 0.5, 0.0]
    assert table["all_in_b_share"].tolist() == pytest.approx([1.0, 2 / 3, 0.0])
    assert table["treated_share"].tolist() == [0.0, 0.0, 0.0]
    assert table["acquired_share"].tolist() == pytest.approx([0.0, 1 / 6, 0.0])
    for split in (-1, 4):
        with pytest.raises(ValueError, match="a period from 0 to 3"):
            retention_of_same_people(a, b, "Rush", split)


def test_ages_of_a_cohort_that_everybody_has_reached():
    """A cohort of two quarters, watched for a year: of ages below the window only 0 is told."""
    rows = [("Rush", "Q1", 1, age, age / 4, people) for age, people in ((0, 8), (1, 8), (2, 8), (3, 8), (4, 5))]
    early = [("Rush", "before", 0, age, age / 4, 8) for age in range(4)]
    short = [("Root", "Q1", 1, age, age / 4, 3) for age in range(3)]
    names = ["firm", "cohort", "entry_period", "age_periods", "age_years", "people"]
    cohorts = pd.DataFrame([*rows, *early, *short], columns=names)
    left = whole_ages(cohorts, np.array([0.0, 0.25, 0.5]), 0.5)
    assert left[["cohort", "age_periods"]].to_numpy().tolist() == [["Q1", 0], ["Q1", 2], ["Q1", 3]]


def test_nobody_who_ever_bought_has_no_spells(make_records):
    firm, duration, lapsed = tie_durations(make_records([]))
    assert (firm.size, duration.size, lapsed.size) == (0, 0, 0)
    assert survival_table(make_records([])).empty
    assert cohort_table(make_records([])).empty


def test_who_leaves_the_market_is_watched_until_a_window_before(make_records):
    people = {"leaves": np.array([4, 9, 9], np.int16)}
    bought = [(0, "Rush", 0, 1, 10, 0), (1, "Rush", 0, 1, 10, 0), (0, "Rush", 1, 1, 10, 0)]
    firm, duration, lapsed = tie_durations(make_records(bought, periods=8, people_columns=people))
    assert firm.tolist() == [0, 0]
    assert duration.tolist() == [2, 1]  # the first is watched until quarter 2 and was there in quarter 1
    assert lapsed.tolist() == [True, True]


def test_cohorts_end_where_the_window_or_the_stay_does(make_records):
    people = {"leaves": np.array([3, 9, 9], np.int16)}
    bought = [(0, "Rush", 0, 1, 10, 0), (2, "Rush", 0, 1, 10, 0), (1, "Rush", 1, 1, 10, 0), (5, "Root", 2, 1, 10, 0)]
    table = cohort_table(make_records(bought, periods=6, warm_up=1, people_columns=people), 2)
    assert table[table["firm"] == "Rush"][["cohort", "entry_period", "age_periods", "people", "kept_people"]
                                         ].to_numpy().tolist() == [
        ["year 0 Q4", 0, 0, 1, 1], ["year 0 Q4", 0, 1, 1, 1], ["year 0 Q4", 0, 2, 1, 1], ["year 0 Q4", 0, 3, 1, 0],
        ["year 0 Q4", 0, 4, 1, 0], ["year 0 Q4", 0, 5, 1, 0], ["year 1 Q1", 1, 0, 1, 1], ["year 1 Q1", 1, 1, 1, 1],
        ["year 1 Q1", 1, 2, 1, 0], ["year 1 Q1", 1, 3, 1, 0], ["year 1 Q1", 1, 4, 1, 0]]
    root = table[table["firm"] == "Root"].iloc[0]
    assert (root["cohort"], root["people"], root["retention_share"], root["age_years"]) == ("year 2 Q1", 1, 1.0, 0.0)


def test_cohorts_are_those_of_a_quarter_also_in_months(make_records):
    records = make_records([(month, "Rush", month % 3, 1, 10, 0) for month in (0, 2, 3)] + [(4, "Root", 1, 1, 10, 0)],
                           periods=6, overrides={"clock.period": "month"})
    table = cohort_table(records)
    youngest = table[table["age_periods"] == 0]
    assert youngest[["firm", "cohort", "entry_period", "people"]].to_numpy().tolist() == [
        ["Rush", "year 1 Q1", 0, 2], ["Root", "year 1 Q2", 3, 1]]
    assert table["age_years"].max() == pytest.approx(5 / 12)


def test_who_buys_again_within_the_window_is_one_customer_and_not_two(make_records):
    bought = [(0, "Rush", 0, 1, 10, 0), (1, "Rush", 1, 1, 10, 0), (2, "Rush", 1, 1, 10, 0), (3, "Rush", 1, 1, 10, 0),
              (2, "Root", 0, 1, 10, 0), (3, "Root", 0, 1, 10, 0)]
    table = cohort_table(make_records(bought, periods=6))
    table = table.set_index(["firm", "entry_period", "age_periods"]).sort_index()
    assert table.loc[("Rush", 1)]["kept_people"].tolist() == [1, 1, 1, 1, 0]
    assert table.loc[("Rush", 0)]["kept_people"].tolist() == [1, 1, 0, 0, 0, 0]
    assert table.loc[("Root", 2)]["kept_people"].tolist() == [1, 1, 1, 0]


def test_newcomers_and_cohorts_of_one_person_alone(make_records):
    records = make_records([(0, "Rush", 0, 1, 100, 40), (1, "Root", 0, 1, 100, 30)], people=1, periods=8)
    assert newcomer_value_money(records)[7].tolist() == [0.4, 0.3]
    assert newcomers_back_share(records)[7].tolist() == [0.0, 0.0]
    table = cohort_table(records)
    assert table[table["age_periods"] == 0][["firm", "entry_period", "people"]].to_numpy().tolist() == [
        ["Rush", 0, 1], ["Root", 1, 1]]


def test_a_repeat_rate_weighs_the_firms_of_the_period_before(make_records):
    """Two of Rush and one of Root before, one of each now: two thirds were at Rush, and half of what follows is."""
    records = make_records([(0, "Rush", 0, 2, 20, 0), (0, "Root", 0, 1, 10, 0), (1, "Rush", 0, 1, 10, 0),
                            (1, "Root", 0, 1, 10, 0)])
    whole, alone = repeat_rate_share(records)[1], repeat_rate_share.at(records, 1)
    assert alone.tolist() == whole.tolist()
    assert whole[RUSH] == pytest.approx((2 / 3 * 1 / 2) / (2 / 3 + 1 / 2), abs=1e-5)
