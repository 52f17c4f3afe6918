"""One person lived again: the same columns as in the market, facts that agree with its books, and where lives part."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest

from sim.engine.engine import Executor
from sim.engine.state import COUNTS
from sim.lives.arithmetic import WORDS, lines_of
from sim.lives.facts import LifeEvent, facts_of
from sim.lives.parting import parting
from sim.lives.story import COUNTED, NAMES, TELLS, TURNS, UNTOLD, Sentence, name_of, story_of
from sim.lives.story import WORDS as SAID
from sim.lives.tape import ReplayedLife, Taped, lived
from sim.market.simulation import Options
from sim.runs.execute import whole_run
from sim.scenario.load import load, ready_to_run, with_what_if
from sim.scenario.schema import Scenario

SCENARIOS = ("first_look", "outage", "silent_exit", "third_place", "busy_line")
PEOPLE, SEED = 150, 7
BOUGHT = ("buys_first", "buys", "buys_again")


class Watched(Taped):
    """A taped market that keeps every column after every period."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.after: list[dict[str, np.ndarray]] = []

    def step(self) -> None:
        super().step()
        self.after.append({name: column.copy() for name, column in self.world.columns().items()})


@cache
def market(name: str, what_if: str = "", executor: Executor = "numpy", people: int = PEOPLE) -> Watched:
    scenario = load(name, {"market.customers": people, "clock.years": 1.5})
    chosen = ready_to_run(with_what_if(scenario, what_if) if what_if else scenario)
    course = Watched(chosen, SEED, SEED, Options(executor=executor))
    while not course.done:
        course.step()
    return course


@cache
def life(name: str, who: int, what_if: str = "") -> ReplayedLife:
    return lived(market(name, what_if), who)


def some(name: str, number: int) -> list[int]:
    """People of a market, chosen by its name; newcomers and leavers are among them."""
    return sorted(np.random.default_rng(len(name)).choice(PEOPLE, number, replace=False).tolist())


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_life_has_the_columns_of_the_market_bit_for_bit_in_every_period(name: str) -> None:
    full = market(name)
    for who in some(name, 4):
        for period, columns in enumerate(life(name, who).after):
            for column, value in columns.items():
                assert value.tobytes() == full.after[period][column][..., who].tobytes(), (who, period, column)


def test_it_does_not_matter_which_executor_ran_the_market() -> None:
    compiled, plain = market("first_look", "", "numba"), market("first_look")
    for one, other in zip(compiled.frames, plain.frames, strict=True):
        assert one.said_tone.tobytes() == other.said_tone.tobytes()
        assert all(np.array_equal(a, b) for a, b in zip(one.firm, other.firm, strict=True))
    assert facts_of(lived(compiled, 3)) == facts_of(life("first_look", 3))


def test_taping_changes_no_number() -> None:
    full = market("first_look")
    plain = whole_run(full.scenario, SEED, Options(executor="numpy"))
    assert np.array_equal(full.records().ledger, plain.ledger)
    assert np.array_equal(full.records().counts, plain.counts)


@pytest.mark.parametrize("name", SCENARIOS)
def test_the_facts_agree_with_the_purchases_on_record(name: str) -> None:
    rows = market(name).records().purchases
    for who in some(name, 4):
        mine = rows.rows(rows.customer == who)
        booked = {(int(period), int(firm)): (int(units), int(amount)) for period, firm, units, amount
                  in zip(mine.period, mine.firm, mine.units, mine.amount, strict=True) if units}
        assert told(facts_of(life(name, who))) == booked


def told(facts: list[LifeEvent]) -> dict[tuple[int, int], tuple[int, int]]:
    """Purchases and minor units by period and firm, as facts tell them."""
    found: dict[tuple[int, int], tuple[int, int]] = {}
    for fact in facts:
        if fact.kind in BOUGHT:
            assert fact.firm is not None
            units, amount = found.get((fact.period, fact.firm), (0, 0))
            found[fact.period, fact.firm] = (units + 1, amount + int(fact.amount))
    return found


ON_RECORD = {
    "failures": ("failure", "serious"), "complaints": ("complains",), "mended": ("mended",), "told_joy":
    ("recommends",),
    "told_loss": ("warns",), "reviews": ("reviews",), "new_customers": ("buys_first",), "units": BOUGHT,
    "returned_customers": ("buys_again",), "touches": ("contact", "unwelcome"), "unwelcome_touches": ("unwelcome",),
    "lost_contacts": ("lost", "lost_again"), "cared": ("cared", "asked"), "lapsed_customers": ("lapses",),
    "win_back_contacts": ("called_back", "mended_reason"), "problems": ("silent", "complains"),
}


@pytest.mark.parametrize("name", ["silent_exit", "busy_line"])
def test_the_facts_of_everybody_add_up_to_what_the_market_counted(name: str) -> None:
    full = market(name, people=40)
    counts = full.records().counts
    found: Counter[tuple[str, int, int]] = Counter()
    for who in range(40):
        found.update((fact.kind, fact.period, fact.firm) for fact in facts_of(lived(full, who))
                     if fact.firm is not None)
    for count, kinds in ON_RECORD.items():
        summed = np.zeros(counts[:, 0].shape, dtype=np.int64)
        for (kind, period, firm), number in found.items():
            if kind in kinds:
                summed[period, firm] += number
        assert np.array_equal(summed, counts[:, COUNTS.index(count)]), count


