"""Recording: what a run remembers, the cap on purchases, surveys that are asked with error and change nothing."""

from types import SimpleNamespace

import numpy as np
import pytest

from sim.engine.state import ACCOUNTS, COUNTS
from sim.metrics.attitude import (
    nps_points,
    spuriously_loyal_inner_share,
    survey_response_share,
    truly_loyal_inner_share,
    truly_loyal_survey_share,
)
from sim.metrics.frames import flows_frame
from sim.records.recorder import KEEP_UP_TO, Recorder, RunFacts
from sim.records.surveys import QUADRANTS, Surveyed, SurveyWave, box, take_survey
from sim.records.transactions import Transactions
from sim.scenario.load import load

FIRMS = ("Rush", "Root")
PEOPLE = 400


def scenario_with(**survey):
    return load({"question": "Who?", "firms": {name: {} for name in FIRMS}, "survey": survey, "clock": {"years": 1.0},
                 "market": {"customers": PEOPLE}})


def people(number=PEOPLE):
    columns = {name: np.ones(number, np.float32)
               for name in ("rate", "basket", "price_sensitivity", "proneness", "serving")}
    return {**columns, "number": np.arange(number, dtype=np.uint32), "segment": np.zeros(number, np.int8),
            "enters": np.zeros(number, np.int16), "leaves": np.full(number, 9999, np.int16)}


def ties(number=PEOPLE, seed=0):
    random = np.random.default_rng(seed)
    names = ("commitment", "satisfaction", "habit", "trust", "expectation", "grievance", "knowledge")
    tie = {name: random.random((2, number)).astype(np.float32) for name in names}
    tie["units"] = random.integers(0, 2, (2, number)).astype(np.int16)
    tie["amount"] = tie["units"].astype(np.int64) * 1000
    tie["given"], tie["margin"] = tie["amount"] // 10, tie["amount"] // 4
    tie["idle"] = random.integers(0, 12, (2, number)).astype(np.int16)
    for name in ("experiences", "paid", "served", "relation", "acquired"):
        tie[name] = np.zeros((2, number), np.int64)
    tie["aware"] = np.ones((2, number), bool)
    return SimpleNamespace(**tie)


def facts_of(scenario, periods=12):
    return RunFacts(scenario, 7, 7, FIRMS, periods, 52 / 12, 12.0, 0)


def recorded(scenario, keep="auto", periods=12, number=PEOPLE):
    recorder = Recorder(facts_of(scenario, periods), people(number), keep)
    empty = np.zeros((len(COUNTS), 2), np.int64)
    for period in range(periods):
        tie = ties(number, period)
        ledger = np.zeros((len(ACCOUNTS), 2), np.int64)
        ledger[0] = tie.amount.sum(axis=1)
        recorder.period(period, ledger, empty, tie)
    me = SimpleNamespace(valence=np.zeros(number), arousal=np.zeros(number), last_firm=np.zeros(number, np.int8))
    return recorder.finish(ties(number), me)


def test_purchases_are_kept_sorted_and_add_up_to_the_books():
    records = recorded(scenario_with())
    rows = records.transactions
    order = np.lexsort((rows.customer, rows.firm, rows.period))
    assert (order == np.arange(len(rows))).all()
    paid = [rows.amount[rows.firm == firm].sum() for firm in (0, 1)]
    assert paid == records.account("revenue").sum(axis=0).tolist()
    assert (rows.units > 0).all()
    assert (rows.period.dtype, rows.firm.dtype, rows.amount.dtype) == (np.int32, np.int16, np.int64)


def test_a_cost_without_a_purchase_is_a_row_but_not_a_purchase():
    recorder = Recorder(facts_of(scenario_with()), people())
    tie = ties()
    for name in ("units", "amount", "given", "margin"):
        getattr(tie, name)[:] = 0
    tie.margin[1, 5] = -30
    recorder.period(0, np.zeros((len(ACCOUNTS), 2)), np.zeros((len(COUNTS), 2)), tie)
    me = SimpleNamespace(valence=np.zeros(PEOPLE), arousal=np.zeros(PEOPLE), last_firm=np.zeros(PEOPLE, np.int8))
    rows = recorder.finish(tie, me).transactions
    assert (rows.firm.tolist(), rows.customer.tolist(), rows.margin.tolist()) == ([1], [5], [-30])
    assert rows.rows(rows.units > 0).period.size == 0


def test_big_runs_keep_totals_only_and_all_has_a_limit():
    scenario = scenario_with()
    periods = KEEP_UP_TO // PEOPLE + 1
    assert not Recorder(facts_of(scenario, periods), people()).keeps_transactions
    assert Recorder(facts_of(scenario, periods), people(), "all").keeps_transactions
    with pytest.raises(ValueError, match='records="totals"'):
        Recorder(facts_of(scenario, periods * 10), people(), "all")
    assert recorded(scenario, "totals").transactions is None
    assert recorded(scenario, "totals").history is None


