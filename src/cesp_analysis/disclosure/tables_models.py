"""How the tables of estimates leave: numbers of people rounded, estimates as they are printed."""

import re
from functools import cache, partial

from cesp_analysis.analysis_plan.tables import (
    Estimands,
    PlanChanges,
    PlanLocks,
    Planned,
    SpecificationCurve,
)
from cesp_analysis.columns import Row
from cesp_analysis.declared.disclosure import Disclosure
from cesp_analysis.disclosure.equations import whole_equations
from cesp_analysis.disclosure.leaving import Leaving
from cesp_analysis.disclosure.merging import alike_rows
from cesp_analysis.disclosure.numbers import coarse
from cesp_analysis.disclosure.quantities import in_arm
from cesp_analysis.few_sites.tables import Bracket, Identities, Ladder, ShockCurve
from cesp_analysis.missing.tables import (
    Fmi,
    ImputationSets,
    ImputationTable,
    SensitivityTable,
    TippingPoints,
)
from cesp_analysis.models.tables import Balance, GradesTable, PublishedNumbers, Standardised
from cesp_analysis.schemas import Estimates

ENDS = "ci_low ci_high"
SHOCKED = "ci_low_shock ci_high_shock"
JOINT = "ci_low_joint ci_high_joint"


DESCRIBING = ("baseline", "answered", "means", "changes")
"""Tables of people: released with fewer digits, and without small numbers, elsewhere."""
OF_PEOPLE = frozenset(
    (
        "analysis_set", "balance", "largest_leverage", "largest_residual", "observed", "overlap",
        "people_by_times_answered", "weights",
    )
)  # fmt: skip
"""Parts of a model's diagnostics that count or describe people, or tell what is one person's;
with them what begins with n_ or without_one_."""


def _of_models(rows: list[Row], how: Disclosure) -> list[Row]:
    """Published numbers but those that count or describe people; ours with as many decimals."""
    return [
        row | {"ours": None if row["ours"] is None else round(row["ours"], _decimals(row))}
        for row in rows
        if not _of_people(row["quantity"].split("/"))
    ]


def _shifts_in_two_digits(rows: list[Row], how: Disclosure) -> list[Row]:
    """Rows whose label and sentence say a shift as its cell does: a share of an SD tells it."""
    return [
        row | {name: _shift(row["unit"]).sub(partial(_said, row), row[name]) for name in _SHIFTED}
        for row in rows
    ]


_SHIFTED = ("label", "sentence")


@cache
def _shift(unit: str) -> "re.Pattern[str]":
    """'2.13 points lower', of outcomes in points."""
    return re.compile(rf"\d[\d,]*\.\d+(?= {re.escape(unit)} (?:lower|higher)\b)")


def _said(row: Row, found: "re.Match[str]") -> str:
    """A shift in words with the digits of its cell; of groups, which have none, of what is said."""
    said = float(found[0].replace(",", ""))
    decimals = len(found[0].partition(".")[2])
    cells = [abs(row[name]) for name in ("shift_intervention", "shift_control") if row[name]]
    return coarse(next((own for own in cells if round(own, decimals) == said), said))


def _decimals(row: Row) -> int:
    return len(f"{row['published']:.12g}".partition(".")[2])


def _of_people(quantity: list[str]) -> bool:
    parts = quantity[1:]
    named = any(part in OF_PEOPLE or part.startswith(("n_", "without_one_")) for part in parts)
    return quantity[0] in DESCRIBING or named


