"""The scripts are imported by name; last on the path, for one is called like a standard module."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[2] / "benchmarks"))
