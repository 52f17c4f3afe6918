"""Pairs of runs: the numbers of the command line, the base kept, what is not wanted any more stopped."""

from __future__ import annotations

import numpy as np
import pytest

import sim
from sim.app.behind import FEWEST, MOST, filled_in
from sim.app.choice import PageChoice
from sim.app.courses import Courses, SupersededError
from sim.lives.person import Person
from sim.lives.side_by_side import Meeting
from sim.scenario import Scenario, load
from sim.studies.against_nothing import OUTCOME


@pytest.fixture(scope="module")
def small() -> Scenario:
    return load("first_look", {"market.customers": 80, "clock.years": 1, "clock.warm_up_years": 0})


def test_both_variants_are_the_runs_of_the_command_line(small: Scenario) -> None:
    pair = Courses().pair(PageChoice(small, 5).with_slider("firms.Root.promise", 0.4))
    for changed, scenario in ((False, small), (True, sim.load(small, {"firms.Root.promise": 0.4}))):
        run = sim.run(scenario, seed=5)
        for firm in pair.firms:
            line, column = pair.line(changed, OUTCOME, firm), run.periods.set_index("firm").loc[firm, OUTCOME]
            assert line is not None
            assert np.array_equal(line, column.to_numpy())


def test_the_base_is_run_once_and_a_pair_without_a_change_is_one_run(small: Scenario) -> None:
    courses = Courses()
    first = courses.pair(PageChoice(small, 5))
    second = courses.pair(PageChoice(small, 5).with_slider("firms.Root.promise", 0.4))
    assert first.here is first.there is second.here
    assert second.there is not second.here


def test_a_run_that_is_not_wanted_stops(small: Scenario) -> None:
    asked = []

    def wanted() -> bool:
        asked.append(1)
        return len(asked) < 4

    courses = Courses()
    with pytest.raises(SupersededError):
        courses.pair(PageChoice(small, 5), wanted)
    assert len(asked) == 4
    assert courses.pair(PageChoice(small, 5)).here.done, "what was stopped is not kept as if it were whole"


def test_where_people_stand_is_what_the_run_remembers_at_its_end(small: Scenario) -> None:
    course = Courses().pair(PageChoice(small, 5)).here
    run, last = course.run, course.stands[-1]
    assert len(course.stands) == run.periods
    there = run.people["leaves"] >= run.periods
    assert np.array_equal(last.firm[there], run.me["last_firm"][there])
    assert (last.firm[~there] == -1).all()
    customers = [(last.customer & (last.firm == place)).sum() for place in range(len(run.firms))]
    assert sum(customers) <= run.count("active_customers")[-1].sum()
    who = int(np.flatnonzero(last.customer)[0])
    assert last.satisfaction[who] == pytest.approx(run.ties["satisfaction"][last.firm[who], who])
    assert last.bond[who] == pytest.approx(run.ties[course.bond][last.firm[who], who])


def test_one_customer_is_met_in_both_variants(small: Scenario) -> None:
    courses, choice = Courses(), PageChoice(small, 5)
    assert isinstance(courses.pair(choice).meeting(3, "en", ("as written", "changed")), Person)
    moved = courses.pair(choice.with_slider("firms.Root.promise", 0.4))
    found = moved.meeting(3, "en", ("as written", "changed"))
    assert isinstance(found, Meeting)
    assert found.here.life.who == found.there.life.who == 3


def test_intervals_and_spending_against_nothing_are_those_of_the_studies(small: Scenario) -> None:
    choice = PageChoice(small, 5).with_slider("firms.Root.promise", 0.4)
    courses = Courses()
    told = list(filled_in(courses, courses.pair(choice), lambda: True))
    assert [one.n for one in told if not one.spreads] == list(range(1, FEWEST)), "none below eight seeds"
    assert told[-1].n == MOST
    table = sim.compare([small, choice.changed], MOST, seed=5).table([OUTCOME]).set_index("firm")
    for firm in small.firms:
        spread, row = told[-1].spreads[OUTCOME, firm], table.loc[firm]
        assert [spread.mean[-1], spread.low[-1], spread.high[-1]] == pytest.approx(
            [row["difference"], row["low"], row["high"]])
    nothing = told[-1].nothing
    assert nothing is not None
    expected = sim.against_nothing(choice.changed, FEWEST, seed=5)
    for firm in small.firms:
        assert nothing.difference(firm, "changed").mean == expected.difference(firm).mean


def test_filling_in_stops_when_it_is_not_wanted(small: Scenario) -> None:
    courses, wanted = Courses(), [True]
    going = filled_in(courses, courses.pair(PageChoice(small, 5)), lambda: wanted[0])
    next(going)
    wanted[0] = False
    with pytest.raises(SupersededError):
        next(going)
