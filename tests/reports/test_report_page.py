"""The page: one valid, self-contained document, in which whatever comes from a scenario is text."""

from __future__ import annotations

import base64
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from board_market import SCENARIO

import sim
from sim.reports.board import Report, report
from sim.studies.compare import Comparison
from sim.text.numbers import amount

VOID = {"meta", "img", "br", "hr", "link", "input"}
ROOT = Path(sim.__file__).parent.parent


class Page(HTMLParser):
    """Collects what a page is made of; complains where tags do not match."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.headings: list[tuple[int, str]] = []
        self.words: list[str] = []
        self.problems: list[str] = []
        self.feed(text)
        self.close()
        self.problems += [f"<{tag}> is not closed" for tag in self.open]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)
        if re.fullmatch(r"h[1-6]", tag):
            self.headings.append((int(tag[1]), ""))

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.problems.append(f"</{tag}> closes nothing")

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] == "style":
            return
        self.words.append(data)
        if self.open and re.fullmatch(r"h[1-6]", self.open[-1]):
            level, said = self.headings[-1]
            self.headings[-1] = (level, said + data)

    @property
    def text(self) -> str:
        return " ".join("".join(self.words).split())

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


@pytest.fixture(scope="module")
def finished(study: Comparison) -> Report:
    return report(study)


@pytest.fixture(scope="module")
def page(finished: Report) -> Page:
    return Page(finished.html)


def test_every_tag_is_closed_in_order(page: Page) -> None:
    assert page.problems == []


def test_headings_are_in_order_and_there_is_one_title(page: Page) -> None:
    levels = [level for level, _ in page.headings]
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(later <= earlier + 1 for earlier, later in pairwise(levels))
    said = [words for _, words in page.headings]
    for wanted in ("The answer", "The options", "What the runs show", "What was expected beforehand", "In pictures",
                   "What would change the answer", "What it rests on", "What this model cannot tell you",
                   "How to get the same numbers again"):
        assert wanted in said


def test_language_title_and_table_heads_are_there_for_readers_who_listen(page: Page) -> None:
    assert page.all("html") == [{"lang": "en"}]
    assert len(page.all("title")) == 1
    assert page.all("main") == [{}]
    heads = page.all("th")
    assert heads
    assert all(head.get("scope") in ("col", "row") for head in heads)


def test_all_pictures_are_there_each_with_its_words(page: Page) -> None:
    images = page.all("img")
    figures = [(attributes.get("class") or "") for attributes in page.all("figure")]
    assert figures == ["difference_forest", "customers_over_time", "cumulative_profit", "equity_bars"]
    assert len(images) == len(figures)
    for image in images:
        assert len(image["alt"] or "") > 60, "the words must tell what the picture shows"
        kind, _, data = (image["src"] or "").partition(",")
        assert kind == "data:image/svg+xml;base64"
        root = ElementTree.fromstring(base64.b64decode(data))
        assert root.tag.endswith("svg")
    alternatives = " ".join(image["alt"] or "" for image in images)
    assert "Rush & Co" in alternatives
    assert "Root" in alternatives


def test_nothing_is_asked_from_outside_and_nothing_runs(finished: Report, page: Page) -> None:
    assert not {"script", "link", "iframe", "object", "embed", "base", "form"} & {tag for tag, _ in page.tags}
    for tag, attributes in page.tags:
        for name, value in attributes.items():
            if name in ("src", "href", "srcset", "data", "action", "style"):
                assert (value or "").startswith("data:"), f"{tag} {name}={value}"
            assert not name.startswith("on"), f"{tag} {name}"
    (style,) = re.findall(r"<style>(.*?)</style>", finished.html, re.S)
    assert "url(" not in style
    assert "@import" not in style
    assert "http" not in style
    policy = next(found["content"] for found in page.all("meta") if found.get("http-equiv"))
    assert policy == "default-src 'none'; img-src data:; style-src 'unsafe-inline'"


def test_pictures_ask_for_nothing_either(page: Page) -> None:
    for image in page.all("img"):
        svg = base64.b64decode((image["src"] or "").partition(",")[2]).decode("utf-8")
        links = re.findall(r'(?:href|src)="([^"]*)"', svg) + re.findall(r"url\(([^)]*)\)", svg)
        assert all(link.startswith(("#", "data:image/png;base64")) for link in links)
        assert "<script" not in svg


def test_words_of_the_scenario_are_text_and_never_markup(finished: Report, page: Page) -> None:
    assert "<script" not in finished.html
    assert "<b>" not in finished.html
    nasty = "<script>alert('x')</script> & \"quotes\" <b>bold</b> {{ 7 * 7 }} {% raw %}"
    assert page.text.count(nasty) >= 4, "title, question, notes and a reason, letter by letter"
    assert "49" not in re.findall(r"Deals .{0,120}", page.text)[0], "the template language is not spoken by scenarios"
    assert "Rush & Co" in page.text


def test_a_report_says_all_it_must(page: Page, study: Comparison) -> None:
    from sim.scenario.effective import scenario_hash

    table = study.table(["customer_equity_money"])
    root = table[(table["firm"] == "Root") & (table["world_b"] == "many_leave")].iloc[0]
    level = amount(root["mean_a"], "money", "EUR").replace("-", "−")
    for wanted in ("95 % interval", "4 paired runs", level, "many leave", "guesses",
                   "It is a laboratory, not a forecast", "Seeds 3 to 6", scenario_hash(study.scenario),
                   f"clientele {sim.runs.manifest.versions()['clientele']}", "wanted 80 %",
                   "share of budget", "market.leave_per_year", "0 to 3"):
        assert wanted in page.text, wanted


def test_every_firm_is_set_against_spending_nothing_in_every_variant_unless_told_not_to(
    page: Page, study: Comparison
) -> None:
    assert re.search(r"Against spending nothing, in discounted profit to date: Rush & Co −?\+?EUR [\d,]+ \(better in "
                     r"\d of \d runs\), Root −?\+?EUR [\d,]+ \(better in \d of \d runs\)\.", page.text)
    assert re.search(r"With “many leave”: Rush & Co −?\+?EUR", page.text)
    without = Page(report(study, idle=False).html)
    assert "spending nothing" not in without.text
    assert "--no-idle" in without.text


@pytest.mark.parametrize("what_if", [{}, {"cheap": {"product": {"quality_cost": 0.2}}}])
def test_better_quality_that_is_paid_out_of_relations_is_said(what_if: dict[str, Any]) -> None:
    root = {"quality": 0.9, "spending": {"advertising": 0.2, "relations": 0.8}}
    market = {**SCENARIO, "firms": {**SCENARIO["firms"], "Root": root}, "expect": [], "what_if": what_if}
    said = Page(report(market, 2, seed=3, idle=False).html).text
    assert re.search(r"Root's account was empty in \d+ of 24 months, as better quality came first", said)
    assert re.search(r"relations EUR [\d,.]+ instead of EUR [\d,.]+", said)


def test_guesses_are_grey_and_measured_numbers_are_not(finished: Report) -> None:
    by_path = {path: bool(grey) for grey, path in
               re.findall(r'<tr( class="guess")?><th scope="row">[^<]*<code>([a-z_.]+)</code>', finished.html)}
    assert len(by_path) > 100
    assert by_path["product.margin"]
    assert not by_path["psychology.choice.price"]


def test_no_number_is_printed_as_a_computer_says_it(page: Page) -> None:
    shown = page.text.split("The scenario in full")[0]
    assert not re.search(r"\bnan\b|\binf\b|\bNone\b|\bTrue\b|\d\.\d{6,}|e[+-]\d\d", shown)


def test_there_are_neither_stars_nor_bare_probabilities(page: Page) -> None:
    shown = page.text.split("The scenario in full")[0]
    assert "**" not in shown
    assert not re.search(r"\bp\s*[<=]\s*0?\.\d", shown)


def test_the_same_runs_give_the_same_bytes(study: Comparison, finished: Report) -> None:
    assert report(study).html == finished.html


@pytest.mark.system
def test_another_process_gives_the_same_bytes(tmp_path: Path) -> None:
    code = ("import sim, sys; sim.report('first_look', 2, overrides={'market.customers': 120, 'clock.years': 1})"
            ".save(sys.argv[1])")
    path = tmp_path / "other.html"
    environment = {**os.environ, "PYTHONHASHSEED": "7", "PYTHONPATH": str(ROOT)}
    subprocess.run([sys.executable, "-c", code, str(path)], check=True, env=environment, timeout=120)
    here = report("first_look", 2, overrides={"market.customers": 120, "clock.years": 1})
    assert path.read_text(encoding="utf-8") == here.html


def test_an_option_report_compares_the_options(options: Comparison) -> None:
    finished = report(options)
    page = Page(finished.html)
    assert page.problems == []
    for wanted in ("Root may do as written, or choose another option", "less care", "no spending", "“no spending”",
                   "plan as written",
                   "spending: relations 0.4 instead of 0.8 (knowing and contacting known customers, share of budget)"):
        assert wanted in page.text, wanted
    assert [figure["class"] for figure in page.all("figure")][-1] == "equity_bars"
    assert "“less care”" in (page.all("img")[-1]["alt"] or "")


def test_one_run_and_one_firm_are_reported_honestly() -> None:
    alone = {"question": "What is one firm worth?", "firms": {"Only": {}}, "market": {"customers": 100},
             "clock": {"years": 1}}
    page = Page(report(alone, 1).html)
    assert page.problems == []
    assert "nobody to compare with" in page.text
    one = Page(report("first_look", 1, overrides={"market.customers": 100, "clock.years": 1}).html)
    assert "One run only" in one.text
    assert "no interval" in one.text


def test_many_firms_are_reported() -> None:
    finished = report("toothpaste", 2, overrides={"market.customers": 200, "clock.years": 1})
    page = Page(finished.html)
    assert page.problems == []
    assert set(finished.content.sides) == {"Alba", "Hera"}, "those that the scenario asks about"
    firms = {name: {"quality": quality} for name, quality in (("A", 0.5), ("B", 0.7), ("C", 0.9))}
    three = report({"question": "Who?", "firms": firms, "market": {"customers": 200}, "clock": {"years": 1}}, 2)
    assert "Of 3 firms these two are at the top" in Page(three.html).text


def test_a_failed_run_is_named_and_the_rest_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    from sim.runs import task as running

    real = running.whole_run

    def sometimes(scenario: Any, seed: int, options: Any) -> Any:
        if seed == 12:
            raise RuntimeError("the till <b>burned</b>")
        return real(scenario, seed, options)

    monkeypatch.setattr(running, "whole_run", sometimes)
    finished = report("first_look", 3, seed=11, overrides={"market.customers": 100, "clock.years": 1})
    assert "2 paired runs" in finished.content.answer.surety
    assert "seed 12: RuntimeError: the till &lt;b&gt;burned" in finished.html


def test_a_page_is_written_whole_or_not_at_all(
    finished: Report, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "new folder" / "report.html"
    assert Report(finished.content, "first").save(path).read_text(encoding="utf-8") == "first"

    def full(*_: Any, **__: Any) -> int:
        raise OSError("no space left")

    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(OSError, match="no space"):
        Report(finished.content, "second").save(path)
    assert path.read_bytes() == b"first"
    assert [file.name for file in path.parent.iterdir()] == ["report.html"]


def test_the_template_travels_with_the_package() -> None:
    from importlib.resources import files

    assert files("sim.reports").joinpath("board.html.j2").is_file()
