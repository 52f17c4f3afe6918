"""From content to one HTML file. Everything that comes from a scenario is text: the template escapes it."""

from __future__ import annotations

from pathlib import Path

from sim.reports.content import Content
from sim.text.files import write_text

TEMPLATE = "board.html.j2"


def rendered(content: Content) -> str:
    """The page: one document, no script, no outside request, the same content the same bytes."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    home = Environment(
        loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True, keep_trailing_newline=True,
    )
    return home.get_template(TEMPLATE).render(content=content)


def written(page: str, path: Path) -> Path:
    """Write the page in one piece: a half-written file is never seen. Gives the path back."""
    return write_text(path, page)
