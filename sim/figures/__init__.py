"""Pictures: one function per file, `(table, ax=None) -> ax`. They draw what they are given and compute nothing.

Adding a picture is adding a file here whose function has the file's name; the folder is scanned. `shows(..., table=)`
names the function of `figure_tables` that makes its table from runs; without it the picture is drawn only from a table
that somebody hands it (a fit, a statement), never from runs alone.
Pictures read numbers from a tidy table and words (`finding`, `currency`) from `table.attrs`.

>>> {"cumulative_profit", "customers_over_time", "equity_bars"} <= set(names())
True
"""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from sim.registry import FIGURES
from sim.text.files import write_file

if TYPE_CHECKING:
    from sim.figures.style import Picture

KINDS = (".png", ".svg", ".pdf")


def names() -> tuple[str, ...]:
    """Every picture there is, by name, in alphabetical order."""
    return FIGURES.names()


def names_from_runs() -> tuple[str, ...]:
    """The pictures whose table is made from runs: those that name a `table`."""
    return tuple(name for name in names() if table_function(name))


def table_function(name: str) -> tuple[str, ...]:
    """The function of `sim.studies.figure_tables` that makes a picture's table, and its arguments; () for none."""
    return getattr(find(name), "from_runs", ())


def find(name: str) -> Picture:
    """The picture of that name.

    Raises:
        LookupError: no such picture; the message names the nearest one.
    """
    picture: Picture = FIGURES.find(name)
    return picture


def as_svg(name: str, table: object, size: tuple[float, float] | None = None) -> bytes:
    """Draw a picture as an SVG document for a page that holds it itself; `size` is its width and height in inches.

    Letters are outlines, so that it looks the same everywhere. The same table gives the same bytes.
    """
    into = BytesIO()
    _write(name, table, into, "svg", size)
    return into.getvalue()


def save(name: str, table: object, path: str | Path) -> Path:
    """Draw a picture into a file (PNG, SVG or PDF by its ending), whole or not at all; gives back the path.

    Raises:
        LookupError: no such picture.
        ValueError: the ending of the file is none that can be drawn.
    """
    path = Path(path)
    kind = path.suffix.lower()
    if kind not in KINDS:
        raise ValueError(f"A picture can be saved as {', '.join(KINDS)}; {path.name!r} ends in {path.suffix!r}.")
    return write_file(path, lambda aside: _write(name, table, aside, kind.removeprefix(".")))


def _write(name: str, table: object, into: Path | BytesIO, kind: str, size: tuple[float, float] | None = None) -> None:
    """Draw a picture on a figure of its own, without pyplot or a window.

    The same table gives the same bytes: no date, and names of parts that do not depend on chance.
    """
    import matplotlib
    from matplotlib.figure import Figure

    from sim.figures.style import DOTS_PER_INCH, SIZE_INCHES, new_axes

    figure = Figure(size or SIZE_INCHES, facecolor="white")
    find(name)(table, new_axes(figure))
    with matplotlib.rc_context({"svg.hashsalt": "clientele", "svg.fonttype": "path"}):
        figure.savefig(into, format=kind, dpi=DOTS_PER_INCH, metadata={"Date": None} if kind == "svg" else None)
