"""Command lines that nobody would type, drawn from the parameters that the commands have."""

from __future__ import annotations

import random
from typing import Any

from calling import commands

SMALL = """\
question: Who stays?
clock: {years: 1}
market: {customers: 40}
firms: {Rush: {like: dealer}, Root: {like: partner}}
what_if: {dearer: {firms.Root.price: 6}}
"""
LOG = "customer,date,amount\n" + "".join(
    f"c{who},2024-{1 + (who * 7 + time * 3) % 12:02d}-{1 + who % 28:02d},{10 + time}\n"
    for who in range(40) for time in range(1 + who % 5))

ODD = ("", " ", "-1", "0", "1", "nan", "inf", "1e999", "-1e308", "9" * 20, "x" * 300, "\x1b[31mred", "a\nb", "\u202eb",
       "../..", "/", "/dev/null", "a=b", "=", "🙂", "\udcff", "--help", "[", "{a: 1}", "%s", "{0}", "1_000", "0x10",
       "None", "small.yaml", "thesis.txt", "Root", "all", "1,2,3", "~", "$HOME", "*", "'", '"', "\\", "\x00", "Корень",
       "1.5", "true")
PATHS = ("firms.Root.price", "market.customers", "clock.years", "firms.Root.spending.service", "mechanisms.level",
         "firms", "firms.Root", "people.segments", "events", "what_if.dearer", "product", "money.discount_rate",
         "firms.*.price",
         "schema", "extends", "title", "market.friends.graph", "runs.seed", "mechanisms.needs", "firms.Root.strategy")
USUAL: dict[str, tuple[str, ...]] = {
    "name": ("small.yaml",), "names": ("small.yaml",), "first": ("small.yaml",), "second": ("small.yaml", "first_look"),
    "files": ("small.yaml", "first_look"), "csv": ("log.csv",),
    "changes": ("market.customers=30", "firms.Root.price=5"),
    "customers": ("20", "60"), "seed": ("3",), "replications": ("1", "2"), "what_if": ("dearer",), "year": ("1", "0.5"),
    "outcomes": ("market_share", "all"), "outcome": ("market_share",), "firm": ("Root",), "pair": ("Rush,Root",),
    "factor": ("firms.Root.price=4,6",), "lever": ("firms.Root.price=4,6", "price"), "out": ("out/a",),
    "store": ("out.sqlite",), "into": ("out.md",), "workers": ("0", "1"), "scheduler": ("tcp://127.0.0.1:9",),
    "target": ("Root.market_share=0.6,0.02",), "parameter": ("firms.Root.price=4,6",), "goals": ("market_share",),
    "file": ("small.yaml",), "run": ("mine",),
    "ids": ("R01",), "markets": ("4",), "samples": ("2",), "trials": ("8",), "checks": ("10",), "proofs": ("20",),
    "cells": ("2",), "most": ("4",), "filter_text": ("price",), "folder": ("out",), "metric": ("market_share",),
    "unit": ("M",), "holdout": ("0.25", "0"), "end": ("2024-12-31",), "basis": ("estimate",), "method": ("morris",),
    "horizon": ("1",), "at": ("0.5",), "runs": ("1",), "margin": ("100",), "retention": ("0.8",), "discount": ("0.1",),
}
KEPT_SMALL = ("customers", "replications", "runs", "samples", "trials", "checks", "proofs", "markets", "cells", "most")
"""What a line says at all events, so that it is done soon."""
LONG = {"facts", "economy", "demo", "neutrality", "doctor"}
"""Work of their own size, whatever is asked: only what is refused is drawn of them, and their help."""


def whole_line(luck: random.Random) -> list[str]:
    """A command with some of its parameters: most as usual, some odd."""
    known = commands()
    name = luck.choice(sorted(known))
    line = _line(luck, name, known[name].params, luck.choice([0.0, 0.1, 0.4]))
    if name in LONG:
        line.append(luck.choice(["--no-such", "--help", "--replications=x"]))
    if luck.random() < 0.1:
        line.insert(luck.randrange(len(line) + 1), luck.choice(ODD))
    return line


def _line(luck: random.Random, name: str, parameters: list[Any], strange: float) -> list[str]:
    line, own = [], []
    for one in parameters:
        wanted = one.required or one.name in KEPT_SMALL
        has_value = strange or getattr(one, "is_flag", False) or one.name in USUAL
        if not wanted and (luck.random() > 0.25 or not has_value):
            continue
        value = luck.choice(ODD) if luck.random() < strange else luck.choice(USUAL.get(one.name, ODD))
        if one.param_type_name == "argument":
            own.append(value)
        elif one.is_flag:
            line.append(luck.choice([*one.opts, *one.secondary_opts]))
        else:
            line.append(f"{one.opts[0]}={value}")
    return [name, *own, *line]


def option_line(luck: random.Random) -> list[str]:
    """A command that only reads, with odd options."""
    known = commands()
    name = luck.choice(["explain"] * 6 + ["diff"] * 2 + ["parameters", "clv", "validate"])
    scenario = luck.choice(["first_look", "leaky_bucket", "bank", "base", "no_such", *ODD])
    if name in ("parameters", "clv", "validate"):
        return _line(luck, name, known[name].params, 0.6)
    line = [name, scenario, *([luck.choice(["first_look", "bank"])] if name == "diff" else [])]
    for _ in range(luck.randint(0, 3)):
        path = ".".join(luck.choices(luck.choice(PATHS).split("."), k=luck.randint(1, 4))) if luck.random() < 0.3 else \
            luck.choice(PATHS)
        line.append(f"--set={path}{luck.choice(['=', '=', '=', '', '==', ' = '])}{_value(luck)}")
    if luck.random() < 0.3:
        line.append(f"--what-if={luck.choice([*ODD, 'fair', 'firms'])}")
    return line


def _value(luck: random.Random) -> str:
    if luck.random() < 0.6:
        return luck.choice(ODD)
    return luck.choice(["{a: " * 2000, "[" * 3000, "&a [*a]", "*a", "!!python/name:os.system ", "null", "[1, 2",
                        "{price: 5}",
                        "dealer", "mine.py:Mine", "'", "1" * 5000, "-.inf", "2026-01-01", "12:30", "0.1.2", "é" * 100])
