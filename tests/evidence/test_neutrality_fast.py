"""A fast form of the study of neutrality: few and small markets, wide bounds that only a broken model would leave."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import sim
from sim.studies import neutrality_market
from sim.studies.neutrality import PROFIT, Neutrality
from sim.studies.neutrality_market import RANGES, RIVALS

MARKETS, PEOPLE = 24, 200


@pytest.fixture(scope="module")
def study() -> Iterator[Neutrality]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(neutrality_market, "PEOPLE", PEOPLE)
        yield sim.neutrality(MARKETS, 2, seed=11)


@pytest.mark.parametrize("rival", RIVALS)
def test_nobody_wins_everywhere(study: Neutrality, rival: str) -> None:
    """Over four fifths, or nearly nothing, for one of them: doubt the model or the ranges."""
    shares = study.both[rival].in_the_mean
    assert all(0.02 <= share.value <= 0.8 for share in shares.values()), shares


@pytest.mark.parametrize("rival", RIVALS)
def test_relations_win_more_often_where_a_customer_brings_more_for_each_euro_they_cost(
    study: Neutrality, rival: str
) -> None:
    shares = [part["relations"] for part in study.both[rival].parts()]
    assert shares[-1] - shares[0] >= 0.3, shares
    assert study.both[rival].border(0.5, [10.0])


@pytest.mark.parametrize("ranges", RANGES)
def test_a_rival_that_reacts_makes_a_difference_and_turns_no_market_upside_down(study: Neutrality, ranges: str) -> None:
    typical, reacting = (study.verdicts[ranges, rival, PROFIT] for rival in RIVALS)
    assert (typical.values != reacting.values).any()
    opposite = (typical.winners != reacting.winners) & (typical.winners >= 0) & (reacting.winners >= 0)
    assert opposite.mean() <= 0.2
