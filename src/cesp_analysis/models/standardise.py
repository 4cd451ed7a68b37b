"""The step `standardise`: every estimate in SDs, beside what is important, with its grade.

One SD an outcome, whatever the model: that of the values at the first time within arms (pooled),
which the intervention cannot have changed. So the models' rows can be compared with one another.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from cesp_analysis import contracts
from cesp_analysis.columns import Row
from cesp_analysis.declared.base import Frozen
from cesp_analysis.declared.design import Moment
from cesp_analysis.declared.outcomes import Outcome
from cesp_analysis.models.effect_sizes import Effect, Spread, hedges_g, pooled, scaled
from cesp_analysis.models.grades import ModelDesign, design_of, grade_of
from cesp_analysis.models.important import reading
from cesp_analysis.models.student import t_interval
from cesp_analysis.models.tables import GradesTable, Standardised
from cesp_analysis.models.two_sites import CAUTIONS, caution
from cesp_analysis.schemas import Estimates, Panel

if TYPE_CHECKING:
    import pandas as pd

SCALED = "Hedges's J × estimate / SD; MOVER interval from the estimate's and the SD's (chi-squared)"
OBSERVED = "Hedges's g, unweighted: exact J, limits of the noncentral t times J"


class StandardiseSpec(Frozen):
    """What the step is told; sites: how many in each arm, none where there are no sites.

    models: what each compares, for its grade."""

    ci_level: float
    arms: dict[str, str]
    randomised: bool = False
    sites: dict[str, int] = {}
    times: dict[str, tuple[Moment, ...]]
    outcomes: dict[str, Outcome]
    models: dict[str, ModelDesign] = {}

    def contrast(self) -> str:
        """Intervention less control, in labels."""
        return f"{self.arms['intervention']} − {self.arms['control']}"


def standardise(spec: str, panel: Path, estimates: Path, out: Path, grades: Path) -> None:
    """Divide estimates by the baseline SD, with intervals; what they say of important differences.

    Also the observed difference between the arms at each time, which the models are to be read by;
    and the grade of evidence that was published for each estimate's design.
    """
    import pandas as pd

    how = StandardiseSpec.model_validate_json(spec)
    table = contracts.read(panel, Panel)
    found = list(contracts.rows(estimates, Estimates))
    rows: list[Row] = []
    graded: list[Row] = []
    for name, outcome in how.outcomes.items():
        values = Values(how, table, name, outcome)
        own = [row for row in found if row["outcome"] == name]
        rows += [_modelled(row, values) for row in own]
        rows += values.observed()
        graded += [_graded(row, values) for row in own]
    frame = pd.DataFrame(rows, columns=list(Standardised.columns()))
    contracts.write(frame, out, Standardised)
    table = pd.DataFrame(graded, columns=list(GradesTable.columns()))
    contracts.write(table, grades, GradesTable)


class Values:
    """One outcome's values by time and arm, and the SD that all of its effects are divided by."""

    def __init__(
        self, how: StandardiseSpec, panel: "pd.DataFrame", name: str, outcome: Outcome
    ) -> None:
        own = panel[
            (panel["outcome"] == name) & (panel["level"] == outcome.level) & panel["value"].notna()
        ]
        self.how, self.name, self.outcome = how, name, outcome
        self.moments = how.times[outcome.level]
        self.by_time = {
            moment.name: _two_arms(own[own["time"] == moment.name]) for moment in self.moments
        }
        self.two_valued = own["value"].nunique() <= 2

    def measured(self) -> list[str]:
        """The times at which both arms have values."""
        return [time for time, arms in self.by_time.items() if min(map(len, arms)) > 0]

    def spread(self) -> Spread | None:
        """The pooled SD at the first time."""
        return pooled(*self.by_time[self.moments[0].name]) if self.moments else None

    def unfit(self) -> str | None:
        """Why there is no SD to divide by; None if there is."""
        if self.two_valued:
            return "the outcome has two values or fewer: differences are of proportions"
        if self.spread() is None:
            first = self.moments[0].label if self.moments else "the first time"
            return f"an arm has fewer than two values at {first}, or they do not vary"
        return None

    def observed(self) -> Iterator[Row]:
        """The observed difference at each time at which both arms have values that vary."""
        if self.two_valued:
            return
        sites = self.how.sites
        warned = caution(sites.get("intervention"), sites.get("control"))
        for moment in self.moments:
            one, two = self.by_time[moment.name]
            spread = pooled(one, two)
            effect = hedges_g(one, two, self.how.ci_level)
            if spread is None or effect is None:
                continue
            gap = float(one.mean() - two.mean())
            error = spread.sd * float(np.sqrt(1 / len(one) + 1 / len(two)))
            low, high = t_interval(gap, error, spread.df, self.how.ci_level)
            yield self.row(
                {
                    "estimate_id": f"observed/{self.name}/{moment.name}",
                    "time": moment.name,
                    "contrast": f"{self.how.contrast()}, observed at {moment.label}",
                    "estimate": gap,
                    "ci_low": low,
                    "ci_high": high,
                    "caution": " | ".join(warned),
                },
                effect,
                spread,
                moment,
                OBSERVED,
            )

    def row(
        self, start: Row, effect: Effect | None, spread: Spread | None, at: Moment, method: str
    ) -> Row:
        """A row of the table; without an effect its SD is blank too."""
        known: Row = {"level": self.outcome.level, "outcome": self.name, "unit": self.outcome.unit}
        known |= {"ci_level": self.how.ci_level, "mid": self.outcome.mid and self.outcome.mid.value}
        if effect and spread:
            known |= {"effect": effect.size, "effect_low": effect.low, "effect_high": effect.high}
            known |= {"sd": spread.sd, "sd_time": at.name, "sd_n": spread.n, "method": method}
        return dict.fromkeys(Standardised.columns()) | known | start


