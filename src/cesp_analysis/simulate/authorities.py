"""Annual figures of local authorities: what somebody outside the study publishes of the sites."""

import numpy as np

from cesp_analysis.arrays import Floats
from cesp_analysis.simulate.spec import Simulation
from cesp_analysis.simulate.tables import Table
from cesp_analysis.streams import stream


def levels(spec: Simulation, measure: str) -> Floats:
    """The true figure of every authority and year, (authorities, years), before sampling error."""
    rule, many = spec.authorities.measures[measure], len(spec.authorities.names)
    years = np.arange(spec.authorities.years[1] - spec.authorities.years[0] + 1)
    rng = stream(spec.seed, "authorities", measure)
    own = rule.between * rng.standard_normal(many)
    steps = rule.step * rng.standard_normal((many, len(years)))
    steps[:, 0] = 0.0
    return np.asarray(rule.mean + rule.trend * years + own[:, None] + np.cumsum(steps, axis=1))


def authority_figures(spec: Simulation) -> Table:
    """One row an authority, year and measure: its figure and standard error, marked synthetic."""
    declared = spec.authorities
    rows: Table = []
    for name, rule in declared.measures.items():
        true = levels(spec, name)
        noise = stream(spec.seed, "authorities", name, "error").standard_normal(true.shape)
        seen = np.round(true + rule.error * noise, 2)
        rows += [
            {
                "authority": authority,
                "year": declared.years[0] + t,
                "measure": name,
                "value": float(seen[a, t]),
                "std_error": rule.error,
                "status": "synthetic",
            }
            for a, authority in enumerate(declared.names)
            for t in range(true.shape[1])
        ]
    return rows
