"""How the answers of designs are told: the forecast of time, words, tables, JSON."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from sim.text.console import Progress, bar, say, say_json, tell

if TYPE_CHECKING:
    from sim.cli.options import Output
    from sim.studies.answer import Answer

SECONDS_BEFORE_FORECAST, WORTH_TELLING = 3.0, 15.0


def conduct_and_print(title: str, output: Output, conduct: Callable[[Progress], Answer]) -> None:
    """Conduct a study with a bar or a forecast, print its answer, save it where a folder is given."""
    began = time.perf_counter()
    with bar(title, output.quiet) as shown, forecast(shown, output.quiet or output.as_json) as heard:
        answer = conduct(heard)
    if output.out is not None:
        answer.save(output.out)
    if output.as_json:
        say_json(as_data(answer))
        return
    say(title, "bold")
    for sentence in answer.explain().split("\n"):
        say(f"  {sentence}")
    if lines := answer.lines():
        say()
    for line in lines:
        say(f"  {line}".rstrip())
    if not output.quiet:
        runs = answer.settings().get("runs", 0)
        say(f"  {runs:,} run{'' if runs == 1 else 's'} ({time.perf_counter() - began:.1f} s).", "dim")
    if output.out is not None:
        say(f"Saved: {output.out}.")


@contextmanager
def forecast(shown: Progress, silent: bool) -> Iterator[Progress]:
    """Pass progress on, and say once how long it will take, where that is long and known."""
    began, done_saying = time.perf_counter(), silent
    first: int | None = None

    def hear(done: int, total: int, what: str) -> None:
        nonlocal first, done_saying
        shown(done, total, what)
        first = done if first is None else first
        passed = time.perf_counter() - began
        if not done_saying and passed > SECONDS_BEFORE_FORECAST and done > first:
            done_saying = True
            left = passed * (total - done) / (done - first)
            if left > WORTH_TELLING:
                tell(f"About {total:,} runs as planned so far: {_duration(left)} more.", "dim")

    yield hear


def _duration(seconds: float) -> str:
    """A time in words.

    >>> _duration(42), _duration(170)
    ('about 40 s', 'about 3 min')
    """
    return f"about {10 * max(1, round(seconds / 10))} s" if seconds < 100 else f"about {round(seconds / 60)} min"


def as_data(answer: Answer) -> dict[str, Any]:
    """An answer as plain data: words, settings, every table."""
    return {
        "design": answer.kind, "explain": answer.explain(), "settings": answer.settings(),
        "tables": {name: table.to_dict("records") for name, table in answer.tables().items()},
        "words": dict(answer.table().attrs),
    }
