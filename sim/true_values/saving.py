"""A truth study on disk: tables as CSV, a picture per firm, and what they are about."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.text.files import write_csv
from sim.text.folders import write_whole

if TYPE_CHECKING:
    from sim.true_values.study import TruthStudy

ABOUT = "truth.json"


def is_truth(folder: Path) -> bool:
    """Whether a folder holds a saved truth study."""
    return (folder / ABOUT).is_file()


def save(study: TruthStudy, folder: Path) -> Path:
    """Write aside, then rename into place; an older study of the same name is replaced.

    Raises:
        FileExistsError: the folder is there and holds something else.
    """
    return write_whole(folder, lambda aside: _write(study, aside), is_truth, "a saved truth study")


def about(study: TruthStudy) -> dict[str, Any]:
    """What a study is about, ready for JSON."""
    last = study.last
    assert last is not None
    return {
        "scenario": study.scenario.source.name, "firms": list(study.firms), "seeds": study.seeds,
        "currency": study.scenario.money.currency, "valuation_year": last.at, "horizon_years": last.horizon,
        "discount_rate": study.scenario.money.discount_rate, "first_margin": study.scenario.money.first_margin,
        "futures": last.ahead.replications, "policies": last.ahead.policies, "notes": list(last.notes),
    }


def _write(study: TruthStudy, aside: Path) -> None:
    from sim import figures
    from sim.true_values.scores import picture_table

    last = study.last
    assert last is not None
    tables = {
        "scores": study.scores(), "seen": study.seen(), "runs": study.runs(), "values": last.table(),
        "estimates": last.estimates(study.plan.firm, study.plan.own),
    }
    if study.brought is not None:
        tables["brought"] = study.brought
    for name, table in tables.items():
        write_csv(aside / f"{name}.csv", table)
    for number, firm in enumerate(study.firms, start=1):
        table = picture_table(last, firm, study.plan.own)
        if not table.empty:
            plain = "".join(letter if letter.isalnum() else "_" for letter in firm)
            figures.save("true_against_estimated", table, aside / f"true_against_estimated-{number}-{plain}.png")
    (aside / ABOUT).write_text(json.dumps(about(study), indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
