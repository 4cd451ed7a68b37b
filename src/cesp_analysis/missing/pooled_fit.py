"""A model of any kind, fitted to each imputed set and pooled by Rubin's rules, row by row."""

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

from cesp_analysis.missing.pooled_known import merged
from cesp_analysis.missing.pooled_row import PooledRow
from cesp_analysis.missing.pooled_rows import pooled_means, pooled_rows
from cesp_analysis.missing.pooled_words import sentences
from cesp_analysis.missing.sets import Completing, Sets, read_sets
from cesp_analysis.models.check import Check
from cesp_analysis.models.imputed import IMPUTATION
from cesp_analysis.models.made_of_rows import with_what_rows_refuse
from cesp_analysis.models.results import Estimate, Fit
from cesp_analysis.models.spec import ModelSpec

if TYPE_CHECKING:
    import pandas as pd

ANSWERED = "the records that were answered, before anything was imputed"


def pooled_fit(spec: ModelSpec, panel: "pd.DataFrame", sets: Sets) -> Fit:
    """The model's rows and means over all sets; its checks are of the records answered."""
    ready = Completing.of(panel, spec, sets)
    fits = fits_of(spec, ready)
    found = pooled_rows(fits)
    together = Fit(tuple(one.row for one in found), (), merged([one.diagnostics for one in fits]))
    made = with_what_rows_refuse(together, spec)  # of the sets it has been asked already
    known, rows = made.diagnostics, list(_as_made(found, made.estimates))
    for number, one in enumerate(rows):
        if one.cost:
            own = known.setdefault(one.row.outcome, {}).setdefault(IMPUTATION, {})
            handling = spec.context.handlings[one.row.outcome].name
            time = one.row.time or ""
            said = {"row": number, "handling": handling, "time": time}
            own[one.row.estimate_id] = said | one.cost
    estimates = tuple(
        replace(one.row, warnings=(*one.row.warnings, *sentences(spec, ready, one))) for one in rows
    )
    means = pooled_means(fits, spec.context.ci_level)
    return Fit(estimates, means, known, tuple(_answered(spec, ready)))


def _as_made(found: list[PooledRow], made: tuple[Estimate, ...]) -> Iterator[PooledRow]:
    """The pooled rows as they are beside each other; what imputing cost, of those estimated."""
    for one, row in zip(found, made, strict=True):
        yield replace(one, row=row, cost=one.cost if row.status == "estimated" else {})


def fits_of(spec: ModelSpec, ready: Completing, first: int = 0) -> list[Fit]:
    """The fits to the sets from number `first` on; the first alone keeps its checks."""
    fitted: Any = spec
    if ready.complete:
        one = fitted.fit(ready.base)
        return [one] * (ready.m - first)
    found = (fitted.fit(ready.panel(number)) for number in range(first, ready.m))
    return [replace(one, checks=()) if at + first else one for at, one in enumerate(found)]


def _answered(spec: ModelSpec, ready: Completing) -> list[Check]:
    """The equations of the records that were answered, for residuals and influence, with what they
    estimate: what a unit changes is changed of that, not of the pooled estimate."""
    found = cast(Any, spec).fit(ready.base)
    rows = {row.estimate_id: row for row in found.estimates}
    return [
        replace(
            one,
            known=one.known
            | {
                "records": ANSWERED,
                "estimate": rows[one.main].estimate,
                "std_error": rows[one.main].std_error,
            },
        )
        for one in found.checks
    ]


__all__ = ["fits_of", "pooled_fit", "read_sets"]
