"""R's values for planning's assurance, and the data that they are of."""

import json
from pathlib import Path
from typing import Any

import numpy as np

from cesp_analysis.arrays import Floats

MADE: dict[str, Any] = json.loads(
    (Path(__file__).parent / "reference" / "planning_assurance.json").read_text()
)
SIZES = np.array([4, 12, 7, 9, 10, 5, 13])


def people() -> tuple[Floats, Floats, Floats]:
    """First and last values of 40 people, and their sites."""
    i = np.arange(1, 41)
    site = (i > 20).astype(float)
    first = 10 + site + 3 * np.sin(1.7 * i)
    last = 4 + 0.6 * first + 0.5 * site + 2 * np.cos(2.3 * i + 0.4)
    return first, last, site


def neighbourhoods() -> tuple[Floats, Floats, Floats]:
    """Values of 60 people, their neighbourhoods and sites."""
    own = np.repeat(np.arange(1, 8), SIZES).astype(float)
    y = 20 + 1.5 * np.sin(2.7 * own) + 3 * np.sin(1.3 * np.arange(1, 61))
    return y, own, (own > 3).astype(float)


def even_sds(draws: int) -> Floats:
    """Quantiles of the SD's posterior at even steps: a mean over them is an integral."""
    from scipy.special import chdtri

    first, _, site = people()
    centred = first - np.where(site == 1, first[site == 1].mean(), first[site == 0].mean())
    at = (np.arange(draws) + 0.5) / draws
    return np.sqrt(centred @ centred / chdtri(38, at))
