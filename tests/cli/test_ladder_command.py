"""`sim ladder --each-off`, and the tables that it renews in a document."""

import json

import pytest

SMALL = ("--customers", "60", "--set", "clock.years=1", "-n", "2", "-q")
PAGE = "# Mechanisms\n\n<!-- expected:first_look:begin -->\nold\n<!-- expected:first_look:end -->\n\nThe end.\n"


def test_each_mechanism_has_a_line_and_twice_with_doubled(sim, tmp_path):
    what = ("--start", "heart", "--each-off", "--doubled", "--out", tmp_path / "found")
    done = sim("ladder", "first_look", *what, *SMALL)
    assert done.code == 0, done.err
    lines = [line.strip() for line in done.out.splitlines()]
    assert sum(line.startswith("reviews ") for line in lines) == 2
    assert any("corrected for" in line and "(Bonferroni)" in line for line in lines)
    assert (tmp_path / "found" / "each_off.csv").exists()


def test_a_table_stands_between_its_marks_and_the_rest_stays(sim, tmp_path):
    page = tmp_path / "page.md"
    page.write_text(PAGE)
    done = sim("ladder", "first_look", "--expected", "--json", *SMALL, "--into", page)
    assert done.code == 0, done.err
    (row,) = json.loads(done.out)["tables"]["each_off"]
    assert (row["mechanism"], row["change"]) == ("trust", "off")
    text = page.read_text()
    assert "| trust | repeat rate |" in text
    assert "old" not in text.splitlines()
    assert text.endswith("<!-- expected:first_look:end -->\n\nThe end.\n")


@pytest.mark.parametrize(("options", "words"), [
    (("--doubled",), "say each_off as well"),
    (("--start", "heart", "--into", "PAGE"), "say --each-off or --expected"),
    (("--each-off", "--start", "heart", "--into", "PAGE"), "<!-- each_off:first_look:begin -->"),
])
def test_what_cannot_be_done_is_said(sim, tmp_path, options, words):
    page = tmp_path / "page.md"
    page.write_text(PAGE)
    done = sim("ladder", "first_look", *SMALL, *(page if one == "PAGE" else one for one in options))
    assert done.code == 2
    assert words in done.err
    assert page.read_text() == PAGE


def test_a_class_without_firms_needs_each_off(sim):
    done = sim("ladder", "coffee_shop", *SMALL)
    assert done.code == 2
    assert "there is no firm in this file" in done.err
