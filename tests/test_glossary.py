"""The glossary names what the product has: at least sixty terms in two languages, each with one sentence."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import typer.main

import sim
from sim.cli.app import build
from sim.metrics.registry import shipped_metrics
from sim.scenario.parameters import declared
from sim.scenario.schema import Scenario

TEXT = (Path(__file__).resolve().parents[1] / "docs" / "glossary.md").read_text(encoding="utf-8")
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")] for line in TEXT.splitlines()
    if line.startswith("|") and not line.startswith(("| term", "|--"))
]
COMMANDS = {f"sim {name}" for name in typer.main.get_command(build()).commands}  # type: ignore[attr-defined]
KNOWN = {
    *shipped_metrics(), "customer_equity_money", *(one.name for one in declared(Scenario)), *COMMANDS,
    *(f"sim.{name}" for name in (*sim.__all__, "equity")), *sim.figures.names(), "transactional", "relationship",
}


def test_sixty_terms_and_none_twice() -> None:
    terms = [row[0] for row in ROWS]
    assert len(terms) >= 60
    assert len(set(terms)) == len(terms)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_a_term_has_a_translation_a_sentence_and_a_place(row: list[str]) -> None:
    _term, russian, meaning, where = row
    assert re.search("[а-яё]", russian)
    assert meaning.endswith(".")
    names = re.findall(r"`([^`]+)`", where)
    assert names
    assert [name for name in names if name not in KNOWN] == []
