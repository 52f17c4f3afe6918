"""Money is counted in whole minor units: cents, or yen."""

from __future__ import annotations

WITHOUT_CENTS = ("JPY",)


def minor_units(currency: str) -> int:
    """Minor units in one unit of a currency.

    >>> minor_units("EUR"), minor_units("JPY")
    (100, 1)
    """
    return 1 if currency in WITHOUT_CENTS else 100
