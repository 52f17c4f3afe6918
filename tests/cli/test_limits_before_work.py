"""What long work needs is said before it is begun: on a terminal one is asked, elsewhere --yes is needed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import typer

from sim.market.need import memory_of
from sim.runs import ahead
from sim.scenario.load import load

Sim = Callable[..., Any]
RUN = ("run", "first_look", "--customers", "60", "--set", "clock.years=1", "-n", "3", "--no-idle")


@pytest.fixture(autouse=True)
def every_work_is_long(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two minutes become nothing at all."""
    monkeypatch.chdir(tmp_path)
    for name in ("WORTH_A_TRIAL", "WORTH_TELLING", "WORTH_ASKING"):
        monkeypatch.setattr(ahead, name, 0.0)


def at_a_terminal(monkeypatch: pytest.MonkeyPatch, answer: bool) -> list[str]:
    """A person sits there, who answers; gives what is asked."""
    asked: list[str] = []
    monkeypatch.setattr("sim.cli.waiting.there_is_somebody", lambda: True)
    monkeypatch.setattr(typer, "confirm", lambda text, **_: asked.append(text) or answer)
    return asked


@pytest.mark.parametrize("command", [
    RUN, ("compare", "leaky_bucket", "--customers", "60", "-n", "2"),
    ("sweep", "first_look", "--factor", "firms.Root.price=4,5", "--customers", "60", "-n", "2"),
    ("levers", "first_look", "--customers", "60", "-n", "2"), ("facts", "F29", "-n", "2"),
    ("flip", "leaky_bucket", "--customers", "60"), ("equity", "first_look", "--customers", "60", "-n", "2"),
    ("truth", "first_look", "--customers", "60", "-n", "2"), ("study", "price_border"), ("demo",),
    ("report", "first_look", "--customers", "60", "-n", "2"), ("neutrality", "--markets", "8"),
    ("economy", "coffee_shop", "-n", "2"),
], ids=lambda command: command[0])
def test_without_a_terminal_long_work_is_refused_in_one_sentence(sim: Sim, command: tuple[str, ...]) -> None:
    done = sim(*command, "--quiet")
    assert done.code == 2
    (line,) = done.err.splitlines()
    assert line.startswith("This takes about ")
    assert "run" in line
    assert "--yes" in line


def test_yes_does_it(sim: Sim) -> None:
    done = sim(*RUN, "--yes")
    assert done.code == 0
    assert "3 runs" in done.out
    assert done.err.startswith("This takes about 10 s for 3 runs.")


@pytest.mark.parametrize(("answer", "code"), [(True, 0), (False, 130)])
def test_on_a_terminal_one_is_asked_once(
    sim: Sim, monkeypatch: pytest.MonkeyPatch, answer: bool, code: int
) -> None:
    asked = at_a_terminal(monkeypatch, answer)
    done = sim(*RUN[:-1], "--idle")
    assert done.code == code
    (question,) = asked
    assert "--yes" in question
    assert ("3 runs" in done.out) == answer


def test_half_of_the_free_memory_is_asked_about_even_where_the_work_is_short(
    sim: Sim, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ahead, "WORTH_ASKING", 120.0)
    assert sim(*RUN).code == 0
    needed = memory_of(load("first_look", {"market.customers": 60, "clock.years": 1}))
    for free, code in ((1.9, 2), (2.1, 0)):
        monkeypatch.setattr(ahead, "free_memory", lambda free=free: free * needed)
        assert sim(*RUN, "--workers", "0").code == code


def test_what_is_in_the_store_is_not_counted(sim: Sim) -> None:
    command = (*RUN, "--store", "runs.sqlite")
    assert sim(*command, "--yes").code == 0
    assert sim(*command).code == 0


@pytest.mark.parametrize(("options", "said"), [
    (("--what-if", ""), "--what-if: nothing stands here; give a value, or leave it out."),
    (("--outcomes", ""), "--outcomes: nothing stands here; give a value, or leave it out."),
    (("--what-if", "fas"), "--what-if fas: leaky_bucket has no such what-if; did you mean fast_growth?"),
    (("--set", ""), "--set:1:1: an empty text is not an override; write"),
    (("--set", "firms="), "--set:1:1: firms: nothing stands here; allowed: a mapping"),
    (("--set", "market=3"), "--set:1:1: market: 3 shall stand here as a whole, and market.customers is given too"),
    (("--set", "market.customers="), "--set:1:1: market.customers: is given twice: nothing with --set, 60 with"),
])
def test_an_option_is_blamed_in_one_line_never_the_shipped_file(
    sim: Sim, options: tuple[str, ...], said: str
) -> None:
    done = sim("run", "leaky_bucket", "--customers", "60", *options)
    assert done.code == 2
    (line,) = done.err.splitlines()
    assert line.startswith(said)


def test_values_of_a_factor_are_blamed_on_the_factor(sim: Sim) -> None:
    done = sim("sweep", "first_look", "--factor", "firms.Root.price=4,,5")
    assert (done.code, done.err.startswith("--factor:1:")) == (2, True)
