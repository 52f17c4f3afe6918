"""What `print` shows of runs and studies: what matters, in 80 letters."""

from __future__ import annotations

import pytest

import sim
from sim.studies.best_other import best_others

CHANGES = {"market.customers": 100, "clock.years": 1}


@pytest.fixture(scope="module")
def three() -> sim.Replication:
    return sim.replicate("welcome_discount", 3, overrides={"market.customers": 100})


def test_a_run_and_a_study_are_printed_in_eighty_letters_with_all_their_firms() -> None:
    run, study = sim.run("first_look", overrides=CHANGES), sim.replicate("first_look", 2, overrides=CHANGES)
    twins = sim.compare("leaky_bucket", 2, overrides={"market.customers": 60})
    for one, words in ((run, ("Rush", "Root", "repeat rate")), (study, ("Rush", "Root", "±", "changed: ")),
                       (twins, ("fast_growth", "±", ".table() has them all"))):
        text = str(one)
        assert max(map(len, text.splitlines())) <= 80
        assert "…" not in text or "more: .table()" in text
        for word in words:
            assert word in text
            assert word in one._repr_html_()


def test_the_end_of_a_run_is_printed_as_its_table_of_periods_has_it() -> None:
    run = sim.run("first_look", seed=3, overrides=CHANGES)
    people = run.periods.groupby("firm", sort=False)["active_customers_people"].last()
    (line,) = [line for line in str(run).splitlines() if line.startswith("active customers")]
    assert line.split()[2:] == [f"{people['Rush']:.0f}", f"{people['Root']:.0f}"]


def test_every_firm_is_set_against_the_best_other_one(three: sim.Replication) -> None:
    metric = "cumulative_discounted_profit_money"
    means = {firm: float(three.values(three.base, metric, firm).mean()) for firm in three.firms}
    best, second, *_ = sorted(means, key=lambda firm: -means[firm])
    rows = {row["firm"]: row for row in best_others(three, metric)}
    assert set(rows) == set(three.firms)
    for firm, row in rows.items():
        assert row["rival"] == (second if firm == best else best)
        assert row["difference"] == pytest.approx(means[firm] - means[row["rival"]])
    assert next(iter(rows)) == best


def test_a_metric_that_firms_want_low_is_ranked_from_below(three: sim.Replication) -> None:
    metric = "complaints_per_purchase"
    ranked = [row["firm"] for row in best_others(three, metric)]
    means = [float(three.values(three.base, metric, firm).mean()) for firm in ranked]
    assert means == sorted(means)


def test_of_three_firms_the_words_are_about_the_best_and_the_next_best(three: sim.Replication) -> None:
    ranked = [row["firm"] for row in best_others(three, "customer_equity_money")]
    assert f"customer equity of {ranked[0]} is" in three.explain()
    assert f"that of {ranked[1]} " in three.explain()


def test_a_study_says_what_it_asks_and_why() -> None:
    found = sim.sensitivity("first_look", {"product.margin": (0.4, 0.6)}, replications=2, overrides=CHANGES)
    assert "that of the first expectation about firms" in found.asked
    assert "Root minus Rush" in found.asked
    other = sim.sensitivity("first_look", {"product.margin": (0.4, 0.6)}, replications=2, overrides=CHANGES,
                            outcome="market_share", pair=["Root", "Rush"])
    assert "the outcome is the one asked for; the options are those asked for" in other.asked
