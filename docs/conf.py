"""Sphinx settings: `python -m sphinx -W --keep-going -b html docs docs/_build/html` builds the site without a network.

The lessons are copied in from `notebooks/`, the reference is generated from the code; git ignores both folders.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

from reference import copy_lessons, write_reference  # noqa: E402

project = "Clientele"
author = "The Clientele authors"
copyright = f"2026, {author}"
extensions = ["myst_nb", "sphinx-mathjax-offline"]
html_theme = "furo"
html_title = "Clientele: a market laboratory"
exclude_patterns = ["_build", "roadmap.md"]
myst_enable_extensions = ["colon_fence", "dollarmath"]
myst_heading_anchors = 3
nb_execution_mode = os.environ.get("LESSONS", "off")
"""`LESSONS=force` runs the lessons for their pictures (a minute or two)."""
nb_execution_timeout = 120

copy_lessons(HERE.parent / "notebooks", HERE / "_lessons")
write_reference(HERE / "_reference")
