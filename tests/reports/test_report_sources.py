"""Reports on runs out of a file, and the parts of a report that need runs of their own."""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pandas as pd
import pytest
from own_tables import difference_forest, tornado
from stores import rewritten

import sim
from sim.reports.answer import contest_of
from sim.reports.board import gathered, report
from sim.reports.pictures import extras_of
from sim.reports.stored import StoredStudy
from sim.reports.variants import sorted_variants
from sim.studies.compare import Comparison
from sim.studies.factors import Factor

SMALL = {"market.customers": 150, "clock.years": 1}
KEPT = ("customer_equity_money", "active_customers_people")


@pytest.fixture(scope="module")
def levers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of runs in which one firm's lever is varied."""
    path = tmp_path_factory.mktemp("levers") / "study.sqlite"
    grid = {"firms.Root.spending.service": [0.0, 0.1, 0.2], "firms.Root.quality": [0.7]}
    sim.sweep("first_look", grid, 3, overrides=SMALL, store=path, outcomes=KEPT)
    return path


@pytest.fixture(scope="module")
def circumstances(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of runs in which the market is varied."""
    path = tmp_path_factory.mktemp("worlds") / "study.sqlite"
    grid = {"product.price": [3.0, 4.5, 9.0], "market.leave_per_year": [0.1, 0.2, 0.4]}
    sim.sweep("first_look", grid, 3, overrides=SMALL, store=path, outcomes=KEPT)
    return path


def test_a_file_of_runs_is_reported_without_a_run(levers: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from sim.runs import task as running

    monkeypatch.setattr(running, "whole_run", None)
    finished = report(levers)
    content = finished.content
    assert content.contest.firm == "Root"
    assert content.reproduction.command == "sim report study.sqlite"
    assert "the runs are kept in study.sqlite (content " in content.reproduction.seeds
    assert "3 runs in 3 points" in content.setting
    assert [drawing.name for drawing in content.drawings] == ["difference_forest", "difference_forest"]
    for words in ("service 0.1", "Seeds 1 to 3", "expectations that were written beforehand (1)", "made 20"):
        assert words in finished.html


def test_the_numbers_are_those_of_the_file(levers: Path) -> None:
    from sim.runs.stored_plan import read_results

    results, study = read_results(levers), StoredStudy(levers)
    contest = contest_of(study, sorted_variants(study))
    assert contest.metric == "customer_equity_money"
    assert list(contest.sides) == list(results.layout.points)
    for point, values in contest.sides.items():
        np.testing.assert_array_equal(values, results.values(point, "customer_equity_money", "Root"))
    numbers = [row["label"] for row in gathered(study).numbers]
    assert numbers == ["customer equity", "active customers"], "what was not kept is not told"
    with pytest.raises(ValueError, match="no outcome 'market_share'"):
        report(levers, metric="market_share")


def test_the_same_file_gives_the_same_bytes(levers: Path) -> None:
    assert report(levers).html == report(str(levers)).html


def test_options_are_told_by_their_values(levers: Path) -> None:
    content = gathered(StoredStudy(levers))
    assert {row["label"] for row in content.ranking} == {
        "“spending service 0, quality 0.7”", "“spending service 0.1, quality 0.7”",
        "“spending service 0.2, quality 0.7”"}
    (first,) = [row for row in content.ranking if row["verdict"] == "compared with"]
    assert (first["label"], first["difference"]) == ("“spending service 0, quality 0.7”", "-")


def test_many_circumstances_are_counted(circumstances: Path) -> None:
    content = gathered(StoredStudy(circumstances))
    assert content.contest.firm == ""
    assert len(content.circumstances) == 8
    (counts,) = [sentence for sentence in content.more if sentence.startswith("Of 8 other circumstances")]
    ahead = sum(one.leader == "Root" for one in content.circumstances)
    assert f"Root ahead in {ahead}" in counts


def test_a_study_that_is_not_complete_says_so(levers: Path, tmp_path: Path) -> None:
    path = tmp_path / "half.sqlite"
    source, target = sqlite3.connect(levers), sqlite3.connect(path)
    source.backup(target)
    source.close()
    target.close()
    with rewritten(path) as connection:
        connection.execute("UPDATE runs SET status = 'pending', outcomes = NULL, seconds = NULL WHERE replicate = 2")
    content = gathered(StoredStudy(path))
    assert "3 of 9 runs are still to be done." in content.more
    assert content.study.n == 2


def test_a_file_that_is_no_study_is_a_scenario_or_an_error(tmp_path: Path) -> None:
    path = tmp_path / "study.sqlite"
    path.write_bytes(b"not a database")
    with pytest.raises((ValueError, sim.ScenarioError)):
        report(path)


class Fake:
    """A finished design as the report sees it."""

    def __init__(self, picture: str, table: pd.DataFrame) -> None:
        self.picture, self.made = picture, table
        self.factors = (Factor("people.basket.mean", 0.5, 2.0),)

    def table(self) -> pd.DataFrame:
        return self.made

    def explain(self) -> str:
        return f"Said by the {self.picture}, with <b>words</b>, of people.basket.mean."


Asked = list[tuple[str, dict[str, Any]]]


def remembering(asked: Asked, name: str, made: Fake) -> Callable[..., Fake]:
    def design(scenario: Any, **options: Any) -> Fake:
        asked.append((name, options))
        return made

    return design


@pytest.fixture
def designs(monkeypatch: pytest.MonkeyPatch) -> Asked:
    """Stand-ins for the designs that remember what they were asked."""
    asked: Asked = []
    hard = difference_forest.table().assign(label=lambda table: table["metric"]).drop(columns=["metric", "unit"])
    hard.attrs.update(unit="money", currency="EUR", outcome_words="equity", option_a="A", option_b="B")
    changed = hard.head(3).assign(label=["as written", "people.basket.mean from 1 to 0.6", "product.price from 4 to 9"])
    changed.attrs.update(hard.attrs)
    made = {"sensitivity": ("tornado", tornado.table()), "flip": ("difference_forest", changed),
            "stress": ("difference_forest", hard)}
    for name, (picture, table) in made.items():
        module = ModuleType(f"sim.studies.{name}")
        setattr(module, name, remembering(asked, name, Fake(picture, table)))
        monkeypatch.setitem(sys.modules, f"sim.studies.{name}", module)
    return asked


def test_parts_ask_the_same_question_as_the_answer(study: Comparison, designs: Asked) -> None:
    finished = report(study, parts=["stress", "flip", "tornado"])
    assert [name for name, _ in designs] == ["sensitivity", "flip", "stress"]
    for _, options in designs:
        assert set(options["pair"]) == {"Rush & Co", "Root"}
        assert (options["outcome"], options["seed"]) == ("customer_equity_money", 3)
        assert "firm" not in options
    content = finished.content
    assert [extra.kind for extra in content.extras] == ["tornado", "flip", "stress"]
    assert content.reproduction.command.endswith("--tornado --flip --stress")
    assert "Said by the tornado, with &lt;b&gt;words" in finished.html
    assert finished.html.count("<img") == 4 + 3


def test_what_moves_the_answer_stands_first_among_the_assumptions(
    study: Comparison, designs: Asked
) -> None:
    first = report(study, parts=["tornado"]).content.assumptions.first
    assert [one.path for one in first[:2]] == ["product.information_cost", "market.leave_per_year"]
    assert {one.why for one in first[:2]} == {"moves it most"}
    drawing = report(study, parts=["tornado"]).content.extras[0].drawing
    assert drawing is not None
    assert "product.information_cost) at 1: EUR 31,000" in drawing.alternative


def test_changes_are_named_by_the_last_steps_of_their_paths(
    study: Comparison, designs: Asked
) -> None:
    (flip,) = report(study, parts=["flip"]).content.extras
    assert flip.drawing is not None
    assert "basket mean from 1 to 0.6" in flip.drawing.alternative
    assert "people.basket" not in flip.drawing.alternative
    assert flip.text.endswith("of basket: mean.")


def test_parts_about_options_of_a_firm_name_the_firm(
    options: Comparison, designs: Asked
) -> None:
    report(options, parts=["flip"])
    ((_, asked),) = designs
    assert asked["firm"] == "Root"
    assert set(asked["pair"]) <= {"as written", "less_care", "no_spending"}


def test_unknown_parts_and_parts_without_two_options_are_refused(study: Comparison) -> None:
    with pytest.raises(ValueError, match="no part 'tornados'; did you mean tornado"):
        report(study, parts=["tornados"])
    alone = sim.replicate({"question": "Who?", "firms": {"Only": {}}}, 2,
                          overrides={"market.customers": 80, "clock.years": 1})
    with pytest.raises(ValueError, match="needs two options"):
        report(alone, parts=["flip"])


def test_a_real_stress_test_is_part_of_a_report() -> None:
    study = sim.replicate("first_look", 3, overrides=SMALL)
    (extra,) = extras_of(study, contest_of(study, sorted_variants(study)), ["stress"])
    assert "recession" in (extra.drawing.alternative if extra.drawing else "")
    assert "paired runs" in extra.text


@pytest.mark.slow
@pytest.mark.parametrize("name", ["penny_goods", "leaky_bucket", "outage", "welcome_discount", "the_turn"])
def test_a_report_with_every_part_prints_on_four_pages(name: str, tmp_path: Path) -> None:
    from browser import MISSING, chromium, measured, pages_of, printed

    if chromium() is None:
        pytest.skip(MISSING)
    finished = sim.report(name, 6, overrides={"market.customers": 500}, parts=["tornado", "flip", "stress"])
    path = finished.save(tmp_path / "report.html")
    assert len(pages_of(printed(path, tmp_path))) <= 4
    assert measured(path, tmp_path, 1280)["found"] == []
