"""Every estimator of people, asked of the same two sites: see `two_sites_simulation`."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from cesp_analysis.declared.design import Moment
from cesp_analysis.models.dr_did_engine import dr_panel
from cesp_analysis.models.frame import Frame
from cesp_analysis.models.glm import Glm
from cesp_analysis.models.glm_rows import Entering
from cesp_analysis.models.influence import infer_records
from cesp_analysis.models.least_squares import least_squares
from cesp_analysis.models.mmrm_engine import fit_mmrm
from cesp_analysis.models.mmrm_small_sample import small_sample
from cesp_analysis.models.nested_df import judged_many
from cesp_analysis.models.nested_many import fit_nested_many
from cesp_analysis.models.ordinal import Ordinal
from cesp_analysis.models.sandwich import infer
from cesp_analysis.models.standardised import design_of
from cesp_analysis.models.standardised_rows import Question, difference_of
from cesp_analysis.models.weighted_means import weighted_change

BATCH = 500
LOST, CORRELATION, OF_AGE = 0.25, 0.5, 0.3
WORKERS, WORKER_SD = 6, 0.22  # of the later answers' variance within a site (1) five in a hundred
TIMES = (Moment(name="t0", label="0", position=0), Moment(name="t1", label="1", position=1))
CUTS = np.array([-0.5, 0.5, 1.5])  # of the answers' SDs: none, some, more, most
RISK = float(ndtr(-CUTS[1]))
RISK_SD = float(np.sqrt(RISK * (1 - RISK)))


@dataclass(frozen=True)
class Sites:
    """Studies (r) that share who is lost and who meets whom, both times' answers within sites.

    first, later (r, n): SD 1 within a site; later is what would be answered, lost or not; age
    (r, n); arm (n,); there (n,): who answers later; worker (n,): -1 in the control arm.
    """

    first: np.ndarray
    later: np.ndarray
    age: np.ndarray
    arm: np.ndarray
    there: np.ndarray
    worker: np.ndarray


Found = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]
"""Estimates (r,), standard errors (r,), df (r,), how much of the first time is taken off (r,)."""


def drawn(people: int, worker_sd: float, rng: np.random.Generator) -> Sites:
    """A batch of studies of so many people a site."""
    n, shape = 2 * people, (BATCH, 2 * people)
    arm = np.repeat([0.0, 1.0], people)
    age = rng.normal(size=shape)
    first = OF_AGE * age + np.sqrt(1 - OF_AGE**2) * rng.normal(size=shape)
    later = CORRELATION * first + np.sqrt(1 - CORRELATION**2 - worker_sd**2) * rng.normal(
        size=shape
    )
    worker = np.where(arm == 1, rng.integers(0, WORKERS, n), -1)
    own = rng.normal(0, worker_sd, (BATCH, WORKERS)) if worker_sd else np.zeros((BATCH, WORKERS))
    later += np.where(arm == 1, own[:, worker], rng.normal(0, worker_sd, shape))
    there = np.ones(n, dtype=bool)
    for one in (0, 1):  # exactly the share in each site
        there[rng.choice(np.flatnonzero(arm == one), round(LOST * people), replace=False)] = False
    return Sites(first, later, age, arm, there, worker)


def by_change(s: Sites) -> Found:
    """Kind did: change scores, HC2 with Welch's df."""
    return _regressions(s, age=False, adjusted=False)


def by_change_and_age(s: Sites) -> Found:
    """Kind did with a covariate."""
    return _regressions(s, age=True, adjusted=False)


def at_equal_baseline(s: Sites) -> Found:
    """Kind ancova."""
    return _regressions(s, age=False, adjusted=True)


def _regressions(s: Sites, age: bool, adjusted: bool) -> Found:
    rows, arm = [], s.arm[s.there]
    answered = (part[:, s.there] for part in (s.first, s.later, s.age))
    for first, later, years in zip(*answered, strict=True):
        parts = [np.ones(len(arm)), arm] + [years] * age + [first] * adjusted
        fit = least_squares(later if adjusted else later - first, np.column_stack(parts))
        found = infer(fit, np.eye(len(parts))[1], "HC2")
        slope = float(fit.coef[-1]) if adjusted else 1.0
        rows.append((found.estimate, found.std_error, found.df, slope))
    return _columns(rows)


def _columns(rows: list[tuple[float, float, float, float]]) -> Found:
    estimate, error, df, slope = np.array(rows).T
    return estimate, error, df, slope


