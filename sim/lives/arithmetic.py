"""The arithmetic of a choice, line by line: what a customer gets minus what it gives, and what ties it (C84, C85).

The lines are the terms of the rule's own text: the sum in `weigh` is taken apart where it adds, so what is shown can
never be another formula than the one that is run.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from sim.lives.tape import Step
from sim.period.choosing import weigh

GET, GIVE, BONDS, EXTRAS = "gets", "gives", "is tied by", "also counts"
WORDS = {
    "p.get": (GET, "benefit expected"),
    "p.price_relief": (GIVE, "price"),
    "p.reference_loss": (GIVE, "dearer than it used to pay"),
    "firm.effort": (GIVE, "effort"),
    "p.risk": (GIVE, "risk felt"),
    "me.leaving": (GIVE, "leaving the last firm"),
    "p.habit": (BONDS, "habit"),
    "p.attachment": (BONDS, "commitment"),
    "p.satisfaction": (BONDS, "satisfaction so far"),
    "p.grievance": (BONDS, "grievance"),
    "p.taste": (BONDS, "taste for the name"),
    "p.values_fit": (EXTRAS, "shared values"),
    "p.experience": (EXTRAS, "surprise expected"),
    "p.personal_fit": (EXTRAS, "offer made for it"),
    "p.reward_worth": (EXTRAS, "rewards"),
    "p.mood_pull": (EXTRAS, "mood"),
    "p.salience": (EXTRAS, "advertising remembered"),
}
"""The parameter that only this term has -> the part of value that it belongs to, and its name."""


@dataclass(frozen=True)
class UtilityLine:
    """One term: the part of value it belongs to, what it is, and how much utility it adds (negative: takes away)."""

    part: str
    name: str
    utility: float


@dataclass(frozen=True)
class _Term:
    sign: float
    code: Any
    part: str
    name: str


def lines_of(step: Step) -> list[UtilityLine]:
    """The terms of one firm's utility in a step of the phase `weigh`, in the order of the rule.

    Their sum is the utility of the step, but for the rounding of the last digits.
    """
    terms, body = _taken_apart()
    scope: dict[str, Any] = dict(weigh.function.__globals__)
    with np.errstate(over="ignore"):
        local = body(**step.read)
        return [UtilityLine(term.part, term.name, term.sign * float(eval(term.code, scope, local))) for term in terms]


@lru_cache(maxsize=1)
def _taken_apart() -> tuple[tuple[_Term, ...], Any]:
    """The terms of `weigh`, and a function that gives its local names for the same rows."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(weigh.function)))
    (function,) = (node for node in tree.body if isinstance(node, ast.FunctionDef))
    sums: dict[str, list[tuple[float, ast.expr]]] = {}
    for node in function.body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            sums[node.targets[0].id] = list(_terms(node.value, 1.0, sums))
    terms = tuple(_Term(sign, compile(ast.Expression(each), "<weigh>", "eval"), *_words(each))
                  for sign, each in sums["utility"])
    function.decorator_list = []
    function.body = [node for node in function.body if not isinstance(node, ast.Return)]
    function.body.append(ast.parse("return locals()").body[0])
    scope: dict[str, Any] = dict(weigh.function.__globals__)
    exec(compile(ast.fix_missing_locations(ast.Module([function], [])), "<weigh>", "exec"), scope)
    return terms, scope[function.name]


def _terms(node: ast.expr, sign: float, sums: Mapping[str, list[tuple[float, ast.expr]]]) -> Any:
    """The terms that an expression adds up, names of sums replaced by their terms."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub):
        yield from _terms(node.left, sign, sums)
        yield from _terms(node.right, sign if isinstance(node.op, ast.Add) else -sign, sums)
    elif isinstance(node, ast.Name) and node.id in sums:
        yield from ((sign * inner, each) for inner, each in sums[node.id])
    else:
        yield sign, node


def _words(term: ast.expr) -> tuple[str, str]:
    names = {ast.unparse(node) for node in ast.walk(term) if isinstance(node, ast.Attribute)}
    found = [words for mark, words in WORDS.items() if mark in names]
    if len(found) != 1:
        raise LookupError(f"The term `{ast.unparse(term)}` of the utility has {len(found)} names; see WORDS.")
    return found[0]
