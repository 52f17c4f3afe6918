"""Arithmetic with the same bits in plain Python, NumPy and numba: + - * / and bit operations, never libm.

A *rule* is a function of values decorated with `rule`: it may be called with one number, with an array, or from a
compiled loop. Rules do not branch; they choose with `where`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np

Function = TypeVar("Function", bound=Callable[..., Any])

I64, U64 = np.int64, np.uint64
GOLDEN, MIX1, MIX2 = U64(0x9E3779B97F4A7C15), U64(0xBF58476D1CE4E5B9), U64(0x94D049BB133111EB)
TURN = U64(0xD1B54A32D192ED03)
S12, S27, S30, S31, S52 = U64(12), U64(27), U64(30), U64(31), I64(52)
MANTISSA, ONE, BIAS = I64(0x000FFFFFFFFFFFFF), I64(0x3FF0000000000000), I64(1023)
UNSIGNED_ONE = U64(0x3FF0000000000000)


def where(test: Any, yes: Any, no: Any) -> Any:
    """`yes` where the test holds, else `no`."""
    if isinstance(test, np.ndarray):
        return np.where(test, yes, no)
    return yes if test else no


def bits(x: Any) -> Any:
    """The 64 bits of a float as a signed whole number."""
    return x.view(np.int64) if isinstance(x, np.ndarray) else np.float64(x).view(np.int64)


def real(b: Any) -> Any:
    """The float with these 64 bits."""
    return b.view(np.float64)


def whole(x: Any) -> Any:
    """The whole number in front of the point."""
    return x.astype(np.int64) if isinstance(x, np.ndarray) else np.int64(x)


try:
    from numba import types
    from numba.extending import overload, register_jitable
except ImportError:  # numba is a convenience: everything works without it, slower
    HAS_NUMBA = False

    def rule(function: Function) -> Function:
        """Mark a function of values as a rule."""
        return function

else:
    HAS_NUMBA = True
    INLINE = {"forceinline": True}

    def rule(function: Function) -> Function:
        """Mark a function of values as a rule, so that compiled loops may call it."""
        marked: Function = register_jitable(forceinline=True)(function)
        return marked

    @overload(where, jit_options=INLINE)
    def _where(test, yes, no):  # type: ignore[no-untyped-def]  # noqa: ARG001
        return lambda test, yes, no: yes if test else no

    @overload(bits, jit_options=INLINE)
    def _bits(x):  # type: ignore[no-untyped-def]  # noqa: ARG001
        return lambda x: np.float64(x).view(np.int64)

    @overload(real, jit_options=INLINE)
    def _real(b):  # type: ignore[no-untyped-def]
        if b is types.uint64:
            return lambda b: np.uint64(b).view(np.float64)
        return lambda b: np.int64(b).view(np.float64)

    @overload(whole, jit_options=INLINE)
    def _whole(x):  # type: ignore[no-untyped-def]  # noqa: ARG001
        return lambda x: np.int64(x)


@rule
def maximum(a: Any, b: Any) -> Any:
    """The larger of two."""
    return where(a > b, a, b)


@rule
def minimum(a: Any, b: Any) -> Any:
    """The smaller of two."""
    return where(a < b, a, b)


@rule
def clip(x: Any, low: Any, high: Any) -> Any:
    """`x`, held between low and high.

    >>> clip(1.3, 0.0, 1.0)
    1.0
    """
    return minimum(maximum(x, low), high)


@rule
def mix(z: Any) -> Any:
    """Scramble 64 bits (the finaliser of SplitMix64; Steele, Lea & Flood 2014)."""
    z = (z ^ (z >> S30)) * MIX1
    z = (z ^ (z >> S27)) * MIX2
    return z ^ (z >> S31)


@rule
def unit(z: Any) -> Any:
    """A number in (0, 1) from 64 scrambled bits."""
    return real((z >> S12) | UNSIGNED_ONE) - 0.9999999999999999


@rule
def ln(x: Any) -> Any:
    """Natural logarithm of a positive normal float, within 3 units in the last place."""
    b = bits(x)
    e = (b >> S52) - BIAS
    m = real((b & MANTISSA) | ONE)
    big = m > 1.4142135623730951
    m = where(big, 0.5 * m, m)
    e = where(big, e + I64(1), e)
    t = (m - 1.0) / (m + 1.0)
    s = t * t
    q = s * s
    low = (0.3333333333333333 + 0.2 * s) + q * (0.14285714285714285 + 0.1111111111111111 * s)
    high = (0.09090909090909091 + 0.07692307692307693 * s) + q * (0.06666666666666667 + 0.058823529411764705 * s)
    p = low + (q * q) * (high + (q * q) * 0.05263157894736842)
    return e * 0.6931471805599453 + 2.0 * t * (1.0 + s * p)


@rule
def exp(x: Any) -> Any:
    """Exponential for -700 < x < 700, within 3 units in the last place."""
    k = (x * 1.4426950408889634 + 6755399441055744.0) - 6755399441055744.0
    r = (x - k * 0.6931471803691238) - k * 1.9082149292705877e-10
    q = r * r
    w = q * q
    low = (1.0 + r) + q * (0.5 + 0.16666666666666666 * r)
    middle = (0.041666666666666664 + 0.008333333333333333 * r) + q * (0.001388888888888889 + 0.0001984126984126984 * r)
    high = (2.48015873015873e-05 + 2.7557319223985893e-06 * r) + q * (2.755731922398589e-07 + 2.505210838544172e-08 * r)
    p = low + w * (middle + w * (high + w * 2.08767569878681e-09))
    return p * real(whole(k + 1023.0) << S52)


@rule
def power(x: Any, exponent: Any) -> Any:
    """`x` to a power, for x in [0, 1]; 0 to any positive power is 0."""
    return where(x > 0.0, exp(maximum(exponent * ln(maximum(x, 1e-300)), -690.0)), 0.0)


@rule
def logistic(z: Any) -> Any:
    """1 / (1 + exp(-z))."""
    return 1.0 / (1.0 + exp(clip(-z, -40.0, 40.0)))


@rule
def _normal_centre(u: Any) -> Any:
    """The normal variate of a uniform from 0.02425 to 0.97575."""
    q = u - 0.5
    r = q * q
    return (
        (((((-39.69683028665376 * r + 220.9460984245205) * r - 275.9285104469687) * r + 138.3577518672690) * r
          - 30.66479806614716) * r + 2.506628277459239) * q
        / (((((-54.47609879822406 * r + 161.5858368580409) * r - 155.6989798598866) * r + 66.80131188771972) * r
            - 13.28068155288572) * r + 1.0)
    )


@rule
def _normal_tail(u: Any) -> Any:
    """The normal variate of a uniform outside of it."""
    tail = np.sqrt(-2.0 * ln(minimum(u, 1.0 - u)))
    outer = (
        (((((-0.007784894002430293 * tail - 0.3223964580411365) * tail - 2.400758277161838) * tail
           - 2.549732539343734) * tail + 4.374664141464968) * tail + 2.938163982698783)
        / ((((0.007784695709041462 * tail + 0.3224671290700398) * tail + 2.445134137142996) * tail
            + 3.754408661907416) * tail + 1.0)
    )
    return where(u < 0.5, outer, -outer)


def normal(u: Any) -> Any:
    """Standard normal variate from a uniform, by inversion (Acklam's rational form, error below 1.2e-9 relative).

    The tails are reckoned where they are wanted only: they take longer and are one in twenty.

    >>> round(float(normal(0.975)), 6)
    1.959964
    """
    far = (u < 0.02425) | (u > 0.97575)
    if isinstance(u, np.ndarray):
        found = _normal_centre(u)
        found[far] = _normal_tail(u[far])
        return found
    return _normal_tail(u) if far else _normal_centre(u)


if HAS_NUMBA:

    @overload(normal, jit_options=INLINE)
    def _normal(u):  # type: ignore[no-untyped-def]  # noqa: ARG001
        return lambda u: _normal_tail(u) if (u < 0.02425) | (u > 0.97575) else _normal_centre(u)
