"""Triangular systems of all chains: by substitution, a fraction of what a general solver takes."""

import numpy as np
from scipy.linalg.lapack import dtrtrs

from cesp_analysis.arrays import Floats


def solved_transposed(roots: Floats, sides: Floats) -> Floats:
    """What roots' transposes, of lower triangles (b, k, k), take to sides (b, k, q): (b, k, q)."""
    found = np.empty_like(sides)
    for own, root, side in zip(found, roots, sides, strict=True):
        own[:] = dtrtrs(root.T, side)[0]
    return found
