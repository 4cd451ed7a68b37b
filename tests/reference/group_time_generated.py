"""Writes group_time.csv: 480 people of 24 sites that begin at time 2, 3, 4 or never (0).

Answers drift by age and by site, effects grow with time since the start and differ by start.
"""

import numpy as np

rng = np.random.default_rng(20261128)
sites, each, times = 24, 20, 5
start = np.repeat([0, 2, 3, 4], 6)[rng.permutation(sites)]
site = np.repeat(np.arange(sites), each)
n = sites * each
age = np.round(rng.normal(55 + 4 * (start[site] == 2), 12), 1)
alone = (rng.random(n) < 0.35 + 0.1 * (start[site] == 3)).astype(int)
weight = np.round(rng.uniform(0.5, 2.0, n), 3)
level, shock = rng.normal(20, 3, n), rng.normal(0, 0.8, (sites, times))
print("unit,site,start,age,alone,weight," + ",".join(f"y{t}" for t in range(1, times + 1)))
for i in range(n):
    begun = start[site[i]]
    y = [
        level[i]
        + (0.4 + 0.02 * (age[i] - 55) + 0.3 * alone[i]) * t
        + shock[site[i], t - 1]
        + (begun > 0 and t >= begun) * (1 + 0.5 * (t - begun) + 0.4 * begun)
        + rng.normal(0, 2)
        for t in range(1, times + 1)
    ]
    row = ",".join(f"{value:.3f}" for value in y)
    print(f"u{i:03},s{site[i]:02},{begun},{age[i]},{alone[i]},{weight[i]},{row}")
