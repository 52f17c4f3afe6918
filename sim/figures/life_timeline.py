"""One person's life as a picture; two variants of it beside each other, with the moment where they part."""

from __future__ import annotations

from textwrap import fill
from typing import Any, NamedTuple

import pandas as pd
from matplotlib.axes import Axes

from sim.figures.style import FAINT, GREY, INK, SLATE, Look, Words, currency_of, look, places_of, shows, write
from sim.text.language import tr
from sim.text.numbers import amount

LANES = ("buys", "contacted", "let_down", "complains", "hears", "tells")
LEFT, GAP, FIRMS_HIGH, HEAD_HIGH, LANES_HIGH, COURSE_GAP = 0.2, 0.05, 0.08, 0.14, 0.36, 0.03
"""Room for the names of rows, between variants, for the names of firms, those of variants with what happens, for the
lanes, and between courses (parts of the axes)."""


class Track(NamedTuple):
    """A line over time: its key, its name, and the ends of its scale (None: the largest value of all variants)."""

    key: str
    name: str
    low: float
    high: float | None


@shows("variant", "year", "row", "firm", "value")
def life_timeline(table: pd.DataFrame, ax: Axes) -> None:
    """What happened (lanes), how it felt and what was paid (courses), over the years; a column for each variant.

    Table: `variant`, `year`, `row` (a lane: buys, contacted, let_down, complains, hears, tells; or a course: needs,
    satisfaction, mood, paid), `firm` ("" where it is of the person), `value` (in lanes 1, or -1 for bad news). `attrs`:
    `finding`, `met` (firms that matter in this life), `firms`, `currency`, `parting_year`, `happened` (variant: what
    happens where the lives part). `sim.draw("life_timeline", sim.meet(...))` makes it.
    """
    note = tr("Grey: before the start. Hollow marks: a contact that annoyed, or words against the firm.")
    write(ax, Words(tr("One life"), " ", " "), table, note)
    ax.axis("off")
    looks = {firm: look(place) for firm, place in places_of(table, table.attrs.get("met", ())).items()}
    _name_firms(ax, looks)
    variants = list(dict.fromkeys(table["variant"]))
    width = (1 - LEFT - GAP * (len(variants) - 1)) / len(variants)
    top = 1 - FIRMS_HIGH - (HEAD_HIGH if variants != [""] else 0.0)
    for place, variant in enumerate(variants):
        rows, left = table[table["variant"] == variant], LEFT + place * (width + GAP)
        _head(ax, left, variant, str(table.attrs.get("happened", {}).get(variant, "")), (width, len(variants)))
        lanes = ax.inset_axes((left, top - LANES_HIGH, width, LANES_HIGH))
        panels = [lanes, *_courses(ax, (left, width, top - LANES_HIGH), table, rows, looks)]
        _lanes(lanes, rows, looks)
        for panel in panels:
            _frame(panel, table)
            if place:
                panel.set_yticklabels([])
        panels[-1].tick_params(axis="x", labelbottom=True, labelsize=14)
        panels[-1].set_xlabel(tr("year"), fontsize=15, labelpad=1)


def _name_firms(ax: Axes, looks: dict[str, Look]) -> None:
    """The firms of this life with their colour and mark, below the title."""
    across = LEFT
    for firm, style in looks.items():
        ax.plot([across + 0.01], [0.97], linestyle="", marker=style.marker, color=style.colour, markersize=11,
                clip_on=False, transform=ax.transAxes)
        ax.annotate(firm, (across + 0.025, 0.97), xycoords="axes fraction", va="center", color=style.colour,
                    fontsize=17, fontweight="bold", annotation_clip=False)
        across += 0.055 + 0.0135 * len(firm)


def _head(ax: Axes, left: float, variant: str, happened: str, room: tuple[float, int]) -> None:
    """The variant's name, and what happens in it where the lives part."""
    width, columns = room
    around: dict[str, Any] = {"xycoords": "axes fraction", "va": "top", "annotation_clip": False}
    if variant:
        ax.annotate(variant, (left, 0.93), fontsize=17, fontweight="bold", color=INK, **around)
    if happened:
        letters = int((98 if columns > 1 else 110) * width)
        ax.annotate(fill(happened, letters), (left, 0.875), fontsize=13.5, color=INK, **around)


