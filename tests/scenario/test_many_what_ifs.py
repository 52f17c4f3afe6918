"""A file with many what-ifs: each costs the same, however many there are."""

from __future__ import annotations

import time

import pytest

from sim.scenario.errors import ScenarioError
from sim.scenario.load import load_text, with_what_if, with_what_ifs


def text_of(count: int) -> str:
    lines = [f"  variant_{k}: {{firms: {{Root: {{quality: {0.5 + k / 10_000:.4f}}}}}}}" for k in range(count)]
    return "\n".join(["question: Which?", "extends: first_look", "what_if:", *lines])


def seconds_for(count: int) -> float:
    began = time.process_time()
    with_what_ifs(load_text(text_of(count)), [f"variant_{k}" for k in range(0, count, 8)])
    return time.process_time() - began


def test_eight_times_the_what_ifs_take_not_much_more_than_eight_times_as_long() -> None:
    seconds_for(20)
    few, many = min(seconds_for(50) for _ in range(2)), seconds_for(400)
    assert many < 16 * few, "64 times as long where each looks at all"


def test_what_ifs_together_are_what_each_is_alone() -> None:
    scenario = load_text(text_of(3))
    together = with_what_ifs(scenario, scenario.what_if)
    for name, one in together.items():
        alone = with_what_if(scenario, name)
        assert one == alone
        assert (one.source.what_if, one.source.hash, one.source.mapping, one.source.places) == (
            name, alone.source.hash, alone.source.mapping, alone.source.places)
        assert list(one.what_if) == list(scenario.what_if)
    assert with_what_ifs(scenario, []) == {}


def test_a_what_if_that_an_upper_file_takes_out_is_gone() -> None:
    scenario = load_text("{question: q, extends: leaky_bucket, what_if: {fast_growth: null}}")
    assert list(scenario.what_if) == ["slow_growth"]
    assert list(with_what_ifs(scenario, ["slow_growth"])) == ["slow_growth"]
    with pytest.raises(ScenarioError, match="there is no what-if 'fast_growth'; did you mean slow_growth"):
        with_what_ifs(scenario, ["fast_growth"])


@pytest.mark.parametrize(("written", "hint"), [
    ("1,000", "write 1000, or with a point where it is a decimal: 1.000"), ("1_000.5", "write 1000.5"),
    ("1_0", "write 10"), ("1,000,000", "write 1000000"), ("2k", "write 2000"), ("1.5M", "write 1500000"),
    ("1e-400", "1e-400 is not a number"), ("1_000", "write 1000"), ("0x10", "is not a number"),
    ("1:30", "is not a number"), ("5%", "write a share: 0.05"), ("on", "not a word"),
    ("010", "begins with 0; write 10"),
])
def test_a_number_means_what_it_says_or_is_refused(written: str, hint: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        load_text(f"question: q\nextends: first_look\nproduct:\n  price: {written}")
    assert hint in str(caught.value)
