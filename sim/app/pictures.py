"""The other pictures of a pair, as on paper; and everything to take along: YAML, CSV, PNG, SVG."""

from __future__ import annotations

import base64
from html import escape
from io import BytesIO, StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock
from typing import TYPE_CHECKING, Any

import panel as pn
import panel_material_ui as pmui

from sim import figures
from sim.app.controls import Note
from sim.app.courses import Pair
from sim.runs.run import Run
from sim.scenario.effective import effective_yaml
from sim.scenario.load import load
from sim.studies.figure_tables import table_for
from sim.text.language import tr
from sim.text.words import capital

if TYPE_CHECKING:
    import pandas as pd

FIRST = "customers_over_time"
SIZE = (9.0, 5.4)
DRAWING = Lock()
"""Pictures are drawn one at a time: their style is one for the whole process."""


class Pictures:
    """A picture of each variant, drawn when its panel is looked at; and the files of what is on the page."""

    def __init__(self) -> None:
        self.pair: Pair | None = None
        self.name = pmui.Select(label=tr("Picture"), value=FIRST, options={
            capital(tr(name.replace("_", " "))): name for name in figures.names_from_runs()})
        self.place = pn.FlexBox(sizing_mode="stretch_width")
        self.panel = pmui.Column(self.name, self.place, sizing_mode="stretch_width")
        self.files = pn.FlexBox(*(
            pmui.FileDownload(label=label, filename=name, callback=made)
            for label, name, made in (
                (tr("Scenario (YAML)"), "changed.yaml", lambda: StringIO(as_yaml(self._shown()))),
                (tr("Numbers (CSV)"), "both_variants.csv", lambda: StringIO(as_csv(self._shown()))),
                (tr("Picture (PNG)"), "picture.png", lambda: self._file("png")),
                (tr("Picture (SVG)"), "picture.svg", lambda: self._file("svg")))))
        self.saving = pmui.Column(self.files, Note(
            tr("The file of the changed scenario holds its seed; `sim run changed.yaml -n 1` gives these numbers.")))

    def draw(self, pair: Pair) -> list[str]:
        """The chosen picture of both variants, as parts of the page; takes some tenths of a second."""
        variants = [(tr("As written"), pair.here), (tr("Changed"), pair.there)]
        return [_inline(figure_of(course, self.name.value, "svg"), title)
                for title, course in variants[:1 if pair.here is pair.there else 2]]

    def show(self, parts: list[str]) -> None:
        """Put drawn pictures on the page."""
        self.place.objects = [pn.pane.HTML(part, sizing_mode="stretch_width", styles={"flex": "1 1 420px"})
                              for part in parts]

    def _shown(self) -> Pair:
        if self.pair is None:
            raise ValueError(tr("Nothing has been run yet."))
        return self.pair

    def _file(self, kind: str) -> BytesIO:
        return BytesIO(figure_of(self._shown().there, self.name.value, kind))


def figure_of(course: Any, name: str, kind: str) -> bytes:
    """A picture of one run as a file; empty where it has nothing to show (no survey yet, no purchases)."""
    table = table_for(name, Run(course.run))
    if table.empty:
        return b""
    with DRAWING:
        if kind == "svg":
            return figures.as_svg(name, table, SIZE)
        with TemporaryDirectory() as folder:
            return figures.save(name, table, Path(folder) / f"{name}.{kind}").read_bytes()


def _inline(svg: bytes, title: str) -> str:
    """A picture inside a page; as an image it can neither run nor load anything."""
    if not svg:
        words = tr("{picture}: there is nothing to show yet.", picture=title)
        return f"<p>{escape(words)}</p>"
    data = base64.b64encode(svg).decode()
    return (f'<figure style="margin:0"><img style="width:100%" alt="{escape(title)}" '
            f'src="data:image/svg+xml;base64,{data}"></figure>')


def as_yaml(pair: Pair) -> str:
    """The changed scenario in full, with the seed of the page: another run of it gives the same numbers."""
    return effective_yaml(load(pair.choice.changed, {"runs.seed": pair.choice.seed}))


def numbers(pair: Pair) -> pd.DataFrame:
    """Every metric over time: year, firm, variant, and a column for each metric."""
    import pandas as pd

    parts = []
    for variant, course in (("as written", pair.here), ("changed", pair.there)):
        for place, firm in enumerate(course.run.firms):
            columns = {name: line[:, place] for name, line in course.series.items()}
            years = course.run.years[course.run.warm_up:]
            parts.append(pd.DataFrame({"variant": variant, "firm": firm, "year": years, **columns}))
    return pd.concat(parts, ignore_index=True)


def as_csv(pair: Pair) -> str:
    """The same as CSV; numbers in full."""
    return numbers(pair).to_csv(index=False, lineterminator="\n")
