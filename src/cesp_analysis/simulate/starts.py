"""When each site began: sites of a roll-out begin one after the other.

By default every intervention site begins between the first time and the second. A site that begins
later has, at its first time with the intervention, the effect that others have at their first.
"""

from collections.abc import Sequence

import numpy as np

from cesp_analysis.arrays import Ints
from cesp_analysis.simulate.spec import Simulation

LATER = "later"
"""Instead of a time or wave: the site begins after the last."""


def _first(started: str, names: Sequence[str]) -> int:
    """Index of the first time (or wave) with the intervention."""
    if started == LATER:
        return len(names)
    return names.index(started) if started else 1


def _since(starts: Sequence[int], times: int) -> Ints:
    """The time whose effect each site has at each time, (sites, times); 0: it has not begun."""
    return np.asarray(np.maximum(np.arange(times) - np.array(starts)[:, None] + 1, 0))


def of_people(spec: Simulation) -> Ints:
    """For the times of people: index of the time whose effect it is, (sites, times)."""
    names = [time.name for time in spec.times]
    return _since([_first(site.started, names) for site in spec.sites], len(names))


def of_waves(spec: Simulation) -> Ints:
    """For the survey waves: index of the wave whose effect it is, (sites, waves)."""
    names = [wave.name for wave in spec.survey.waves]
    return _since([_first(site.started_wave, names) for site in spec.sites], len(names))


def days_until(spec: Simulation) -> Ints:
    """Days from a person's recruitment until the site has the intervention, (sites,)."""
    names = [time.name for time in spec.times]
    due = [time.due_days for time in spec.times]
    return np.array([due[_first(site.started, names) - 1] for site in spec.sites])
