"""The loops of a pass as text for numba, made from its phases: whom they concern, what they read, where it goes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from sim.engine.executors import PLACE, WIDE, grouped
from sim.engine.phase import ARGUMENTS, Phase
from sim.engine.state import MOVED, NEEDS
from sim.engine.world import dtype_of
from sim.numerics.draws import Fate

STRUCTS = {name: struct for name, (struct, _) in ARGUMENTS.items()}
INDEX = {name: ", ".join(letters.split()) for name, (_, letters) in ARGUMENTS.items()}
LOOP = {"firms": ("f", "ledger.shape[1]"), "needs": ("n", str(NEEDS)),
        "friends": ("q", "friend_of.shape[0]"), "occasions": ("j", "deal_firm.shape[0]")}
TEST = {"shoppers": "me_wanted[i] > j", "buyers": "deal_firm[j, i] >= 0",
        "movers": f"(deal_firm[j, i] >= 0) & (deal_second[j, i] == {MOVED})"}
"""Whom a phase concerns: shoppers out of everybody, buyers and movers out of the shoppers."""
INVARIANT = {"firm", "offer", "luck"}
COMMON = ("low, high, size, friend_of, fate, clock_now, clock_demand, numbers, wholes, strengths, ledger, count,"
          " market")
ALWAYS = ("me.wanted", "deal.firm", "deal.second")
"""Columns that the loops themselves look at."""
LOOKED_AT = {"hearers": ("friend.said_firm",), "undecided": ("me.draw", "me.cumulative")}
"""Columns that the loops look at to find whom a phase concerns."""
FETCHING_PAYS = 16_000
"""Customers from which the ties of an occasion are fetched ahead: below, they lie in the processor's cache already."""


def split_parameters(p: Any) -> tuple[list[str], list[str]]:
    """Names of the parameters that are floats, and of those that are whole numbers."""
    floats = [name for name, value in zip(p._fields, p, strict=True) if isinstance(value, float)]
    return floats, [name for name in p._fields if name not in floats]


class Names(NamedTuple):
    """What the text of the loops depends on beside the phases: the names of parameters and strengths, in order."""

    floats: tuple[str, ...]
    wholes: tuple[str, ...]
    strengths: tuple[str, ...]

    @classmethod
    def of(cls, parameters: Any, strengths: Any) -> Names:
        """The names in the parameters `p` and the strengths `m` of a world."""
        floats, wholes = split_parameters(parameters)
        return cls(tuple(floats), tuple(wholes), strengths._fields)


def columns_of(phases: Sequence[Phase]) -> list[str]:
    """The columns that the loops of a pass touch, as `struct.column`; nothing else is handed to them."""
    touched = [*ALWAYS]
    for phase in phases:
        columns = [(name, field) for name, fields in phase.reads.items() if name in STRUCTS for field in fields]
        touched += [f"{STRUCTS[name]}.{field}" for name, field in (*columns, *phase.targets)]
        touched += LOOKED_AT.get(phase.among, ())
        touched += [phase.when] if phase.when else []
        touched += ["me.last_firm"] if "last" in phase.reads else []
    return list(dict.fromkeys(touched))


