"""Assurance of 500 designs by 2,000 draws: `make benchmark NAME=planning_assurance`.

Two arms measured once, two arms with a baseline (a cohort), and a stepped wedge of 4 steps (50
designs), by planning's own answers; on one core.
"""

import resource
import time

import numpy as np

from cesp_analysis.planning.assurance import assured
from cesp_analysis.planning.designed import OfLocations
from cesp_analysis.planning.known import spreads
from cesp_analysis.planning.layouts import parallel_baseline, parallel_post, stepped_wedge
from cesp_analysis.planning.outside import published, site_pairs
from cesp_analysis.planning.precision import Model
from cesp_analysis.planning.uncertain import Uncertain
from cesp_analysis.streams import stream

DRAWS = 2_000


def known() -> Uncertain:
    """Draws of a feasibility study of 120 people in two sites."""
    rng = stream(1, "benchmark")
    first = rng.standard_normal(120)
    last = 0.6 * first + 0.8 * rng.standard_normal(120)
    found = spreads(first, last, np.arange(120) % 2, DRAWS, rng)
    pairs = site_pairs(published("block_exchangeable"), "block_exchangeable", 2, DRAWS, rng)
    sd, correlation = found.first.draws, found.correlation.draws
    assert sd is not None and correlation is not None
    values = {"sd": sd / np.sqrt(1 - pairs.icc), "iac": np.maximum(correlation, 0.0)}
    return Uncertain(values | {"icc": pairs.icc, "cac": pairs.cac})


def main() -> None:
    """Seconds of each, most memory."""
    start = time.perf_counter()
    drawn = known()
    print(f"measure assurance_draws_seconds {time.perf_counter() - start:.3f} s")
    locations, people = (one.ravel() for one in np.mgrid[8:58:2, 5:105:5].astype(float))
    designs = {"locations": locations, "people": people}
    few = {"locations": 2 * locations[::10], "people": people[::10]}
    for name, layout, sampling, grid in (
        ("post", parallel_post(), "cohort", designs),
        ("baseline", parallel_baseline(), "cohort", designs),
        ("wedge_50", stepped_wedge(4), "cross_section", few),
    ):
        start = time.perf_counter()
        made = assured(
            OfLocations(Model(layout, "adjusted", "block_exchangeable", sampling), 0.05, 0.3),
            grid,
            drawn,
            0.3,
        )  # type: ignore[arg-type]
        seconds = time.perf_counter() - start
        print(f"measure assurance_{name}_seconds {seconds:.2f} s ({len(made.value)} designs)")
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
    print(f"measure assurance_memory {most:.0f} MB")


if __name__ == "__main__":
    main()
