"""What a sensitivity analysis says: its title and its sentences, for every method."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sim.statistics.intervals import Interval, by_chance
from sim.studies.over_the_space import ALL_ALONE, STRONGLY, WIDE, tells_alone
from sim.text.words import counted, joined

if TYPE_CHECKING:
    from sim.studies.sensitivity import Sensitivity

Row = dict[str, Any]
SURELY = "ahead in at least 95 % of paired runs, by their count and by their spread"
"""What "surely" means, in words."""
MOST_NAMED = 5


def finding_of(found: Sensitivity) -> str:
    """The result as a title."""
    if not varies(found):
        return "None of these factors moves it" if len(found.rows) > 1 else "It does not move"
    top = found.rows[0]
    if not top.get("clear", True):
        clear = _largest_clear(found)
        return ("No factor moves it beyond luck" if clear is None
                else f"{_capital(clear['label'])} has the widest bar beyond luck")
    return f"{_capital(top['label'])} {'matters' if _stands_out(found) else 'seems to matter'} most"


def _stands_out(found: Sensitivity) -> bool:
    """Whether the interval of the largest index lies above that of the next one; a tornado has no index."""
    name = {"morris": "mean_absolute", "sobol": "total"}.get(found.method, "")
    return not name or len(found.rows) < 2 or found.rows[0][f"{name}_low"] > found.rows[1][f"{name}_high"]


def varies(found: Sensitivity) -> bool:
    """Whether anything moves the answer at all."""
    if found.method == "sobol":
        return found.alone is not None
    if found.method == "morris":
        return bool(found.rows[0]["mean_absolute"] > 0)
    ends = ("at_low", "at_high", "at_low_from", "at_high_from")
    return any(row[end] == row[end] != row["base"] for row in found.rows for end in ends)


def _largest_clear(found: Sensitivity) -> Row | None:
    return next((row for row in found.rows if row["clear"]), None)


def _name(row: Row) -> str:
    """A factor's label, and its dotted name where that is another."""
    return row["factor"] if row["label"] == row["factor"] else f"{row['label']} ({row['factor']})"


def _still(found: Sensitivity, where: str) -> str:
    """Nothing varies."""
    which = "No factor moves" if len(found.rows) > 1 else f"{_capital(_name(found.rows[0]))} does not move"
    return f"{which} {found.order.question.words}: it is the same {where}."


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _joined(*sentences: str) -> str:
    return " ".join(sentence for sentence in sentences if sentence)


def tornado_words(found: Sensitivity) -> str:
    """What matters most and by how much, and whether any end reverses the winner."""
    rows, question = found.rows, found.order.question
    if not varies(found):
        first = _still(found, f"at both ends of every range ({question.told(rows[0]['base'])})")
        return _joined(first, _outside(found))
    clear = _largest_clear(found)
    top = clear or rows[0]
    ends = (f"{question.told(top['at_low'])} at {top['low']:.3g}, {question.told(top['at_high'])} at "
            f"{top['high']:.3g}, against {question.told(top['base'])} as written ({_counts(top)})")
    of = f"Of {counted(len(rows), 'factor')} moved one at a time, "
    if clear is None and len(rows) == 1:
        first = f"{_name(top)} does not move {question.words} beyond luck in these runs: {ends}."
    elif clear is None:
        first = (f"{of}none moves {question.words} beyond luck in these runs; the widest bar is that of {_name(top)}: "
                 f"{ends}.")
    elif len(rows) == 1:
        first = f"{_name(top)} moves {question.words}: {ends}."
    else:
        most = "matters most for" if top is rows[0] else "has the widest bar beyond luck in"
        first = f"{of}{_name(top)} {most} {question.words}: {ends}."
    return _joined(_capital(first), _wider(found, top), _turned(found), _outside(found),
                   by_chance(found.comparisons))


def _counts(row: Row) -> str:
    if row["base_n"] == row["n"]:
        return f"{row['n']} paired runs each"
    return f"{row['base_n']} runs as written, {row['n']} paired runs of each change"


def _wider(found: Sensitivity, top: Row) -> str:
    """Bars that are wider than the widest one beyond luck."""
    wider = [_name(row) for row in found.rows[: found.rows.index(top)]]
    if not wider:
        return ""
    more = [f"{len(wider) - 3} more"] if len(wider) > 3 else []
    have = "has a wider bar" if len(wider) == 1 else "have wider bars"
    return f"{_capital(joined([*wider[:3], *more]))} {have}, but too close to call."