def _weighted(way: str) -> Callable[[Sites], Found]:
    def found(s: Sites) -> Found:
        rows, arm = [], s.arm[s.there]
        for change, age in zip((s.later - s.first)[:, s.there], s.age[:, s.there], strict=True):
            ones, x = np.ones(len(change)), age[:, None]
            one = (
                dr_panel(change, arm, x, ones)
                if way == "dr"
                else weighted_change(change, arm, x, way, ones)
            )
            answer = infer_records(one.influence)
            rows.append((answer.estimate, answer.std_error, answer.df, 1.0))
        return _columns(rows)

    return found


def _stacked(s: Sites) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Answers (r, rows), columns (rows, 4), person, time: all that was answered."""
    n = len(s.arm)
    person = np.concatenate([np.arange(n), np.flatnonzero(s.there)])
    at = np.repeat([0, 1], [n, int(s.there.sum())])
    y = np.concatenate([s.first, s.later[:, s.there]], axis=1)
    arm = s.arm[person]
    return y, np.column_stack([np.ones(len(at)), arm, at, arm * at]), person, at


def _mixed(workers: bool) -> Callable[[Sites], Found]:
    def found(s: Sites) -> Found:
        y, x, person, _ = _stacked(s)
        groups = [person, s.worker[person]] if workers else [person]
        fits = fit_nested_many(y, x, groups)
        contrast = np.array([0.0, 0.0, 0.0, 1.0])
        error, df = judged_many(fits, contrast, "kenward_roger", "expected")
        return fits.coef[:, 3], error, df, np.ones(len(y))

    return found


def repeated_measures(s: Sites) -> Found:
    """Kind mmrm, unstructured."""
    y, x, person, at = _stacked(s)
    rows, contrast = [], np.array([0.0, 0.0, 0.0, 1.0])
    for one in y:
        fit = fit_mmrm(one, x, person, at, "unstructured")
        way = small_sample(fit, "kenward_roger", "expected")
        rows.append((float(fit.coef[3]), way.std_error(contrast), way.df(contrast), 1.0))
    return _columns(rows)


def _linked(model: type[Glm] | type[Ordinal], **settings: object) -> Callable[[Sites], Found]:
    """The standardised difference in differences of the share above the second cut."""
    spec = model.model_validate(
        {"design": "panel", "outcomes": ["y"], "covariates": ["age"], "cluster": "person"}
        | settings
    )
    cut = 2.0 if model is Ordinal else None
    question = Question("", "", "", cut=cut)

    def found(s: Sites) -> Found:
        rows = []
        n = int(s.there.sum())
        person, at = np.tile(np.arange(n), 2), np.repeat([0, 1], n)  # those who answered twice
        y = np.concatenate([s.first[:, s.there], s.later[:, s.there]], axis=1)
        answers = np.searchsorted(CUTS, y).astype(float)
        if model is Glm:
            answers = (answers >= 2).astype(float)
        arm = np.tile(s.arm[s.there], 2)
        for own, age in zip(answers, s.age[:, s.there], strict=True):
            frame = Frame(
                y=own, arm=arm, time=at, weight=np.ones(len(own)),
                codes={"person": person, "site": arm.astype(int)}, names={"site": ("c", "i")},
                covariates=age[person][:, None], covariate_names=("age",), left_out=(),
            )  # fmt: skip
            fitted = spec.fitted(Entering(frame, None), design_of(frame, TIMES, (0, 1), True))
            cell = difference_of(fitted, question, 1)
            one = fitted.infer(spec, cell.gradient[0])
            rows.append((float(cell.value[0]), one.std_error, one.df, 1.0))
        return _columns(rows)

    return found


ESTIMATORS: dict[str, Callable[[Sites], Found]] = {
    "did, change": by_change,
    "did, change, age": by_change_and_age,
    "ancova": at_equal_baseline,
    "weighted_did, entropy": _weighted("entropy"),
    "weighted_did, overlap": _weighted("overlap"),
    "dr_did": _weighted("dr"),
    "mixed, person": _mixed(False),
    "mixed, person and link worker": _mixed(True),
    "mmrm": repeated_measures,
    "glm, a risk": _linked(Glm, kind="glm", family="binomial"),
    "ordinal, 2 or more of 3": _linked(Ordinal, kind="ordinal", at_least=[2]),
}
SD_WITHIN = {name: RISK_SD if name.startswith(("glm", "ordinal")) else 1.0 for name in ESTIMATORS}
"""Estimator → the SD within sites of what it estimates changes of."""
