"""`sim report`: what it writes, what it says, what it refuses."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Sim = Callable[..., Any]
SMALL = ("-n", "2", "--customers", "120", "--set", "clock.years=1")


@pytest.fixture(autouse=True)
def in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_it_writes_one_file_and_says_the_answer(sim: Sim) -> None:
    done = sim("report", "first_look", *SMALL, "-o", "reports/board.html")
    assert done.code == 0, done.err
    assert "customer equity after 1 year" in done.out
    assert "2 paired runs" in done.out
    assert "Saved: " in done.out
    assert [path.name for path in Path("reports").iterdir()] == ["board.html"]
    assert Path("reports/board.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")


def test_the_command_in_the_report_gives_the_same_file_again(sim: Sim) -> None:
    import re
    from html import unescape

    sim("report", "first_look", *SMALL, "--seed", "5", "--metric", "market_share", "-o", "one.html")
    page = Path("one.html").read_text(encoding="utf-8")
    (command,) = re.findall(r"<code>(sim report first_look [^<]*)</code>", page)
    done = sim(*shlex.split(unescape(command))[1:], "-o", "two.html", "--quiet")
    assert done.code == 0, done.err
    assert Path("two.html").read_bytes() == Path("one.html").read_bytes()


def test_it_reports_a_file_of_runs(sim: Sim) -> None:
    swept = sim("sweep", "first_look", *SMALL, "--factor", "product.price=4,9", "--store", "study.sqlite", "--quiet")
    assert swept.code == 0, swept.err
    done = sim("report", "study.sqlite")
    assert done.code == 0, done.err
    assert Path("report.html").exists()
    refused = sim("report", "study.sqlite", "-n", "5")
    assert refused.code == 2
    assert "runs of study.sqlite are made" in refused.err


@pytest.mark.parametrize(("arguments", "said"), [
    (("first_lok",), "did you mean first_look"),
    (("first_look", *SMALL, "-o", "report.pdf"), "let the name of 'report.pdf' end with .html"),
    (("first_look", *SMALL, "--metric", "profits"), "There is no metric 'profits'"),
    (("base",), "there is no firm"),
    (("missing.sqlite",), "missing.sqlite"),
])
def test_what_cannot_be_done_is_refused_in_a_sentence(sim: Sim, arguments: tuple[str, ...], said: str) -> None:
    done = sim("report", *arguments)
    assert done.code == 2
    assert said in done.err
    assert "Traceback" not in done.err
    assert not list(Path().glob("*.html"))


def test_a_what_if_can_be_reported_by_itself(sim: Sim) -> None:
    done = sim("report", "leaky_bucket", "--what-if", "fast_growth", "-n", "2", "--customers", "150", "--set",
               "clock.years=2")
    assert done.code == 0, done.err
    assert "--what-if fast_growth" in Path("report.html").read_text(encoding="utf-8")
