"""The page of a handout: its numbers are those of the runs, whatever comes from a scenario is text, the same bytes."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from statistics import mean, stdev

import numpy as np
import pytest
from handout_market import FIRM, LEAVING, MARKET, NASTY, PROMISE, RUNS, SEED, data_in, small_page

import sim
from sim.handouts import grid as grids
from sim.handouts.cells import UP, command_of, difference_cell, leader, level_cell, value_text
from sim.handouts.grid import Grid, GridPoint
from sim.handouts.page import bet_metric, handout, hash_of, rendered
from sim.scenario.fields import guesses_in_use
from sim.scenario.load import load
from sim.text.language import speaking
from sim.text.numbers import amount, signed

EQUITY = "customer_equity_money"
T_2 = 4.302653
"""Student's t for 95 % and three runs."""


class Tags(HTMLParser):
    """The tags of a page with their attributes, the text, and what does not match."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.words: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in ("meta", "input"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] not in ("script", "style"):
            self.words.append(data)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


@pytest.fixture(scope="module")
def page() -> Tags:
    return Tags(small_page().html)


def test_the_levels_of_a_point_are_those_of_a_replication_to_the_last_printed_digit() -> None:
    data = data_in(small_page().html)
    grid = small_page().grid
    point = data["points"][grid.number((1, 5))]
    changes = {PROMISE: 0.4, LEAVING: grid.sliders[1].values[5]}
    study = sim.replicate(MARKET, RUNS, seed=SEED, overrides=changes)
    table = study.table(grid.metrics).to_dict("records")
    for place, row in enumerate(table):
        texts = [cell[3] for cell in point["levels"][place]]
        assert texts == [amount(row[firm], row["unit"], "EUR") for firm in (FIRM, "Root")]
        (between,) = point["between"][place]
        assert between[3] == signed(row["difference"], row["unit"], "EUR")
        assert between[5] == {"higher": 1, "lower": -1}.get(row["verdict"], 0)
    lines = study.over_time("active_customers_people")
    for place, firm in enumerate((FIRM, "Root")):
        own = lines[(lines["firm"] == firm) & (lines["year"] > 0)]
        for number, column in enumerate(("mean", "low", "high")):
            assert point["lines"][place][number] == pytest.approx(own[column].tolist(), rel=1e-3, abs=1e-6)
    assert data["years"] == pytest.approx(own["year"].tolist(), abs=1e-3)


def test_differences_from_as_written_are_paired_run_by_run() -> None:
    grid, data = small_page().grid, data_in(small_page().html)
    plain = sim.replicate(MARKET, RUNS, seed=SEED)
    moved = sim.replicate(MARKET, RUNS, seed=SEED, overrides={PROMISE: 0.3})
    both = zip(plain.values(plain.base, EQUITY, "Root"), moved.values(moved.base, EQUITY, "Root"), strict=True)
    gaps = [float(b - a) for a, b in both]
    half = T_2 * stdev(gaps) / RUNS**0.5
    found = data["points"][data["far"]]["against"][grid.metrics.index(EQUITY)][1]
    assert found[:3] == pytest.approx([mean(gaps), mean(gaps) - half, mean(gaps) + half], rel=2e-3)
    assert found[3] == signed(mean(gaps), "money", "EUR")
    assert found[5] == int(np.sign(mean(gaps))) * (abs(mean(gaps)) > half)


def test_the_point_as_written_has_nothing_to_be_compared_with_but_its_firms() -> None:
    data = data_in(small_page().html)
    assert data["points"][data["base"]]["against"] == []
    assert all(point["against"] for number, point in enumerate(data["points"]) if number != data["base"])
    written = [slider["numbers"][slider["base"]] for slider in data["sliders"]]
    assert written == [0.7, load(MARKET).market.leave_per_year]


def test_cells_by_hand() -> None:
    assert level_cell(np.array([10.0, np.nan, 14.0]), "people", "")[0] == 12.0
    assert level_cell(np.array([np.nan]), "people", "")[:4] == [None, None, None, "-"]
    a, b = np.array([1.0, 2.0, np.nan]), np.array([2.0, 4.0, 9.0])
    found = difference_cell(a, b, "people", "")
    assert found[0] == 1.5
    assert found[1] == pytest.approx(1.5 - 12.7062 * 0.5, rel=1e-3)
    assert found[5] == 0
    assert difference_cell(a[:2], a[:2] + 1, "people", "")[5] == UP


def by_hand(**values: list[float]) -> Grid:
    """A grid of one point with these values of a metric by firm."""
    scenario = load({"question": "?", "firms": {name: {} for name in values}})
    runs = {(EQUITY, firm): np.array(each) for firm, each in values.items()}
    point = GridPoint((0,), scenario, 3, runs, np.array([1.0]), {})
    slider = grids.GridSlider(small_page().grid.sliders[0].slider, (0.7,))
    return Grid(scenario, (slider,), (point,), (EQUITY,), 3, 1, 2000)


def test_who_is_ahead_must_be_ahead_of_every_other_firm_and_surely() -> None:
    assert leader(by_hand(a=[1, 2, 3], b=[5, 6, 7.5], c=[3, 3, 3])) == 1
    assert leader(by_hand(a=[1, 2, 3], b=[5, 6, 7], c=[6, 6, 6])) == -1
    assert leader(by_hand(a=[1, 2, 3])) == -1


def test_what_is_bet_on_is_what_the_scenario_expects_at_its_end() -> None:
    assert bet_metric(load(MARKET)) == EQUITY
    early = {"metric": "market_share", "firm": "Root", "above": FIRM, "year": 1, "why": "soon"}
    assert bet_metric(load({**MARKET, "expect": [early, *MARKET["expect"]]})) == EQUITY
    assert bet_metric(load({**MARKET, "expect": [early], "headline": ["wallet_share"]})) == "wallet_share"
    assert small_page().grid.metrics[0] == EQUITY
    assert data_in(small_page().html)["firm"] == 1, "the first slider moves Root"


def test_people_live_as_they_do_in_sim_meet() -> None:
    assert len({person.name for person in small_page().people}) == 3
    for person in small_page().people:
        number = int(re.findall(r"\((\d+)\)", person.name)[0])
        plain = sim.meet(MARKET, number, seed=SEED)
        moved = sim.meet(MARKET, number, seed=SEED, overrides={PROMISE: 0.3})
        for life, alone in ((person.here, plain), (person.there, moved)):
            assert " ".join(text for _, text in life) == " ".join(one.text for one in alone.story)
        assert person.parting in " ".join(small_page().html.replace("&#39;", "'").split()) or "<" in person.parting


def test_names_and_words_of_a_scenario_are_text(page: Tags) -> None:
    html = small_page().html
    assert page.open == []
    assert [attributes.get("type") for attributes in page.all("script")] == ["application/json", None]
    assert "<b>" not in html
    assert "taken over'</script>" not in html
    assert FIRM in data_in(html)["firms"]
    assert NASTY in data_in(html)["sliders"][0]["words"]
    assert f"Promises {NASTY}" in "".join(page.words)


def test_only_its_own_script_and_style_may_run_and_nothing_is_loaded(page: Tags) -> None:
    html = small_page().html
    (policy,) = [one["content"] for one in page.all("meta") if one.get("http-equiv")]
    (script,), (style,) = (re.findall(rf"<{tag}>(.*?)</{tag}>", html, re.DOTALL) for tag in ("script", "style"))
    assert policy == (f"default-src 'none'; script-src '{hash_of(script)}'; style-src '{hash_of(style)}'; "
                      "base-uri 'none'; form-action 'none'")
    assert not [name for _, attributes in page.tags for name in attributes
                if name.startswith("on") or name in ("src", "href", "style", "srcset")]
    assert not re.search(r"innerHTML|insertAdjacent|document\.write|\beval\b|fetch\(|localStorage|url\(|@import", html)


def test_every_input_has_a_label_and_every_picture_a_table(page: Tags) -> None:
    labelled = {attributes.get("for") for attributes in page.all("label")}
    html = small_page().html
    for slider in range(2):
        assert f"slider-{slider}" in labelled
    inside = re.sub(r"<label.*?</label>", "", html, flags=re.DOTALL)
    alone = re.findall(r"<(?:input|select|textarea)\b[^>]*>", inside)
    assert [re.findall(r'id="([^"]+)"', one) for one in alone] == [["slider-0"], ["slider-1"]]
    assert html.count("<figure") == html.count('<div class="table">') == 3
    assert page.all("html") == [{"lang": "en"}]
    assert next(one for one in page.all("div") if one.get("aria-live"))["id"] == "summary"


def test_it_says_what_it_cannot_tell_and_how_it_was_made(page: Tags) -> None:
    text = " ".join("".join(page.words).split())
    guesses, total = guesses_in_use(load(MARKET))
    assert f"{len(guesses)} of {total} numbers are assumptions; one model, not a market." in text
    assert "A market of 150 people, watched for 2 years." in text
    assert "49 points of the sliders, each run 3 times" in text
    assert "sim handout scenario.yaml -o page.html --seed 5 -n 3" in text
    assert "seeds 5 to 7" in text
    grid = small_page().grid
    assert command_of(grid.points[grid.far].scenario, grid) == (
        "sim run scenario.yaml -n 3 --seed 5 --set firms.Root.promise=0.3")


def test_the_same_bytes_again_and_not_with_another_seed() -> None:
    one, same, other = (handout(MARKET, seed=seed, runs=2, wanted={PROMISE: None}).html for seed in (1, 1, 2))
    assert one == same
    assert data_in(one)["points"] != data_in(other)["points"]


def test_fewer_people_are_said_on_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grids, "SECONDS", 0.01)
    found = handout({**MARKET, "market": {"customers": 900}}, seed=1, runs=2, wanted={PROMISE: None})
    assert found.grid.scenario.market.customers == grids.FEWEST
    assert "The scenario itself has 900 people" in found.html
    assert "--set market.customers=200" in data_in(found.html)["points"][0]["command"]
    assert "--set market.customers" not in re.findall(r"<code>(sim handout .*?)</code>", found.html)[0]


def test_one_firm_is_enough() -> None:
    found = handout({**MARKET, "firms": {"Root": {}}, "expect": []}, seed=1, runs=2, wanted={PROMISE: None})
    data = data_in(found.html)
    assert data["points"][0]["between"] == [[] for _ in data["metrics"]]
    assert 'name="leader"' not in found.html
    assert 'name="change"' in found.html


def test_russian_is_spoken_where_it_is_asked_for() -> None:
    with speaking("ru"):
        html = rendered(small_page().grid, list(small_page().people), "sim handout")
    assert '<html lang="ru">' in html
    assert data_in(html)["lang"] == "ru"


def test_a_metric_that_there_is_not_is_refused() -> None:
    with pytest.raises(ValueError, match="market_share"):
        handout(MARKET, metric="market_shar")


def test_values_of_sliders_carry_their_unit() -> None:
    assert value_text(0.125, "share", "EUR") == "12.5 %"
    assert value_text(1200, "money per known customer and year", "EUR") == "EUR 1,200 per known customer and year"
    assert value_text(3, "per year", "") == "3 per year"
    assert value_text(0.9, "quality", "") == "0.9"


def test_it_is_saved_whole(tmp_path: Path) -> None:
    path = small_page().save(tmp_path / "page.html")
    assert path.read_text(encoding="utf-8") == small_page().html
    assert path.stat().st_size < 1_000_000
