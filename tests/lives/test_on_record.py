"""Lives against the compiled market: every fact and every sentence, by a second program that knows nothing of lives.

A few people in two markets here; fifty people in five markets in the slow tier.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest
from on_record import Fact, on_record

from sim.lives.facts import LifeEvent
from sim.lives.parting import parting
from sim.lives.person import Person
from sim.lives.story import TELLS, Sentence
from sim.lives.tape import taped
from sim.market.simulation import Options
from sim.records.records import Records
from sim.scenario.load import load, ready_to_run, with_what_if

FAST = (("silent_exit", "easy_to_complain", 5), ("busy_line", "", 5))
FULL = (("silent_exit", "", 50), ("busy_line", "", 50), ("the_turn", "", 50), ("whales", "", 50), ("outage", "", 50))
CHANGES = {
    "busy_line": {"firms.Lean.capacity": 45, "firms.Open.capacity": 60},
    "silent_exit": {"firms.Seek.win_back.reach": 3, "firms.Wait.win_back.reach": 3, "firms.Wait.win_back.by": "price"},
}
"""What makes calls in vain and calls to win somebody back happen among so few people."""
SEED = 11
BOUGHT = ("buys_first", "buys", "buys_again")


@cache
def both(name: str, what_if: str, number: int) -> tuple[dict[int, Person], dict[int, Counter[Fact]], Records]:
    """People of a market as they are met, what the second program saw of them, and the records of its run."""
    few = {"market.customers": 300, "clock.years": 2} if number < 20 else {"market.customers": 300, "clock.years": 3}
    scenario = load(name, few | (CHANGES.get(name, {}) if number >= 20 else {}))
    scenario = ready_to_run(with_what_if(scenario, what_if) if what_if else scenario)
    market = taped(scenario, SEED, Options(records="all"))
    watched = sorted(np.random.default_rng(number).choice(market.world.n, number, replace=False).tolist())
    facts, records = on_record(scenario, SEED, watched)
    return {who: Person(market, who) for who in watched}, facts, records


def as_seen(facts: Iterable[LifeEvent]) -> Counter[Fact]:
    """Facts as the second program notes them; amounts as precisely as columns are stored."""
    return Counter((fact.period, fact.occasion, fact.kind, fact.firm, stored(fact.kind, fact.amount)) for fact in facts)


def stored(kind: str, amount: float) -> float:
    return amount if kind in BOUGHT else float(np.float32(amount))


def wrong(told: Iterable[LifeEvent], recorded: Counter[Fact]) -> Counter[Fact]:
    """What is told and not on record, or on record and not told."""
    told_facts = as_seen(told)
    return (told_facts - recorded) + (recorded - told_facts)


def altered(fact: LifeEvent, kind: str) -> list[LifeEvent]:
    """The same fact, wrong in one respect each."""
    found = [replace(fact, period=fact.period + 1), replace(fact, kind=kind)]
    if fact.occasion is not None:
        found.append(replace(fact, occasion=fact.occasion + 1))
    if fact.firm is not None:
        found.append(replace(fact, firm=fact.firm + 1))
    if fact.amount:
        found.append(replace(fact, amount=fact.amount + 1.0))
    return found


def check_facts(name: str, what_if: str, number: int) -> set[str]:
    """Every fact of everybody, what they paid, and that no altered fact passes; gives the kinds there were."""
    people, recorded, records = both(name, what_if, number)
    kinds: set[str] = set()
    for who, person in people.items():
        assert wrong(person.facts, recorded[who]) == Counter(), (name, who)
        assert paid_in(recorded[who]) == on_the_books(records, who)
        for place, fact in enumerate(person.facts):
            if fact.kind not in kinds:
                kinds.add(fact.kind)
                for one in altered(fact, "buys" if fact.kind != "buys" else "lost"):
                    assert wrong([*person.facts[:place], one, *person.facts[place + 1:]], recorded[who]), one
                assert wrong([*person.facts[:place], *person.facts[place + 1:]], recorded[who]), "one left out"
    return kinds


def paid_in(facts: Counter[Fact]) -> dict[tuple[int, int | None], tuple[int, int]]:
    """Purchases and minor units by period and firm."""
    found: dict[tuple[int, int | None], tuple[int, int]] = {}
    for (period, _, kind, firm, amount), times in facts.items():
        if kind in BOUGHT:
            units, paid = found.get((period, firm), (0, 0))
            found[period, firm] = (units + times, paid + times * int(amount))
    return found


def on_the_books(records: Records, who: int) -> dict[tuple[int, int | None], tuple[int, int]]:
    rows = records.purchases.rows(records.purchases.customer == who)
    return {(int(period), int(firm)): (int(units), int(amount)) for period, firm, units, amount
            in zip(rows.period, rows.firm, rows.units, rows.amount, strict=True)}


TURNS = {
    "enters": "comes into the market", "leaves": "leaves the market", "finds": "finds {firm}",
    "advertisement": "sees an advertisement of {firm}", "hears": "A friend speaks of {firm}",
    "forgets": "forgets {firm}", "asked": "{firm} asks what was wrong", "called_back": "{firm} calls to win",
    "mended_reason": "{firm} calls to win", "buys_first": "buys at {firm} for the first time, for {money}",
    "lapses": "{firm} has lost", "buys_again": "is back at {firm} after a long time, and pays {money}",
}
COUNTED = {
    r"calls? in vain": ("lost", "lost_again"), r"failures?": ("failure", "serious"), r"complaints?": ("complains",),
    r"disappointments? without a word": ("silent",), r"answers? that made up for it": ("mended",),
    r"times? helped unasked": ("cared",), r"welcome contacts?": ("contact",), r"contacts? that annoyed": ("unwelcome",),
    r"recommendations? to friends": ("recommends",), r"warnings? to friends": ("warns",), r"reviews?": ("reviews",),
}
TIMES = {"once": 1, "twice": 2}


def number_of(text: str) -> int:
    return TIMES[text] if text in TIMES else int(text.split()[0])


def untrue(sentence: Sentence, person: Person, recorded: Counter[Fact]) -> list[str]:
    """What a sentence says that is not on record."""
    facts = as_seen(sentence.facts)
    found = [f"not on record: {fact}" for fact in facts - recorded]
    if sentence.when != min(period for period, *_ in facts):
        found.append("another date")
    firms = {None if firm is None else person.firms[firm] for _, _, _, firm, _ in facts}
    kinds = {kind for _, _, kind, _, _ in facts}
    if kinds & TURNS.keys():
        return found + _wrong_turn(sentence.text, person, facts)
    if kinds <= {"praise", "warning"}:
        return found + _wrong_words(sentence.text, person, facts)
    if len(firms) != 1 or str(next(iter(firms))) not in sentence.text:
        found.append("another firm")
    for phrase, group in COUNTED.items():
        said = re.search(rf"(\d+) {phrase}(?=[,.]| and)", sentence.text)
        if (int(said[1]) if said else 0) != sum(times for fact, times in facts.items() if fact[2] in group):
            found.append(f"another number of {phrase}")
    said = re.search(r"buys (once|twice|\d+ times) at .*?, for \D*([\d,.]*\d)", sentence.text)
    bought = {fact: times for fact, times in facts.items() if fact[2] == "buys"}
    if (number_of(said[1]) if said else 0) != sum(bought.values()):
        found.append("another number of purchases")
    if said and not same_money(said[2], sum(fact[4] * times for fact, times in bought.items()), person):
        found.append("another amount")
    return found


def same_money(text: str, minor: float, person: Person) -> bool:
    """Whether an amount is the one that is written, as precisely as it is written."""
    value = minor / person.scenario.money.minor_units
    return text == (f"{value:,.2f}" if "." in text else f"{value:,.0f}")


def _wrong_turn(text: str, person: Person, facts: Counter[Fact]) -> list[str]:
    (_, _, kind, firm, amount), = facts
    wanted, money = TURNS[kind].split("{money}")[0], "{money}" in TURNS[kind]
    found = [] if wanted.format(firm="" if firm is None else person.firms[firm]) in text else ["another turn"]
    if ("puts right what was" in text) != (kind == "mended_reason"):
        found.append("another reason")
    said = re.search(r"([\d,.]*\d)\.$", text)
    return found + (["another amount"] if money and not (said and same_money(said[1], amount, person)) else [])


def _wrong_words(text: str, person: Person, facts: Counter[Fact]) -> list[str]:
    said: Counter[tuple[str, str]] = Counter()
    for verb, firm, _, often in re.findall(rf"(speak well of|warn of) ({'|'.join(map(re.escape, person.firms))})"
                                           r"( (once|twice|\d+ times))?", text):
        said["praise" if verb.startswith("speak") else "warning", firm] = number_of(often) if often else 1
    wanted: Counter[tuple[str, str]] = Counter()
    for (_, _, kind, firm, _), times in facts.items():
        wanted[kind, person.firms[firm or 0]] += times
    return [] if said == wanted else ["other words"]


def check_stories(name: str, what_if: str, number: int) -> int:
    """Every sentence of everybody; then each kind of sentence with a wrong number, firm or date. Gives how many."""
    people, recorded, _ = both(name, what_if, number)
    checked = 0
    for who, person in people.items():
        for sentence in person.story:
            assert untrue(sentence, person, recorded[who]) == [], sentence
            checked += 1
            assert untrue(replace(sentence, when=sentence.when + 1), person, recorded[who])
            for wrong_text in wrong_texts(sentence.text, person.firms):
                assert untrue(replace(sentence, text=wrong_text), person, recorded[who]), wrong_text
    return checked


def wrong_texts(text: str, firms: tuple[str, ...]) -> list[str]:
    """The same sentence with every number one higher, or with another firm."""
    found = [text[:match.start()] + str(int(match[0]) + 1) + text[match.end():]
             for match in re.finditer(r"(?<![\d.,])\d+(?= [a-z])|(?<![\d.,])\d+(?=,\d{3}|\.\d\d[.,:]|[.:])", text)
             if "weeks" not in text]
    for firm, other in zip(firms, [*firms[1:], firms[0]], strict=True):
        if re.search(rf"\b{re.escape(firm)}\b", text) and other not in text and not text.startswith("Friends"):
            found.append(re.sub(rf"\b{re.escape(firm)}\b", other, text))
    return found


@pytest.mark.parametrize(("name", "what_if", "number"), FAST)
def test_every_fact_of_a_life_is_on_record_and_none_is_missing(name: str, what_if: str, number: int) -> None:
    kinds = check_facts(name, what_if, number)
    assert {"chooses", "buys", "buys_first", "failure", "recommends"} <= kinds


@pytest.mark.parametrize(("name", "what_if", "number"), FAST)
def test_every_sentence_of_a_story_is_true_and_altered_ones_are_not(name: str, what_if: str, number: int) -> None:
    assert check_stories(name, what_if, number) > 20


def test_watching_people_changes_nothing() -> None:
    _, _, records = both(*FAST[0])
    market = taped(records.scenario, SEED, Options(records="all"))
    assert np.array_equal(market.records().ledger, records.ledger)
    assert np.array_equal(market.records().counts, records.counts)


@pytest.mark.slow
@pytest.mark.parametrize(("name", "what_if", "number"), FULL)
def test_fifty_people_of_a_market(name: str, what_if: str, number: int) -> None:
    assert check_stories(name, what_if, number) > 200
    check_facts(name, what_if, number)


@pytest.mark.slow
def test_the_fifty_people_live_through_every_kind_of_fact() -> None:
    seen = {fact.kind for case in FULL for person in both(*case)[0].values() for fact in person.facts}
    assert {*TELLS} - seen == set()


PARTINGS = (("silent_exit", "easy_to_complain"), ("third_place", "hurried"), ("whales", "all_alike"),
            ("penny_goods", "often"), ("leaky_bucket", "fast_growth"), ("the_turn", "to_deals"))


def first_difference(here: Any, there: Any) -> int | None:
    """The first period of which the two records of a person differ in anything but amounts."""
    one, other = (Counter(fact[:4] for fact in each.elements()) for each in (here, there))
    differ = (one - other) + (other - one)
    return min((fact[0] for fact in differ), default=None)


def check_partings(name: str, what_if: str, number: int) -> int:
    """Two lives part in the period in which their records first differ. Gives how many part."""
    (here, seen, _), (there, other, _) = both(name, "", number), both(name, what_if, number)
    parted = 0
    for who in here:
        found, wanted = parting(here[who].life, there[who].life), first_difference(seen[who], other[who])
        assert (None if found is None else found.period) == wanted, (name, what_if, who)
        if found is not None:
            parted += 1
            facts = [(fact.occasion, fact.kind, fact.firm) for fact in (found.here, found.there) if fact is not None]
            records = [{each[1:4] for each in one if each[0] == wanted} for one in (seen[who], other[who])]
            assert all(fact in records[0] | records[1] for fact in facts)
            assert found.root is None or found.root.period <= found.period
    return parted


@pytest.mark.parametrize(("name", "what_if"), PARTINGS[:2])
def test_lives_part_where_their_records_first_differ(name: str, what_if: str) -> None:
    assert check_partings(name, what_if, 5) > 0


@pytest.mark.slow
@pytest.mark.parametrize(("name", "what_if"), PARTINGS)
def test_fifty_lives_part_where_their_records_first_differ(name: str, what_if: str) -> None:
    assert check_partings(name, what_if, 50) > 5
