"""Lets the tests of this folder import what writes pages, and what they share."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
for folder in ("tests/docs", "tests/pipeline", "docs/site", "benchmarks"):
    if (path := str(ROOT / folder)) not in sys.path:
        sys.path.append(path)
