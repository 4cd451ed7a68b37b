"""Triangular systems of all chains, beside a general solver's."""

import numpy as np
import pytest

from cesp_analysis.missing.triangular import solved_transposed


@pytest.mark.parametrize(("chains", "k", "sides"), [(1, 1, 1), (3, 7, 2), (40, 26, 2)])
def test_the_transpose_takes_what_is_found_back_to_the_sides(
    chains: int, k: int, sides: int
) -> None:
    rng = np.random.default_rng(k)
    tables = rng.normal(size=(chains, 3 * k + 2, k + 1))
    roots = np.linalg.cholesky(tables.transpose(0, 2, 1) @ tables)[:, :k, :k]  # as linear.py has it
    asked = rng.normal(size=(chains, k, sides))
    found = solved_transposed(roots, asked)
    assert np.allclose(roots.transpose(0, 2, 1) @ found, asked, rtol=0, atol=1e-12)
    assert np.allclose(found, np.linalg.solve(roots.transpose(0, 2, 1), asked), rtol=1e-10)
