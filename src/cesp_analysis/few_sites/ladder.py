"""The step `ladder`: for each estimate, every way of dealing with few sites, one rung a row.

Sampling error alone; clusters below the sites, then the sites where there are several; shocks of
sizes of the prior and those that break the finding; trends apart. Each rung says what it cannot.
"""

import json
from collections.abc import Iterator
from dataclasses import fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cesp_analysis import contracts
from cesp_analysis.declared.few_sites import FewSites
from cesp_analysis.few_sites.allow import (
    CurvePoint,
    curve,
    divergence_rung,
    shock_rungs,
    trend_rungs,
)
from cesp_analysis.few_sites.bracket import brackets
from cesp_analysis.few_sites.bracket_row import bracket_table
from cesp_analysis.few_sites.climb import climb
from cesp_analysis.few_sites.divergences import with_series
from cesp_analysis.few_sites.identities import identities_table
from cesp_analysis.few_sites.regression import behind
from cesp_analysis.few_sites.rung import Rung, empty, ladder_table
from cesp_analysis.few_sites.tables import Bracket, Identities, Ladder, ShockCurve
from cesp_analysis.few_sites.words import CLUSTERS
from cesp_analysis.given import hold
from cesp_analysis.models.ancova import Ancova
from cesp_analysis.models.did import Did
from cesp_analysis.models.prior import Prior, read_prior
from cesp_analysis.models.refusals import NotEstimable
from cesp_analysis.models.results import Estimate
from cesp_analysis.models.shocks import AT_EQUAL_BASELINE, shocks_of
from cesp_analysis.models.spec import ModelSpec
from cesp_analysis.models.survey import Survey
from cesp_analysis.models.survey_words import CLUSTERED
from cesp_analysis.models.together import read_together
from cesp_analysis.schemas import Estimates, Panel

if TYPE_CHECKING:
    import pandas as pd

NO_TRENDS = (
    "an estimate at equal baseline does not take trends as parallel: what is known of trends says"
    " nothing of it"
)
AS_STRATA = (
    "neighbourhoods are all there are in this row, strata and not clusters: the intervals by"
    " clusters, which take them as a sample, stand once, under"
)
OTHER_QUESTION = (
    "answers another question than its row: whether clusters like these would change differently,"
    " not whether the residents of these did; it stands here because the row that asks it has no"
    " number"
)
OVER_SETS = (
    "intervals by clusters are made from one table of records, not pooled over imputed sets; those"
    " of a model that is not imputed stand under it"
)
ONLY_REGRESSIONS = "they share the regression of kind did, ancova or survey at one time"


def ladder(
    spec: str,
    panel: Path,
    estimates: Path,
    out: Path,
    curves: Path,
    bracket: Path,
    identities: Path,
    prior: list[Path] | None = None,
    divergences: Path | None = None,
    checksums: str = "",
) -> None:
    """Write the rungs of every estimate, the curves of its intervals against a shock, the bracket.

    `prior`: the study's own file of how large shocks to a site may be; `divergences`: how far the
    sites drifted apart in series from outside; `checksums`: of the prior.
    """
    hold(checksums)
    import pandas as pd

    told = json.loads(spec)
    models = read_together(told)
    settings = with_series(FewSites.model_validate(told["few_sites"]), divergences)
    table = contracts.read(panel, Panel)
    known = read_prior(prior[0] if prior else None)
    rows = [_estimate(row) for row in contracts.rows(estimates, Estimates)]
    rungs: list[Rung] = []
    points: list[CurvePoint] = []
    parts: dict[tuple[str, str], pd.DataFrame] = {}
    by_id = {row.estimate_id: row for row in rows}
    for row in rows:
        twin = by_id.get(f"{row.estimate_id}/{CLUSTERED}")
        own = {r.time: r for r in rows if _question(r) == _question(row)}
        key = (row.level, row.outcome)
        if key not in parts:
            parts[key] = table[(table["level"] == key[0]) & (table["outcome"] == key[1])]
        part = parts[key]
        made, drawn = rungs_of(
            row, models[row.model], part, known, settings, told["seed"], own, twin
        )
        rungs += made
        points += drawn
    contracts.write(ladder_table(rungs), out, Ladder)
    frame = pd.DataFrame([vars(p) for p in points], columns=list(ShockCurve.columns()))
    contracts.write(frame, curves, ShockCurve)
    sides, checks = brackets(models, table)
    contracts.write(bracket_table(sides), bracket, Bracket)
    contracts.write(identities_table(checks), identities, Identities)


