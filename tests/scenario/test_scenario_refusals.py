"""The gallery of refusals: each text, and the whole sentence that a person reads."""

from __future__ import annotations

import pytest
import yaml

from sim.scenario import ScenarioError, load, load_text, parse_override

Q = "question: Who stays?\n"
BOMB = "notes: &a [x,x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{chr(98 + i)}: &{chr(98 + i)} [{','.join(['*' + chr(97 + i)] * 10)}]\n" for i in range(8)
)
EMPTY = "1:1: the file is empty; the smallest scenario has a question and `extends: first_look`"
TOO_MANY = "more than 20000 values, aliases (*name) counted in full"

NOT_YAML = {
    "empty": ("", EMPTY),
    "comments only": ("# x\n", EMPTY),
    "a list": ("- a\n- b\n", "1:1: a scenario is a mapping (key: value on each line); only a list stands here"),
    "a word": ("hello\n", "1:1: a scenario is a mapping (key: value on each line); only hello stands here"),
    "unknown alias": (Q + "title: *x\n", "2:8: title: *x repeats something that is not there; mark it with &x before"),
    "alias of itself": (Q + "firms: &f {Root: *f}\n", "2:18: firms.Root: *f contains itself"),
    "alias bomb": (Q + BOMB, f"6:8: e[0]: {TOO_MANY}"),
    "too many values": (Q + f"claims: [{'a,' * 20000}]\n", f"2:40004: {TOO_MANY}"),
    "too deep": (Q + "notes: " + "[" * 60 + "]" * 60 + "\n", "2:58: nested deeper than 50 levels"),
    "two documents": (Q + "---\n" + Q, "2:1: a second document begins here (---); keep one scenario in a file"),
    "tab": (Q + "clock:\n\tyears: 3\n", "3:1: this line is indented with a tab; use spaces (two for each level)"),
    "control character": (Q + "title: a\x07b\n", "2:9: the character U+0007 cannot stand in a text file; delete it"),
    "curly quotes": (Q + "title: “A: b”\n", "2:10: the quote mark “ means nothing in YAML; use straight quotes (\")"),
    "Russian quotes": (Q + "title: «А: б»\n", "2:10: the quote mark « means nothing in YAML; use straight quotes (\")"),
    "open quote": (Q + 'title: "Deals\n', "2:8: a quote mark is opened here and not closed"),
    "open brace": (Q + "clock: {years: 3\n", "2:17: a { is not closed by }, or a comma is missing"),
    "open bracket": (Q + "claims: [C36\n", "2:13: a [ is not closed by ], or a comma is missing"),
    "colon in a text": (
        Q + "title: Deals: or relations\n",
        "2:13: there is a colon where none can be; put a text that holds a colon in quotes",
    ),
    "indentation": (Q + "clock:\n  years: 3\n period: week\n", "4:2: the indentation does not fit the lines above"),
    "no colon": (Q + "title\n", "2:6: here a colon and a value are missing (key: value)"),
    "no space": (Q + "title:Deals\nclock: {years: 3}\n", "2:1: a space is missing after the colon: title: Deals"),
    "at sign": (Q + "title: @home\n", "2:8: a text cannot begin with this character; put it in quotes"),
    "list in mapping": (Q + "- a\n", "2:1: a list entry (- ...) cannot stand here"),
    "key missing": (Q + ": 3\n", "2:1: a key is missing before the colon"),
}

