"""Prints weighting.csv, the records of weighting.R and dr_did.py, in this folder:
`python weighting_generated.py > weighting.csv`.

People of two arms that differ, with a before and an after, a neighbourhood and a sampling weight;
for cross-sections, each row's `wave` says which of the two it was asked at.
"""

import numpy as np

rng = np.random.default_rng(20)
n = 240
age = rng.normal(60, 12, n)
alone = (rng.random(n) < 0.4).astype(int)
income = rng.gamma(4, 5, n)
odds = -0.9 + 0.03 * (age - 60) + 0.7 * alone - 0.03 * (income - 20)
arm = (rng.random(n) < 1 / (1 + np.exp(-odds))).astype(int)
near = 10 * arm + rng.integers(0, 6, n)
before = 20 + 0.1 * (age - 60) - 1.5 * alone + 0.05 * income + rng.normal(0, 3, n)
trend = 1 + 0.04 * (age - 60) - 0.8 * alone + rng.normal(0, 2, n)
after = before + trend + arm * (1.5 + 0.02 * (age - 60)) + 0.5 * np.sin(near)
wave = (rng.random(n) < 0.55).astype(int)
weight = np.round(rng.uniform(0.5, 2.5, n), 3)
print("arm,neighbourhood,wave,age,alone,income,before,after,weight")
for i in range(n):
    print(f"{arm[i]},{near[i]},{wave[i]},{age[i]:.3f},{alone[i]},{income[i]:.3f}", end=",")
    print(f"{before[i]:.4f},{after[i]:.4f},{weight[i]:.3f}")
