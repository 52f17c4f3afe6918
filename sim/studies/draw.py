"""From runs to pictures in one step: the table is made and drawn.

    study = sim.replicate("first_look", 20)
    sim.draw("equity_bars", study)
    sim.save_pictures(study, "pictures")
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from sim import figures
from sim.runs.run import Run
from sim.studies import figure_tables as tables
from sim.studies.study import Study

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes


def table_for(name: str, source: Study | Run, world: str | None = None) -> pd.DataFrame:
    """The table that a picture draws, made from runs.

    Raises:
        LookupError: no such picture, with the nearest name; or a picture that is not drawn from runs.
    """
    named = figures.table_function(name)
    if not named:
        raise LookupError(f"{name} is not drawn from runs but from a table of its own: "
                          f"sim.figures.find({name!r})(table); its docstring names the columns.")
    function, *arguments = named
    table: pd.DataFrame = getattr(tables, function)(source, *arguments, world=world)
    return table


def draw(
    name: str, source: Study | Run, ax: Axes | None = None, *, world: str | None = None, finding: str | None = None
) -> Axes:
    """Draw a picture of a study or a run; `finding` becomes its title, `world` chooses one variant of a comparison.

    Words are as large as a projector needs: give each picture about 10 x 6 inches of its own.

    Raises:
        LookupError: no such picture.
        ValueError: there is nothing to draw.
    """
    table = table_for(name, source, world)
    if finding is not None:
        table.attrs["finding"] = finding
    return figures.find(name)(table, ax)


def save_pictures(
    source: Study | Run, folder: str | Path, *, prefix: str = "", names: Iterable[str] | None = None
) -> list[Path]:
    """Save pictures (all that runs can be drawn as, unless named) as PNG files `PREFIXname.png`; gives their paths.

    A picture that has nothing to show in these runs (no survey yet, no purchases kept) is left out.
    """
    saved = []
    for name in figures.names_from_runs() if names is None else names:
        table = table_for(name, source)
        if not table.empty:
            saved.append(figures.save(name, table, Path(folder) / f"{prefix}{name}.png"))
    return saved
