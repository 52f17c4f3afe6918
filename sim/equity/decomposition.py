"""A difference taken apart into factors, so that the parts add up to it: Shapley's value, with factors in groups."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from itertools import combinations
from math import factorial
from typing import Any

Factors = Mapping[str, Any]
Groups = Mapping[str, tuple[str, ...]]


def owen_values(value: Callable[[Factors], Any], before: Factors, after: Factors, groups: Groups) -> dict[str, Any]:
    """What each factor adds to value(after) − value(before), when the factors change group by group; by factor.

    Let the factors change from `before` to `after` one at a time, in every order in which the factors of a group follow
    each other directly, and take the mean of what each one adds. With w(s, k) = s!·(k − s − 1)!/k!, m groups, a factor
    j in a group G of g factors, Q over sets of other groups, T over sets of other factors of G:

        part(j) = Σ_Q Σ_T w(|Q|, m)·w(|T|, g)·[value(Q ∪ T ∪ j changed) − value(Q ∪ T changed)]

    The parts add up to the whole difference, whatever the form of `value` (up to the rounding of floating point); the
    parts of a group add up to Shapley's value of the group, however finely the group is split. One factor per group is
    Shapley's value. Nothing is left over to be called interaction: what factors do together is shared equally.

    Args:
        value: takes a mapping with every factor, gives a number or an array (a difference is taken of its results).
        before, after: the factors in the first and the second case; numbers, arrays, or anything `value` reads.
        groups: factors by name of their group, each in exactly one; about 2^(m + g) values are reckoned.

    Raises:
        TypeError: `groups` is not a mapping of names to tuples of names.
        ValueError: the factors of `before`, `after` and `groups` are not the same ones, or there are too many.

    Source: Shapley 1953; Owen 1977 (values with a priori unions); Shorrocks 2013 (as a rule of decomposition).

    >>> parts = owen_values(lambda f: f["price"] * f["units"], {"price": 10.0, "units": 3.0},
    ...                     {"price": 12.0, "units": 5.0}, {"price": ("price",), "units": ("units",)})
    >>> parts, sum(parts.values())
    ({'price': 8.0, 'units': 22.0}, 30.0)
    """
    _check(before, after, groups)

    @cache
    def value_after(changed: frozenset[str]) -> Any:
        return value({name: (after if name in changed else before)[name] for name in before})

    return {factor: _part(value_after, groups, group, factor)
            for group, members in groups.items() for factor in members}


def _part(value_after: Callable[[frozenset[str]], Any], groups: Groups, group: str, factor: str) -> Any:
    members = groups[group]
    total: Any = 0.0
    for moved in _subsets([name for name in groups if name != group]):
        outside = frozenset(name for one in moved for name in groups[one])
        for inside in _subsets([name for name in members if name != factor]):
            weight = _weight(len(moved), len(groups)) * _weight(len(inside), len(members))
            base = outside | frozenset(inside)
            total = total + weight * (value_after(base | {factor}) - value_after(base))
    return total


def _subsets(names: list[str]) -> Iterable[tuple[str, ...]]:
    return (chosen for size in range(len(names) + 1) for chosen in combinations(names, size))


def _weight(before: int, players: int) -> float:
    """The share of all orders in which exactly these `before` players come before a given one."""
    return factorial(before) * factorial(players - before - 1) / factorial(players)


def _check(before: Factors, after: Factors, groups: Groups) -> None:
    if not isinstance(groups, Mapping) or any(isinstance(members, str) for members in groups.values()):
        raise TypeError("groups: a mapping from the name of a group to a tuple of factors is expected")
    named = [name for members in groups.values() for name in members]
    twice = sorted({name for name in named if named.count(name) > 1})
    if twice:
        raise ValueError(f"groups: {twice[0]!r} stands in two groups; each factor belongs to exactly one")
    for what, factors in (("before", before), ("after", after)):
        strange = sorted(set(factors) ^ set(named))
        if strange:
            raise ValueError(f"{what}: {strange[0]!r} is not in both the factors and the groups; the groups name "
                             f"{', '.join(named) or 'none'}")
    largest = max((len(members) for members in groups.values()), default=0)
    if len(groups) + largest > 16:
        raise ValueError(f"groups: {len(groups)} groups and {largest} factors in one are too many to go through; "
                         "at most 16 together")
