"""Months with an empty account and plans without money, counted by hand."""

import numpy as np
import pytest

from sim.engine.state import ACCOUNTS, BUDGETED, PAUSES, Strain
from sim.firms.one_firm import COUNTED
from sim.metrics.strain import UNPLANNED, empty_account_months, strain_totals, unspent_plans_money


@pytest.fixture
def records(make_records):
    """Five quarters, the first of them warm-up; Rush without money in quarters 0, 1 and 3."""
    strain = Strain.none(2, (5,))
    strain.empty[[0, 1, 3], 0] = True
    strain.undone[[0, 1], PAUSES.index("care"), 0] = True
    strain.unspent[[0, 1, 3], BUDGETED.index("relations"), 0] = 300
    strain.unspent[4, BUDGETED.index("advertising"), 0] = 100
    made = make_records(periods=5, warm_up=1, strain=strain)
    made.ledger[:, ACCOUNTS.index("relations"), 0] = 50
    made.ledger[:, ACCOUNTS.index("quality"), 0] = 700
    return made


def test_a_quarter_is_three_months_and_the_warm_up_does_not_count(records):
    months = empty_account_months(records)
    assert np.isnan(months[0]).all()
    assert months[1:, 0].tolist() == [3.0, 3.0, 6.0, 6.0]
    assert months[1:, 1].tolist() == [0.0] * 4


def test_what_could_not_be_spent_is_money_to_date(records):
    assert unspent_plans_money(records)[1:, 0].tolist() == [3.0, 3.0, 6.0, 7.0]


def test_totals_of_a_run(records):
    totals = strain_totals(records)
    assert (totals.months, totals.empty.tolist()) == (12.0, [6.0, 0.0])
    assert totals.undone[PAUSES.index("care")].tolist() == [3.0, 0.0]
    place = BUDGETED.index("relations")
    assert (totals.spent[place, 0], totals.unspent[place, 0]) == (2.0, 6.0)
    assert totals.used[UNPLANNED.index("quality")].tolist() == [28.0, 0.0]


def test_a_run_as_known_earlier_knows_the_strain_until_then(records):
    assert empty_account_months(records.until(3))[-1].tolist() == [3.0, 0.0]


def test_every_account_that_counts_is_planned_or_not_or_paid_before(records):
    assert sorted((*UNPLANNED, *BUDGETED, "information", "system")) == sorted(COUNTED)
    records.ledger[4, [ACCOUNTS.index(name) for name in UNPLANNED], 1] = [100 * 2**place for place in range(6)]
    assert strain_totals(records).used[:, 1].tolist() == [1.0, 2.0, 4.0, 8.0, 16.0, 32.0]
