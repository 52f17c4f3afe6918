"""What the reader takes a word for, what the writer writes, and that both agree."""

from __future__ import annotations

import subprocess
import sys
from typing import Any
from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.scenario import effective_yaml, load, load_text, scenario_hash, shipped_names, strengths, to_mapping
from sim.scenario.effective import MECHANISMS, level_strengths, yaml_text
from sim.scenario.shipped import read_file
from sim.scenario.yaml_reader import read_text, read_value

TWO = "question: Who stays?\nfirms: {Root: {quality: 0.8}, Rush: {}}\n"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("true", True), ("false", False), ("True", "True"), ("yes", "yes"), ("no", "no"), ("on", "on"), ("off", "off"),
        ("null", None), ("~", None), ("", None), ("Null", "Null"), ("NO", "NO"),
        ("12", 12), ("-3", -3), ("+4", 4), ("0", 0), ("1e3", 1000.0), ("1.5e-3", 0.0015), (".5", 0.5), ("2.", 2.0),
        ("-0.0", -0.0), ("12:30", "12:30"), ("1_000", "1_000"), ("0x1F", "0x1F"), ("0o17", "0o17"), ("0b11", "0b11"),
        ("2026-01-01", "2026-01-01"), ("0,3", "0,3"), (".inf", ".inf"), (".nan", ".nan"), ("=", "="), ("1e", "1e"),
        ("'12'", "12"), ('"true"', "true"), ("١٢", "١٢"),
    ],
)
def test_words_stay_words_and_numbers_are_decimal(text: str, value: Any) -> None:
    found = read_value(text, "test")
    assert found == value
    assert type(found) is type(value)


def test_keys_are_always_words() -> None:
    assert read_text("yes: 1\n12: 2\nnull: 3\n1e3: 4\n", "test").data == {"yes": 1, "12": 2, "null": 3, "1e3": 4}


def test_a_modest_alias_is_repeated_with_the_places_of_what_it_repeats() -> None:
    document = read_text("a: &x {b: 1}\nc: *x\n", "test")
    assert document.data == {"a": {"b": 1}, "c": {"b": 1}}
    assert document.places["c", "b"].value.line == 1


single = st.none() | st.booleans() | st.integers(-(10**18), 10**18) | st.text(max_size=12).map(
    lambda text: "".join(c for c in text if c.isprintable() or c == "\n")
) | st.floats(allow_nan=False, allow_infinity=False) | st.sampled_from(
    ["yes", "010", "1e3", "0,3", "12:30", "null", "~", "true", "<<", "=", "- a", "a: b", "# x", "", " ", "*a", "1."]
)
values = st.recursive(
    single, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.from_regex("[a-z]{1,4}"), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.from_regex("[A-Za-z][A-Za-z ]{0,5}[a-z]", fullmatch=True), values, min_size=1, max_size=4))
def test_what_is_written_is_read_back(data: dict[str, Any]) -> None:
    assert read_text(yaml_text(data), "test").data == composed(data)


