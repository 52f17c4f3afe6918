"""What a scenario says it is judged by: inherited, checked with its place, and no part of what is run."""

import pytest

from sim.scenario import ScenarioError, load, scenario_hash
from sim.scenario.explain import explain

BASE = "question: Who stays?\nfirms: {Rush: {}, Root: {}}\nheadline: [market_share, nps_points]\n"


def problems(tmp_path, text):
    (tmp_path / "own.yaml").write_text(text)
    with pytest.raises(ScenarioError) as caught:
        load(tmp_path / "own.yaml")
    return [(problem.line, problem.column, str(problem.message)) for problem in caught.value.problems]


def test_it_is_inherited_and_may_be_replaced(tmp_path):
    (tmp_path / "base.yaml").write_text(BASE)
    (tmp_path / "child.yaml").write_text("question: And now?\nextends: base.yaml\n")
    (tmp_path / "other.yaml").write_text("question: And now?\nextends: base.yaml\nheadline: [wallet_share]\n")
    assert load(tmp_path / "child.yaml").headline == ["market_share", "nps_points"]
    assert load(tmp_path / "other.yaml").headline == ["wallet_share"]


def test_an_unknown_metric_is_refused_where_it_stands_with_the_nearest_one(tmp_path):
    ((line, column, message),) = problems(tmp_path, BASE.replace("nps_points", "nps_point"))
    assert (line, column) == (3, 26)
    assert message == "there is no metric nps_point; did you mean nps_points?"


@pytest.mark.parametrize(("metrics", "message"), [
    ("[market_share, market_share]", "market_share is named twice"),
    ("[aware_share, market_share, wallet_share, nps_points, buyers_people]", "5 metrics; at most 4"),
])
def test_the_same_twice_and_too_many_are_refused(tmp_path, metrics, message):
    ((_, _, found),) = problems(tmp_path, f"question: Who stays?\nfirms: {{Rush: {{}}}}\nheadline: {metrics}\n")
    assert found.startswith(message)


def test_a_what_if_is_judged_by_the_same(tmp_path):
    ((_, _, message),) = problems(tmp_path, BASE + "what_if: {other: {headline: [wallet_share]}}\n")
    assert message == "a what-if cannot change headline"


def test_it_changes_no_run_and_is_told():
    plain = {"question": "Who stays?", "firms": {"Rush": {}}}
    judged = load({**plain, "headline": ["wallet_share"]})
    assert scenario_hash(judged) == scenario_hash(load(plain))
    assert "Judged by: wallet_share." in explain(judged)
