"""The step `replicate`: standard errors by replicate weights beside the linearised ones."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd

from cesp_analysis import contracts
from cesp_analysis.declared.networks import NOT_INDEPENDENT
from cesp_analysis.declared.surveys import SurveyDesign
from cesp_analysis.given import hold
from cesp_analysis.models.hidden import fewer
from cesp_analysis.models.refusals import NotEstimable
from cesp_analysis.models.survey_design import Sample, records_of, sample_of
from cesp_analysis.models.survey_linear import linearised
from cesp_analysis.numbers import NOT_SHOWN, counted
from cesp_analysis.schemas import Panel
from cesp_analysis.streams import stream
from cesp_analysis.survey.margins import read_margins
from cesp_analysis.survey.quantities import Answers, Quantity, Waves, quantities, values_of
from cesp_analysis.survey.replicate_weights import Replicates, bootstrap, jackknife
from cesp_analysis.survey.replicated import Sums, sums_of
from cesp_analysis.survey.weighed import Weighed, WeighSpec, weighed
from cesp_analysis.survey.weight_tables import ReplicateErrors

MANY = 2_000
"""Units that the jackknife leaves out one at a time at the most; beyond them, the bootstrap."""
FAR_APART = 1.25
"""Times the smaller standard error beyond which the larger of the two is told to be so."""
WORDS = {
    "jackknife": "jackknife, one {unit} left out at a time (JKn)",
    "bootstrap": "bootstrap of {unit}s (Rao and Wu)",
}


class ReplicateSpec(WeighSpec):
    """How respondents are weighted and drawn, and how many replicates of which kind."""

    replicates: Literal["jackknife", "bootstrap"]
    design: SurveyDesign
    outcomes: Waves
    shared: tuple[str, ...] = ()
    draws: int = 0
    seed: int = 0


def replicate(spec: str, panel: Path, margins: list[Path], out: Path, checksums: str = "") -> None:
    """Weighted means, and differences in differences, with both kinds of standard error.

    `panel`: with design weights, as `weigh` is given it; `checksums`: of the margins."""
    hold(checksums)
    how = ReplicateSpec.model_validate_json(spec)
    known = read_margins(margins, how.declared)
    done = weighed(contracts.read(panel, Panel), how, known)
    table = pd.DataFrame(list(rows_of(done, how)), columns=list(ReplicateErrors.columns()))
    contracts.write(table, out, ReplicateErrors)


def rows_of(done: Weighed, how: ReplicateSpec) -> Iterator[dict[str, Any]]:
    """The rows of replicates.csv."""
    sample: Sample | None
    try:
        drawn = sample_of(records_of(done.panel()), how.design)
        made, sample, why = replicates_of(drawn, how), drawn, ""
    except NotEstimable as error:
        made, sample, why = Replicates(np.ones((0, 1)), np.ones(0)), None, str(error)
    psu = sample.psu if sample is not None else np.zeros(len(done.people), dtype=int)
    factor = np.vstack([np.ones(made.factor.shape[1]), made.factor])
    values, there = values_of(done, list(how.outcomes))
    columns = np.hstack([values, there])
    sums = [
        sums_of(g, psu[g.rows], factor, columns[g.rows], how.method, how.trim) for g in done.groups
    ]
    scale = dict(zip(how.outcomes, np.abs(values).max(axis=0, initial=0.0), strict=True))
    for one in quantities(Answers(done, done.final(), values, there, sums), how.outcomes):
        own_why = _few(one, how) or why
        if one.row["outcome"] in how.shared:
            own_why = own_why or NOT_INDEPENDENT
        row = _row(one, made, sample, how.replicates, own_why)
        said = _warnings([sums[place] for place in one.places], len(made.scale))
        own = [*said, *far_apart(row, float(scale[row["outcome"]]))]
        yield row | {"warnings": " | ".join(own)}


def replicates_of(sample: Sample, how: ReplicateSpec) -> Replicates:
    """The replicates of a design; raises NotEstimable where a stratum has no variance of its own,
    or where there are too many units to leave out one at a time."""
    lone = int((sample.units_in == 1).sum())
    if lone and sample.lone != "certainty":
        what = counted(lone, "stratum has", "strata have")
        raise NotEstimable(
            f"{what} one {sample.unit}, which replicates cannot vary: merge strata, or write"
            " lone_neighbourhood: certainty"
        )
    if how.replicates == "bootstrap":
        rng = stream(how.seed, "survey", "replicates")
        return bootstrap(sample.stratum_of, how.draws, rng)
    if len(sample.stratum_of) > MANY:
        raise NotEstimable(
            f"the jackknife would leave out {len(sample.stratum_of):,} {sample.unit}s, one at a"
            " time; write replicates: bootstrap"
        )
    return jackknife(sample.stratum_of)


def _row(
    one: Quantity, made: Replicates, sample: Sample | None, kind: str, why: str
) -> dict[str, Any]:
    """A quantity's estimate and its standard errors, or why it has none."""
    estimate, of = one.of[0], one.of[1:]
    row = one.row | {
        "n": int(one.inside.sum()),
        "estimate": None if np.isnan(estimate) else estimate,
        "units": 0 if sample is None else len(np.unique(sample.psu[one.inside])),
        "replicates": len(made.scale),
        "method": "weighted; " + WORDS[kind].format(unit=sample.unit if sample else "unit"),
    }
    if why.startswith(NOT_SHOWN):
        return row | {"estimate": None, "status": "not_estimable", "reason": why}
    lost = int(np.isnan(of).sum())
    if np.isnan(estimate):
        why = why or "nobody there has a value"
    elif lost:
        why = why or f"{counted(lost, 'replicate')} leave nobody with a value"
    if why or sample is None:
        return row | {"status": "not_estimable", "reason": why}
    try:
        found = linearised(one.influence, sample, one.inside)
    except NotEstimable as error:
        return row | {"status": "not_estimable", "reason": str(error)}
    return row | {
        "status": "estimated",
        "replicate_se": float(np.sqrt(made.variance(of[:, None], np.array([estimate]))[0])),
        "linearised_se": float(np.sqrt(found.covariance[0, 0])),
        "df": found.df,
    }


