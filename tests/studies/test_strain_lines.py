"""The sentence about money that was short: its words, what it needs to be said, and that kept runs still say it."""

import pytest

import sim
from sim.reports.stored import StoredStudy
from sim.studies.strain import FirmStrain, strain_lines, strained

SHOPS = {
    "question": "Who pays for quality?", "clock": {"years": 2}, "market": {"customers": 300},
    "budget": {"per_person_per_year": 6.0}, "product": {"quality_cost": 1.0},
    "firms": {"Fine": {"quality": 0.9, "spending": {"advertising": 0.2, "relations": 0.6}},
              "Plain": {"spending": {"advertising": 0.5}}},
    "what_if": {"plain": {"firms": {"Fine": {"quality": 0.7}}}, "dear": {"product": {"quality_cost": 2.0}}},
}


def told(**facts) -> FirmStrain:
    """Root in 36 months, without strain unless told otherwise."""
    nothing = {"empty_months": 0.0, "undone_months": {}, "spent_money": {}, "unspent_money": {}, "used_money": {}}
    return FirmStrain(**{"variant": "as written", "firm": "Root", "n": 20, "currency": "EUR", "months": 36.0,
                         **nothing, **facts})


def test_the_words_of_an_empty_account():
    root = told(
        empty_months=13.8, undone_months={"answers": 13.8, "care": 13.8, "price_cuts": 4.0},
        spent_money={"relations": 63.4, "advertising": 100.0}, unspent_money={"relations": 271.6, "advertising": 0.1},
        used_money={"quality": 500.0, "recovery": 20.0})
    assert root.sentence == (
        "Root's account was empty in 14 of 36 months, as better quality came first: complaints were not answered, "
        "no care, no price cuts; relations got EUR 63 a month instead of EUR 335.")


def test_the_words_of_plans_that_shrank_without_an_empty_account():
    root = told(empty_months=0.3, undone_months={"answers": 0.3}, spent_money={"relations": 5.0, "advertising": 2.0},
                 unspent_money={"relations": 4, "advertising": 3.5},
                used_money={"price_cuts": 50.0, "rewards": 50.0})
    assert root.sentence == (
        "Root had less for its plans, as price cuts and rewards came first: relations got EUR 5.00 a month "
        "instead of EUR 9.00 and advertising EUR 2.00 instead of EUR 5.50.")


def test_a_firm_without_a_budget_does_nothing_and_nothing_came_first():
    assert told(empty_months=36.0, undone_months={"answers": 36.0}).sentence == (
        "Root's account was empty in 36 of 36 months: complaints were not answered.")


@pytest.mark.parametrize(("facts", "worth"), [
    ({}, False), ({"empty_months": 0.2}, False), ({"empty_months": 0.8}, True),
    ({"spent_money": {"service": 100.0}, "unspent_money": {"service": 0.5}}, False),
    ({"spent_money": {"service": 100.0}, "unspent_money": {"service": 10.0}}, True),
    ({"unspent_money": {"service": 0.01}}, True), ({"used_money": {"quality": 900.0}}, False),
])
def test_rounding_and_single_weeks_are_not_worth_a_line(facts, worth):
    assert told(**facts).is_worth_a_line is worth


def test_better_quality_is_said_in_every_variant_that_has_it_and_a_store_still_says_it(tmp_path):
    study = sim.compare(SHOPS, 3, seed=2, store=tmp_path / "kept.sqlite")
    found = strained(study)
    assert [(one.variant, one.firm) for one in found] == [("as written", "Fine"), ("dear", "Fine")]
    written, dear = found
    assert dear.empty_months > written.empty_months > 0
    assert min(dear.unspent_money["relations"], written.unspent_money["relations"]) > 0
    lines = strain_lines(found, study.base)
    assert lines[0].startswith("Fine's account was empty in ")
    assert "as better quality came first" in lines[0]
    assert lines[1].startswith("dear: Fine's account was empty in ")
    assert strained(StoredStudy(tmp_path / "kept.sqlite")) == found
    assert strained(study, ["plain"]) == []


def test_the_mean_is_that_of_the_runs():
    study = sim.replicate(SHOPS, 3, seed=2)
    (fine,) = strained(study)
    runs = [sim.run(SHOPS, seed=seed).periods.query("firm == 'Fine'").iloc[-1] for seed in (2, 3, 4)]
    assert fine.empty_months == pytest.approx(sum(run["empty_account_months"] for run in runs) / 3)
    assert 24 * sum(fine.unspent_money.values()) == pytest.approx(sum(run["unspent_plans_money"] for run in runs) / 3)
    assert study.table(["empty_account_months"])["Fine"].iloc[0] == pytest.approx(fine.empty_months)
