"""Every number of the model, for `sim parameters`."""

from __future__ import annotations

from sim.scenario.fields import parameters
from sim.scenario.parameters import Parameter
from sim.text.words import nearest, one_of


def parameter_table(words: str = "", guesses: bool = False) -> list[Parameter]:
    """Declared numbers whose name or label holds all the words; with `guesses` only those nobody measured.

    Raises ValueError with the nearest words when nothing fits.

    >>> [parameter.name for parameter in parameter_table("loss_aversion")]
    ['psychology.appraisal.loss_aversion']
    """
    wanted = words.casefold().split()
    chosen = [
        parameter
        for parameter in parameters()
        if all(word in f"{parameter.name} {parameter.label}".casefold() for word in wanted)
    ]
    if not chosen:
        steps = sorted({step for parameter in parameters() for step in parameter.name.split(".")})
        near = sorted({close for word in wanted if (close := nearest(word, steps)) is not None})
        hint = f"nearest: {one_of(near)}" if near else "try a part of a name, such as price or trust"
        raise ValueError(f"no number has {words!r} in its name or label; {hint}")
    return [parameter for parameter in chosen if parameter.is_guess or not guesses]


def parameter_text(words: str = "", guesses: bool = False) -> str:
    """The table as plain text: two lines for each number."""
    lines = []
    for one in parameter_table(words, guesses):
        default = "left out" if one.default is None else f"{one.default}"
        span = "" if one.low is None or one.high is None else f", {one.low:g} to {one.high:g}"
        lines += [f"{one.name} = {default}  ({one.unit}{span})", f"    {one.label}. Source: {one.source}"]
    return "\n".join(lines) + "\n"
