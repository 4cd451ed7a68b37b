"""Coefficients without blocks of rows: what refits say, for blocks of any size."""

import numpy as np
import pytest

from cesp_analysis.models import deletion
from cesp_analysis.models.deletion import without_blocks


def refitted(x: np.ndarray, y: np.ndarray, stay: np.ndarray) -> np.ndarray:
    return np.asarray(np.linalg.lstsq(x[stay], y[stay], rcond=None)[0])


@pytest.mark.parametrize("cells", [2**22, 1])
def test_blocks_of_fewer_and_of_more_rows_than_columns(
    cells: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One to nine rows a block, six columns; all together and block by block."""
    monkeypatch.setattr(deletion, "CELLS", cells)
    rng = np.random.default_rng(1)
    codes = rng.permutation(np.repeat(np.arange(9), np.arange(1, 10)))
    x, y = rng.normal(size=(45, 6)), rng.normal(size=45)
    basis, root = np.linalg.qr(x)
    whole = np.linalg.lstsq(x, y, rcond=None)[0]
    found = without_blocks(basis, basis, y - x @ whole, codes)
    for code in range(9):
        own = refitted(x, y, codes != code) - whole
        assert np.linalg.solve(root, found[code]) == pytest.approx(own, rel=1e-9, abs=1e-12)


def test_a_block_that_alone_tells_of_a_column_leaves_nothing() -> None:
    rng = np.random.default_rng(2)
    codes = np.arange(30) // 2
    x = np.column_stack([np.ones(30), rng.normal(size=(30, 3)), codes == 4]).astype(float)
    y = rng.normal(size=30)
    basis, _ = np.linalg.qr(x)
    found = without_blocks(basis, basis, y - basis @ (basis.T @ y), codes)
    assert np.isnan(found[4]).all() and np.isfinite(np.delete(found, 4, axis=0)).all()
