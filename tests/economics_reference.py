"""What R says of 90 people's costs and QALYs (tests/reference/evaluation.R), and their data."""

import json
from pathlib import Path

import numpy as np

REFERENCE = json.loads(
    (Path(__file__).parent / "reference" / "evaluation.json").read_text(encoding="utf-8")
)
DATA = {name: np.array(values, dtype=float) for name, values in REFERENCE["data"].items()}
N = len(DATA["arm"])


def columns(*names: str) -> np.ndarray:
    """A column of ones and these."""
    return np.column_stack([np.ones(N), *(DATA[name] for name in names)])