def test_the_lines_of_a_choice_add_up_to_its_utility() -> None:
    weighed = [step for who in some("first_look", 3) for steps in life("first_look", who).steps for step in steps
               if step.phase.name == "weigh"]
    assert len(weighed) > 20
    for step in weighed:
        lines = lines_of(step)
        assert [(line.part, line.name) for line in lines] == [*WORDS.values()]
        assert sum(line.utility for line in lines) == pytest.approx(float(step.new["tie.utility"]), abs=1e-12)


def first_difference(one: Watched, other: Watched, who: int) -> int | None:
    """The first period after which what one can see of a person differs: a second program, on columns alone."""
    seen = ("tie.aware", "tie.units", "tie.experiences", "me.telling", "me.wanted", "me.present", "deal.firm")
    for period, (ours, theirs) in enumerate(zip(one.after, other.after, strict=True)):
        if any(not np.array_equal(ours[name][..., who], theirs[name][..., who]) for name in seen):
            return period
    return None


@pytest.mark.parametrize(("name", "what_if"), [("silent_exit", "hard_to_complain"), ("third_place", "hurried"),
                                               ("third_place", "lonely")])
def test_lives_part_no_later_than_their_columns_and_not_before_anything_differs(name: str, what_if: str) -> None:
    parted = 0
    for who in some(name, 8):
        here, there = life(name, who), life(name, who, what_if)
        found, seen = parting(here, there), first_difference(market(name), market(name, what_if), who)
        if found is None:
            assert seen is None
            continue
        parted += 1
        assert seen is None or found.period <= seen
        assert facts_before(here, found.period) == facts_before(there, found.period)
        assert (found.here or found.there) is not None
        assert found.root is None or found.root.period <= found.period
    assert parted > 1


def facts_before(one: ReplayedLife, period: int) -> list[Any]:
    return [(fact.period, fact.what) for fact in facts_of(one) if fact.period < period]


def test_a_life_in_the_same_market_never_parts() -> None:
    assert parting(life("first_look", 5), lived(market("first_look"), 5)) is None


def test_a_cheaper_offer_is_named_where_it_decides() -> None:
    """Root is half as dear: somebody buys there instead, and the line that moved most is its price."""
    base = market("first_look")
    cheap = ready_to_run(load("first_look", {"market.customers": PEOPLE, "clock.years": 1.5, "firms.Root.price": 1.5}))
    other = Watched(cheap, SEED, SEED, Options(executor="numpy"))
    while not other.done:
        other.step()
    root = base.book.names.index("Root")
    found = [parting(lived(base, who), lived(other, who)) for who in range(12)]
    choices = [each for each in found if each and each.weights]
    assert choices
    assert all((each.weights[0].firm, each.weights[0].name) == (root, "price") for each in choices)
    assert all(each.weights[0].moved > 0.0 for each in choices)


def test_every_kind_of_fact_is_told_or_summed_up() -> None:
    groups = [set(TURNS), COUNTED, set(SAID), set(UNTOLD), {"buys"}]
    assert set(TELLS) == set().union(*groups)
    assert sum(map(len, groups)) == len(TELLS)
    lived_through = {fact.kind for name in SCENARIOS for who in some(name, 4) for fact in facts_of(life(name, who))}
    assert lived_through <= set(TELLS)


def wrong_in(sentences: list[Sentence], one: ReplayedLife) -> list[Sentence]:
    """Sentences with a fact that the life does not have."""
    known = facts_of(one)
    return [sentence for sentence in sentences if any(fact not in known for fact in sentence.facts)]


def test_a_story_tells_every_purchase_once_and_nothing_else() -> None:
    scenario = market("first_look").scenario
    for who in some("first_look", 4):
        one = life("first_look", who)
        story = story_of(one, scenario)
        assert wrong_in(story, one) == []
        assert told([fact for sentence in story for fact in sentence.facts]) == told(facts_of(one))
    telling = next(each for each in story if each.facts)
    forged = replace(telling, facts=(replace(telling.facts[0], period=telling.facts[0].period + 1),))
    assert wrong_in([forged], one) == [forged]


def test_a_story_in_words() -> None:
    scenario: Scenario = market("first_look").scenario
    story = story_of(life("first_look", 5), scenario)
    text = " ".join(sentence.text for sentence in story)
    assert name_of(5).first in text
    assert "{" not in text
    assert "for EUR " in text


def test_names_are_by_number_and_as_many_in_every_language() -> None:
    assert len({len(names) for names in NAMES.values()}) == 1
    assert name_of(4) == name_of(4)
    assert all(len({first for first, _ in names}) == len(names) for names in NAMES.values())


def test_there_is_nobody_beyond_the_last_person() -> None:
    with pytest.raises(IndexError, match=f"numbered 0 to {PEOPLE - 1}"):
        lived(market("first_look"), PEOPLE)
