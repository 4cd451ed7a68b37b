"""Writes tests/reference/psychometrics.csv: 80 people, six items from 1 to 5, two scores, a retest.

Made for these tests, free of any licence: normal traits from a seed, rounded. Run from the root of
the project.
"""

from pathlib import Path

import numpy as np
import pandas as pd

rng = np.random.default_rng(20241127)
n = 80
trait = rng.normal(size=n)
loadings = np.array([0.8, 0.7, 0.75, 0.6, 0.5, 0.65])
behind = trait[:, None] * loadings + rng.normal(size=(n, 6)) * np.sqrt(1 - loadings**2)
cuts = [[-1.2, -0.4, 0.4, 1.2], [-0.5, 0.2, 0.9, 1.6], [-1.5, -0.8, 0.1, 0.8]] * 2
made = {f"item{j + 1}": 1 + np.digitize(behind[:, j], cuts[j]) for j in range(6)}
before = 20 + 4 * trait + rng.normal(0, 2, n)
after = before + 1.5 + rng.normal(0, 3, n)
again = before + 0.4 + rng.normal(0, 1.5, n)
cluster = np.repeat(np.arange(12), [3, 5, 7, 9, 4, 8, 6, 10, 2, 11, 7, 8])
scores = {"before": before, "after": after, "again": again}
frame = pd.DataFrame({**made, **{name: np.round(own, 2) for name, own in scores.items()}})
frame["cluster"] = cluster
frame["site"] = cluster % 2
frame["within"] = np.round(rng.normal(0, 0.6, 12)[cluster] + rng.normal(size=n), 3)
frame.to_csv(Path("tests/reference/psychometrics.csv"), index=False, lineterminator="\n")
