"""The cost-effectiveness plane: draws, an ellipse, quadrants, and what a ratio can say."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from cesp_analysis.arrays import Floats
from cesp_analysis.economics.asked import EvaluateSpec
from cesp_analysis.economics.decision import ellipse
from cesp_analysis.economics.law import Law
from cesp_analysis.economics.quadrants import COST, QALY
from cesp_analysis.economics.ratio import icer_in_words
from cesp_analysis.streams import stream

SHOWN = 500
"""Draws that are shown: more hide one another."""


def plane_rows(approach: str, law: Law, how: EvaluateSpec) -> Iterator[dict[str, Any]]:
    """Rows of the table Plane: the law's own draws, or, of a law without any, of its normal law."""
    draws = drawn_of(law, SHOWN, how.seed, approach)
    parts = {
        "estimate": law.point[None],
        "draw": draws,
        "ellipse": ellipse(law.point, law.cov, how.ci_level, law.df),
    }
    for part, points in parts.items():
        for at, point in enumerate(points):
            yield {
                "approach": approach, "part": part, "place": at,
                "cost": float(point[COST]), "qaly": float(point[QALY]),
            }  # fmt: skip


def drawn_of(law: Law, n: int, seed: int, approach: str) -> Floats:
    """n draws (n, 2) of cost and QALYs."""
    if law.draws is not None:
        return law.draws[:n]
    scale = np.sqrt(law.cov.diagonal())
    root = np.linalg.cholesky(law.cov / np.outer(scale, scale) + 1e-12 * np.eye(2))
    z = stream(seed, "economics", "plane", approach).standard_normal((n, 2))
    return np.asarray(law.point + (z @ root.T) * scale)


def quadrant_row(approach: str, law: Law, level: float) -> dict[str, Any]:
    """A row of the table Quadrants."""
    found = icer_in_words(law.point, law.cov, level, law.df)
    return {
        "approach": approach, "dearer_gains": found.shares.ne, "cheaper_gains": found.shares.se,
        "cheaper_loses": found.shares.sw, "dearer_loses": found.shares.nw, "ratio": found.value,
        "ratio_low": found.low, "ratio_high": found.high, "kind": found.kind,
        "said": " ".join(found.sentences),
    }  # fmt: skip
