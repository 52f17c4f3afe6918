"""Commands in Russian: no English is left, what programs read is the same, and the language ends with the command."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sim.text.language import language

Sim = Callable[..., Any]
SMALL = ("--customers", "120", "--lang", "ru")
NAMES = {"Rush", "Root", "Seek", "Wait", "first_look", "coffee_shop", "sim", "full", "base", "Dirichlet", "NPS"}
"""Names and words of commands that are the same in every language."""


@pytest.fixture(autouse=True)
def in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def left_in_english(text: str) -> set[str]:
    """Latin words in what is said: without commands, dotted names, options and what stands in a table of levers."""
    plain = re.sub(r"`[^`]*`", "", text)
    plain = re.sub(r"(?m)^(Дальше:)?\s+sim .*$|^Сохранено: .*$", "", plain)
    plain = re.sub(r"[a-z]\w*(\.\w+)+|\b[a-z0-9]+(_\w+)+|--\w+", "", plain)
    return set(re.findall(r"[A-Za-z]{3,}", plain)) - NAMES


def test_run_leaves_nothing_in_english(sim: Sim) -> None:
    done = sim("run", "first_look", "-n", "2", "--yes", *SMALL)
    assert done.code == 0, done.err
    assert left_in_english(done.out) == set()
    lines = done.out.splitlines()
    assert lines[0] == "Сделки или отношения"
    assert max(len(line) for line in lines if "sim " not in line) <= 80
    assert "2 фирмы, 120 человек, 36 месяцев, 2 прогона с новыми людьми" in " ".join(done.out.split())
    assert "евро" in done.out
    assert language() == "en", "the language ends with the command"


def test_the_environment_speaks_too_and_an_option_is_stronger(sim: Sim, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIM_LANG", "ru")
    assert "Рынок" in sim("explain", "first_look").out
    assert "The market" in sim("explain", "first_look", "--lang", "en").out
    monkeypatch.setenv("SIM_LANG", "fr")
    refused = sim("explain", "first_look")
    assert refused.code == 2
    assert "en, ru" in refused.err


def test_explain_leaves_nothing_in_english_but_the_values_of_levers(sim: Sim) -> None:
    done = sim("explain", "silent_exit", "--lang", "ru")
    assert done.code == 0, done.err
    levers = {"information", "emotion", "sales", "reasons", "surveys", "signals"}
    assert left_in_english(done.out) - levers == set()
    guesses = sim("explain", "first_look", "--guesses", "--lang", "ru").out.partition("никто не измерял")[2]
    assert left_in_english(guesses) <= {"ring", "homophilous"}, "choices of a network"


def test_meet_leaves_nothing_in_english(sim: Sim) -> None:
    done = sim("meet", "silent_exit", "--who", "left", *SMALL)
    assert done.code == 0, done.err
    assert left_in_english(done.out) == set()


def test_compare_leaves_nothing_in_english(sim: Sim) -> None:
    done = sim("compare", "leaky_bucket", "-n", "2", "--yes", *SMALL)
    assert done.code == 0, done.err
    assert left_in_english(done.out) == set()
    assert max(map(len, done.out.splitlines())) <= 80
    assert "быстрый рост: иначе закончилось для" in " ".join(done.out.split())


def test_scenarios_leaves_nothing_in_english_but_names(sim: Sim) -> None:
    done = sim("scenarios", "--lang", "ru")
    assert done.code == 0, done.err
    asked = [line for line in done.out.splitlines() if not line.startswith(" ")]
    assert len(asked) >= 15
    assert [line for line in asked[:-2] if re.search("[A-Za-z]{3,}", re.sub(r"^\w+|first_look", "", line))] == []
    assert "4\u00a0000 человек; утверждения C65 C66 P08" in done.out


def test_what_programs_read_has_the_same_keys_and_numbers(sim: Sim) -> None:
    call = ("run", "first_look", "-n", "2", "--yes", "--customers", "120", "--no-idle", "--json", "--lang")
    both = [json.loads(sim(*call, code).out) for code in ("en", "ru")]
    assert both[0].keys() == both[1].keys()
    for one, other in zip(both[0]["rows"], both[1]["rows"], strict=True):
        assert one["values"] == other["values"]
    assert both[0]["manifest"]["changed"] == both[1]["manifest"]["changed"], "what is stored is in English"
