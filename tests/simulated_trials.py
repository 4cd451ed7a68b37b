"""Simulated trials as the benchmarks make them: see benchmarks/trials_in_blocks.py."""

import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[1] / "benchmarks"
if str(FOLDER) not in sys.path:
    sys.path.append(str(FOLDER))

from trials_in_blocks import simulated, tallies  # noqa: E402

__all__ = ["simulated", "tallies"]
