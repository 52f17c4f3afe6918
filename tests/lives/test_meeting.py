"""Whom one meets, and what one reads: by number, by chance, who left, who changed most; two variants side by side."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim.lives.meeting import chosen, customer_of, meet
from sim.lives.person import Person
from sim.lives.side_by_side import Meeting
from sim.runs.execute import whole_run
from sim.scenario.load import load, with_what_if

SMALL = {"market.customers": 80, "clock.years": 1}


def met(who: Any = 3, **options: Any) -> Person:
    found = meet("first_look", who, overrides=SMALL, **options)
    assert isinstance(found, Person)
    return found


def test_a_person_by_number_is_printed_on_a_page_of_eighty_letters() -> None:
    text = str(met())
    assert text.startswith("David (3)\n")
    assert max(map(len, text.splitlines())) <= 80
    assert f"<pre>{text[:9]}" in met()._repr_html_().replace("&#x27;", "'")


def test_chance_is_drawn_by_the_seed() -> None:
    names = {str(met("random", seed=seed).name) for seed in range(4)}
    assert len(names) > 1
    assert str(met("random", seed=2).name) == str(met("random", seed=2).name)


def test_who_left_bought_most_at_a_firm_that_lost_them() -> None:
    person = met("left")
    kinds = [(fact.kind, fact.firm) for fact in person.facts]
    lost = {firm for kind, firm in kinds if kind == "lapses"}
    assert any(kind == "buys" and firm in lost for kind, firm in kinds)


def test_who_changed_most_paid_most_differently() -> None:
    small = {"market.customers": 80, "clock.years": 1}
    found = meet("silent_exit", "most_changed", what_if="hard_to_complain", overrides=small, seed=3)
    assert isinstance(found, Meeting)
    base = load("silent_exit", small)
    runs = [whole_run(each, 3) for each in (base, with_what_if(base, "hard_to_complain"))]
    changed = np.abs(runs[0].ties["paid"] - runs[1].ties["paid"]).sum(axis=0)
    assert found.here.life.who == int(changed.argmax())
    assert "\nAs written:\n" in str(found)
    assert found.explain().startswith("The lives part ")


def test_the_arithmetic_of_a_choice_has_every_firm_and_adds_up() -> None:
    person = met("left")
    bought = next(fact for fact in person.facts if fact.kind == "buys")
    table = person.choice(bought.period)
    assert list(dict.fromkeys(table["firm"])) == list(person.firms)
    price = table[table["line"] == "price"]
    assert (price["utility"] < 0).all()
    money = price["utility_money"].abs()
    assert (money < 3 * person.scenario.product.price).all()


def test_nothing_wanted_has_no_arithmetic() -> None:
    person = met()
    quiet = next(t for t, steps in enumerate(person.life.steps) if not any(s.phase.name == "weigh" for s in steps))
    with pytest.raises(ValueError, match="wanted to buy nothing"):
        person.choice(quiet)


def test_a_customer_of_a_finished_run_is_the_one_of_that_run() -> None:
    records = whole_run(load("first_look", SMALL), 5)
    assert customer_of(records, 3).facts == met(seed=5).facts


def test_a_run_changed_by_hand_has_no_lives() -> None:
    records = whole_run(load("first_look", SMALL), 5)
    records.ledger[3, 0, 0] += 1
    with pytest.raises(ValueError, match="cannot be repeated"):
        customer_of(records, 3)


@pytest.mark.parametrize(("who", "words"), [(80, "numbered 0 to 79"), (-1, "numbered"), ("rndom", "random"),
                                            ("most_changed", "name a what-if")])
def test_whom_there_is_not_is_refused(who: Any, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        chosen(who, [whole_run(load("first_look", SMALL), 5)], 5)


def test_names_in_russian() -> None:
    assert str(met(0, language="ru").name) == "Анна (0)"
    with pytest.raises(ValueError, match="no names in 'xx'"):
        met(0, language="xx")
