"""What two raters disagree about, beside what chance gives: the parts of Cohen's kappa.

Sources: Cohen (1960), Educ Psychol Meas 20:37-46, and (1968), Psychol Bull 70:213-20 (weights).
"""

import numpy as np


def disagreement(shares: np.ndarray, apart: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Of tables of two raters as shares (d, k, k), where apart (k, k) says how far categories lie
    from one another (0 to 1): how far ratings do, and how far they would by chance, (d,) each."""
    seen = np.einsum("dij,ij->d", shares, apart)
    chance = np.einsum("di,ij,dj->d", shares.sum(axis=2), apart, shares.sum(axis=1))
    return np.asarray(seen), np.asarray(chance)
