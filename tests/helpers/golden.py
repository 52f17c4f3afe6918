"""The exact results that releases are held against.

After a change that is meant to move numbers, say why in CHANGELOG.md under "Numbers changed", then write them anew
with the words of that line (or a part of them):

    python tests/helpers/golden.py --write "why they changed"
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from markets import small_market, walked

from sim.runs.manifest import fingerprint
from sim.scenario.load import load
from sim.scenario.schema import Scenario
from sim.scenario.shipped import shipped_names

FILE = Path(__file__).parents[1] / "golden" / "digests.json"
CHANGELOG = Path(__file__).parents[2] / "CHANGELOG.md"
PERIODS = 15
PEOPLE = 250
BUSY: dict[str, Any] = {
    "Rush": {"spending": {"advertising": 0.8}, "price_cut": {"depth": 0.2, "every_weeks": 13.0}},
    "Root": {"spending": {"advertising": 0.2, "service": 0.2, "people": 0.2, "relations": 0.4}, "surprise": 0.1,
             "care": {"proactive": 0.5}, "win_back": {"reach": 3.0}, "rewards": 0.05, "information": "emotion"},
    "Reed": {"quality": 0.8, "strategy": "follower", "capacity": 120.0},
}
BY_HAND: dict[str, dict[str, Any]] = {
    "basic": {"mechanisms.level": "basic"},
    "heart": {"mechanisms.level": "heart"},
    "full": {},
    "weeks": {"clock.period": "week", "market.active_window_weeks": 6.0},
    "growing": {"market.growth.kind": "bass", "market.season.amplitude": 0.3},
    "contract": {"product.contract.regular": True, "product.contract.weeks": 26.0, "product.contract.inertia": 0.6},
    "turned": {"mechanisms.price_relief": -1.0, "mechanisms.forgiveness": -0.5, "mechanisms.attachment": -1.0},
}


def scenario_called(name: str) -> Scenario:
    """A small market by hand, or a shipped one with fewer people."""
    kind, _, rest = name.partition(": ")
    if kind == "by hand":
        return small_market(BY_HAND[rest], BUSY, PEOPLE)
    return load(rest, {"market.customers": PEOPLE})


def all_names() -> list[str]:
    """Every market that has a digest."""
    shipped = [name for name in shipped_names() if load(name).firms]
    return [f"by hand: {name}" for name in BY_HAND] + [f"shipped: {name}" for name in shipped]


def digest_of(name: str) -> str:
    """Everything that a short run on NumPy remembers, in one word."""
    return fingerprint(walked(scenario_called(name), PERIODS, records="all").records())


def is_in_changelog(why: str) -> bool:
    """Whether a line under "Numbers changed" holds these words."""
    part, inside = "", False
    for line in CHANGELOG.read_text(encoding="utf-8").splitlines():
        inside = "numbers changed" in line.lower() if line.startswith("#") else inside
        part += line.strip() + " " if inside else ""
    return bool(why.strip()) and why in part


def write(why: str) -> None:
    """Write all digests, for a reason that stands in the changelog."""
    if not is_in_changelog(why):
        sys.exit(f'CHANGELOG.md does not say "{why}" under "Numbers changed". Write it there first.')
    FILE.parent.mkdir(exist_ok=True)
    kept = {"why": why, "digests": {name: digest_of(name) for name in all_names()}}
    FILE.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
    print(f"{len(kept['digests'])} digests written to {FILE.name}")


if __name__ == "__main__":
    if len(sys.argv) != 3 or sys.argv[1] != "--write":
        sys.exit(__doc__)
    write(sys.argv[2])