def test_recording_changes_nothing():
    recorder, tie = Recorder(facts_of(scenario_with()), people()), ties()
    before = {name: column.copy() for name, column in vars(tie).items()}
    for period in range(12):
        recorder.period(period, np.zeros((len(ACCOUNTS), 2)), np.zeros((len(COUNTS), 2)), tie)
    assert all((before[name] == column).all() for name, column in vars(tie).items())


def test_records_own_their_columns():
    recorder, tie = Recorder(facts_of(scenario_with()), people()), ties()
    me = SimpleNamespace(valence=np.zeros(PEOPLE), arousal=np.zeros(PEOPLE), last_firm=np.zeros(PEOPLE, np.int8))
    recorder.period(0, np.zeros((len(ACCOUNTS), 2)), np.zeros((len(COUNTS), 2)), tie)
    records = recorder.finish(tie, me)
    tie.trust[:] = 9.0
    assert records.ties["trust"].max() < 1.0


def test_a_run_that_was_broken_off_gives_the_periods_it_has():
    recorder = Recorder(facts_of(scenario_with()), people())
    recorder.period(0, np.ones((len(ACCOUNTS), 2)), np.zeros((len(COUNTS), 2)), ties())
    recorder.event(0, "outage", "Rush", "half of the people are struck")
    me = SimpleNamespace(valence=np.zeros(PEOPLE), arousal=np.zeros(PEOPLE), last_firm=np.zeros(PEOPLE, np.int8))
    records = recorder.finish(ties(), me)
    assert records.periods == 1
    assert records.events[0] == {
        "period": 0, "year": 0.0, "kind": "outage", "firm": "Rush", "what": "half of the people are struck"}


def test_surveys_come_every_quarter_of_a_monthly_year():
    assert [wave.period for wave in recorded(scenario_with(every_weeks=13.0)).surveys] == [2, 5, 8, 11]
    assert [wave.period for wave in recorded(scenario_with(every_weeks=52.0)).surveys] == [11]


def test_present_counts_who_entered_and_has_not_left():
    records = recorded(scenario_with(), periods=4, number=10)
    records.people["enters"][:] = [0, 0, 1, 2, 3, 9, 0, 2, 0, 0]
    records.people["leaves"][:] = [9, 1, 2, 3, 4, 9, 0, 1, 9, 9]
    expected = [
        sum(int(a <= t < b) for a, b in zip(records.people["enters"], records.people["leaves"], strict=True))
        for t in range(4)
    ]
    assert records.present().tolist() == expected


def asked_of(commitment, satisfaction, habit):
    columns = [np.array(values, dtype=float).reshape(2, -1) for values in (commitment, satisfaction, habit)]
    number = columns[0].shape[1]
    return Surveyed(np.arange(number, dtype=np.uint32), np.ones((2, number), bool), *columns, 0.3)


def test_without_error_the_answers_are_the_truth_in_boxes():
    # one person per quadrant at Rush; nobody has any habit at Root
    asked = asked_of([[0.9, 0.9, 0.1, 0.1], [0.0] * 4], [[0.9, 0.9, 0.1, 0.1], [0.0] * 4],
                     [[0.5, 0.2, 0.5, 0.2], [0.0, 0.4, 0.0, 0.4]])
    wave = take_survey(0, FIRMS, asked, scenario_with(error=0.0, response=1.0).survey, 1)
    assert wave.quadrants[:, 0].tolist() == [1, 1, 1, 1]
    assert wave.quadrants.tolist() == wave.inner_quadrants.tolist()
    assert wave.answers["attitude"][:4].tolist() == [5, 5, 1, 1]
    assert wave.answers["recommend"][:4].tolist() == [10, 10, 2, 2]
    assert (wave.promoters[0], wave.passives[0], wave.detractors[0]) == (2, 0, 2)
    assert (wave.asked[0], wave.answered[0]) == (4, 4)


def test_error_blurs_and_some_stay_silent():
    number = 4000
    asked = asked_of(np.full((2, number), 0.8), np.full((2, number), 0.8), np.full((2, number), 1.0))
    survey = scenario_with(error=0.2, response=0.6).survey
    wave = take_survey(0, FIRMS, asked, survey, 1)
    assert wave.answered / number == pytest.approx([0.6, 0.6], abs=0.03)
    boxes = wave.attitude_boxes[:, 0] / wave.answered[0]
    assert boxes[4] == pytest.approx(0.5, abs=0.03)  # half of the errors are upwards
    assert boxes[3] == pytest.approx(0.34, abs=0.03)  # within one standard deviation below
    assert wave.inner_quadrants[QUADRANTS.index("latent"), 0] == number  # both firms half of the habit


