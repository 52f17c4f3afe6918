"""Who speaks and who stays silent when something goes wrong."""

from __future__ import annotations

from sim.metrics.arithmetic import ratio
from sim.metrics.registry import BOOKS, metric, of_counts
from sim.records.records import Floats, Records

failures_per_purchase = of_counts(
    "failures / units", "failures_per_purchase", "Failures of service.", "deliveries that failed / purchases", "P01",
    better="lower")
problems_per_purchase = of_counts(
    "problems / units", "problems_per_purchase", "Purchases that left a loss worth a complaint.",
    "problems / purchases", "TARP", better="lower")
complaints_per_problem = of_counts(
    "complaints / problems", "complaints_per_problem", "How many of those with a problem complain.",
    "complaints / problems", "F13 (TARP)")
complaints_per_purchase = of_counts(
    "complaints / units", "complaints_per_purchase",
    "What the firm hears: few complaints are not good news by themselves.", "complaints / purchases", "R30",
    better="lower", over_time=True)


@metric("share", "1 - complaints / problems", "R30", reading=BOOKS, better="lower")
def silent_problems_share(records: Records) -> Floats:
    """Problems of which the firm never heard."""
    return 1.0 - ratio(records.count("complaints"), records.count("problems"))


mended_per_complaint = of_counts(
    "mended / complaints", "mended_per_complaint", "How many complaints were mended.",
    "complaints mended / complaints", "R29", better="higher")
cared_per_problem = of_counts(
    "cared / problems", "cared_per_problem", "Problems found and eased before anybody complained.",
    "silent sufferers whom care found / problems", "R29", better="higher")
told_joy_per_purchase = of_counts(
    "told_joy / units", "told_joy_per_purchase", "Recommendations.", "good words to a friend / purchases", "C73",
    better="higher")
told_loss_per_purchase = of_counts(
    "told_loss / units", "told_loss_per_purchase", "Warnings.", "bad words to a friend / purchases", "C73",
    better="lower")
unwelcome_touches_share = of_counts(
    "unwelcome_touches / touches", "unwelcome_touches_share", "Contacts that annoyed.",
    "unwelcome contacts / contacts made to known customers", "C117", better="lower")
