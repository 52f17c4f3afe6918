"""Words beside dots: each where it covers least, none on another, none outside of the axes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Pixels = Any
"""Places on the drawing, in pixels [n, 2]."""
Dots = tuple[Any, Any]
"""Across and upwards, in data units."""
FURTHEST, FREE = 150.0, 14.0
"""How far from its dot a word may stand, and from where on a line leads to it, in points."""
SIZE = 15
"""Of the letters, in points."""
TRIED = 33
"""Places that are tried across and upwards."""
AIR = 5.0
"""Pixels that stay free around a word."""
STEP = 6.0
"""Pixels between the places at which a line counts as covered."""
OF_DISTANCE, OF_CROSSING, OF_SIDE, OF_DOUBT = 0.1, 0.3, 0.3, 4.0
"""What a point of distance costs, a dot under a leading line (times its weight), another side than up and right, and
another dot that might be meant because it is nearer."""
BEARABLE = 8.0
"""More than that a word that can be left out may not cost."""


class Spot(NamedTuple):
    """A word that wants to stand beside a dot (in data units); one that is no `must` is left out where it disturbs."""

    text: str
    at: tuple[float, float]
    colour: str
    must: bool = True


@dataclass(frozen=True)
class Choice:
    """Where a word could stand, in pixels [n, 2]: its corners with the air around, and where its line begins."""

    low: Pixels
    high: Pixels
    near: Pixels

    def only(self, place: Any) -> Choice:
        """Some of them."""
        return Choice(self.low[place], self.high[place], self.near[place])

    def cover(self, places: Pixels, radius: Any = 0.0) -> Any:
        """Which choices cover which places (dots of a radius) [n, places]."""
        reach = np.broadcast_to(np.asarray(radius, float), len(places))[:, None]
        inside = (self.low[:, None] < places + reach) & (places - reach < self.high[:, None])
        return inside.all(axis=2)


class Clear:
    """What words should not cover, with weights, and what they must not: other words and the lines that lead to them.

    Made when the limits of the axes are final.
    """

    def __init__(self, ax: Axes) -> None:
        settle(ax)
        self.ax = ax
        self.point = ax.figure.dpi / 72
        self.places = np.empty((0, 2))
        self.weights, self.radii = np.empty(0), np.empty(0)
        self.rivals = np.empty((0, 2))
        self.words: list[Choice] = []
        self.leads = np.empty((0, 2))

    def dots(self, dots: Dots, weight: float, radius: float, named: bool = True) -> None:
        """Dots (their radius in points) that should stay visible; `named`: some have words, each might be meant."""
        places = self.pixels(*dots)
        self._add(places, weight, radius * self.point)
        self.rivals = np.concatenate([self.rivals, places[: len(places) if named else 0]])

    def line(self, corners: Dots, weight: float) -> None:
        """A line that should stay visible; the weight is that of each of its places."""
        self._add(along(self.pixels(*corners)), weight, 0.0)

    def pixels(self, x: Any, y: Any) -> Pixels:
        """Places on the drawing."""
        return self.ax.transData.transform(np.column_stack([np.asarray(x, float), np.asarray(y, float)]))

    def _add(self, places: Pixels, weight: float, radius: float) -> None:
        self.places = np.concatenate([self.places, places])
        self.weights = np.concatenate([self.weights, np.full(len(places), weight)])
        self.radii = np.concatenate([self.radii, np.full(len(places), radius)])

    def allowed(self, choice: Choice, dot: Pixels) -> Any:
        """Which choices lie inside the axes and neither on words nor on lines, nor have a line across a word [n]."""
        frame = self.ax.get_window_extent()
        found = (choice.low >= frame.min).all(axis=1) & (choice.high <= frame.max).all(axis=1)
        found &= ~choice.cover(self.leads).any(axis=1)
        shares = np.linspace(0.0, 1.0, 25)[:, None, None]
        leads = dot + shares * (choice.near - dot)
        for word in self.words:
            found &= ~((choice.low < word.high) & (word.low < choice.high)).all(axis=1)
            found &= ~((word.low < leads) & (leads < word.high)).all(axis=2).any(axis=0)
        return found

    def covered(self, choice: Choice, dot: Pixels) -> Any:
        """The weight of what each choice covers, and of dots that its line runs over [n]."""
        under = choice.cover(self.places, self.radii) @ self.weights
        dots = (self.radii > 0) & (np.abs(self.places - dot).max(axis=1, initial=0.0) > 1.0)
        way = choice.near - dot
        length = np.maximum((way**2).sum(axis=1), 1e-9)
        to = self.places[dots] - dot
        share = np.clip(to @ way.T / length, 0.0, 1.0)  # [dots, n]: the place of the line that is nearest to the dot
        apart = np.hypot(*np.moveaxis(to[:, None] - share[..., None] * way, 2, 0))
        return under + OF_CROSSING * (self.weights[dots] @ (apart < self.radii[dots][:, None]))

    def doubtful(self, choice: Choice, dot: Pixels) -> Any:
        """Whether another dot is nearer to a choice than its own [n]."""
        places = self.rivals[:, None]
        gaps = np.hypot(*np.moveaxis(np.maximum(np.maximum(choice.low - places, places - choice.high), 0.0), 2, 0))
        own = np.hypot(*(choice.near - dot).T)
        return (gaps < own - AIR).any(axis=0)


def settle(ax: Axes) -> None:
    """Let the layout give the axes their final place, so that pixels can be counted."""
    engine = ax.figure.get_layout_engine()
    if engine is not None:
        engine.execute(ax.figure.figure)


def along(corners: Pixels) -> Pixels:
    """Places along a line through its corners, close to each other.

    >>> along(np.array([[0.0, 0.0], [12.0, 0.0]])).tolist()
    [[0.0, 0.0], [6.0, 0.0], [12.0, 0.0]]
    """
    parts = [corners[:1]]
    for start, end in pairwise(corners):
        count = max(1, int(np.ceil(np.hypot(*(end - start)) / STEP)))
        parts.append(start + (end - start) * np.arange(1, count + 1)[:, None] / count)
    return np.concatenate(parts)


def name_spots(clear: Clear, spots: Sequence[Spot], most: int, led: bool = False) -> list[Spot]:
    """Write at most so many words beside their dots, the first ones first; gives those that found a place.

    A line leads to a word that stands apart; to every word where dots are crowded (`led`).
    """
    written: list[Spot] = []
    for spot in spots:
        if spot.text and len(written) < most and _write(clear, spot, led):
            written.append(spot)
    return written


def _write(clear: Clear, spot: Spot, led: bool) -> bool:
    """Write a word at its best place, where there is one."""
    from matplotlib.patheffects import withStroke

    (dot,) = clear.pixels([spot.at[0]], [spot.at[1]])
    best = _best(clear, spot, dot, _extent(clear.ax, spot.text))
    if best is None:
        return False
    middle, wide = 0.5 * (best.low + best.high)[0] - dot, (best.high - best.low)[0]
    led = led or float(np.hypot(*(best.near[0] - dot))) > FREE * clear.point
    lead = {"arrowstyle": "-", "color": spot.colour, "lw": 1, "shrinkA": 0, "shrinkB": 4,
            "relpos": tuple((best.near - best.low)[0] / wide)}
    word = clear.ax.annotate(
        spot.text, spot.at, tuple(middle / clear.point), textcoords="offset points", ha="center", va="center",
        fontsize=SIZE, color=spot.colour, annotation_clip=False, zorder=6, arrowprops=lead if led else None,
        multialignment="left" if middle[0] > 0 else "right", path_effects=[withStroke(linewidth=4, foreground="white")],
    )
    word.set_in_layout(False)
    clear.words.append(best)
    if led:
        clear.leads = np.concatenate([clear.leads, along(np.array([dot, best.near[0]]))])
    return True


def _extent(ax: Axes, text: str) -> Pixels:
    """Width and height of a word, in pixels."""
    word = ax.text(0, 0, text, fontsize=SIZE)
    box = word.get_window_extent()
    word.remove()
    return np.array([box.width, box.height])


def _best(clear: Clear, spot: Spot, dot: Pixels, size: Pixels) -> Choice | None:
    """The cheapest place around a dot, if there is one that is allowed (and bearable)."""
    half = 0.5 * size + AIR
    steps = np.linspace(-1.0, 1.0, TRIED)
    across, up = np.meshgrid(*(steps * (side + FURTHEST * clear.point) for side in half))
    middle = np.column_stack([across.ravel(), up.ravel()])
    low, high = dot + middle - half, dot + middle + half
    choice = Choice(low, high, np.clip(dot, low, high))
    distance = np.hypot(*(choice.near - dot).T) / clear.point
    some = np.flatnonzero(clear.allowed(choice, dot) & (distance <= FURTHEST))
    if not some.size:
        return None
    side = 1.0 - (middle[some] @ np.ones(2)) / (np.sqrt(2) * np.hypot(*middle[some].T) + 1e-9)
    cost = clear.covered(choice.only(some), dot) + OF_DISTANCE * distance[some] + OF_SIDE * side
    cost = cost + OF_DOUBT * clear.doubtful(choice.only(some), dot)
    if not spot.must and cost.min() > BEARABLE:
        return None
    place = some[int(cost.argmin())]
    return choice.only([place])
