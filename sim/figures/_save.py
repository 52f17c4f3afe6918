"""A picture into a file, in one piece or not at all."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from sim.figures.style import DOTS_PER_INCH, SIZE_INCHES, Picture, pad

KINDS = (".png", ".svg", ".pdf")


def save_picture(picture: Picture, table: Any, path: Path) -> Path:
    """Draw on a figure of its own (no pyplot, no window), write aside, rename.

    Raises:
        ValueError: the ending of the file is none that can be drawn.
    """
    import matplotlib
    from matplotlib.figure import Figure

    if path.suffix.lower() not in KINDS:
        raise ValueError(f"A picture can be saved as {', '.join(KINDS)}; {path.name!r} ends in {path.suffix!r}.")
    figure = Figure(figsize=SIZE_INCHES, layout="constrained", facecolor="white")
    pad(figure)
    picture(table, figure.subplots())
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.stem}.{os.getpid()}{path.suffix}")
    try:
        with matplotlib.rc_context({"svg.hashsalt": "clientele"}):  # the same table gives the same bytes
            figure.savefig(aside, dpi=DOTS_PER_INCH, metadata={"Date": None} if path.suffix.lower() == ".svg" else None)
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)
    return path
