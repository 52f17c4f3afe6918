"""Arguments that are reckoned with value by value must fit together: one number each, or arrays of one shape."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


def together(**arrays: NDArray[Any]) -> tuple[int, ...]:
    """The shape that the arguments have together by NumPy's rules of broadcasting.

    Raises:
        ValueError: they do not fit.

    >>> together(margin=np.zeros(3), retention=np.zeros(()))
    (3,)
    >>> together(margin=np.zeros(3), retention=np.zeros(2))
    Traceback (most recent call last):
    ValueError: margin has the shape (3), retention (2): these do not fit; one number each, or arrays of one shape
    """
    try:
        return np.broadcast_shapes(*(array.shape for array in arrays.values()))
    except ValueError:
        parts = [f"{name} ({', '.join(map(str, array.shape))})" for name, array in arrays.items() if array.ndim]
        first, *rest = parts
        words = ", ".join((first.replace(" (", " has the shape (", 1), *rest))
        raise ValueError(f"{words}: these do not fit; one number each, or arrays of one shape") from None
