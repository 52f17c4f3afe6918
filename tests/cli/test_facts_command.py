"""`sim facts` on the command line."""

import json

from sim.cli.commands.facts import MARKS


def test_a_fact_is_measured_and_saved(sim, tmp_path):
    done = sim("facts", "F29", "-n", "2", "--out", str(tmp_path / "found"), "-q")
    assert done.code == 0, done.err
    assert "1 of 1 fact in range" in done.out
    assert "F29 Good and bad word" in done.out
    assert "at least 1.00" in done.out
    assert (tmp_path / "found" / "facts.csv").exists()


def test_it_gives_json(sim):
    done = sim("facts", "f29", "-n", "2", "--json")
    found = json.loads(done.out)
    assert found["counts"] == {"in": 1, "partly": 0, "out": 0, "unknown": 0}
    assert {row["fact"] for row in found["rows"]} == {"F29"}


def test_a_wrong_id_is_answered_by_the_nearest_right_one(sim):
    done = sim("facts", "F31", "-n", "2")
    assert done.code == 2
    assert "did you mean F" in done.err


def test_a_document_is_renewed_between_its_marks(sim, tmp_path):
    page = tmp_path / "page.md"
    page.write_text("before\n" + "\n".join(MARKS) + "\nafter\n", encoding="utf-8")
    done = sim("facts", "F29", "-n", "2", "--into", str(page), "-q")
    text = page.read_text(encoding="utf-8")
    assert done.code == 0, done.err
    assert text.startswith("before\n")
    assert text.endswith("after\n")
    assert "| **F29** Good and bad word |" in text
    assert "- F27" in text
