"""Everything in this folder is slow by nature (other processes, wheels, browsers, other Pythons): one tier of its own.

`pytest -m "system and not slow"` runs it; the default run leaves it out.
"""

from __future__ import annotations

from pathlib import Path

import pytest

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.system)