def test_answers_belong_to_the_person_and_the_firm_s_name():
    asked = asked_of(*(np.full((2, 50), 0.5) for _ in range(3)))
    survey = scenario_with().survey
    wave = take_survey(3, FIRMS, asked, survey, 1)
    turned = take_survey(3, FIRMS[::-1], asked, survey, 1)
    for name in ("attitude", "recommend"):
        one, other = (w.answers[name][w.answers["firm"] == place] for w, place in ((wave, 0), (turned, 1)))
        assert (one == other).all()
    again = take_survey(4, FIRMS, asked, survey, 1)
    assert again.answers["customer"].tolist() != wave.answers["customer"].tolist()


def wave_of(period, quadrants, scores):
    answers = {"customer": np.arange(len(quadrants)), "firm": np.zeros(len(quadrants), np.int16),
               "quadrant": np.array(quadrants, np.int8)}
    totals = np.bincount(quadrants, minlength=4)[:, None]
    score = np.array(scores)
    counted = [np.array([n]) for n in ((score >= 9).sum(), ((score >= 7) & (score < 9)).sum(), (score < 7).sum())]
    size = np.array([len(quadrants)])
    return SurveyWave(period, 2 * size, size, totals, totals, *counted, np.zeros((5, 1), np.int64), answers)


def test_survey_metrics_by_hand(make_records):
    waves = (wave_of(1, [0, 0, 2, 3], [10, 9, 7, 3]), wave_of(3, [0, 2, 2, 1], [9, 8, 8, 8]))
    records = make_records(firms=("Solo",), people=4, surveys=waves)
    assert truly_loyal_survey_share(records)[[1, 3], 0].tolist() == [0.5, 0.25]
    assert np.isnan(truly_loyal_survey_share(records)[[0, 2, 4]]).all()
    assert nps_points(records)[[1, 3], 0].tolist() == [25.0, 25.0]
    assert survey_response_share(records)[1, 0] == 0.5
    assert truly_loyal_inner_share(records)[1, 0] == 0.5
    assert spuriously_loyal_inner_share(records)[3, 0] == 0.5
    moves = flows_frame(records)
    went = {(s, e): n for s, e, n in zip(moves["start"], moves["end"], moves["people"], strict=True) if n}
    first, second, third, fourth = QUADRANTS
    assert went == {(first, first): 1, (first, third): 1, (third, third): 1, (fourth, second): 1}


def test_until_forgets_the_later_periods():
    whole = recorded(scenario_with())
    first = whole.until(6)
    assert (first.periods, first.transactions.period.max(), len(first.surveys)) == (6, 5, 2)
    assert len(whole.transactions) > len(first.transactions)


def test_no_rows_is_a_table_too():
    assert len(Transactions.joined([])) == 0


def test_a_box_begins_at_its_edge_and_a_rounding_error_below_it():
    edges = np.array([0.2, 0.4, 0.6, 0.8])
    assert box(edges).tolist() == box(edges - 1e-12).tolist() == [2, 3, 4, 5]
    assert box(edges - 1e-6).tolist() == [1, 2, 3, 4]


def test_on_the_edge_is_high_in_the_survey_and_in_truth():
    asked = asked_of([[0.3, 0.3, 0.29], [0.0] * 3], [[0.84, 0.64, 0.65], [0.0] * 3],
                     [[0.6, 0.59, 0.6], [0.4, 0.41, 0.4]])
    survey = scenario_with(error=0.0, response=1.0, commitment_weight=0.0, high_from_box=4).survey
    wave = take_survey(0, FIRMS, asked, survey, 1)
    assert wave.answers["attitude"][:3].tolist() == [5, 4, 4]
    assert wave.answers["quadrant"][:3].tolist() == [0, 1, 0]
    assert wave.inner_quadrants[:, 0].tolist() == [1, 1, 1, 0]  # committed from 0.3 on, recalled from 0.6 on


def test_nine_is_a_promoter_and_seven_is_passive():
    liked = [0.85, 0.84, 0.65, 0.64]
    wave = take_survey(0, FIRMS, asked_of([[0.0] * 4] * 2, [liked] * 2, [[0.5] * 4] * 2),
                       scenario_with(error=0.0, response=1.0).survey, 1)
    assert wave.answers["recommend"][:4].tolist() == [9, 8, 7, 6]
    assert (wave.promoters[0], wave.passives[0], wave.detractors[0]) == (1, 2, 1)
