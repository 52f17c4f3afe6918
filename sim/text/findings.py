"""What a study found, as values, and the one place that makes sentences of them.

A study gives findings; console, report and notebook print `sentences(findings)`. A message is a template, so that a
finding can be said in another language without touching the study.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from string import Formatter
from typing import Any

from sim.text.language import marked, tr
from sim.text.numbers import amount, gap, percent, signed, span, written
from sim.text.words import capital, counted, joined

HIGHER, LOWER = marked("higher"), marked("lower")
TOO_CLOSE, IDENTICAL = marked("too close to call"), marked("no difference at all (identical in every run)")
ONE_RUN, UNKNOWN = marked("one run: no interval"), marked("no number")

MESSAGES: Mapping[str, str] = {
    HIGHER: marked("{subject}: {outcome} is {value:gap} higher (95 % interval {interval:span}, {n:count run})."),
    LOWER: marked("{subject}: {outcome} is {value:gap} lower (95 % interval {interval:span}, {n:count run})."),
    TOO_CLOSE: marked("{subject}: {outcome} is too close to call ({value:signed}, 95 % interval {interval:span}, "
                      "{n:count run})."),
    IDENTICAL: marked("{subject}: {outcome} is identical in every run."),
    ONE_RUN: marked("{subject}: {outcome} differs by {value:signed}; one run has no interval."),
    UNKNOWN: marked("{subject}: {outcome} has no number."),
    "level": marked("{subject}: {outcome} is {value:amount}."),
}
"""What is said of a verdict where a finding brings no message of its own."""


@dataclass(frozen=True)
class Finding:
    """One thing that a study found.

    `subject`: of what (a firm, an option, a factor); `outcome`: what was measured, in words; `value` and its 95 %
    `interval`, in `unit` (and `currency`), over `n` runs; `verdict`: a word of the fixed list above, or of the study's
    own; `message`: a template (left out: the one of the verdict) that may name every field and every one of `details`;
    `caveats`: what to know before trusting it.

    Formats of a template: `{value:amount}` a level, `:signed` a difference, `:gap` its size, `:span` an interval of a
    difference, `:percent` a share, `:count run` a number of things, `:and` and `:or` lists, `:number` three digits.
    """

    subject: str
    outcome: str = ""
    value: float = float("nan")
    interval: tuple[float, float] | None = None
    n: int = 0
    verdict: str = ""
    unit: str = ""
    currency: str = ""
    message: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)
    caveats: tuple[str, ...] = ()

    def with_caveats(self, *caveats: str) -> Finding:
        """The same with more caveats; empty ones are left out."""
        return replace(self, caveats=(*self.caveats, *(one for one in caveats if one)))


class _Writer(Formatter):
    """Fills a template with the values of a finding, each in its unit."""

    def __init__(self, unit: str, currency: str) -> None:
        self._unit, self._currency = unit, currency

    def format_field(self, value: Any, format_spec: str) -> str:
        """One value by the format that the template names."""
        kind, _, thing = format_spec.partition(" ")
        if kind == "amount":
            return amount(value, self._unit, self._currency)
        if kind == "signed":
            return signed(value, self._unit, self._currency)
        if kind == "gap":
            return gap(value, self._unit, self._currency)
        if kind == "span":
            low, high = value
            return span(low, high, self._unit, self._currency)
        if kind == "percent":
            return percent(value)
        if kind == "count":
            return counted(value, thing)
        if kind in ("and", "or"):
            return joined(value, kind)
        if kind == "number":
            return written(f"{value:,.3g}")
        return str(super().format_field(value, format_spec))


def sentence(finding: Finding) -> str:
    """The sentence of a finding, without its caveats; it begins with a capital unless with a dotted name.

    Raises:
        KeyError: the template names something that the finding does not have.

    >>> sentence(Finding("Root", "customer equity", 13700.0, (9100.0, 18300.0), 20, HIGHER, "money", "EUR"))
    'Root: customer equity is EUR 13,700 higher (95 % interval +EUR 9,100 to +EUR 18,300, 20 runs).'
    """
    values = {**vars(finding), **finding.details}
    template = tr(finding.message or MESSAGES[finding.verdict])
    text = _Writer(finding.unit, finding.currency).vformat(template, (), values)
    named = set("._") & set(text.partition(" ")[0].rstrip("."))
    return text if named else capital(text)


def sentences(findings: Iterable[Finding]) -> str:
    """All findings as one paragraph; their caveats follow, each once.

    >>> found = Finding("Root", "market share", 0.61, verdict="level", unit="share", caveats=("one run only",))
    >>> print(sentences([found, found]))
    Root: market share is 61 %. Root: market share is 61 %.
    Caveats: one run only.
    """
    chosen = list(findings)
    caveats = list(dict.fromkeys(caveat for finding in chosen for caveat in finding.caveats))
    text = " ".join(sentence(finding) for finding in chosen)
    return "\n".join([text, tr("Caveats: {caveats}.", caveats="; ".join(caveats))]) if caveats else text
