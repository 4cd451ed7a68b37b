"""The people of an evaluation as one table with gaps, and what makes costs and QALYs of it.

Utilities and costs are columns by time, covariates and auxiliaries beside them, as the study's
multiple imputation has them (missing/equations.py). A person's QALYs and costs are weighted sums of
these columns, so that every completed table gives them by one product.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from cesp_analysis.arrays import Codes, Floats
from cesp_analysis.declared.economics import OWN_QUANTITIES
from cesp_analysis.declared.outcomes import Outcome
from cesp_analysis.declared.resources import OWN_TIME
from cesp_analysis.economics.asked import PeopleSpec
from cesp_analysis.economics.costs_in_parts import CostColumns, answered, parts_at
from cesp_analysis.economics.counted_costs import counted, of_part_periods
from cesp_analysis.economics.lived import YEAR, died_of
from cesp_analysis.economics.log_costs import with_logs
from cesp_analysis.economics.qalys import (
    after_death,
    duration,
    of_periods,
    of_the_lived,
    utility_weights,
)
from cesp_analysis.missing.after_events import Dates, after_events, dates_of
from cesp_analysis.missing.asked import ImputeSpec, Share
from cesp_analysis.missing.equations import Equations, equations_of
from cesp_analysis.missing.people import People
from cesp_analysis.numbers import counted as number_of
from cesp_analysis.panel.came_by import due_of

UTILITY, COST, QALYS = OWN_QUANTITIES
OWN_COST = f"{COST} {OWN_TIME}"
"""The column of link workers' time, in tables of which it is not known of somebody."""
Range = tuple[float | None, float | None]
"""Lowest and highest possible value, None where it is not known."""


@dataclass(frozen=True)
class Frame:
    """n people. table (n, p): with gaps; its columns and more made of them: `equations`.

    qaly, cost (n, p): weights whose products with a row are the person's QALYs and costs;
    utility_at: the column of the utility of the first time; costs_before: those whose sum is the
    cost before it, () without; equal_before: the same of the cost that QALYs are adjusted for,
    whosever costs count; years: of follow-up, discounted; cost_ratio: by what baseline costs are
    multiplied to be of as long as the follow-up; covariates: names of the design's columns;
    treated, sites, clusters (n,): arm, site and cluster, -1 for nobody's; took (n,): £ that the
    intervention took of them and is known, discounted, which no column holds; kept (n, p): £ of
    costs that are known in part which `cost`, the weight of imputed ones, leaves out; said: what
    must be known of QALYs; utility_range: of the value set.
    """

    equations: Equations
    qaly: Floats
    cost: Floats
    utility_at: int
    costs_before: tuple[int, ...]
    equal_before: tuple[int, ...]
    years: float
    cost_ratio: float
    covariates: tuple[str, ...]
    treated: np.ndarray
    sites: Codes
    clusters: Codes
    took: Floats
    kept: Floats
    said: tuple[str, ...] = ()
    utility_range: Range = (None, None)

    @property
    def table(self) -> Floats:
        """The table (n, p)."""
        return self.equations.table

    @property
    def beside(self) -> Floats:
        """£ (n,) that count beside the products: what the intervention took, and known parts."""
        return np.asarray(self.took + self.kept.sum(axis=1))

    def counting(self, parts: Sequence[str], adjusted_for: Sequence[str]) -> "Frame":
        """The same people, of whose costs these parts alone count; their QALYs adjusted for those
        parts of what they cost before."""
        of = [self.equations.about[one.name].variable for one in self.equations.columns]
        own = np.array([not is_cost(name) or name in parts for name in of])
        return replace(
            self,
            cost=np.where(own, self.cost, 0.0),
            kept=np.where(own, self.kept, 0.0),
            costs_before=tuple(at for at in self.costs_before if of[at] in parts),
            equal_before=tuple(at for at in self.equal_before if of[at] in adjusted_for),
        )


def is_cost(variable: str) -> bool:
    """Whether a variable is costs: all of them, or a part that perspectives share out."""
    return variable == COST or variable.startswith(f"{COST} ")