def composed(value: Any) -> Any:
    """The same value with accents as the reader keeps them."""
    if isinstance(value, dict):
        return {normalize("NFC", key): composed(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [composed(inner) for inner in value]
    return normalize("NFC", value) if isinstance(value, str) else value


def test_a_name_is_the_same_name_on_every_keyboard() -> None:
    one, other = "Caf\u00e9", "Cafe\u0301"
    scenario = load_text(f"question: Who?\nfirms: {{{one}: {{}}}}\n")
    assert scenario == load_text(f"question: Who?\nfirms: {{{other}: {{}}}}\n")
    assert load(scenario, {f"firms.{other}.quality": 0.5}).firms[one].quality == 0.5


@pytest.mark.parametrize("name", shipped_names())
def test_the_effective_scenario_gives_the_same_market_again(name: str) -> None:
    scenario = load(name)
    again = load_text(effective_yaml(scenario))
    assert scenario_hash(again) == scenario_hash(scenario)
    assert again.firms.keys() == scenario.firms.keys()
    assert scenario_hash(load(to_mapping(scenario))) == scenario_hash(scenario)


def test_the_hash_knows_numbers_and_not_words() -> None:
    one = load_text(TWO)
    assert scenario_hash(load(one, {"title": "New", "question": "What?", "claims": ["C36"]})) == scenario_hash(one)
    assert scenario_hash(load(one, {"firms.Root.quality": 0.81})) != scenario_hash(one)
    assert scenario_hash(load(one, {"mechanisms.trust": 1})) == scenario_hash(one)
    assert scenario_hash(load(one, {"mechanisms.trust": 0.5})) != scenario_hash(one)


def test_the_hash_is_the_same_in_another_process() -> None:
    code = f"from sim.scenario import load_text, scenario_hash; print(scenario_hash(load_text({TWO!r})))"
    seen = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()
    assert seen == scenario_hash(load_text(TWO))


@pytest.mark.parametrize("level", ["basic", "heart", "full"])
def test_a_level_holds_every_mechanism(level: str) -> None:
    found = level_strengths(level)
    assert list(found) == list(MECHANISMS)
    assert set(found.values()) <= {0.0, 1.0}


def test_each_level_contains_the_one_before() -> None:
    basic, heart, full = (level_strengths(level) for level in ("basic", "heart", "full"))
    assert {name for name in basic if basic[name]} == {
        "expectations", "satisfaction", "trust", "habit", "match", "taste", "salience"
    }
    assert all(basic[name] <= heart[name] <= full[name] == 1 for name in full)
    assert sum(basic.values()) < sum(heart.values()) < sum(full.values())


def test_own_strengths_beat_the_level() -> None:
    scenario = load_text(TWO, overrides={"mechanisms": {"level": "basic", "trust": 0, "attachment": -0.5}})
    found = strengths(scenario)
    assert (found["trust"], found["attachment"], found["habit"], found["mood"]) == (0, -0.5, 1, 0)


@pytest.mark.parametrize(
    "code",
    [
        "import sim.scenario; [sim.scenario.load(name) for name in sim.scenario.shipped_names()]",
        "from sim.scenario.explain import explain; from sim.scenario import load; explain(load('first_look'), True)",
        "from sim.scenario.json_schema import schema_text; schema_text()",
    ],
)
def test_checking_a_scenario_loads_none_of_the_heavy_packages(code: str) -> None:
    heavy = "mesa", "numpy", "pandas", "numba", "matplotlib", "scipy", "networkx"
    program = f"{code}\nimport sys; print([name for name in {heavy!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_only_the_reader_reads_yaml() -> None:
    from pathlib import Path

    import sim

    (package,) = sim.__path__
    users = {
        path.name
        for path in Path(package).rglob("*.py")
        if any(line.strip().startswith(("import yaml", "from yaml")) for line in path.read_text("utf-8").splitlines())
    }
    assert users == {"yaml_reader.py", "yaml_complaints.py", "effective.py"}


def test_the_files_of_the_levels_are_plain() -> None:
    from pathlib import Path

    import sim.scenario

    (folder,) = sim.scenario.__path__
    for path in (Path(folder) / "levels").iterdir():
        assert not read_file(path).problems


def test_fewer_years_by_override_leave_later_dates_unreached_but_a_file_must_fit() -> None:
    """A user may shorten a run; an author who dates a claim after the end has made a mistake."""
    from sim.scenario import load
    from sim.scenario.errors import ScenarioError

    data = {"question": "q", "clock": {"years": 3.0}, "firms": {"Root": {}},
            "expect": [{"metric": "market_share", "firm": "Root", "above_value": 0.5, "year": 2.0, "why": "alone"}]}
    assert load(data, {"clock.years": 1}).expect[0].year == 2.0
    with pytest.raises(ScenarioError, match="never reached"):
        load({**data, "clock": {"years": 1.0}})


def test_letters_written_as_escapes_are_composed_too() -> None:
    """A compatibility ideograph in a key, written as an escape because of the control character beside it."""
    data = {"Aa": {"a\x1f\U0002f800": None}}
    assert read_text(yaml_text(data), "test").data == composed(data)
