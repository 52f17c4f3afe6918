"""Runs of a plan with the keywords of a study, as tests write them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Unpack

from sim.runs.execution import Execution, ExecutionOptions
from sim.runs.plan import RunPlan
from sim.runs.results import Results
from sim.runs.runner import conduct as conduct_plan


def conduct(
    plan: RunPlan, until: Callable[[Results], bool] | None = None, observer: Any = None,
    **options: Unpack[ExecutionOptions],
) -> Results:
    return conduct_plan(plan, Execution.of(options), until, observer)
