"""`sim scenarios`: what is shipped, each with its question."""

from __future__ import annotations

from typing import Any

from sim.cli.options import Json
from sim.cli.speech import Lang
from sim.text.console import say, say_json
from sim.text.language import tr, trn
from sim.text.words import counted, number_in_words

PANEL = "Scenario files"


def scenarios(as_json: Json = False, lang: Lang = None) -> None:
    """List the shipped scenarios, each with its question and the textbook claims that it bears on."""
    from sim.scenario.load import load
    from sim.scenario.shipped import shipped_names

    del lang  # it speaks by being given
    found: list[dict[str, Any]] = []
    for name in shipped_names():
        scenario = load(name)
        found.append({
            "name": name, "title": scenario.title, "question": scenario.question, "firms": list(scenario.firms),
            "claims": scenario.claims, "what_if": list(scenario.what_if), "people": scenario.market.customers,
        })
    if as_json:
        say_json(found)
        return
    markets = [entry for entry in found if entry["firms"]]
    width = max((len(entry["name"]) for entry in found), default=0)
    for entry in markets:
        say(f"{entry['name']:<{width}}  {tr(entry['question'])}")
        say(f"{'':<{width}}  {_details(entry)}", "dim")
    bases = [entry["name"] for entry in found if not entry["firms"]]
    if bases:
        say(tr("To build on (no firms in them): {scenarios}.", scenarios=", ".join(bases)))
    say(tr("Run one: sim run NAME. Read one: sim explain NAME."))


def _details(entry: dict[str, Any]) -> str:
    """Firms, people, claims and what-ifs in one line."""
    firms = entry["firms"]
    who = ", ".join(firms) if len(firms) <= 4 else counted(len(firms), "firm")
    people = entry["people"]
    parts = [who, trn("{number} people", "{number} people", people, number=number_in_words(people))]
    if entry["claims"]:
        parts.append(tr("claims {claims}", claims=" ".join(entry["claims"])))
    if entry["what_if"]:
        parts.append(tr("what if: {what_ifs}", what_ifs=", ".join(entry["what_if"])))
    return "; ".join(parts)