def rungs_of(
    row: Estimate,
    spec: ModelSpec,
    panel: "pd.DataFrame",
    prior: Prior,
    settings: FewSites,
    seed: int,
    own: dict[str | None, Estimate],
    twin: Estimate | None = None,
) -> tuple[list[Rung], list[CurvePoint]]:
    """All rungs of one estimate, and its curve; `own`: time → the model's estimates of the
    outcome, of the same estimand and unit; `twin`: the row of the same regression in which
    neighbourhoods are clusters, if they are strata in this one: it has the rungs by clusters."""
    role = spec.context.outcomes[row.outcome].role
    rungs = [_sampling(row, role), *_by_clusters(row, role, spec, panel, settings, seed, twin)]
    if row.n_sites_treated is None or row.status != "estimated":
        return rungs, []
    found = shocks_of(row, spec, panel, prior)
    if isinstance(found, str):
        rungs.append(empty(row, role, "shock_mixture").without(found))
        return rungs, []
    past = settings.divergences.get(row.outcome)
    rungs += shock_rungs(row, role, found, prior)
    moment = next(m for m in spec.moments() if m.name == row.time)
    if AT_EQUAL_BASELINE in row.estimand:
        rungs.append(empty(row, role, "parallel_trends").without(NO_TRENDS))
        return rungs, list(curve(row, found, None))
    rungs += [divergence_rung(row, role, past)] if past else []
    past = past if past and past.value else None
    if moment.position > spec.reference_time().position:
        times = {time: estimate for time, estimate in own.items() if time is not None}
        rungs += trend_rungs(row, role, spec, times)
    return rungs, list(curve(row, found, past))


def _question(row: Estimate) -> tuple[str, ...]:
    """What rows of different times must share to be compared: a ratio is no difference."""
    return row.model, row.outcome, row.estimand, row.unit


def _sampling(row: Estimate, role: str) -> Rung:
    """The estimate as it stands in estimates.csv: the rung that all others are compared with."""
    rung = empty(row, role, "sampling")
    if row.status != "estimated":
        return rung.without(row.reason or "", row.status)
    return replace(
        rung, cluster_level=row.cluster_level, estimate=row.estimate, std_error=row.std_error,
        df=row.df, ci_low=row.ci_low, ci_high=row.ci_high, p_value=row.p_value, method=row.method,
        warnings=row.warnings,
    )  # fmt: skip


def _by_clusters(
    row: Estimate,
    role: str,
    spec: ModelSpec,
    panel: "pd.DataFrame",
    settings: FewSites,
    seed: int,
    twin: Estimate | None,
) -> Iterator[Rung]:
    """The rungs by clusters: of the kinds whose regression at one time they share."""
    moment = next((m for m in spec.moments() if m.name == row.time), None)
    if row.status == "not_estimable":
        return
    if spec.missing_data:
        yield empty(row, role, CLUSTERS).without(OVER_SETS, "not_available")
        return
    known = isinstance(spec, Did | Ancova) or _whole_waves(spec)
    if not isinstance(spec, Did | Ancova | Survey) or not known or moment is None:
        asked = "an average of times" if known else f"kind {row.kind}"
        if isinstance(spec, Survey) and not known:
            asked = f"respondents: {spec.respondents}"
        why = f"intervals by clusters are not available for {asked}: {ONLY_REGRESSIONS}"
        yield empty(row, role, CLUSTERS).without(why, "not_available")
        return
    if twin is not None and twin.status != "not_estimable":
        yield empty(row, role, CLUSTERS).without(f"{AS_STRATA} {twin.estimate_id}", "not_available")
        return
    try:
        one = behind(spec, panel, row.outcome, moment)
    except NotEstimable:
        return  # the row of estimates.csv says why; so does the first rung
    for rung in climb(row, role, one, settings, seed):
        said = () if twin is None else (f"{OTHER_QUESTION} ({twin.reason})",)
        yield replace(rung, warnings=(*rung.warnings, *said))


def _whole_waves(spec: ModelSpec) -> bool:
    """Whether a survey compares all records, or changes: a regression of kind did but for its
    standard error."""
    return isinstance(spec, Survey) and spec.respondents in ("all", "panel")


def _estimate(row: dict[str, Any]) -> Estimate:
    """A row of estimates.csv as the record it was."""
    blank = {
        f.name for f in fields(Estimate) if f.default is None or f.name in ("time", "estimand")
    }
    whole = ("n_obs", "n_units", "n_clusters", "n_sites_treated", "n_sites_control")
    values: dict[str, Any] = {}
    values |= {
        name: None if name in blank and value == "" else value for name, value in row.items()
    }
    values |= {name: None if row[name] is None else int(row[name]) for name in whole}
    values["warnings"] = tuple(filter(None, row["warnings"].split(" | ")))
    return Estimate(**values)
