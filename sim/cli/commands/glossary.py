"""`sim glossary`: the definitions of the course texts, and what measures them here."""

from __future__ import annotations

from dataclasses import asdict

from sim.cli.options import Json, show
from sim.cli.speech import Lang
from sim.cli.wording import broken
from sim.text.language import tr
from sim.text.words import capital, joined

PANEL = "Look things up"


def glossary(as_json: Json = False, lang: Lang = None) -> None:
    """Tell what the terms of the course texts mean, and which metric measures each.

    More terms, in English and Russian, are in docs/glossary.md.
    """
    from sim.scenario.definitions import definitions

    del lang
    show(as_json, lambda: [line for one in definitions() for line in _lines(one.term, one.words, one.metrics)],
         lambda: [asdict(one) for one in definitions()])


def _lines(term: str, words: str, metrics: tuple[str, ...]) -> list[str]:
    """A term, what it means, and by what it is measured."""
    from sim.metrics.registry import metric_in_words

    names = joined(f"{metric_in_words(name)} ({name})" for name in metrics)
    measured = tr("Measured by: {metrics}.", metrics=names) if metrics else tr("Not measured here.")
    return [capital(tr(term)), *(f"  {line}" for line in (*broken(tr(words)), *broken(measured)))]
