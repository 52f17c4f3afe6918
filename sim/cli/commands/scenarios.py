"""`sim scenarios`: what is shipped, each with its question."""

from __future__ import annotations

from typing import Any

from sim.cli.options import Json
from sim.text.console import say, say_json

PANEL = "Scenario files"


def scenarios(as_json: Json = False) -> None:
    """List the shipped scenarios, each with its question and the textbook claims that it bears on."""
    from sim.scenario.load import load
    from sim.scenario.shipped import shipped_names

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
        say(f"{entry['name']:<{width}}  {entry['question']}")
        say(f"{'':<{width}}  {_details(entry)}", "dim")
    bases = [entry["name"] for entry in found if not entry["firms"]]
    if bases:
        say(f"To build on (no firms in them): {', '.join(bases)}.")
    say("Run one: sim run NAME. Read one: sim explain NAME.")


def _details(entry: dict[str, Any]) -> str:
    """Firms, people, claims and what-ifs in one line."""
    firms = entry["firms"]
    who = ", ".join(firms) if len(firms) <= 4 else f"{len(firms)} firms"
    parts = [who, f"{entry['people']:,} people"]
    if entry["claims"]:
        parts.append(f"claims {' '.join(entry['claims'])}")
    if entry["what_if"]:
        parts.append(f"what if: {', '.join(entry['what_if'])}")
    return "; ".join(parts)
