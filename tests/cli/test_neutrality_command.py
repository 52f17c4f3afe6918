"""`sim neutrality` on the command line."""

import json

import pytest
from neutral_markets import known_study

from sim.studies import neutrality_market
from sim.studies.neutrality_tables import END_MARK, MARK


@pytest.fixture
def tiny(monkeypatch):
    monkeypatch.setattr(neutrality_market, "PEOPLE", 30)


def test_it_says_how_many_runs_and_renews_a_document_with_its_picture(sim, tmp_path, tiny):
    page = tmp_path / "page.md"
    page.write_text(f"# Neutral?\n{MARK}\nold\n{END_MARK}\nend\n", encoding="utf-8")
    done = sim("neutrality", "--markets", "8", "--seed", "3", "--into", str(page))
    assert done.code == 0, done.err
    assert "192 runs are planned" in done.err
    assert "Expected beforehand: spending nothing" in done.out
    text = page.read_text(encoding="utf-8")
    assert "old" not in text
    assert "pictures/profit_border.png" in text
    assert (tmp_path / "pictures" / "profit_border.png").stat().st_size > 10_000


def test_it_gives_json(sim, monkeypatch):
    monkeypatch.setattr("sim.studies.neutrality.neutrality", lambda *_, **__: known_study())
    done = sim("neutrality", "--json")
    found = json.loads(done.out)
    assert set(found["tables"]) == {"neutrality", "neutrality_decides", "neutrality_parts", "neutrality_markets"}
    assert found["settings"]["ranges"]["costs in euros"]["product.price"] == [2, 200, "EUR"]


def test_too_few_markets_are_refused(sim):
    assert sim("neutrality", "--markets", "3").code == 2
