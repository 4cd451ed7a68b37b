"""How the tables of an economic evaluation leave.

`ce_plane` stays. Its draws are no draws of a law: each is what the estimate is of a sample of this
study's people, and who is in a sample follows from the seed, which the study file tells. As many
draws as there are people are as many equations, with each person's costs and QALYs to be solved
for. What the plane shows stands in the intervals of `economics`, in the shares of its quadrants
(two decimals) and in the acceptability curve.
"""

from math import sqrt

from cesp_analysis.columns import Row
from cesp_analysis.declared.disclosure import Disclosure
from cesp_analysis.disclosure.dominance import dominated, of_costs
from cesp_analysis.disclosure.equations import whole_equations
from cesp_analysis.disclosure.leaving import Leaving
from cesp_analysis.economics.imputed_tables import EconomicsImputation
from cesp_analysis.economics.tables import (
    Acceptability,
    ArmMeans,
    CostTable,
    Economics,
    Information,
    Quadrants,
    UnitCosts,
)
from cesp_analysis.economics.words import FOLLOW_UP

OF_COSTS = ("amount", "mean", "sd", "median")
HALF = 1.96
"""Half an interval in standard errors: of the normal law."""


def estimate_rows(rows: list[Row], how: Disclosure) -> list[Row]:
    """Rows with few people in an arm without their estimate, and all with one reason: with the mean
    of the other arm it would tell theirs, and why there was none, how many they are. Those
    by another price of a service with a name in common."""
    said = f"an arm has fewer than {how.threshold} people: not told"
    nothing = dict.fromkeys(("estimate", "std_error", "df", "ci_low", "ci_high", "warnings"))
    nothing |= dict.fromkeys(
        (
            "monte_carlo",
            "monte_carlo_end",
            "method",
            "n_clusters",
            "cluster_level",
            "zeros",
            "n_zeros",
        )
    )
    few = nothing | {"status": "not_estimable", "reason": said}
    named = [row | {"estimate_id": of_price(row["service"])} for row in rows]
    return [row | few if how.small(row["n_smaller_arm"]) else row for row in named]


def of_price(service: str | None) -> str | None:
    """What the estimates with another price of a service have in common: with two of them the
    difference of its mean costs between the arms would be known."""
    return f"price of {service}" if service else None


def withheld_services(rows: list[Row], how: Disclosure) -> frozenset[str]:
    """Services whose mean cost over the follow-up is withheld in an arm (rows of CostTable)."""
    return frozenset(
        row["name"]
        for row in rows
        if row["of"] == "service" and row["time"] == FOLLOW_UP and not nobody(row, how)
        and (row["users"] < how.threshold or dominated(of_costs(row, "mean"), how.largest_share))
    )  # fmt: skip


def worth_rows(rows: list[Row], how: Disclosure) -> list[Row]:
    """Rows of what a price is worth to know, which grows with the difference of its service's mean
    costs between the arms, with a name in common."""
    return [
        row | ({"estimate_id": f"price of {s}"} if (s := row["service"]) else {}) for row in rows
    ]


def curve_rows(rows: list[Row], how: Disclosure) -> list[Row]:
    """Rows that name the estimate of net benefit that they go on: its interval says its digits."""
    return [row | {"estimate_id": of_point(row)} for row in rows]


def of_curve(row: Row) -> str:
    """What estimates of net benefit and the curve that is made of them have in common."""
    return "/".join(row[name] for name in ("perspective", "value_set", "missing_data", "approach"))


def of_point(row: Row) -> str:
    """A point of such a curve: at a declared threshold it is an estimate itself, and has no other
    digits than this has in its own table."""
    return f"{of_curve(row)}/{row['threshold']!r}"


def cost_rows(rows: list[Row], how: Disclosure) -> list[Row]:
    """Rows with the interval of each mean, whose width says how many digits it has; of what nobody
    used their number alone, which says the rest. Of a service that costs nothing no amount: whether
    one person's makes up most of it is seen by costs."""
    return [
        row
        | (dict.fromkeys(OF_COSTS) if nobody(row, how) else _intervals(row))
        | ({} if row["mean"] else {"amount": None})
        for row in rows
    ]


def nobody(row: Row, how: Disclosure) -> bool:
    """Whether nobody used a service, and that may be told."""
    return row["users"] == 0 and how.zeros == "shown"


def _intervals(row: Row) -> Row:
    """Of the mean cost; of the mean amount, which varies as cost does."""
    if not row["mean"] or not row["sd"]:
        return {}
    relative = HALF * row["sd"] / row["mean"] / sqrt(row["n"])
    return {
        f"{name}_{end}": row[name] * (1 + sign * relative)
        for name in ("mean", "amount")
        if row[name] is not None
        for end, sign in (("low", -1), ("high", 1))
    }


ECONOMICS: dict[str, Leaving] = {
    "economics": Leaving(
        Economics,
        shown="scenario service perspective value_set missing_data approach model quantity"
        " threshold status ci_level cluster_level unit method",
        sizes="n_obs n_units n_smaller_arm n_clusters",  # who is nobody's is a cluster by himself
        shares={"zeros": ("n_zeros", "n_units")},
        estimates="estimate std_error df ci_low ci_high monte_carlo monte_carlo_end",
        rests_on="n_units",
        texts="reason warnings",
        blank="n_zeros",
        prepared=estimate_rows,
    ),
    "economics_means": Leaving(
        ArmMeans,
        shown="quantity value_set arm time ci_level",
        sizes="people n",
        means=dict.fromkeys(("mean", "sd", "ci_low", "ci_high"), "n"),
        graded=True,
    ),
    "economics_imputation": Leaving(
        EconomicsImputation,
        shown="scenario perspective value_set group variable time sets method n_predictors"
        " predictors settled",
        sizes="n_people",
        blank="n_known n_not_there n_missing n_in_part n_own share_missing n_imputed n_values"
        " n_impossible observed_low observed_high imputed_low imputed_high",  # deaths, one's values
        chances="r_hat drift drift_limit",
        texts="reason warnings",
        prepared=whole_equations,
    ),
    "ceac": Leaving(
        Acceptability,
        shown="perspective value_set missing_data approach threshold frontier",
        estimates="inmb flip shock_sd",
        chances="probability monte_carlo frontier_probability low high with_shock flip_probability",
        prepared=curve_rows,
    ),
    "ce_quadrants": Leaving(
        Quadrants,
        shown="approach kind",
        estimates="ratio ratio_low ratio_high",
        chances="dearer_gains cheaper_gains cheaper_loses dearer_loses",
        blank="said",  # with more digits than leave; the report says it anew
    ),
    "value_of_information": Leaving(
        Information,
        shown="approach of service threshold size cost people shocks",  # declared
        estimates="per_person regressed regressed_error population net",
        prepared=worth_rows,
    ),
    "costs": Leaving(
        CostTable,
        shown="of name arm time discount_factor",
        sizes="people n users",
        sums=dict.fromkeys(OF_COSTS, "users"),
        rests_on="n",
        texts="warnings",
        blank="highest",
        prepared=cost_rows,
    ),
    "unit_costs": Leaving(
        UnitCosts,
        shown="service label sector item unit published price_year factor value qualifications"
        " placeholder source note",
    ),
}
