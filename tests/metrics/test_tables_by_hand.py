"""The tables of a run and its survey, mood, voice and market metrics, row by row for small hand-written histories."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim.engine.state import COUNTS
from sim.metrics import attitude, market_share, voice
from sim.metrics.frames import (
    customers_changed,
    customers_frame,
    events_frame,
    flows_frame,
    ledger_frame,
    quadrants_frame,
    surveys_frame,
    ties_frame,
    transactions_frame,
)
from sim.records.surveys import SurveyWave


def wave(period: int, **columns: Any) -> SurveyWave:
    """A survey of Rush and Root: 10 and 4 people were asked, 8 and none answered."""
    told = {"asked": [10, 4], "answered": [8, 0], "quadrants": [[4, 0], [2, 0], [1, 0], [1, 0]],
            "inner_quadrants": [[3, 1], [4, 0], [2, 3], [1, 0]], "promoters": [5, 0], "passives": [2, 0],
            "detractors": [1, 0], "attitude_boxes": [[1, 0], [0, 0], [2, 0], [3, 0], [2, 0]]}
    return SurveyWave(period=period, **{name: np.array(value) for name, value in told.items()}, **columns)


def test_a_row_of_the_ledger_and_of_a_purchase(story):
    table = ledger_frame(story)
    assert list(table.columns) == ["period", "year", "firm", "account", "amount", "amount_money"]
    rows = table[(table["period"] == 1) & (table["account"] == "goods")]
    assert rows.drop(columns="account").to_numpy().tolist() == [
        [1, 0.5, "Rush", 600, 6.0], [1, 0.5, "Root", 1100, 11.0]]
    assert transactions_frame(story).iloc[4].to_dict() == {
        "customer_id": 1, "firm": "Root", "period": 1, "year": 0.5, "units": 1, "amount": 2000, "price_cut": 200,
        "margin": 900, "amount_money": 20.0, "price_cut_money": 2.0, "margin_money": 9.0}


def test_people_and_their_ties_at_the_end(story):
    people = customers_frame(story)
    assert people["purchases_units"].tolist() == [5, 3, 1]
    assert people["paid_money"].tolist() == [50.0, 50.0, 20.0]
    assert people["last_firm"].tolist() == ["Rush", "Root", "Root"]
    assert {"rate", "basket", "segment", "enters", "leaves", "valence", "arousal"} < set(people.columns)
    assert "number" not in people.columns  # it is the customer_id
    ties = ties_frame(story).set_index(["firm", "customer_id"])
    assert ties.loc[("Root", 1), ["paid_money", "served_money", "relation_money", "acquired_money"]].tolist() == [
        40.0, 22.0, 0.0, 0.0]
    assert ties["experiences"].tolist() == [5, 1, 0, 0, 2, 1]
    assert ties["aware"].all()
    assert "experiences_money" not in ties.columns


def test_events_keep_their_columns_where_there_are_none(make_records):
    told = {"period": 2, "year": 0.75, "kind": "outage", "firm": "Rush", "what": "half"}
    assert events_frame(make_records(events=(told,))).to_dict("records") == [told]
    assert list(events_frame(make_records()).columns) == list(told)


def test_surveys_by_firm(make_records):
    records = make_records(surveys=(wave(1),))
    rush, root = surveys_frame(records).to_dict("records")
    assert {name: rush[f"{name}_people"] for name in ("asked", "answered", "true", "latent", "spurious", "none")} == {
        "asked": 10, "answered": 8, "true": 4, "latent": 2, "spurious": 1, "none": 1}
    assert [rush[f"inner_{name}_people"] for name in ("true", "latent", "spurious", "none")] == [3, 4, 2, 1]
    assert [rush[f"attitude_box_{box}_people"] for box in (1, 2, 3, 4, 5)] == [1, 0, 2, 3, 2]
    assert (rush["period"], rush["year"], rush["nps_points"]) == (1, 0.5, 50.0)
    assert (root["firm"], np.isnan(root["nps_points"])) == ("Root", True)
    table = quadrants_frame(records).set_index(["firm", "quadrant"])
    assert table.loc["Rush", "share"].tolist() == [0.5, 0.25, 0.125, 0.125]
    assert table.loc["Root", "inner_share"].tolist() == [0.25, 0.0, 0.75, 0.0]
    assert table.loc[("Root", "spurious"), ["people", "inner_people", "year"]].tolist() == [0, 3, 0.5]
    assert table["share"].isna().sum() == 4


def test_one_answer_is_enough_for_a_score(make_records):
    one = {"answered": [1, 1], "promoters": [1, 0], "detractors": [0, 1]}
    told = {name: getattr(wave(0), name) for name in SurveyWave.__dataclass_fields__}
    records = make_records(surveys=(SurveyWave(**{**told, **{name: np.array(value) for name, value in one.items()}}),))
    assert surveys_frame(records)["nps_points"].tolist() == [100.0, -100.0]


def test_survey_metrics_by_firm(make_records):
    records = make_records(surveys=(wave(1), wave(3)))
    for name, share in (("truly_loyal", 0.5), ("latently_loyal", 0.25), ("spuriously_loyal", 0.125),
                        ("not_loyal", 0.125)):
        values = getattr(attitude, f"{name}_survey_share")(records)
        assert values[[1, 3], 0].tolist() == [share, share]
        assert np.isnan(values[[0, 2, 4], 0]).all()
        assert np.isnan(values[:, 1]).all()
    assert attitude.truly_loyal_inner_share(records)[1].tolist() == [0.3, 0.25]
    assert attitude.spuriously_loyal_inner_share(records)[1].tolist() == [0.2, 0.75]
    assert attitude.nps_points(records)[1, 0] == 50.0
    assert attitude.attitude_top_two_share(records)[1, 0] == 0.625
    assert attitude.survey_response_share(records)[1].tolist() == [0.8, 0.0]


def test_moves_between_quadrants_by_firm(make_records):
    def answers(firm: list[int], quadrant: list[int]) -> dict[str, Any]:
        return {"customer": np.array([0, 1, 0, 2]), "firm": np.array(firm), "quadrant": np.array(quadrant)}

    firm = [0, 0, 1, 1]
    waves = (wave(1, answers=answers(firm, [3, 0, 2, 1])), wave(2, answers=answers(firm, [3, 2, 3, 0])),
             wave(4, answers=answers([1, 1, 0, 1], [0, 1, 3, 3])))
    moves = flows_frame(make_records(surveys=waves))
    assert len(moves) == 64
    assert moves[moves["people"] > 0].to_numpy().tolist() == [
        [2, 0.75, "Rush", "true", "spurious", 1], [2, 0.75, "Rush", "none", "none", 1],
        [2, 0.75, "Root", "latent", "true", 1], [2, 0.75, "Root", "spurious", "none", 1],
        [4, 1.25, "Rush", "none", "none", 1], [4, 1.25, "Root", "true", "none", 1],
        [4, 1.25, "Root", "none", "true", 1]]


def test_who_stays_in_the_first_quadrant_of_the_second_firm(make_records):
    same = {"customer": np.array([0]), "firm": np.array([1]), "quadrant": np.array([0])}
    moves = flows_frame(make_records(surveys=(wave(0, answers=same), wave(1, answers=same))))
    assert moves[moves["people"] > 0].to_numpy().tolist() == [[1, 0.5, "Root", "true", "true", 1]]
    assert moves.groupby("firm").size().to_dict() == {"Rush": 16, "Root": 16}


def test_who_paid_the_same_in_another_order_bought_last_elsewhere(make_records):
    a = make_records([(0, "Rush", 0, 1, 10, 1), (1, "Root", 0, 1, 10, 1)])
    b = make_records([(0, "Root", 0, 1, 10, 1), (1, "Rush", 0, 1, 10, 1)])
    assert customers_changed(a, b).tolist() == [0]
    alone = make_records([(0, "Rush", 0, 1, 10, 1)], firms=("Rush",))
    both = make_records([(0, "Root", 1, 1, 10, 1), (1, "Rush", 0, 1, 10, 1), (2, "Rush", 1, 1, 0, 0)])
    assert customers_changed(alone, both).tolist() == [1]
    assert customers_changed(both, alone).tolist() == [1]
    more = make_records([(0, "Rush", 0, 1, 20, 1)], firms=("Rush",))
    assert customers_changed(alone, more).tolist() == [0]
    assert customers_changed(alone, alone).size == 0


@pytest.fixture
def counted(make_records):
    """Counts of one period of Rush as given; Root has none."""
    def made(people: int = 3, **counts: int) -> Any:
        records = make_records(people=people, periods=1)
        for name, count in counts.items():
            records.counts[0, COUNTS.index(name), 0] = count
        return records

    return made


def test_moods_are_shares_of_everybody_in_any_mood(counted):
    records = counted(delighted=4, content=3, disappointed=2, angry=1)
    for mood, share in (("delighted", 0.4), ("content", 0.3), ("disappointed", 0.2), ("angry", 0.1)):
        assert getattr(attitude, f"{mood}_share")(records)[0, 0] == share


def test_voices_are_counted_against_what_could_have_been_said(counted):
    records = counted(units=40, failures=10, problems=8, complaints=2, mended=1, cared=4, told_joy=20, told_loss=5,
                      touches=16, unwelcome_touches=4)
    values = {"failures_per_purchase": 0.25, "problems_per_purchase": 0.2, "complaints_per_problem": 0.25,
              "complaints_per_purchase": 0.05, "silent_problems_share": 0.75, "mended_per_complaint": 0.5,
              "cared_per_problem": 0.5, "told_joy_per_purchase": 0.5, "told_loss_per_purchase": 0.125,
              "unwelcome_touches_share": 0.25}
    for name, value in values.items():
        assert getattr(voice, name)(records)[0, 0] == value, name


def test_shares_of_people_and_of_contacts(counted):
    records = counted(people=8, aware_people=6, buyers=2, contacts=10, lost_contacts=4)
    assert market_share.aware_share(records)[0, 0] == 0.75
    assert market_share.penetration_share(records)[0].tolist() == [0.25, 0.0]
    assert market_share.lost_contacts_share(records)[0, 0] == 0.4
    assert market_share.lost_contacts_share(counted(contacts=1, lost_contacts=4))[0, 0] == 1.0


def test_new_customers_of_a_year_and_shares_of_revenue(story):
    assert market_share.new_customers_last_year_people(story)[:, 0].tolist() == [2, 2, 2, 2, 0]
    assert market_share.revenue_share(story)[1].tolist() == pytest.approx([1 / 3, 2 / 3])


def test_wallets_of_one_period_alone(story, make_records):
    assert market_share.wallet_share.at(story, 1).tolist() == [0.6, 0.8]
    assert np.isnan(market_share.wallet_share.at(make_records(transactions=None), 1)).all()
