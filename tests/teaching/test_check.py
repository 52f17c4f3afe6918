"""Checks hint and do not tell: an interval, a sign, a word, a run that gives the number again."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

import sim
from sim.teaching import check
from sim.teaching.markets import same_number, sure_leader, values_of

SMALL = {"market.customers": 60, "clock.years": 1}
PROFIT = "cumulative_discounted_profit_money"


@pytest.mark.parametrize(("answer", "right", "words"), [
    (0.25, True, "Right"), (0.2, True, "Right"), (0.3, True, "Right"), (0.19, False, "a little too low"),
    (0.31, False, "a little too high"), (-0.25, False, "the sign is not"), (25, False, "looks like per cent"),
    (9000, False, "far too high"), (-9000, False, "far too low"), (..., False, "No answer yet"),
    ("0.25", False, "a number is asked for"), (True, False, "a number is asked for"), (float("nan"), False, "a number"),
])
def test_inside_an_interval(answer: Any, right: bool, words: str) -> None:
    for interval in ((0.2, 0.3), (0.3, 0.2), {"low": 0.2, "high": 0.3}):
        said = check.inside(answer, interval, "Look at the row.")
        assert bool(said) is right
        assert words in repr(said)
        assert "0.2" not in repr(said), "a hint does not tell the answer"


@pytest.mark.parametrize(("answer", "interval", "right"), [
    ("higher", (1, 2), True), ("Lower", (-2, -1), True), ("too close to call", (-1, 1), True), (0, (-1, 1), True),
    (12.5, (1, 2), True), (-1, (1, 2), False), ("higher", (-1, 2), False), ("too close", (1, 2), False),
    ("lower", (0, 2), False), (..., (1, 2), False), ("perhaps", (1, 2), False), ([], (1, 2), False),
])
def test_the_sign_of_a_difference(answer: Any, interval: tuple[float, float], right: bool) -> None:
    said = check.sign(answer, interval, "Does the interval hold 0?")
    assert bool(said) is right
    assert right or "yet" in repr(said)


def test_a_word_may_be_sealed() -> None:
    seal = check.sealed("Retention")
    assert "etention" not in seal
    assert check.word(" retention", seal)
    assert not check.word("margin", seal)
    assert repr(check.word(..., seal)).startswith("No answer yet")


def test_a_number_replays_to_the_digits_it_is_told_with() -> None:
    true = values_of("first_look", 4, PROFIT, SMALL)["Root"]
    assert true == sim.run("first_look", seed=4, overrides=SMALL).periods.groupby("firm")[PROFIT].last()["Root"]
    how: dict[str, Any] = {"metric": PROFIT, "firm": "Root", "overrides": SMALL}
    assert check.replays(true, "first_look", 4, **how)
    assert check.replays(float(f"{true:.5g}"), "first_look", 4, **how)
    assert not check.replays(true, "first_look", 5, **how)
    assert not check.replays(1.01 * true, "first_look", 4, **how)
    assert "No answer" in repr(check.replays(..., "first_look", 4, **how))
    with pytest.raises(ValueError, match="There is no firm 'Roof' here; did you mean Root"):
        check.replays(true, "first_look", 4, metric=PROFIT, firm="Roof", overrides=SMALL)


@pytest.mark.parametrize(("told", "true", "same"), [
    (1234.567, 1234.567, True), (1234.57, 1234.567, True), (1235, 1234.567, True), (1236, 1234.567, False),
    (-0.123, -0.12345, True), (-0.124, -0.12345, False), (0.0, 0.0, True), (0.0, 0.1, False),
])
def test_numbers_are_the_same_where_rounding_makes_them_so(told: float, true: float, same: bool) -> None:
    assert same_number(told, true) is same


def test_the_winner_is_that_of_ten_runs_or_of_one_s_own(monkeypatch: pytest.MonkeyPatch) -> None:
    dear = sim.load("first_look", {"market.customers": 200, "product.information_cost": 60.0})
    assert sure_leader(dear, PROFIT) == "Rush"
    assert check.wins("rush", dear, seed=1)
    assert not check.wins("Root", dear, seed=1)
    assert not check.wins(..., dear, seed=1)
    monkeypatch.setattr("sim.teaching.check.sure_leader", lambda *_: "")
    values = values_of(dear, 3, PROFIT)
    ahead = max(values, key=lambda firm: values[firm])
    for firm in values:
        assert bool(check.wins(firm, dear, seed=3, metric=PROFIT)) is (firm == ahead)


def test_the_module_stays_short() -> None:
    lines = Path(check.__file__).read_text(encoding="utf-8").splitlines()
    assert len(lines) <= 150
    assert not re.search(r"\bprint\(", "\n".join(lines))
