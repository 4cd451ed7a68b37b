"""Tables with gaps for the tests of imputation."""

from collections.abc import Sequence

import numpy as np

from cesp_analysis.missing.recipe import Column, Method, Recipe


def recipe_of(methods: Sequence[Method | None], **more: object) -> Recipe:
    """Columns a, b, c, ... with these methods."""
    columns = tuple(Column(chr(97 + i), method) for i, method in enumerate(methods))
    return Recipe(columns, **more)  # type: ignore[arg-type]


def correlated(n: int, p: int, lost: float, seed: int = 1) -> np.ndarray:
    """Normal columns (n, p) with something in common, the first whole, gaps anywhere in others."""
    rng = np.random.default_rng(seed)
    y = rng.normal(size=(n, 1)) + rng.normal(size=(n, p)) + np.arange(p)
    gaps = rng.random((n, p)) < lost
    gaps[:, 0] = False
    return np.where(gaps, np.nan, y)
