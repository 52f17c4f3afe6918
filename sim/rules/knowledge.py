"""What a firm knows of a person, and contacts that please or tire (M02, R07, C28, C117)."""

from __future__ import annotations

from typing import Any

from sim.numerics.elementary import maximum, minimum, rule


@rule
def learned(knowledge: Any, gain: Any, most: Any) -> Any:
    """Each contact teaches a share of what is not yet known, up to what the information system can hold (M02).

    >>> learned(0.5, 0.2, 1.0), learned(0.5, 0.2, 0.4)
    (0.6, 0.5)
    """
    return knowledge + minimum(gain, 1.0) * maximum(most - knowledge, 0.0)


@rule
def pleasure(most: Any, trust: Any, fatigue: Any, contacts: Any) -> Any:
    """A welcome contact pleases more the more one trusts, and less the more contacts there were of late.

    >>> pleasure(0.2, 0.5, 1.0, 1.0)
    0.1
    """
    return most * (0.5 + trust) / (1.0 + fatigue * contacts)


@rule
def annoys(trust: Any, below: Any, fatigue: Any, contacts: Any) -> Any:
    """A contact annoys those who do not trust enough; after many of late the next one takes more trust (C117).

    trust < below x (1 + fatigue x contacts of late).

    >>> annoys(0.4, 0.25, 0.15, 0.0), annoys(0.4, 0.25, 0.15, 5.0)
    (False, True)
    """
    return trust < below * (1.0 + fatigue * contacts)
