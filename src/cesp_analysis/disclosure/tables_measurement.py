"""How the table of measurability leaves: how well candidate outcomes can be measured.

How many answered stands in `means`, `changes` and `missing` by time and site, as far as it may:
over all sites it would make more of those numbers tell small ones. So it stays, and so do single
questions, and the smallest and largest value, which are somebody's.
"""

from collections.abc import Iterable

from cesp_analysis.columns import Row
from cesp_analysis.declared.disclosure import Disclosure
from cesp_analysis.disclosure.leaving import Leaving
from cesp_analysis.measurement.tables import Measurability


def _with_ends(names: Iterable[str]) -> Iterable[str]:
    for name in names:
        yield from (name, f"{name}_low", f"{name}_high")


OF_COMPLETE = (*_with_ends(["alpha", "omega", "rmsea"]), "explained", "srmr")
OF_RETEST = (
    *_with_ends(
        ["retest_icc", "sem", "mdc95_person", "loa_mean", "loa_low", "loa_high", "guyatt"]
    ),
    "retest_days",
)  # fmt: skip
OF_PAIRS = (*_with_ends(["correlation"]), "baseline_factor")
OF_CHANGED = tuple(_with_ends(["effect_size", "srm"]))
OF_VALUES = (
    *_with_ends(["icc_neighbourhood", "icc_link_worker"]),
    "mean", "sd", "q1", "median", "q3", "skew", "design_effect", "locations", "people",
    "locations_upper", "people_upper",
)  # fmt: skip
ENDS = ("floor", "ceiling", "no_room")
"""Shares of values at an end of the scale."""


def measured_rows(rows: list[Row], how: Disclosure) -> list[Row]:
    """Rows with how many values each end has; criteria without the values that they are met by,
    which are shares of few."""
    return [
        row
        | {f"{end}_n": _part(row, end) for end in ENDS}
        | {"criteria": " | ".join(map(_verdict, row["criteria"].split(" | ")))}
        for row in rows
    ]


def _part(row: Row, end: str) -> int | None:
    return None if row[end] is None or row["n"] is None else round(row[end] * row["n"])


def _verdict(criterion: str) -> str:
    """'no_room at most 0.15: met' of 'no_room at most 0.15: met (0.027)'."""
    name, mark, verdict = criterion.rpartition(": ")
    return name + mark + verdict.partition(" (")[0]


MEASUREMENT: dict[str, Leaving] = {
    "measurability": Leaving(
        Measurability,
        shown="outcome level unit direction score items time last_time ci_level lowest highest"
        " extreme_flag against factors sd_confidence mid_known mid mid_source estimate_id"
        " mid_class mid_class_shock neighbourhoods link_workers icc_site effect effect_source"
        " rank rank_score criteria criteria_why ranking declared",
        sizes="retest_n",
        shares={end: (f"{end}_n", "n") for end in ENDS},
        means=dict.fromkeys(("sd_within", "sd_upper"), "n"),
        estimates="estimate ci_low ci_high ci_low_shock ci_high_shock",
        rests_on="n",
        coarse=" ".join((*OF_COMPLETE, *OF_RETEST, *OF_PAIRS, *OF_CHANGED, *OF_VALUES)),
        rests={
            **dict.fromkeys(OF_COMPLETE, "complete"),
            **dict.fromkeys(OF_RETEST, "retest_n"),
            **dict.fromkeys(OF_PAIRS, "pairs"),
            **dict.fromkeys(OF_CHANGED, "changed_n"),
            **dict.fromkeys(OF_VALUES, "n"),
        },
        texts="distribution_reason reliability_method reliability dimensionality retest_method"
        " retest change_method change mid_reason neighbourhood_method link_worker_method"
        " sample_size warnings",
        blank="n complete pairs sd_df changed_n group_n expected missing_n missing missing_last"
        " missing_worst missing_where missing_cells item_answers item_missing_n item_missing"
        " item_missing_worst item_missing_where minimum maximum no_room_worst no_room_where"
        " mdc95_group mdc95_group_low mdc95_group_high",
        prepared=measured_rows,
    ),
}
