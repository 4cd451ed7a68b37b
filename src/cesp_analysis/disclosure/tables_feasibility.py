"""How the tables of feasibility and measurability leave."""

from cesp_analysis.disclosure.leaving import Leaving
from cesp_analysis.disclosure.merging import rate_rows
from cesp_analysis.feasibility.tables import (
    Progression,
    ProjectionTable,
    RatesTable,
    SampleSize,
)

FEASIBILITY: dict[str, Leaving] = {
    "rates": Leaving(
        RatesTable,
        shown="rate label time part part_label of group kind exposure_is ci_level"
        " link_workers deff_note numerator_is denominator_is method status",
        sizes="numerator denominator effective_n",
        shares=dict.fromkeys(
            ("value", "ci_low", "ci_high", "exact_low", "exact_high", "deff_low", "deff_high"),
            ("numerator", "denominator"),
        ),
        chances="icc deff person_deff",
        coarse="exposure",
        texts="reason warnings",
        blank="not_known least most people cluster_size",
        prepared=rate_rows,
    ),
    "progression": Leaving(
        Progression,
        shown="criterion label kind measure better red green rationale ci_level zone"
        " zone_worst zone_best split deff_split deff_note alpha power n_plain n_corrected enough"
        " deff_enough evidence justification judged_by judged_on standing method",
        sizes="numerator denominator effective_n worth",
        shares=dict.fromkeys(("value", "ci_low", "ci_high"), ("numerator", "denominator")),
        coarse="exposure",
        chances="prob_red prob_amber prob_green deff_red deff_amber deff_green",
        texts="reason warnings",
        blank="not_known value_worst value_best p_value deff_p_value linked",
    ),
    "sample_size": Leaving(
        SampleSize,
        shown="rule of label needed enough deff_enough source",
        sizes="found worth effective_n",
        texts="reason",
    ),
    "projection": Leaving(
        ProjectionTable,
        shown="group opened closed months ci_level target target_by reached reached_low"
        " reached_high method",
        sizes="recruited",
        shares=dict.fromkeys(("per_month", "ci_low", "ci_high"), ("recruited", "")),
        estimates="dispersion expected expected_low expected_high",
        chances="probability",
        rests_on="recruited",
        texts="reason warnings",
    ),
}
