"""A study in a file is the same study as in Python."""

import inspect

import numpy as np
import pytest

import sim
from sim.registry import STUDIES
from sim.runs.execution import Execution
from sim.scenario import ScenarioError
from sim.studies.settings import SETTINGS, QuestionSettings
from sim.studies.study_file import check_study, load_study, load_study_text
from sim.studies.sweep import Sweep

TINY = """\
question: Who?
clock: {years: 1}
market: {customers: 300}
firms: {Rush: {}, Root: {quality: 0.85}}
what_if: {worse: {firms: {Root: {quality: 0.5}}}}
"""


@pytest.fixture
def written(tmp_path):
    (tmp_path / "tiny.yaml").write_text(TINY, encoding="utf-8")

    def make(text):
        file = tmp_path / "study.yaml"
        file.write_text(f"scenario: tiny.yaml\n{text}", encoding="utf-8")
        return file

    return make


def test_a_study_file_gives_the_numbers_of_the_call(written):
    file = written("design: sensitivity\nfactors: {product.margin: [0.3, 0.6]}\noutcome: profit_money\n"
                   "replications: 3\nseed: 9\nset: {market.customers: 310}\n")
    found = sim.study(file)
    same = sim.sensitivity(str(file.parent / "tiny.yaml"), {"product.margin": (0.3, 0.6)}, outcome="profit_money",
                           replications=3, seed=9, overrides={"market.customers": 310})
    assert found.table().equals(same.table())
    again = sim.study(file)
    assert found.table().equals(again.table())


@pytest.mark.parametrize("text", [
    "design: sweep\nfactors: {product.margin: [0.3, 0.6]}\nreplications: 2\n",
    "design: sample\nfactors: {product.margin: [0.3, 0.6]}\npoints: 4\nreplications: 2\n",
    "design: winner_map\nfactors: {product.margin: [0.3, 0.6], product.price: [5, 20]}\ncells: 2\ndepth: 0\n"
    "replications: 2\n",
    "design: flip\nfactors: {product.margin: [0.5, 0.9]}\nreplications: 2\nproofs: 20\n",
    "design: ladder\nstart: heart\nreplications: 2\n",
    "design: stress\nstresses: [crisis]\nreplications: 2\npair: [as written, worse]\nfirm: Root\n",
    "design: optimise\nlevers: {firms.Root.price: [8, 12]}\ntrials: 8\nchecks: 10\nreplications: 2\n",
    "design: calibrate\ntargets: {Root.market_share: [0.6, 0.1]}\nparameters: {product.price: [5, 20]}\n"
    "replications: 2\n",
], ids=lambda text: text.split("\n")[0])
def test_every_design_can_be_written_down_and_saved(written, text, tmp_path):
    found = sim.study(written(text))
    home = found.save(tmp_path / "out")
    assert not found.table().empty
    assert found.explain().endswith(".")
    assert list(home.glob("*.csv"))
    assert found.settings()["design"] in (text.split("\n")[0].removeprefix("design: "), "optimum", "calibration")


def test_every_study_of_the_file_has_a_public_function_that_takes_its_settings():
    for name, settings in SETTINGS.items():
        function = STUDIES.find(name)
        assert function is getattr(sim, name)
        own = set(inspect.signature(function).parameters)
        assert set(settings.model_fields) <= own | set(QuestionSettings.model_fields) | {"precision"}


@pytest.mark.parametrize(("text", "place", "words"), [
    ("design: stress\noutcome: markt_share\n", "3:10: outcome", "did you mean market_share"),
    ("design: stress\npair: [Rush, Rot]\n", "3:7: pair", "Rush and Rot"),
    ("design: stress\nfirm: Rot\n", "3:7: firm", "did you mean Root"),
    ("design: stress\nwhat_if: wors\n", "3:10: what_if", "did you mean worse"),
    ("design: stress\nyear: 3\n", "3:7: year", "beyond the 1 years"),
    ("design: flip\nfactors: {firms.Root.quality: [0.4, 0.9]}\n", "2:9: design", "is a lever"),
    ("design: stress\nfirm: Root\n", "2:9: design", "two options"),
])
def test_what_cannot_be_asked_is_told_where_it_stands(written, text, place, words):
    with pytest.raises(ScenarioError) as caught:
        sim.study(written(text))
    assert f"study.yaml:{place}: " in str(caught.value)
    assert words in str(caught.value)


def test_a_study_goes_on_in_its_store(written, tmp_path):
    file = written("design: sample\nfactors: {product.margin: [0.3, 0.6]}\npoints: 3\nreplications: 2\n")
    means = Execution(store=tmp_path / "runs.sqlite")
    one = sim.study(file, means)
    two = sim.study(file, means)
    assert one.table().equals(two.table())
    assert (tmp_path / "runs.sqlite").is_file()


def test_a_sample_tells_where_in_the_space_who_wins():
    found = sim.sample(lambda x, seed: x["a"] - 0.2, {"a": (0, 1), "b": (0, 1)}, points=40)
    assert found.share_won.value == pytest.approx(0.8, abs=0.03)
    assert found.correlations()["factor"][0] == "a"
    assert found.correlations()["correlation"][0] == pytest.approx(1.0)
    assert found.table()["difference"].is_monotonic_decreasing
    assert "B is ahead on 80 % of the space" in found.explain()
    assert np.isfinite(found.table()["low"]).all()
    with pytest.raises(ValueError, match="did you mean sobol_sequence"):
        sim.sample(lambda x, seed: 1.0, {"a": (0, 1)}, kind="sobol")


def test_a_sweep_has_the_face_of_the_others(written):
    found = sim.study(written("design: sweep\nfactors: {firms.Root.price: [9, 11]}\nreplications: 2\n"
                              "outcome: market_share\n"))
    assert isinstance(found, Sweep)
    assert found.n == 2
    assert set(found.table()["metric"]) == {"market_share"}


def test_text_of_a_notebook_is_a_study_too():
    study = load_study_text("{design: stress, scenario: first_look, stresses: [crisis], replications: 2, "
                            "set: {market.customers: 300, clock.years: 1}}")
    assert sim.study(study).table()["label"].tolist() == ["as written", "crisis"]


def test_everything_that_is_wrong_with_the_question_is_told_at_once_and_before_a_run(written):
    wrong = load_study(written("design: flip\noutcome: foo\npair: [Root, Bush]\nfirm: Rot\nyear: 9\n"))
    with pytest.raises(ScenarioError) as refused:
        check_study(wrong)
    assert [problem.path for problem in refused.value.problems] == ["outcome", "pair", "firm", "year"]
    check_study(load_study(written("design: stress\n")))


def test_comparisons_and_replications_can_be_written_down(written):
    pair = sim.study(written("design: compare\nreplications: 3\nseed: 5\nwhat_if: worse\n"))
    assert (list(pair.worlds), pair.n, pair.seed) == (["as written", "worse"], 3, 5)
    alone = sim.study(written("design: replicate\nreplications: 2\nwhat_if: worse\nyear: 0.5\n"))
    assert (alone.scenario.firms["Root"].quality, alone.n, alone.end) == (0.5, 2, 0.5)
    wide = sim.study(written("design: compare\nprecision: 0.9\noutcome: market_share\n"))
    assert wide.note.startswith("Precise enough after 10 replicates (half-width at most 90 % of the mean)")
