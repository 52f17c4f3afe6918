"""Pictures: one function per file, `(table, ax=None) -> ax`. They draw what they are given and compute nothing.

Adding a picture is adding a file here whose function has the file's name; the folder is scanned. `TABLE` in the file
names the function of `figure_tables` that makes its table from runs; without `TABLE` the picture is drawn only from a
table that somebody hands it (a fit, a statement), never from runs alone.
Pictures read numbers from a tidy table and words (`finding`, `currency`) from `table.attrs`.

>>> {"cumulative_profit", "customers_over_time", "equity_bars"} <= set(names())
True
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sim.registry import FIGURES

if TYPE_CHECKING:
    from sim.figures.style import Picture


def names() -> tuple[str, ...]:
    """Every picture there is, by name, in alphabetical order."""
    return FIGURES.names()


def names_from_runs() -> tuple[str, ...]:
    """The pictures whose table is made from runs: those whose file has `TABLE`.

    >>> "equity_bars" in names_from_runs()
    True
    """
    return tuple(name for name in names() if table_of(name))


def table_of(name: str) -> tuple[str, ...]:
    """The function of `figure_tables` that makes a picture's table from runs, and its arguments; () where none does.

    Raises:
        LookupError: no such picture; the message names the nearest one.
    """
    return tuple(getattr(FIGURES.module(name), "TABLE", ()))


def find(name: str) -> Picture:
    """The picture of that name.

    Raises:
        LookupError: no such picture; the message names the nearest one.
    """
    picture: Picture = FIGURES.find(name)
    return picture


def as_svg(picture: Picture | str, table: object, size: tuple[float, float] | None = None) -> bytes:
    """Draw a picture as an SVG document for a page that holds it itself; `size` is its width and height in inches.

    The same table gives the same bytes.
    """
    from sim.figures._save import picture_as_svg
    from sim.figures.style import SIZE_INCHES

    return picture_as_svg(find(picture) if isinstance(picture, str) else picture, table, size or SIZE_INCHES)


def save(picture: Picture | str, table: object, path: str | Path) -> Path:
    """Draw a picture into a file (PNG, SVG or PDF by its ending); a half-written file is never seen.

    Takes a picture or its name, its table and the file; gives back the path.
    """
    from sim.figures._save import save_picture

    return save_picture(find(picture) if isinstance(picture, str) else picture, table, Path(path))
