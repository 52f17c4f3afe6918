"""`sim handout`: what it writes, what it says, what it refuses; its numbers are those that `sim run` prints."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Callable
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from handout_market import data_in

Sim = Callable[..., Any]
SMALL = ("-n", "2", "--customers", "120", "--set", "clock.years=1", "--slider", "firms.Root.price=4,5")


@pytest.fixture(autouse=True)
def in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_the_page_holds_what_sim_run_prints_to_the_last_digit(sim: Sim) -> None:
    done = sim("handout", "first_look", *SMALL, "--seed", "4", "-o", "pages/one.html")
    assert done.code == 0, done.err
    assert "Saved: " in done.out
    assert "7 points" in done.out
    page = Path("pages/one.html").read_text(encoding="utf-8")
    data = data_in(page)
    for number in (0, data["base"]):
        point = data["points"][number]
        plain = sim(*shlex.split(point["command"])[1:], "--no-idle", "--out", "plain")
        rows = {re.split(r"\s{2,}", line.strip())[0]: line for line in plain.out.splitlines() if "  " in line.strip()}
        seen = 0
        for metric, levels, (between,) in zip(data["metrics"], point["levels"], point["between"], strict=True):
            line = next((row for name, row in rows.items() if name.lower() == metric["label"].lower()), None)
            if line is not None:
                seen += 1
                assert all(cell[3] in line for cell in levels), line
                assert between[3].replace("EUR ", "").removesuffix(" points") in line
        assert seen >= 6


def test_the_command_on_the_page_makes_the_same_bytes(sim: Sim) -> None:
    sim("handout", "first_look", *SMALL, "--metric", "market_share", "-o", "one.html")
    (command,) = re.findall(r"<code>(sim handout [^<]*)</code>", Path("one.html").read_text(encoding="utf-8"))
    done = sim(*shlex.split(unescape(command))[1:], "-o", "two.html", "--quiet")
    assert done.code == 0, done.err
    assert Path("two.html").read_bytes() == Path("one.html").read_bytes()


def test_a_what_if_and_a_language_are_kept_in_the_command(sim: Sim) -> None:
    done = sim("handout", "leaky_bucket", "-n", "2", "--customers", "100", "--set", "clock.years=1", "--what-if",
               "fast_growth", "--slider", "firms.Rush.promise=0.5,0.8", "--lang", "ru", "-o", "ru.html", "-q")
    assert done.code == 0, done.err
    page = unescape(Path("ru.html").read_text(encoding="utf-8"))
    assert '<html lang="ru">' in page
    assert "--slider firms.Rush.promise=0.5,0.8 --lang ru -n 2" in page
    assert "--what-if fast_growth" in data_in(Path("ru.html").read_text(encoding="utf-8"))["points"][0]["command"]


@pytest.mark.parametrize(("words", "said"), [
    (("first_look", "-o", "page.pdf"), "end with .html"),
    (("first_look", "--slider", "firms.Root.prize"), "price"),
    (("first_look", "--slider", "firms.Root.price=5,4"), "5 to 4 goes the other way"),
    (("first_look", "--slider", "firms.Root.price=4"), "a range is two numbers"),
    (("first_look", "--slider", "firms.Root.price", "--slider", "firms.Root.price"), "named twice"),
    (("first_look", "--metric", "market_shar"), "market_share"),
    (("first_look", *(word for name in ("price", "promise", "quality", "benefit")
                      for word in ("--slider", f"firms.Root.{name}"))), "at most 3 sliders"),
    (("first_look", "--lang", "rus"), "ru"),
    (("all_mechanisms_off", "--slider", "clock.period"), "clock.period"),
])
def test_what_is_wrong_is_said_in_a_sentence(sim: Sim, words: tuple[str, ...], said: str) -> None:
    done = sim("handout", *words)
    assert done.code == 2
    assert said in " ".join((done.err + done.out).split())
    assert "Traceback" not in done.err
    assert not list(Path().glob("*.html"))


def test_the_data_of_a_page_are_plain_json(sim: Sim) -> None:
    sim("handout", "first_look", *SMALL, "-o", "one.html", "-q")
    data = data_in(Path("one.html").read_text(encoding="utf-8"))
    assert json.loads(json.dumps(data, allow_nan=False)) == data
