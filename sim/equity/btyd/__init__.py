"""Buy till you die: models of repeat buying fitted to transaction histories, and what they say about each customer.

| model | buying | loss | data |
|---|---|---|---|
| `fit_bg_nbd` | at any time, at a rate of one's own | right after a purchase | frequency, recency, T |
| `fit_pareto_nbd` | at any time, at a rate of one's own | at any time | frequency, recency, T |
| `fit_bg_bb` | yes or no at given opportunities | before an opportunity | frequency, recency, opportunities |
| `fit_gamma_gamma` | | | spend per purchase: frequency, monetary_value |
"""

from sim.equity.btyd.bg_bb import BGBB, fit_bg_bb
from sim.equity.btyd.bg_nbd import BGNBD, fit_bg_nbd
from sim.equity.btyd.gamma_gamma import GammaGamma, fit_gamma_gamma
from sim.equity.btyd.pareto_nbd import ParetoNBD, fit_pareto_nbd

__all__ = [
    "BGBB", "BGNBD", "GammaGamma", "ParetoNBD", "fit_bg_bb", "fit_bg_nbd", "fit_gamma_gamma", "fit_pareto_nbd",
]
