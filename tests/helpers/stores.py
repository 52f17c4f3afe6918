"""Stores changed as the product would have written them: with checksums that fit."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sim.runs import checksums


@contextmanager
def rewritten(store: str | Path) -> Iterator[sqlite3.Connection]:
    """A connection to a store whose rows get the checksums of what is written into them."""
    connection = sqlite3.connect(store)
    checksums.know(connection)
    checksums.seal(connection)
    try:
        yield connection
        connection.commit()
    finally:
        connection.close()
