"""Exact results do not move unless a line in the changelog says why."""

from __future__ import annotations

import json

import pytest
from golden import BY_HAND, FILE, digest_of, is_in_changelog

KEPT = json.loads(FILE.read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", KEPT["digests"])
def test_results_are_those_of_the_baseline(name: str) -> None:
    found = digest_of(name)
    assert found == KEPT["digests"][name], (
        f'the numbers of "{name}" moved. If they were meant to: say why in CHANGELOG.md under "Numbers changed", '
        'then: python tests/helpers/golden.py --write "why"'
    )


def test_the_changelog_says_why_the_baseline_was_last_written() -> None:
    assert is_in_changelog(KEPT["why"])
    assert not is_in_changelog("nobody ever wrote this down")
    assert not is_in_changelog("")


def test_the_markets_of_the_baseline_differ() -> None:
    """Two markets with the same digest would mean that a setting does nothing."""
    assert len(set(KEPT["digests"].values())) == len(KEPT["digests"])
    assert len(KEPT["digests"]) > len(BY_HAND)
