"""Data that tests of measurement share: R's outputs, generated items, given covariances."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

REFERENCE = Path(__file__).parent / "reference"
R: dict[str, Any] = json.loads((REFERENCE / "psychometrics.json").read_text(encoding="utf-8"))
SHROUT_FLEISS = np.array(
    [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]],
    dtype=float,
)
"""Shrout & Fleiss (1979), table 2: six people, four judges."""


def generated() -> pd.DataFrame:
    """psychometrics.csv."""
    return pd.read_csv(REFERENCE / "psychometrics.csv")


def items() -> np.ndarray:
    """Its six items (80, 6)."""
    return generated().filter(like="item").to_numpy(float)


def attitude() -> np.ndarray:
    """Thirty rows with exactly the covariances of R's `attitude`, on which alpha, omega and the fit
    of a factor depend alone."""
    covariance = np.array(R["attitude"]["covariance"])
    return with_covariance(covariance, R["attitude"]["n"])


def with_covariance(covariance: np.ndarray, n: int) -> np.ndarray:
    """n rows with exactly these covariances."""
    drawn = np.random.default_rng(3).normal(size=(n, len(covariance)))
    drawn -= drawn.mean(axis=0)
    own = np.linalg.cholesky(np.cov(drawn, rowvar=False))
    turned = np.linalg.solve(own, drawn.T).T
    return np.asarray(turned @ np.linalg.cholesky(covariance).T)


def one_trait(n: int, k: int, seed: int, loading: float = 0.7) -> np.ndarray:
    """Answers 0 to 4 (n, k) to items of one trait."""
    rng = np.random.default_rng(seed)
    own = rng.normal(size=(n, k)) * np.sqrt(1 - loading**2)
    behind = loading * rng.normal(size=(n, 1)) + own
    return np.digitize(behind, [-1.0, -0.3, 0.3, 1.0]).astype(float)
