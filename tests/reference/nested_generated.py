"""Writes tests/reference/nested_generated.csv: 200 people in 20 neighbourhoods, 3 waves, 25% lost.

The generator of benchmarks/mixed.py with n = 200; run from the project's root.
"""

import sys
from pathlib import Path

sys.path.insert(0, "benchmarks")
from mixed import generated

generated(200).to_csv(
    Path("tests/reference/nested_generated.csv"), index=False, lineterminator="\n"
)