def _turned(found: Sensitivity) -> str:
    """Which ends of ranges make another option surely win."""
    question, rows = found.order.question, found.rows
    if question.a is None:
        return f"Next comes {rows[1]['label']}." if len(rows) > 1 and rows[1]["clear"] else ""
    open_words = "As written it is too close to call who is ahead. " if found.is_open else ""
    turning: dict[str, list[str]] = {}
    for row in rows:
        for end in ("low", "high"):
            if row[f"winner_{end}"]:
                turning.setdefault(row[f"winner_{end}"], []).append(f"{_name(row)} at {row[end]:.3g}")
    if turning:
        told = [f"{who} surely wins with {_either(places)}" for who, places in turning.items()]
        return f"{open_words}{joined(told)} ({SURELY})."
    who = "either option" if found.is_open else question.winner(-rows[0]["base"])
    which = "No factor alone makes" if len(rows) > 1 else "It does not make"
    ahead = [] if found.is_open else [f"{_name(row)} at {row[end]:.3g}" for row in rows for end in ("low", "high")
                                      if row[f"at_{end}"] * row["base"] < 0]
    but = f"; on average it is ahead with {_either(ahead)}" if ahead else ""
    return f"{open_words}{which} {who} surely win at an end of its range{but}."


def _either(places: list[str]) -> str:
    """Places, any one of which does it."""
    shown = places[:MOST_NAMED]
    more = len(places) - len(shown)
    return ", or ".join([*shown, f"{more} more"] if more else shown)


def _outside(found: Sensitivity) -> str:
    """Factors whose own value lies outside of the range that was tried."""
    outside = [f"{row['factor']} is {row['value']:.3g}" for row in found.rows
               if row["value"] is not None and not row["low"] <= row["value"] <= row["high"]]
    return f"As written {joined(outside)}, outside of the range that was tried." if outside else ""


def morris_words(found: Sensitivity) -> str:
    """What moves the answer most over the whole space, and whose effect depends on the rest."""
    rows, question = found.rows, found.order.question
    if not varies(found):
        return _still(found, f"at every point of {counted(found.samples, 'walk')} through the space")
    top = rows[0]
    give = top["mean_absolute_high"] - top["mean_absolute"]
    spread = f", give or take {question.gap(give)}" if give > 1e-9 * top["mean_absolute"] else ""
    first = (f"Over the whole space {_name(top)} moves {question.words}{' most' if len(rows) > 1 else ''}: by "
             f"{question.gap(top['mean_absolute'])} on average over its range{spread} ({found.samples} walks, "
             f"{found.order.replications} paired runs at each of {found.samples * (len(rows) + 1)} points).")
    moving = [row for row in rows[:MOST_NAMED] if row["mean_absolute"] > 0]
    crooked = [row["label"] for row in moving if row["depends"] == STRONGLY]
    if crooked:
        second = (f"How much {joined(crooked)} {'does' if len(crooked) == 1 else 'do'} depends strongly on where the "
                  "factors stand.")
    elif len(moving) == 1:
        second = "Its effect does not depend strongly on where the factors stand."
    else:
        second = f"The effects of the first {len(moving)} do not depend strongly on where the factors stand."
    return _joined(first, second, by_chance(found.comparisons))


def sobol_words(found: Sensitivity) -> str:
    """The share of variance of the most important factor, and how much is interaction, where that can be told."""
    top, alone = found.rows[0], found.alone
    if alone is None:
        points = found.samples * (len(found.rows) + 2)
        return f"{_still(found, f'at all {points} points of the space')} There is no variance to share out."
    wide = top["total_high"] - top["total_low"] > WIDE
    more = f", wide: {4 * found.samples} samples would halve it" if wide else ""
    first = (f"{_capital(_name(top))} accounts for {100 * top['total']:.0f} % of the variance of "
             f"{found.order.question.words} over the space, interactions included (95 % interval "
             f"{100 * top['total_low']:.0f} to {100 * top['total_high']:.0f} %{more}).")
    return _joined(first, _together(found.samples, alone), by_chance(found.comparisons))


def _together(samples: int, alone: Interval) -> str:
    """How much the factors do one by one, and how much only together, where that can be told."""
    low, high = (100 * min(1.0, max(0.0, end)) for end in (alone.low, alone.high))
    if not tells_alone(alone):
        added = (f"one by one they account for {low:.0f} to {high:.0f} %" if 0 <= alone.value <= 1
                 else "one by one they add up to what cannot be")
        return (f"{samples} base samples are too few to tell what the factors do alone from what they do only together "
                f"({added}).")
    if alone.low >= ALL_ALONE:
        return f"One by one the factors account for at least {low:.0f} %: there is hardly any interaction."
    return (f"One by one the factors account for {100 * max(0.0, alone.value):.0f} % (95 % interval {low:.0f} to "
            f"{high:.0f} %); the rest is interaction.")


WORDS = {"tornado": tornado_words, "morris": morris_words, "sobol": sobol_words}
