"""What a market is judged by unless it says so itself: chosen by the kind of market."""

from sim.metrics.headlines import CONTRACT, FIRST_PAGE, REPERTOIRE, STANDARD, headline_of, shown_metrics
from sim.metrics.registry import all_metrics
from sim.scenario import load

MARKET = {"question": "Who stays?", "firms": {"Rush": {}}}


def test_all_of_them_are_metrics():
    assert set(all_metrics()) >= {*CONTRACT, *REPERTOIRE, *STANDARD}
    assert STANDARD[: len(FIRST_PAGE)] == FIRST_PAGE


def test_who_stays_counts_under_contract_and_who_comes_back_elsewhere():
    assert headline_of(load(MARKET)) == ("repeat_rate_share", "wallet_share")
    contract = load(MARKET, {"product.contract.regular": True})
    assert headline_of(contract) == ("kept_one_year_share",)
    assert headline_of(load("outage")) == CONTRACT  # inherited with the market that it extends
    bound = load(MARKET, {"product.contract.weeks": 26})  # bound for a while, but buying when they like
    assert headline_of(bound) == REPERTOIRE


def test_what_a_scenario_says_comes_before_its_kind_of_market():
    own = load({**MARKET, "headline": ["active_customers_people", "market_share"]})
    assert headline_of(own) == ("active_customers_people", "market_share")
    shown = shown_metrics(own)
    assert shown[:3] == ("active_customers_people", "market_share", STANDARD[0])
    assert len(shown) == len(set(shown)) == len(STANDARD)  # both stand among the others, once