def source_for(phases: Sequence[Phase], names: Names) -> str:
    """The loops of one pass as Python text for numba."""
    columns = columns_of(phases)
    arguments = ", ".join(name.replace(".", "_") for name in columns)
    lines = ["import numpy as np", "from collections import namedtuple", "from numba import njit",
             *(f"from {phase.function.__module__} import {phase.name}" for phase in phases),
             f"COLUMNS = {tuple(tuple(name.split('.')) for name in columns)!r}", ""]
    for phase in phases:
        lines.append(f"do_{phase.name} = {phase.name}.function")
        lines += [f"{phase.name}_{name} = namedtuple('{phase.name}_{name}', {list(fields)!r})"
                  for name, fields in phase.reads.items() if name != "occasion" and fields]
    lines += ["", "@njit(cache=True, nogil=True, error_model='numpy')", f"def run({COMMON}, {arguments}):"]
    used = {(name, field) for phase in phases for name in ("p", "m") for field in phase.reads.get(name, ())}
    lines += [f" p_{name} = numbers[{place}]" for place, name in enumerate(names.floats) if ("p", name) in used]
    lines += [f" p_{name} = wholes[{place}]" for place, name in enumerate(names.wholes) if ("p", name) in used]
    lines += [f" m_{name} = strengths[{place}]" for place, name in enumerate(names.strengths) if ("m", name) in used]
    lines += [" shoppers = np.empty(size, np.uint64)", " chosen = np.empty(size, np.uint64)", " ahead = np.int64(0)",
              " for a in range(low, high, size):", "  b = min(a + size, high)", "  j = 0"]
    for occasions, group in grouped(phases):
        if not occasions:
            lines += _group(group, "  ", False)
            continue
        lines += [*_everybody_listed("  "), "  while n_shoppers > 0:", *_group(group, "   ", True), "   j += 1",
                  *_filtered("   ", "shoppers", "shoppers"), "  j = 0"]
    return "\n".join([*lines, " return ahead"]) + "\n"


def _everybody_listed(pad: str) -> list[str]:
    """Who wants to buy at all, out of the whole block."""
    return [f"{pad}n_shoppers = 0", f"{pad}for i in range(np.uint64(a), np.uint64(b)):",
            f"{pad} shoppers[n_shoppers] = i", f"{pad} n_shoppers += np.int64({TEST['shoppers']})"]


def _filtered(pad: str, target: str, among: str) -> list[str]:
    """Those of the shoppers whom a phase concerns; the list of shoppers may be filtered in place."""
    return [f"{pad}n = 0", f"{pad}for place in range(n_shoppers):", f"{pad} i = shoppers[place]",
            f"{pad} {target}[n] = i", f"{pad} n += np.int64({TEST[among]})", f"{pad}n_{target} = n"]


def _fetched(group: Sequence[Phase], pad: str) -> list[str]:
    """Look at every tie that the buyers' phases will need, once and for nothing but to have it in the cache.

    Such loads wait for memory side by side; inside the phases, which reckon with each value, they would wait one after
    the other. What is added up is handed back, so that no compiler leaves it out; nobody uses it.
    """
    fields = [field for phase in group if phase.among == "buyers" for field in phase.reads.get("mine", ())]
    if not fields:
        return []
    return [f"{pad}if me_wanted.shape[0] >= {FETCHING_PAYS}:", f"{pad} for place in range(n_chosen):",
            f"{pad}  i = chosen[place]", f"{pad}  k = np.int64(deal_firm[j, i])",
            *(f"{pad}  ahead += np.int64(tie_{field}[k, i])" for field in dict.fromkeys(fields))]


def _group(group: Sequence[Phase], pad: str, inside_occasions: bool) -> list[str]:
    """The loops of neighbouring phases. Whom they concern is listed once, until somebody's deal changes."""
    lines, current, listed, fetched = [], "", inside_occasions, False
    for phase in group:
        if phase.among == "shoppers" and not listed:
            lines += _everybody_listed(pad)
            listed = True
        elif phase.among in ("buyers", "movers") and phase.among != current:
            current = phase.among
            lines += _filtered(pad, "chosen", current)
            if current == "buyers" and not fetched:
                lines += _fetched(group, pad)
                fetched = True
        lines += _loops(phase, pad, inside_occasions)
        if any(name.startswith("deal.") for name in phase.sets):
            current = ""
        if "me.wanted" in phase.sets:
            listed = False
    return lines