def _lanes(panel: Axes, rows: pd.DataFrame, looks: dict[str, Look]) -> None:
    """A mark for everything that happened: a lane for its kind, the firm's colour and mark."""
    names = (tr("buys"), tr("is contacted"), tr("is let down"), tr("complains"), tr("friends say"), tr("tells friends"))
    panel.set_ylim(len(LANES) - 0.5, -0.5)
    panel.set_yticks(range(len(LANES)), names, fontsize=15)
    apart = 0.5 / max(1, len(looks) - 1)
    for place, (firm, style) in enumerate(looks.items()):
        level = -0.25 + place * apart if len(looks) > 1 else 0.0
        mine = rows[(rows["firm"] == firm) & rows["row"].isin(LANES)]
        for sign, face in ((1.0, style.colour), (-1.0, "white")):
            found = mine[mine["value"] == sign]
            heights = [LANES.index(row) + level for row in found["row"]]
            panel.plot(found["year"], heights, linestyle="", marker=style.marker, markersize=6.5, color=style.colour,
                       markerfacecolor=face, markeredgewidth=1.4)
    for border in range(1, len(LANES)):
        panel.axhline(border - 0.5, color=FAINT, linewidth=0.8)


def _courses(
    ax: Axes, where: tuple[float, float, float], table: pd.DataFrame, rows: pd.DataFrame, looks: dict[str, Look]
) -> list[Axes]:
    """Needs, satisfaction, mood and money, each a small panel below the lanes."""
    left, width, top = where
    courses = (Track("needs", tr("needs met"), 0, 1), Track("satisfaction", tr("satisfaction"), 0, 1),
               Track("mood", tr("mood"), -1, 1), Track("paid", tr("paid so far"), 0, None))
    height = top / len(courses) - COURSE_GAP
    made = []
    for place, course in enumerate(courses):
        panel = ax.inset_axes((left, (len(courses) - 1 - place) * (height + COURSE_GAP), width, height))
        mine = rows[rows["row"] == course.key]
        every = table.loc[table["row"] == course.key, "value"]
        high = (max(float(every.max()), 1e-9) if len(every) else 1.0) if course.high is None else course.high
        middle = (course.low + high) / 2
        panel.set_ylim(course.low - 0.08 * (high - course.low), high + 0.08 * (high - course.low))
        name = course.name if course.high else "\n".join([course.name, tr("up to {money}", money=_money(table, high))])
        panel.set_yticks([middle], [name], fontsize=15 if course.high else 13)
        if course.low < 0:
            panel.axhline(0, color=GREY, linewidth=0.8)
        for firm, part in mine.groupby("firm", sort=False):
            style = looks.get(str(firm), Look(SLATE, "solid", "o"))
            if not firm or firm in looks:
                panel.plot(part["year"], part["value"], color=style.colour, linestyle=style.dashes, linewidth=2.2)
        made.append(panel)
    return made


def _money(table: pd.DataFrame, value: float) -> str:
    return amount(value, "money", currency_of(table))


def _frame(panel: Axes, table: pd.DataFrame) -> None:
    """The same years everywhere, the time before the start in grey, the parting as a line."""
    first, last = float(table["year"].min()), float(table["year"].max())
    air = 0.02 * (last - first)
    panel.set_xlim(min(first, 0.0) - air, last + air)
    panel.spines[["top", "right", "left"]].set_visible(False)
    panel.tick_params(axis="y", length=0)
    panel.tick_params(axis="x", labelbottom=False, length=0)
    panel.grid(False)
    if first < 0:
        panel.axvspan(first - air, 0, color=FAINT, alpha=0.45, linewidth=0, zorder=0)
    if "parting_year" in table.attrs:
        panel.axvline(table.attrs["parting_year"], color=INK, linewidth=1.8, linestyle=(0, (2, 1)))
