"""Parts of a report that need runs of their own: what would flip the answer, stress, which assumptions move it."""

from __future__ import annotations

from dataclasses import dataclass

from sim.reports.drawings import Drawing


@dataclass(frozen=True)
class Extra:
    """A part in words, with its picture where there is one; `moving` names the assumptions it found to matter."""

    kind: str
    title: str
    said: str
    drawing: Drawing | None = None
    moving: tuple[str, ...] = ()