def _loops(phase: Phase, pad: str, inside_occasions: bool) -> list[str]:
    axes = [axis for axis in phase.over if not (axis == "occasions" and inside_occasions)]
    lines, outer = [], pad
    if phase.when:
        lines.append(f"{pad}if np.any({phase.when.replace('.', '_')} > 0.0):")
        pad += " "
    for axis in axes:
        letter, size = LOOP[axis]
        lines.append(f"{pad}for {letter} in range({size}):")
        pad += " "
    hoisted = [name for name in phase.reads if name in INVARIANT]
    for name in hoisted:
        lines += [f"{pad}own_{name}_{field} = {name}_{field}[{INDEX[name]}]" for field in phase.reads[name]]
    per_firm = bool(phase.adds) and ("firms" in phase.over or phase.adds[0].startswith("market"))
    if per_firm:
        lines += [f"{pad}t{place} = np.int64(0)" for place in range(len(phase.adds))]
    if phase.among in TEST:
        whom = "shoppers" if phase.among == "shoppers" else "chosen"
        lines += [f"{pad}for place in range(n_{whom}):", f"{pad} i = {whom}[place]"]
    else:
        lines.append(f"{pad}for i in range(np.uint64(a), np.uint64(b)):")
    lines += _body(phase, pad + " ", per_firm)
    if per_firm:
        for place, name in enumerate(phase.adds):
            kind, label = name.split(".")
            firm = "" if kind == "market" else ", f"
            lines.append(f"{pad}{kind}[{PLACE[kind][label]}{firm}] += t{place}")
    return [*lines, f"{outer}j = 0"] if "occasions" in axes else lines


def _body(phase: Phase, pad: str, per_firm: bool) -> list[str]:
    lines = []
    if phase.among == "undecided":
        lines.append(f"{pad}if me_draw[i] > me_cumulative[i]:")
        pad += " "
    if phase.among == "hearers":
        lines += [f"{pad}x = friend_of[q, i]", f"{pad}h = np.int64(friend_said_firm[x])", f"{pad}if h >= 0:"]
        pad += " "
    uses = set(phase.reads) | {name.split(".")[0] for name in phase.sets}
    if uses & {"mine", "seller", "chance", "menu"} or (phase.adds and not per_firm):
        lines.append(f"{pad}k = np.int64(deal_firm[j, i])")
    if "last" in uses:
        lines.append(f"{pad}l = max(np.int64(me_last_firm[i]), 0)")
    arguments = ", ".join(_argument(phase, name) for name in phase.reads)
    lines.append(f"{pad}new = do_{phase.name}({arguments})")
    several = len(phase.sets) + len(phase.adds) > 1
    for place, name in enumerate((*phase.sets, *phase.adds)):
        value = f"new[{place}]" if several else "new"
        struct, column = name.split(".")
        if place < len(phase.sets):
            lines.append(f"{pad}{STRUCTS[struct]}_{column}[{INDEX[struct]}] = {value}")
        elif per_firm:
            lines.append(f"{pad}t{place - len(phase.sets)} += {value}")
        else:
            lines.append(f"{pad}{struct}[{PLACE[struct][column]}, k] += {value}")
    return lines


def _argument(phase: Phase, name: str) -> str:
    if name == "occasion":
        return "np.uint64(j)"
    fields = phase.reads[name]
    if not fields:
        return "0"
    return f"{phase.name}_{name}({', '.join(_value(name, field) for field in fields)})"


def _value(name: str, field: str) -> str:
    if name in ("p", "m"):
        return f"{name}_{field}"
    if name == "fate":
        return f"fate[{Fate._fields.index(field)}]"
    if name == "clock":
        return f"clock_{field}"
    if name in INVARIANT:
        return f"own_{name}_{field}"
    at = f"{STRUCTS[name]}_{field}[{INDEX[name]}]"
    if STRUCTS[name] in ("firm", "offer", "luck"):
        return at
    kind = np.dtype(dtype_of(field)).kind
    return at if kind == "b" else f"np.{WIDE[kind].__name__}({at})"