WRONG = {
    "key twice": (Q + "clock: {years: 3}\nclock: {years: 4}\n", "3:1: clock: given twice; the first time in line 2"),
    "tag": (
        Q + "title: !!python/object:os.system x\n",
        "2:8: title: the tag !!python/object:os.system is not used here; remove it",
    ),
    "merge key": (
        Q + "product: &p {price: 3}\nmoney:\n  <<: *p\n",
        "4:3: money: merge keys (<<) are not used here; say extends: in a scenario, like: in a firm",
    ),
    "list as key": (
        Q + "? [a]\n: 1\n",
        "2:3: a key must be one word, not a list, a mapping or an alias; quote a text that begins with { or [",
    ),
    "comma in braces": (Q + "clock: {years: 0,3}\n", "2:16: clock.years: 0,3 has a comma; use a point: 0.3"),
    "comma": (Q + "clock:\n  years: 0,3\n", "3:10: clock.years: 0,3 is not a number; use a point: 0.3"),
    "leading zero": (
        Q + "market: {customers: 010}\n",
        '2:21: market.customers: 010 begins with 0; write 10, or "010" in quotes if it is a word',
    ),
    "sexagesimal": (
        Q + "clock: {years: 12:30}\n",
        "2:16: clock.years: 12:30 is not a number; allowed: 0.25 to 60 (how long the market is watched, unit: years)",
    ),
    "date": (
        Q + "clock: {years: 2026-01-01}\n",
        "2:16: clock.years: 2026-01-01 is not a number; "
        "allowed: 0.25 to 60 (how long the market is watched, unit: years)",
    ),
    "grouped": (Q + "market: {customers: 100_000}\n", "2:21: market.customers: 100_000 is not a number; write 100000"),
    "percent": (Q + "product: {margin: 50 %}\n", "2:19: product.margin: 50 % is not a number; write a share: 0.5"),
    "currency": (
        Q + "product: {price: 10 EUR}\n",
        "2:18: product.price: 10 EUR is not a number; write the number alone: 10",
    ),
    "quoted": (
        Q + 'product: {price: "10"}\n',
        "2:18: product.price: 10 is not a number; write it without quotes: 10",
    ),
    "infinite": (
        Q + "product: {price: 1e999}\n",
        "2:18: product.price: inf is not a finite number; "
        "allowed: 0.01 to 1000000 (reference price of one unit, unit: money)",
    ),
    "yes": (
        Q + "product: {contract: {regular: yes}}\n",
        "2:31: product.contract.regular: yes is not a truth value; write true or false",
    ),
    "no": (
        Q + "product: {price: no}\n",
        "2:18: product.price: no is not a number; a number is wanted here, not a word",
    ),
    "true": (
        Q + "product: {price: true}\n",
        "2:18: product.price: true is not a number; "
        "allowed: 0.01 to 1000000 (reference price of one unit, unit: money)",
    ),
    "nothing": (
        Q + "clock:\n  years:\n",
        "3:9: clock.years: nothing stands here; allowed: 0.25 to 60 (how long the market is watched, unit: years)",
    ),
    "nothing for a section": (
        Q + "clock:\n",
        "2:7: clock: nothing stands here; allowed: a mapping (key: value on each line below, indented by two spaces)",
    ),
    "too high": (
        Q + "firms: {Root: {quality: 1.5}}\n",
        "2:25: firms.Root.quality: 1.5 is above 1; allowed: 0 to 1 (quality of the offer, unit: quality)",
    ),
    "too low": (
        Q + "clock: {years: -1}\n",
        "2:16: clock.years: -1 is below 0.25; allowed: 0.25 to 60 (how long the market is watched, unit: years)",
    ),
    "fraction": (
        Q + "market: {customers: 2.5}\n",
        "2:21: market.customers: 2.5 is not a whole number; "
        "allowed: 1 to 20000000 (people who may ever buy, newcomers included, unit: people)",
    ),
    "word": (
        Q + "clock: {period: moth}\n",
        "2:17: clock.period: moth is not among the words; allowed: week, month, quarter; did you mean month?",
    ),
    "version": (Q + "schema: 2\n", "2:9: schema: 2 is not a version of this format; allowed: 1"),
    "unknown key": (Q + "marekt: {customers: 3}\n", "2:1: marekt: unknown key; did you mean market?"),
    "unknown inner key": (Q + "market: {custmers: 3}\n", "2:10: market.custmers: unknown key; did you mean customers?"),
    "key of elsewhere": (Q + "customers: 300\n", "2:1: customers: unknown key; did you mean market.customers?"),
    "Cyrillic letters": (Q + "сlосk: {years: 3}\n", "2:1: сlосk: unknown key; did you mean clock? "
                         "Letters 1, 3 and 4 are Cyrillic (с о с): write the Latin c o c."),
    "dotted key": (
        Q + "clock.years: 3\n",
        "2:1: clock.years: a key cannot hold a point here; "
        "write clock: {years: ...} (points are for --set and what_if)",
    ),
    "key like no other": (
        Q + "clock: {zzzzqq: 3}\n",
        "2:9: clock.zzzzqq: unknown key; allowed here: period, years, warm_up_years",
    ),
    "no question": (
        "title: Deals\n",
        "1:1: question: is missing: the question a class would vote on; printed first",
    ),
    "number for a text": (Q + "title: 2026\n", '2:8: title: 2026 is not a text; put it in quotes: "2026"'),
    "text for a list": (
        Q + "claims: C36\n",
        "2:9: claims: C36 stands here; allowed: a list, in brackets [a, b] or one entry on each line (- a)",
    ),
    "text for a mapping": (
        Q + "clock: long\n",
        "2:8: clock: long stands here; allowed: a mapping (key: value on each line below, indented by two spaces)",
    ),
    "no space in a section": (
        Q + "clock:\n  years:3\n",
        "3:3: clock: a space is missing after the colon: years: 3",
    ),
    "settings of a strategy without any": (
        Q + "firms: {Root: {settings: {speed: 3}}}\n",
        "2:27: firms.Root.settings.speed: unknown key; nothing can be set here",
    ),
    "a long number": (
        Q + f"market: {{customers: {'1' * 400}}}\n",
        f"2:21: market.customers: {'1' * 37}... is not a number; "
        "allowed: 1 to 20000000 (people who may ever buy, newcomers included, unit: people)",
    ),
    "claim": (
        Q + "claims: [c36]\n",
        "2:10: claims[0]: c36 is not a claim's id; allowed: capitals and a number, such as C36 or F20",
    ),
    "empty firm": (
        Q + "firms:\n  Root:\n",
        "3:3: firms.Root: nothing stands under Root; where all is left at its default write Root: {}",
    ),
    "point in a name": (
        Q + "firms: {St. Pauli: {}}\n",
        "2:9: firms.St. Pauli: a name cannot hold '.'; letters, digits, spaces, - and _ are fine",
    ),
    "invisible letter in a name": (
        Q + "firms: {Ro\u200bot: {}}\n",
        "2:9: firms.Ro\u200bot: a name cannot hold invisible characters",
    ),
    "too many firms": (
        Q + "firms: {" + ", ".join(f"F{i}: {{}}" for i in range(32)) + "}\n",
        "2:1: firms: 32 firms; at most 31",
    ),
    "spending": (
        Q + "firms: {Root: {spending: {advertising: 0.7, service: 0.4}}}\n",
        "2:16: firms.Root.spending: the shares sum to 1.1 (advertising 0.7, service 0.4); at most 1 (the whole budget)",
    ),
    "segments": (
        Q + "people: {segments: {busy: {share: 0.5}, calm: {share: 0.4}}}\n",
        "2:10: people.segments: the shares of the segments sum to 0.9; they must sum to 1",
    ),
    "strategy": (
        Q + "firms: {Root: {strategy: relationshp}}\n",
        "2:26: firms.Root.strategy: there is no strategy relationshp; did you mean relationship?",
    ),
    "setting": (
        Q + "firms: {Root: {strategy: mixed, settings: {relationship_shar: 0.4}}}\n",
        "2:44: firms.Root.settings.relationship_shar: unknown key; did you mean relationship_share?",
    ),
    "kind of event": (
        Q + "firms: {Root: {}}\nevents: [{kind: outrage, year: 1}]\n",
        "3:17: events[0].kind: there is no kind of event outrage; did you mean outage?",
    ),
    "key of an event": (
        Q + "firms: {Root: {}}\nevents: [{kind: outage, severty: 1}]\n",
        "3:25: events[0].severty: unknown key; did you mean severity?",
    ),
    "firm of an event": (
        Q + "firms: {Root: {}}\nevents: [{kind: outage, firms: [Rot]}]\n",
        "3:33: events[0].firms[0]: there is no firm Rot; did you mean Root?",
    ),
    "event too late": (
        Q + "events: [{kind: outage, year: 7}]\n",
        "2:31: events[0].year: year 7 is never reached; the market is watched for 5 years",
    ),
    "expected firm": (
        Q + "firms: {Root: {}, Rush: {}}\nexpect: [{metric: m, firm: Rot, above: Rush, why: C36}]\n",
        "3:28: expect[0].firm: there is no firm Rot; did you mean Root?",
    ),
    "expected rival": (
        Q + "firms: {Root: {}, Rush: {}}\nexpect: [{metric: m, firm: Root, above: Rusk, why: C36}]\n",
        "3:41: expect[0].above: there is no firm Rusk; did you mean Rush?",
    ),
    "compared with itself": (
        Q + "firms: {Root: {}, Rush: {}}\nexpect: [{metric: m, firm: Root, above: Root, why: C36}]\n",
        "3:41: expect[0].above: Root is compared with itself",
    ),
    "what-if as rival": (
        Q + "firms: {Root: {}}\nwhat_if: {better: {}}\nexpect: [{metric: m, firm: Root, above: better, why: C36}]\n",
        "4:41: expect[0].above: better is a what-if; to compare with it say against: what_if",
    ),
    "nothing expected": (
        Q + "firms: {Root: {}}\nexpect: [{metric: m, firm: Root, why: C36}]\n",
        "3:10: expect[0]: nothing is claimed; say above, below, close_to, above_value or below_value",
    ),
    "expected what-if": (
        Q + "firms: {A: {}}\nwhat_if: {better: {}}\nexpect: [{metric: m, firm: A, what_if: beter, above_value: 1}]\n",
        "4:10: expect[0].why: is missing: the reason in one sentence, with the claim's id\n"
        "my.yaml:4:40: expect[0].what_if: there is no what-if beter; did you mean better?",
    ),
    "value in a what-if": (
        Q + "firms: {Root: {}}\nwhat_if: {better: {firms.Root.quality: 7}}\n",
        "3:40: what_if.better.firms.Root.quality: 7 is above 1; allowed: 0 to 1 (quality of the offer, unit: quality)",
    ),
    "firm in a what-if": (
        Q + "firms: {Root: {}}\nwhat_if: {better: {firms: {Rot: {}}}}\n",
        "3:28: what_if.better.firms.Rot: there is no firm Rot; did you mean Root? (a new firm: firms.Rot={})",
    ),
    "what-if of files": (
        Q + "what_if: {better: {extends: base}}\n",
        "2:20: what_if.better.extends: a what-if cannot change extends",
    ),
    "one period": (
        Q + "clock: {period: quarter, years: 0.25}\n",
        "2:33: clock.years: 0.25 years are fewer than 2 periods of a quarter",
    ),
    "too big": (
        Q + "market: {customers: 20000000}\nfirms: {A: {}, B: {}, C: {}, D: {}, E: {}, F: {}}\n",
        "2:21: market.customers: 20,000,000 people times 6 firms are more than 100,000,000 ties; take fewer of either",
    ),
    "too few friends": (
        Q + "market: {customers: 5}\n",
        "2:1: market.friends.each: 6 friends each need more than 6 people; the market has 5",
    ),
    "extends a name": (
        Q + "extends: frst_look\n",
        "2:10: extends: there is no shipped scenario 'frst_look'; did you mean first_look?",
    ),
}