MODELS: dict[str, Leaving] = {
    "estimates": Leaving(
        Estimates,
        shown="estimate_id study model kind level outcome time estimand contrast analysis_set"
        " missing_data status ci_level shock_prior n_clusters cluster_level n_sites_treated"
        " n_sites_control unit method",
        sizes="n_obs n_units",
        estimates=f"estimate std_error df {ENDS} {SHOCKED} {JOINT} baseline_slope p_value",
        rests_on="n_units",
        texts="reason warnings",
    ),
    "estimands": Leaving(
        Estimands,
        shown="estimand label population treatment outcome time intercurrent_events"
        " summary_measure models estimates",
        texts="warnings",
    ),
    "planned": Leaving(
        Planned,
        shown="estimate_id estimand role family family_size ci_level_family method standing"
        " family_standing estimand_standing",
        estimates="p_value p_holm ci_low_family ci_high_family",
    ),
    "plan_locks": Leaving(PlanLocks, shown="date reason sha256 received not_held"),
    "plan_changes": Leaving(
        PlanChanges, shown="since date reason section entry field change before after"
    ),
    "specification_curve": Leaving(
        SpecificationCurve,
        shown="specification model kind covariates adjusted_for analysis_set level outcome time"
        " estimand status ci_level unit method standing withdrawn",
        sizes="n_units",
        estimates=f"estimate std_error df {ENDS} {SHOCKED}",
        rests_on="n_units",
        texts="reason warnings",
    ),
    "standardised": Leaving(
        Standardised,
        shown="estimate_id model level outcome time contrast unit ci_level sd_time method mid"
        " reading reading_shock",
        estimates=f"estimate {ENDS} {SHOCKED} effect effect_low effect_high sd",
        rests_on="sd_n",
        texts="reason caution",
        blank="sd_n",
    ),
    "grades": Leaving(
        GradesTable,
        shown="estimate_id model level outcome time design randomised n_sites_treated"
        " n_sites_control measures_before measures_after grade published_design source reason",
    ),
    "ladder": Leaving(
        Ladder,
        shown="rung_id estimate_id model level outcome role time rung status cluster_level"
        " ci_level smallest_p draws n_clusters_treated n_clusters_control unit method",
        estimates=f"estimate std_error df {ENDS} p_value shock shock_in_sd shock_in_prior",
        texts="reason warnings",
    ),
    "shock_curve": Leaving(
        ShockCurve,
        shown="estimate_id model level outcome time mark",
        estimates=f"estimate shock {SHOCKED} bounded_low bounded_high",
    ),
    "bracket": Leaving(
        Bracket,
        shown="level outcome role time analysis_set estimator status assumption ci_level place"
        " holds n_clusters cluster_level unit method",
        sizes="n_obs n_intervention n_control",
        sized={
            "n_intervention": in_arm("intervention"),
            "n_control": in_arm("control"),
        },
        estimates=f"estimate std_error df {ENDS} baseline_gap baseline_sd gap_in_sd slope"
        " difference common_mean",
        rests_on="n_obs",
        texts="reason warnings",
        blank="threat",  # the report says it anew, of the numbers that are released
    ),
    "identities": Leaving(
        Identities,
        shown="identity level outcome time status",
        texts="reason",
        blank="one other tolerance",  # of one person's value, the largest
    ),
    "balance": Leaving(
        Balance,
        shown="model level outcome time one other covariate reason",
        sizes="n_one n_other",
        coarse="difference_before ratio_before difference_after ratio_after",
        rests_on="n_one",
        rests=dict.fromkeys(("difference_before", "ratio_before"), "n_other"),
        blank="mean_one_before mean_other_before mean_one_after mean_other_after count_one"
        " count_other",
        prepared=alike_rows,
    ),
    "published": Leaving(
        PublishedNumbers,
        shown="quantity published ours tolerance tolerance_is agrees source reason",
        prepared=_of_models,
    ),
    "imputation": Leaving(
        ImputationTable,
        shown="handling group variable kind time item method predictors repeated",
        sizes="n_people",
        blank="n_answered n_not_there n_missing n_imputed",  # beside `missing` they tell who died
        chances="r_hat drift drift_limit",
        texts="events reason warnings",
        prepared=whole_equations,
    ),
    "imputation_sets": Leaving(
        ImputationSets,
        shown="estimate_id m limit needed met",
        estimates="monte_carlo share",
        texts="reason",
    ),
    "fmi": Leaving(
        Fmi,
        shown="estimate_id model outcome time handling m",
        estimates="within between fraction fmi df df_complete monte_carlo share",
    ),
    "sensitivity": Leaving(
        SensitivityTable,
        shown="estimate_id model outcome time assumption variant label descriptive"
        " variance variance_is status ci_level unit m method",
        sizes="n_units n_imputed",
        estimates=f"estimate std_error df {ENDS} monte_carlo",
        coarse="shift_intervention shift_control",  # shares of an SD
        rests_on="n_units",
        texts="reason warnings sentence",
        shifted=True,
        prepared=_shifts_in_two_digits,
    ),
    "tipping_points": Leaving(
        TippingPoints,
        shown="estimate_id outcome time of value along held unit computed",
        coarse="shift_intervention shift_control in_sd searched",
        blank="sentence",
    ),
}