def frame_of(
    people: People,
    how: PeopleSpec,
    events: pd.DataFrame,
    visits: pd.DataFrame,
    costs: CostColumns | None = None,
) -> Frame:
    """The frame of people whose answers hold utilities, costs and auxiliaries; costs: what
    these are sums of, and what the intervention took beside them."""
    own = how.economics
    dates = _dates(people, how, events, visits)
    died = died_of(dates, _deaths(how), how.days)
    first = dates.visits[:, :1]
    at = (dates.visits - np.where(np.isnan(first), np.nan, first)) / YEAR
    equations = _equations(people, how, dates, costs)
    if costs is not None:
        equations.in_parts |= parts_at(equations, costs)
    names = [one.name for one in equations.columns]
    horizon = how.years[-1]
    qaly, said = np.zeros((people.n, len(names))), tuple[str, ...]()
    if own.qalys is not None:
        at_end = names.index(f"{QALYS}@{how.names[-1]}")
        qaly[:, at_end] = of_the_lived(died, horizon, np.isnan(equations.table[:, at_end]))
    else:
        weights = utility_weights(at, how.years, died, horizon, own.discount)
        for k, time in enumerate(how.names):
            qaly[:, names.index(f"{UTILITY}@{time}")] = weights[:, k]
        known = people.answers[UTILITY]
        said = (*_undated(at, known), *after_death(weights, known, died))
    contacts = [at for at, name in enumerate(names) if name.startswith(f"{OWN_COST}@")]
    periods = _periods(how, names)
    cost, kept, ratio = counted(how, periods, died, equations, contacts)
    ends = {names[at]: k for at, k in periods if at not in contacts}
    if own.qalys is not None:
        ends[names[at_end]] = len(how.years) - 1
    equations.not_models |= of_part_periods(ends, how.years, died)
    starts = [f"{name}@{how.names[0]}" for name in people.answers if is_cost(name)]
    before = tuple(names.index(n) for n in starts if n in names)
    return Frame(
        equations=equations,
        qaly=qaly,
        cost=cost,
        utility_at=names.index(f"{UTILITY}@{how.names[0]}"),
        costs_before=before,
        equal_before=before,
        years=duration(horizon, own.discount),
        cost_ratio=ratio,
        covariates=_design(equations, own.covariates),
        treated=people.words("arm") == "intervention",
        sites=np.asarray(np.unique(people.words("site"), return_inverse=True)[1]),
        clusters=people.codes(own.cluster) if own.cluster else np.full(people.n, -1),
        took=np.zeros(people.n)
        if costs is None
        else of_periods(costs.took, how.years, own.discount, died),
        said=said,
        kept=kept,
    )


def _periods(how: PeopleSpec, names: Sequence[str]) -> list[tuple[int, int]]:
    """Columns of costs, and at which of the times each is."""
    split = [name.partition("@") for name in names]
    return [(at, how.names.index(time)) for at, (of, _, time) in enumerate(split) if is_cost(of)]


def _undated(at: Floats, utility: Floats) -> Iterator[str]:
    """Utilities (n, t) of later times whose day is not known, in a study that has days (at: years
    since the start)."""
    known = np.isfinite(at[:, 1:])
    if known.any() and (n := int((np.isfinite(utility[:, 1:]) & ~known).sum())):
        yield (
            f"utilities of {number_of(n, 'answer')} whose date, or whose person's first, is blank"
            " or cannot be (data_problems.csv: as one before the person's start) stand at their"
            " planned place"
        )


def _dates(people: People, how: PeopleSpec, events: pd.DataFrame, visits: pd.DataFrame) -> Dates:
    times = tuple((one.name, one.position, due_of(one, how.windows)) for one in how.times)
    return dates_of(people.units, times, visits, events, tuple(how.handling.events))


def _deaths(how: PeopleSpec) -> list[str]:
    return [name for name, event in how.handling.events.items() if event.kind == "death"]


def _equations(
    people: People, how: PeopleSpec, dates: Dates, costs: CostColumns | None
) -> Equations:
    """The table of the evaluation, as multiple imputation makes it of outcomes, by the evaluation's
    own method; costs, skewed, are matched, and foretell others by their logarithms."""
    own = how.economics
    outcomes = {name: _entry(name, how) for name in people.answers if name not in how.outcomes}
    asked = ImputeSpec(
        seed=how.seed,
        imputation=how.imputation.model_copy(update={"method": own.missing.method}),
        times=how.times,
        windows=how.windows,
        sites=how.sites,
        shares=(),
        outcomes=outcomes | how.outcomes,
        covariates=how.covariates,
    )
    share = Share(handling=how.handling, outcomes=tuple(outcomes), covariates=own.covariates)
    after = {
        name: after_events(how.handling, dates, answered(name, values, costs), name in outcomes)
        for name, values in people.answers.items()
    }
    made = equations_of(people, share, asked, after, {})
    with_logs(made, [name for name in people.answers if is_cost(name)])
    return made


def _entry(name: str, how: PeopleSpec) -> Outcome:
    """Utilities, costs and QALYs as outcomes: at which times, of what type. Costs of before the
    study that do not enter the analysis are not imputed, nor foretell anything."""
    own, last = how.economics, how.names[-1]
    times: tuple[str, ...] | None = None
    if name == QALYS:
        times = (last,)
    elif name == UTILITY and own.qalys is not None:
        times = (how.names[0],)
    elif is_cost(name) and own.costs is not None:
        times = (last,)
    elif name == OWN_COST or (is_cost(name) and not own.baseline_costs):
        times = how.names[1:]
    kind = "amount" if is_cost(name) else "continuous"
    return Outcome(label=name, unit="", direction="neither", type=kind, times=times)


def _design(equations: Equations, covariates: tuple[str, ...]) -> tuple[str, ...]:
    """The columns that stand for covariates in a regression: a number, or one of 0 and 1 for each
    category but the first; none that is the same for everybody."""
    whole = [one.name for one in equations.columns] + [one.name for one in equations.passive]
    values = dict(zip(whole, equations.values, strict=False))
    found = []
    for column in whole:
        about = equations.about[column]
        if about.variable not in covariates or len(equations.categories.get(column, ())) > 2:
            continue
        known = values.get(column)
        if known is None or np.ptp(known[np.isfinite(known)]) > 0:
            found.append(column)
    return tuple(found)
