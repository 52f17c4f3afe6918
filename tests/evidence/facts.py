"""The study of facts: `python tests/evidence/facts.py [--seeds 12] [--write docs/facts.md]`, five minutes or so.

Published regularities are measured on the engine, with measures fixed in these files, on seeds (8001, 8002, ...) that
tuned nothing. What is out is printed like what is in.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

from fact_list import FACTS
from fact_markets import FIRST_SEED
from fact_runs import run
from fact_table import Measured, as_markdown, counted, plain

HEAD = """# Published regularities, measured on the engine

Written by `python tests/evidence/facts.py --seeds {seeds} --write docs/facts.md`; do not edit by hand.

**{count}** of {number} facts. Measures and ranges stand in `tests/evidence/fact_*.py`; the seeds ({first} onwards)
tuned nothing. A verdict looks at the numbers with a mark: *in* when every mean lies in its range (✓), *out* when none
does (✗), *partly* between; *at the edge* when an interval reaches over the end of a range. Intervals are 95 % over runs
(Student's t); the run is the unit. The last column changes one thing, on half the seeds.

Only *emergent* facts are evidence for the model: no rule says them. For a *mechanism* the rule is there and its size or
sign could have failed. An *input* was put in and is evidence for nothing.

Seeds are fresh, but the measures were tried on others first (4990 to 4999), and the forms and defaults of the model
were chosen by people who knew these facts: being in is consistency, not proof.

"""
TAIL = """
Not measured here: F08 (retention elasticity; a matter of the lifetime-value calculator), F17 (no price depends on
tenure), F19 (word-of-mouth customers), F23 (loyalty programme), F24 (proactive retention), F25 and F26 (mediation,
velocity of commitment), F27 (memory keeps no peaks), F28 (feelings shorter than a period).
"""


def page(measured: Measured, seeds: int) -> str:
    """The text of docs/facts.md."""
    head = HEAD.format(seeds=seeds, count=counted(FACTS, measured), number=len(FACTS), first=FIRST_SEED)
    return head + as_markdown(FACTS, measured) + TAIL


def main() -> None:
    """Run, print, and write where asked."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--seeds", type=int, default=12, help="runs of each market (default 12)")
    asked.add_argument("--write", type=Path, metavar="FILE", help="write the table as Markdown (docs/facts.md)")
    chosen = asked.parse_args()
    began = time.perf_counter()
    measured = run(chosen.seeds)
    print(plain(FACTS, measured))
    if chosen.write is not None:
        chosen.write.write_text(page(measured, chosen.seeds), encoding="utf-8")
    print(f"{time.perf_counter() - began:.0f} s")


if __name__ == "__main__":
    main()
