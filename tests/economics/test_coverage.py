"""How often intervals for the net benefit hold the truth: skewed costs; few units.

Small here; `make benchmark NAME=economics_simulation` has 2,000 studies of each size.
"""

import numpy as np

from cesp_analysis.economics.bootstrap import bootstrapped, units_of
from cesp_analysis.economics.bootstrap_intervals import percentile
from cesp_analysis.economics.replicated import prepared, replicated
from economic_records import columns, generated, net_benefit_interval

STUDIES, DRAWS, THRESHOLD = 200, 399, 20_000
TRUTH = THRESHOLD * 0.02 - 60
WIDE = 4 * np.sqrt(0.95 * 0.05 / STUDIES)  # four Monte Carlo errors


def held(people: int, seed: int, baselines: tuple[str, ...]) -> tuple[float, float]:
    """Share of studies whose interval holds the truth: percentile, HC2; baselines: what both are
    adjusted for."""
    rng = np.random.default_rng(seed)
    units = units_of(np.repeat([0, 1], people))
    found = []
    for study in range(STUDIES):
        d = generated(people, rng)
        x = columns("arm", *baselines, data=d)
        system = prepared(d["cost"], d["qaly"], x, 1)
        drawn = bootstrapped(lambda w, own=system: replicated(own, w), units, DRAWS, study)
        ends = percentile(drawn @ [-1.0, THRESHOLD])
        _, low, high = net_benefit_interval(d["cost"], d["qaly"], x, THRESHOLD)
        found.append((ends.low <= TRUTH <= ends.high, low <= TRUTH <= high))
    share = np.mean(found, axis=0)
    return float(share[0]), float(share[1])


def test_intervals_of_sixty_a_site_are_about_right() -> None:
    by_percentile, by_hc2 = held(60, 11, ("before", "utility"))
    assert abs(by_percentile - 0.94) < WIDE and abs(by_hc2 - 0.95) < WIDE


def test_intervals_of_few_people_are_too_narrow_by_bootstrap_alone() -> None:
    """What the warning of `units_of` says."""
    assert units_of(np.repeat([0, 1], 6)).warnings != ()
    by_percentile, by_hc2 = held(5, 12, ())
    # less the shrunken variance (4/5) and the normal's 1.96 for a t's 2.31 on 8 df: .87 if normal
    assert by_percentile < 0.95 - WIDE and by_hc2 > 0.95 - WIDE
