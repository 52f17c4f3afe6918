"""Who speaks and who stays silent when something goes wrong."""

from __future__ import annotations

from sim.metrics.arithmetic import ratio
from sim.metrics.registry import BOOKS, metric
from sim.records.records import Floats, Records


@metric("per purchase", "deliveries that failed / purchases", "P01", reading=BOOKS, better="lower")
def failures_per_purchase(records: Records) -> Floats:
    """Failures of service."""
    return ratio(records.count("failures"), records.count("units"))


@metric("per purchase", "problems / purchases", "TARP", reading=BOOKS, better="lower")
def problems_per_purchase(records: Records) -> Floats:
    """Purchases that left a loss worth a complaint."""
    return ratio(records.count("problems"), records.count("units"))


@metric("per problem", "complaints / problems", "F13 (TARP)", reading=BOOKS)
def complaints_per_problem(records: Records) -> Floats:
    """How many of those with a problem complain."""
    return ratio(records.count("complaints"), records.count("problems"))


@metric("per purchase", "complaints / purchases", "R30", reading=BOOKS, better="lower", headline=11)
def complaints_per_purchase(records: Records) -> Floats:
    """What the firm hears: few complaints are not good news by themselves."""
    return ratio(records.count("complaints"), records.count("units"))


@metric("share", "1 - complaints / problems", "R30", reading=BOOKS, better="lower")
def silent_problems_share(records: Records) -> Floats:
    """Problems of which the firm never heard."""
    return 1.0 - ratio(records.count("complaints"), records.count("problems"))


@metric("per complaint", "complaints mended / complaints", "R29", reading=BOOKS, better="higher")
def mended_per_complaint(records: Records) -> Floats:
    """How many complaints were mended."""
    return ratio(records.count("mended"), records.count("complaints"))


@metric("per problem", "silent sufferers whom care found / problems", "R29", reading=BOOKS, better="higher")
def cared_per_problem(records: Records) -> Floats:
    """Problems found and eased before anybody complained."""
    return ratio(records.count("cared"), records.count("problems"))


@metric("per purchase", "good words to a friend / purchases", "C73", reading=BOOKS, better="higher")
def told_joy_per_purchase(records: Records) -> Floats:
    """Recommendations."""
    return ratio(records.count("told_joy"), records.count("units"))


@metric("per purchase", "bad words to a friend / purchases", "C73", reading=BOOKS, better="lower")
def told_loss_per_purchase(records: Records) -> Floats:
    """Warnings."""
    return ratio(records.count("told_loss"), records.count("units"))


@metric("share", "unwelcome contacts / contacts made to known customers", "C117", reading=BOOKS, better="lower")
def unwelcome_touches_share(records: Records) -> Floats:
    """Contacts that annoyed."""
    return ratio(records.count("unwelcome_touches"), records.count("touches"))
