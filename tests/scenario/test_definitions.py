"""The definitions of the course: every metric that is named exists, every term is said in both languages."""

from __future__ import annotations

import re

from typer.testing import CliRunner

from sim.cli.app import build
from sim.metrics.registry import all_metrics, metric_in_words
from sim.scenario.definitions import definitions
from sim.text.language import speaking, tr


def test_sixteen_or_more_and_none_twice() -> None:
    terms = [one.term for one in definitions()]
    assert len(terms) >= 16
    assert len(set(terms)) == len(terms)
    assert all(one.words.endswith(".") and re.fullmatch("[CMPQR][0-9]{2,3}", one.claims[0]) for one in definitions())


def test_every_metric_that_measures_one_exists() -> None:
    named = {name for one in definitions() for name in one.metrics}
    assert named <= set(all_metrics())
    assert any(not one.metrics for one in definitions()), "what is not measured is said, too"


def test_every_definition_is_said_in_russian() -> None:
    with speaking("ru"):
        for one in definitions():
            assert all(re.search("[а-я]", tr(text)) for text in (one.term, one.words)), one.term


def test_the_command_says_what_measures_a_term() -> None:
    said = CliRunner().invoke(build(), ["glossary", "--lang", "ru"])
    assert said.exit_code == 0, said.output
    with speaking("ru"):
        assert metric_in_words("customer_equity_money") in said.output
    assert "Здесь не измеряется." in said.output
    assert CliRunner().invoke(build(), ["glossary", "--lang", "fr"]).exit_code == 2
