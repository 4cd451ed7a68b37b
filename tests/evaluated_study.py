"""People of an economic evaluation, made in memory: a spec, answers, and the frame of both."""

from typing import Any

import numpy as np
import pandas as pd

from cesp_analysis.declared.design import Moment, Place
from cesp_analysis.declared.economics import Economics, Quantity
from cesp_analysis.declared.handling import HandledEvent, Handling
from cesp_analysis.declared.missing_data import Imputation
from cesp_analysis.declared.outcomes import Covariate
from cesp_analysis.economics.asked import EvaluateSpec
from cesp_analysis.economics.cases import Cases
from cesp_analysis.economics.evaluated import Made
from cesp_analysis.economics.evaluated import evaluated as of_samples
from cesp_analysis.economics.frame import COST, UTILITY, Frame, frame_of
from cesp_analysis.economics.resample import samples_of
from cesp_analysis.economics.specs import estimated
from cesp_analysis.missing.people import People
from cesp_analysis.models.prior import read_prior

TIMES, PLACES = ("before", "6m", "12m"), (0.0, 6.0, 12.0)
DEATH = Handling(
    name="death",
    events={"died": HandledEvent(kind="death", label="Death", strategy="while_on_treatment")},
)
WITHDRAWN = Handling(
    name="withdrawn",
    events={"left": HandledEvent(kind="withdrawal", label="Left", strategy="treatment_policy")},
)


def spec(
    handling: Handling | None = None, adjusted: tuple[str, ...] = (), **own: Any
) -> EvaluateSpec:
    """What the step is told. adjusted: covariates of the section; own: more of it, or of the spec
    itself (sites, ...)."""
    outer = {name: own.pop(name) for name in list(own) if name in EvaluateSpec.model_fields}
    section = Economics(
        price_year="2023/24",
        covariates=adjusted,
        **({"utility": Quantity(label="EQ-5D", variable="utility")} | own),
    )
    times = tuple(Moment(name=a, label=a, position=b) for a, b in zip(TIMES, PLACES, strict=True))
    given = {
        "seed": 3, "ci_level": 0.95, "randomised": False, "times": times, "days": 365.25 / 12,
        "handling": handling or Handling(name="as_answered"), "imputation": Imputation(),
        "covariates": {"age": Covariate(label="Age", variable="age")},
        "sites": (
            Place(name="here", label="Here", arm="intervention"),
            Place(name="there", label="There", arm="control"),
        ),
    } | outer  # fmt: skip
    return EvaluateSpec(economics=estimated(section), **given)


def answers(n: int, seed: int = 1, lost: float = 0.0) -> dict[str, np.ndarray]:
    """Utilities and costs (2n, 3) of n people an arm, some lost after the first time."""
    rng = np.random.default_rng(seed)
    frail = rng.normal(size=(2 * n, 1))
    utility = 0.6 + 0.15 * frail + 0.1 * rng.normal(size=(2 * n, 3))
    cost = np.exp(6 - 0.3 * frail) * rng.gamma(2.0, 0.5, size=(2 * n, 3))
    for values in (utility, cost):
        values[:, 1:][rng.random((2 * n, 2)) < lost] = np.nan
    return {UTILITY: utility, COST: cost}


def people(
    found: dict[str, np.ndarray], workers: int = 0, ages: np.ndarray | None = None
) -> People:
    """Half of them here, half there; those here in so many link workers' hands."""
    n = len(next(iter(found.values())))
    here = np.arange(n) < n // 2
    worker = [f"w{i % workers}" if workers and own else None for i, own in enumerate(here)]
    once = pd.DataFrame(
        {
            "arm": np.where(here, "intervention", "control"),
            "site": np.where(here, "here", "there"),
            "link_worker": worker,
            "neighbourhood": None,
            "age": np.linspace(40.0, 80.0, n)[np.random.default_rng(2).permutation(n)]
            if ages is None
            else ages,
        }
    )
    units = pd.Index([f"p{i}" for i in range(n)])
    return People(units, once, found, TIMES)


def evaluated(how: EvaluateSpec, cases: Cases) -> Made:
    """Every estimate, of samples that were drawn in one part."""
    return of_samples(how, cases, read_prior(None), samples_of(how, cases.base.frame))


def no_events() -> pd.DataFrame:
    """The table of events, without any."""
    return pd.DataFrame({"event": [], "kind": [], "unit": [], "date": [], "elapsed": []})


def no_visits() -> pd.DataFrame:
    """The table of visits, without any."""
    return pd.DataFrame({"unit": [], "time": [], "date": [], "status": []})


def framed(
    how: EvaluateSpec,
    who: People,
    events: pd.DataFrame | None = None,
    visits: pd.DataFrame | None = None,
) -> Frame:
    """Their frame."""
    return frame_of(
        who,
        how,
        no_events() if events is None else events,
        no_visits() if visits is None else visits,
    )
