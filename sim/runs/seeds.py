"""Which replicates are for what: a study's own from 0 on, and far behind them those of its proofs."""

from __future__ import annotations

FIRST_FRESH = 1_000_003
"""The first replicate of proofs: seeds that the search before has not seen."""
