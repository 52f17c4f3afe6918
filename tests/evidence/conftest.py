"""The files of a study import each other by name, as they do when the study is run as a command."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
collect_ignore = ["mutation_operators.py"]  # needs cosmic-ray