def _two_arms(rows: "pd.DataFrame") -> tuple[np.ndarray, np.ndarray]:
    """Values of the intervention arm and of the control arm."""
    treated = (rows["arm"] == "intervention").to_numpy()
    values = rows["value"].to_numpy(dtype=float)
    return values[treated], values[~treated]


def _modelled(row: Row, values: Values) -> Row:
    """One estimate of a model, standardised where that has a meaning, and read where a MID is."""
    start = {name: row[name] for name in ("estimate_id", "model", "time", "contrast")}
    start |= {name: row[name] for name in ("estimate", "ci_low", "ci_high", "ci_level")}
    start |= {name: row[name] for name in ("ci_low_shock", "ci_high_shock")}
    warned = [text for text in row["warnings"].split(" | ") if text in CAUTIONS]
    start |= {"caution": " | ".join(warned), "unit": row["unit"]}
    reason = _unfit(row, values)
    spread = None if reason else values.spread()
    effect = None
    if spread:
        bounds = row["ci_low"], row["ci_high"]
        effect = scaled(row["estimate"], *bounds, spread, row["ci_level"])
    mid = values.outcome.mid
    if row["status"] == "estimated" and mid and row["unit"] == values.outcome.unit:
        arm, better = values.how.arms["intervention"], values.outcome.direction
        for name, ends in (("reading", "ci_{}"), ("reading_shock", "ci_{}_shock")):
            low, high = row[ends.format("low")], row[ends.format("high")]
            if low is not None and high is not None:
                start[name] = reading(low, high, mid.value, better, arm)
    return values.row(start | {"reason": reason}, effect, spread, values.moments[0], SCALED)


def _graded(row: Row, values: Values) -> Row:
    """The design behind one estimate, and its grade."""
    how = values.how
    model = how.models[row["model"]]
    design = design_of(row, model, values.measured(), how.sites, how.randomised)
    known = {name: row[name] for name in ("estimate_id", "model", "level", "outcome", "time")}
    sites = design.sites or (None, None)
    known |= {"n_sites_treated": sites[0], "n_sites_control": sites[1]}
    known |= {"randomised": "yes" if design.randomised else "no", "design": design.described()}
    known |= {"measures_before": design.before, "measures_after": design.after}
    return known | grade_of(design)


def _unfit(row: Row, values: Values) -> str | None:
    """Why an estimate is not divided by an SD."""
    if row["status"] != "estimated":
        return f"there is no estimate ({row['status'].replace('_', ' ')})"
    of_means = (row["estimand"] or "").startswith("difference in mean")
    if not of_means or (row["unit"] or "") != values.outcome.unit:
        return f"the estimate is no difference of means ({row['estimand'] or 'not said'})"
    return values.unfit()
