"""Comparisons that go on until they are precise."""

from __future__ import annotations

import pytest

import sim
from sim.statistics.intervals import mean_interval
from sim.studies.precision import Precision

pytestmark = pytest.mark.usefixtures("toy_market")


def half_widths(study, outcome):
    found = []
    for firm in study.firms:
        base = study.values(study.base, outcome, firm)
        interval = mean_interval(study.values("better", outcome, firm) - base)
        found.append((interval.high - interval.value) / abs(base.mean()))
    return found


def test_it_stops_at_the_first_replicate_at_which_every_interval_is_narrow_enough(toy):
    goal = Precision(0.1, ("market_share",), most=200, least=5)
    found = sim.compare(toy, what_if="better", precision=goal)
    assert max(half_widths(found, "market_share")) <= 0.1
    assert 5 < found.n < 200
    before = sim.compare(toy, found.n - 1, what_if="better")
    assert max(half_widths(before, "market_share")) > 0.1
    assert found.note.startswith(f"Precise enough after {found.n} replicates (half-width at most 10 % of the mean)")
    same = sim.compare(toy, found.n, what_if="better")
    assert found.table("market_share").equals(same.table("market_share"))


def test_runs_stay_in_replication_major_order(toy):
    found = sim.compare(toy, what_if="better", precision=Precision(0.2, ("market_share",), least=4))
    assert [(row.replicate, row.point) for row in found.rows] == [
        (k, world) for k in range(found.n) for world in ("as written", "better")]


def test_the_cap_ends_it_and_is_told(toy):
    found = sim.compare(toy, what_if="better", precision=Precision(0.0001, ("market_share",), most=7))
    assert found.n == 7
    assert found.note.startswith("Not precise enough after 7 replicates")


def test_more_replicates_before_the_first_look_can_be_asked_for(toy):
    found = sim.compare(toy, 12, what_if="same", precision=Precision(0.5, ("market_share",)))
    assert found.n == 12, "identical worlds are precise at once"
    assert sim.compare(toy, 3, what_if="same", precision=0.5).n == 10, "fewer than ten are too much a matter of luck"


def test_a_number_that_nobody_knows_does_not_count_and_is_told(toy):
    found = sim.compare(toy, what_if="same", precision=Precision(0.1, ("truly_loyal_survey_share",), most=3))
    assert found.n == 3
    assert found.note == "Nobody can say how precise this is after 3 replicates: none has these outcomes."
    both = Precision(0.1, ("truly_loyal_survey_share", "market_share"), most=20)
    assert sim.compare(toy, what_if="same", precision=both).n == 10


def test_a_share_alone_is_about_customer_equity(toy):
    found = sim.compare(toy, what_if="better", precision=0.5)
    assert "customer equity of" in found.note


@pytest.mark.parametrize(
    ("words", "sentence"),
    [({"share": 0.0}, "a share above 0"), ({"share": 0.1, "most": 1}, "At least two replicates"),
     ({"share": 0.1, "outcomes": ("profitt",)}, "no metric 'profitt'")],
)
def test_a_precision_that_cannot_be_is_refused(words, sentence):
    with pytest.raises(ValueError, match=sentence):
        Precision(**words)


def test_ctrl_c_still_gives_what_is_done(toy):
    def stop(done, total, what):
        if done == 9:
            raise KeyboardInterrupt

    found = sim.compare(toy, what_if="better", progress=stop, precision=Precision(0.0001, ("market_share",)))
    assert found.note == "Stopped after 9 of 1000 runs; 4 replicates are complete."