def complaint(text: str) -> str:
    """All that is said about a text."""
    with pytest.raises(ScenarioError) as caught:
        load_text(text, "my.yaml")
    return str(caught.value)


@pytest.mark.parametrize("name", WRONG)
def test_each_wrong_scenario_is_answered_in_one_sentence_with_its_place(name: str) -> None:
    text, sentence = WRONG[name]
    assert complaint(text) == f"my.yaml:{sentence}"


@pytest.mark.skipif(not hasattr(yaml, "CSafeLoader"), reason="PyYAML without its C parser words its faults differently")
@pytest.mark.parametrize("name", NOT_YAML)
def test_each_text_that_is_not_one_mapping_is_answered_in_one_sentence_with_its_place(name: str) -> None:
    text, sentence = NOT_YAML[name]
    assert complaint(text) == f"my.yaml:{sentence}"


@pytest.mark.parametrize("name", NOT_YAML)
def test_without_the_c_parser_the_same_texts_are_refused(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(yaml, "CSafeLoader", raising=False)
    with pytest.raises(ScenarioError) as caught:
        load_text(NOT_YAML[name][0], "my.yaml")
    (problem,) = caught.value.problems
    assert problem.line >= 1
    assert problem.column >= 1
    assert "\n" not in problem.message


def test_all_that_is_wrong_is_said_at_once_in_the_order_of_the_file() -> None:
    text = Q + "clock: {years: 900, perod: week}\nmarket: {custmers: 1}\nfirms: {Root: {quality: 2, like: 3}}\n"
    said = [line.split(": ")[1] for line in complaint(text).splitlines()]
    assert said == ["clock.years", "clock.perod", "market.custmers", "firms.Root.quality", "firms.Root.like"]


def test_a_fault_inherited_by_every_what_if_is_said_once() -> None:
    text = Q + "clock: {years: 900}\nfirms: {A: {}}\nwhat_if: {a: {firms.A.quality: 1}, b: {firms.A.lock: 1}}\n"
    assert len(complaint(text).splitlines()) == 1


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("market.customers", "--set:1:1: market.customers is not an override; write a dotted name, =, and a value: "
                             "market.customers=5000"),
        ("=3", "--set:1:1: =3 is not an override; write a dotted name, =, and a value: market.customers=5000"),
        ("a.b={c: 1", "--set:1:5: a.b: a { is not closed by }, or a comma is missing"),
        ("a.b=010", '--set:1:5: a.b: 010 begins with 0; write 10, or "010" in quotes if it is a word'),
    ],
)
def test_an_override_that_cannot_be_read_is_answered(text: str, sentence: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        parse_override(text)
    assert str(caught.value) == sentence


@pytest.mark.parametrize(
    ("overrides", "sentence"),
    [
        ({"market.customers": "many"}, "market.customers: many is not a number; allowed: 1 to 20000000 "
                                       "(people who may ever buy, newcomers included, unit: people)"),
        ({"market.custmers": 5}, "market.custmers: unknown key; did you mean customers?"),
        ({"firms.Rot.quality": 1}, "firms.Rot.quality: there is no firm Rot; did you mean Root? "
                                   "(a new firm: firms.Rot={})"),
        ({"firms.Nobody": None}, "firms.Nobody: nothing stands under Nobody; where all is left at its default "
                                 "write Nobody: {}"),
        ({"firms.Roott": None}, "firms.Roott: there is no Roott to take out; did you mean Root?"),
        ({"events[0].year": 1}, "events[0].year: one entry of a list cannot be overridden; give the whole list events"),
        ({"extends": "base"}, "extends: cannot be overridden; write it in a file"),
        ({"what_if.a": {}}, "what_if.a: cannot be overridden; write it in a file"),
        ({"clock..years": 3}, "clock..years: clock..years is not a dotted name such as market.customers"),
        ({"clock.years": 0.3 + 1j}, "clock.years: a Python complex stands here; allowed: numbers, texts, true, false, "
                                    "lists, mappings"),
    ],
)
def test_overrides_pass_the_same_checks(overrides: dict[str, object], sentence: str) -> None:
    scenario = load_text(Q + "firms: {Root: {}, Rush: {}}\n")
    with pytest.raises(ScenarioError) as caught:
        load(scenario, overrides)
    assert str(caught.value).splitlines()[0] == f"overrides:1:1: {sentence}"


def test_the_second_override_is_named_by_its_number() -> None:
    with pytest.raises(ScenarioError, match=r"^--set:2:1: clock.years: 900 is above 60"):
        load({"question": "Who?"}, {"market.customers": 50, "clock.years": 900}, overrides_from="--set")


@pytest.mark.parametrize("what", [5, None, ["first_look"], lambda x: x])
def test_what_can_be_no_scenario_is_refused_as_what_it_is(what: object) -> None:
    with pytest.raises(TypeError, match="A scenario is a name, a file, a mapping or a loaded scenario, not "):
        load(what)  # type: ignore[arg-type]
