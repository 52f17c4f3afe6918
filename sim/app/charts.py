"""The live charts: a metric over time in both variants, and the paired difference. Bokeh, changed in place."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from bokeh.models import ColumnDataSource, CrosshairTool, HoverTool, Legend, LegendItem, NumeralTickFormatter, Span
from bokeh.plotting import figure

from sim.app.behind import Behind, SpreadOverTime
from sim.app.courses import Pair
from sim.figures.style import look
from sim.metrics.registry import all_metrics, metric_in_words
from sim.records.records import Floats
from sim.text.language import tr
from sim.text.numbers import amount, signed
from sim.text.words import capital

FORMATS = {"share": ("0 %", "0.[00] %"), "money": ("0,0", "0,0.[00]"), "people": ("0,0", "0,0.[00]")}
OTHERWISE = ("0.00", "0.00")
"""How numbers and differences stand at an axis, by the unit; differences may be small."""
HEIGHT, LARGE = 330, 560
BESIDE = {"flex": "1 1 380px"}
"""Two charts stand beside each other where there is room."""
TYPE, LARGE_TYPE = "13px", "24px"
DASHES: tuple[list[int], ...] = ([], [10, 4], [3, 3], [10, 3, 3, 3])
"""What tells the firms apart beside their colours."""


class Charts:
    """Two charts for the firms of a pair. `show` and `fill` write new numbers into them; nothing is built anew."""

    def __init__(self, firms: tuple[str, ...]) -> None:
        self.firms = firms
        places = range(len(firms))
        self.lines = ColumnDataSource(dict.fromkeys(["year", *_names(("written", "changed"), places)], ()))
        self.differences = ColumnDataSource(dict.fromkeys(["year", *_names(("apart", "low", "high"), places)], ()))
        self.cursor = [Span(dimension="height", line_color="#888888", line_width=2) for _ in range(2)]
        self.over_time, self.apart = self._over_time(), self._apart()
        self._unit = ""
        self.pair: Pair | None = None
        self.metric = ""

    def _over_time(self) -> Any:
        chart = _figure(tr("Both variants over time,\nin this run"), self.cursor[0])
        entries = []
        for place, firm in enumerate(self.firms):
            colour = look(place).colour
            written = chart.line("year", f"written{place}", source=self.lines, color=colour, line_width=2,
                                 line_dash=[6, 4], alpha=0.7)
            changed = chart.line("year", f"changed{place}", source=self.lines, color=colour, line_width=4)
            entries += [LegendItem(label=tr("{firm}, changed", firm=firm), renderers=[changed]),
                        LegendItem(label=tr("{firm}, as written", firm=firm), renderers=[written])]
        _finish(chart, entries)
        return chart

    def _apart(self) -> Any:
        chart = _figure(tr("Changed minus as written:\nboth are the same"), self.cursor[1])
        chart.add_layout(Span(location=0, dimension="width", line_color="#888888", line_width=1))
        entries = []
        for place, firm in enumerate(self.firms):
            colour = look(place).colour
            chart.varea("year", f"low{place}", f"high{place}", source=self.differences, color=colour, alpha=0.18)
            line = chart.line("year", f"apart{place}", source=self.differences, color=colour, line_width=3,
                              line_dash=DASHES[place % len(DASHES)])
            entries.append(LegendItem(label=firm, renderers=[line]))
        _finish(chart, entries)
        return chart

    def show(self, pair: Pair, metric: str) -> None:
        """Draw a metric of a pair; intervals are taken away until new ones are known."""
        self.pair, self.metric = pair, metric
        years, unit = pair.years, all_metrics()[metric].unit
        both = {place: [_filled(pair.line(changed, metric, firm), len(years)) for changed in (False, True)]
                for place, firm in enumerate(self.firms)}
        self.lines.data = {"year": years, **{f"{name}{place}": line for place, two in both.items()
                                             for name, line in zip(("written", "changed"), two, strict=True)}}
        self.differences.data = _bands(years, {place: two[1] - two[0] for place, two in both.items()}, {})
        self.apart.title.text = (tr("Changed minus as written,\nin this run") if pair.choice.differs else
                                 tr("Changed minus as written:\nboth are the same"))
        money = f" ({pair.choice.scenario.money.currency})" if unit == "money" else ""
        for chart in (self.over_time, self.apart):
            chart.yaxis.axis_label = f"{capital(tr(metric_in_words(metric)))}{money}"
        if unit != self._unit:  # a new formatter makes Bokeh go through the whole page
            self._unit, kinds = unit, FORMATS.get(unit, OTHERWISE)
            for chart, kind in zip((self.over_time, self.apart), kinds, strict=True):
                chart.yaxis.formatter = NumeralTickFormatter(format=kind)

    def fill(self, found: Behind) -> None:
        """Lay intervals behind the difference: the line is then the mean over seeds."""
        if self.pair is None or not self.pair.choice.differs or not found.spreads:
            return
        spreads = {place: found.spreads[self.metric, firm] for place, firm in enumerate(self.firms)
                   if (self.metric, firm) in found.spreads}
        lines = {place: np.asarray(self.differences.data[f"apart{place}"]) for place in range(len(self.firms))}
        lines |= {place: spread.mean for place, spread in spreads.items()}
        self.differences.data = _bands(self.pair.years, lines, spreads)
        self.apart.title.text = tr("Changed minus as written,\nmean of {n} paired runs, 95 % interval", n=found.n)

    def point_at(self, period: int) -> None:
        """Set the line that says which moment is meant."""
        if self.pair is not None:
            for span in self.cursor:
                span.location = float(self.pair.years[min(period, len(self.pair.years) - 1)])

    def words(self, period: int) -> list[str]:
        """The numbers at a moment, firm by firm, in sentences."""
        if self.pair is None:
            return []
        if not self.pair.choice.differs:
            return [tr("Nothing is changed yet: both variants are the same. Move a slider.")]
        unit, currency = all_metrics()[self.metric].unit, self.pair.choice.scenario.money.currency
        found = []
        for firm in self.firms:
            two = [line[min(period, len(line) - 1)] for changed in (False, True)
                   if (line := self.pair.line(changed, self.metric, firm)) is not None]
            if len(two) == 2:
                found.append(tr("{firm}: {changed} instead of {written} ({difference})", firm=firm,
                                written=amount(two[0], unit, currency), changed=amount(two[1], unit, currency),
                                difference=signed(two[1] - two[0], unit, currency, max(map(abs, two)))))
        when = self.pair.years[min(period, len(self.pair.years) - 1)]
        return [tr("In this run, year {year}:", year=f"{when:.2f}"), *found]

    def enlarge(self, projector: bool) -> None:
        """Larger letters and lines for a projector."""
        for chart in (self.over_time, self.apart):
            chart.height = LARGE if projector else HEIGHT
            size = LARGE_TYPE if projector else TYPE
            chart.title.text_font_size = size
            chart.legend.label_text_font_size = size
            chart.axis.axis_label_text_font_size = size
            chart.axis.major_label_text_font_size = size


def _names(words: Iterable[str], places: Iterable[int]) -> list[str]:
    return [f"{word}{place}" for word in words for place in places]


def _figure(title: str, cursor: Span) -> Any:
    chart = figure(height=HEIGHT, sizing_mode="stretch_width", title=title, toolbar_location=None, tools="",
                   min_width=200, styles=BESIDE, x_axis_label=tr("year"))
    chart.add_layout(cursor)
    chart.add_tools(CrosshairTool(dimensions="height"))
    chart.add_tools(HoverTool(mode="vline", tooltips=[(tr("year"), "@year{0.00}")], line_policy="nearest"))
    chart.x_range.range_padding = 0
    chart.title.text_font_size = TYPE
    return chart


def _finish(chart: Any, entries: list[LegendItem]) -> None:
    chart.add_layout(Legend(items=entries, orientation="horizontal", border_line_alpha=0, padding=2, ncols=2), "below")


def _filled(line: Floats | None, length: int) -> Floats:
    return np.full(length, np.nan) if line is None else line


def _bands(years: Floats, lines: dict[int, Floats], spreads: dict[int, SpreadOverTime]) -> dict[str, Floats]:
    nothing = np.full(len(years), np.nan)
    found = {"year": years}
    for place, line in lines.items():
        found[f"apart{place}"] = line
        found[f"low{place}"] = spreads[place].low if place in spreads else nothing
        found[f"high{place}"] = spreads[place].high if place in spreads else nothing
    return found