def _few(one: Quantity, how: ReplicateSpec) -> str:
    """Why a number of so few answers is not shown; '' where it is."""
    least = max(how.minimum, 2)
    return fewer(least, "answers") if 0 < one.fewest < least else ""


def far_apart(row: dict[str, Any], scale: float) -> Iterator[str]:
    """What is said where a row's two standard errors differ by more than a quarter.

    `scale`: the largest value; below 1e-9 of it an error is rounding of none."""
    if row["status"] != "estimated":
        return
    by, line = row["replicate_se"], row["linearised_se"]
    if max(by, line) > max(FAR_APART * min(by, line), 1e-9 * scale):
        times = f"{by / line:.2f} times" if line > 1e-9 * scale else "above zero, unlike"
        yield (
            f"the standard error by replicates is {times} the linearised one: trust neither before"
            " it is known why"
        )


def _of(number: int, replicates: int, sums: Sequence[Sums]) -> str:
    """How many replicates; of several sites and waves those of the worst."""
    each = f"{number} of {counted(replicates, 'replicate')}"
    return each if len(sums) == 1 else f"up to {each} of a site and wave that it compares"


def _warnings(sums: Sequence[Sums], replicates: int) -> Iterator[str]:
    """What is said of the sites and waves that a quantity rests on."""
    if lost := max((one.lost for one in sums), default=0):
        yield (
            f"in {_of(lost, replicates, sums)} a margin's category has nobody: there the other"
            " categories share its people"
        )
    if missed := max((one.missed for one in sums), default=0):
        yield (
            f"in {_of(missed, replicates, sums)} weights miss a margin by more than 1%: trust the"
            " linearised standard error"
        )
