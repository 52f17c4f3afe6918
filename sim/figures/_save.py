"""A picture into a file, in one piece or not at all."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.figures.style import DOTS_PER_INCH, SIZE_INCHES, Picture, pad
from sim.text.files import write_file

if TYPE_CHECKING:
    from matplotlib.figure import Figure

KINDS = (".png", ".svg", ".pdf")


def save_picture(picture: Picture, table: Any, path: Path) -> Path:
    """Draw on a figure of its own (no pyplot, no window), write aside, rename.

    Raises:
        ValueError: the ending of the file is none that can be drawn.
    """
    if path.suffix.lower() not in KINDS:
        raise ValueError(f"A picture can be saved as {', '.join(KINDS)}; {path.name!r} ends in {path.suffix!r}.")
    figure = _drawn(picture, table, SIZE_INCHES)
    return write_file(path, lambda aside: _write(figure, aside, path.suffix.lower().removeprefix(".")))


def picture_as_svg(picture: Picture, table: Any, size: tuple[float, float] = SIZE_INCHES) -> bytes:
    """Draw a picture as an SVG document, letters as outlines, so that it looks the same everywhere."""
    into = BytesIO()
    _write(_drawn(picture, table, size), into, "svg")
    return into.getvalue()


def _drawn(picture: Picture, table: Any, size: tuple[float, float]) -> Figure:
    from matplotlib.figure import Figure

    figure = Figure(figsize=size, layout="constrained", facecolor="white")
    pad(figure)
    picture(table, figure.subplots())
    return figure


def _write(figure: Figure, into: Path | BytesIO, kind: str) -> None:
    """The same table gives the same bytes: no date, and names of parts that do not depend on chance."""
    import matplotlib

    with matplotlib.rc_context({"svg.hashsalt": "clientele", "svg.fonttype": "path"}):
        figure.savefig(into, format=kind, dpi=DOTS_PER_INCH, metadata={"Date": None} if kind == "svg" else None)
