"""How the tables of the community surveys leave."""

from cesp_analysis.columns import Row
from cesp_analysis.declared.disclosure import Disclosure
from cesp_analysis.disclosure.leaving import Conditions, Leaving
from cesp_analysis.disclosure.merging import only
from cesp_analysis.survey.beside_tables import Agreement, Divergences, ExternalTable, NetworkTable
from cesp_analysis.survey.tables import (
    Composition,
    Dispositions,
    Response,
    SurveyMeans,
    WaveRecords,
)
from cesp_analysis.survey.weight_tables import ReplicateErrors, Weighting

WAVE: Conditions = {"of": "respondent", "site": "{site}", "wave": "{wave}"}
OUTCOMES = (
    "complete", "partial", "refusal", "non_contact", "other", "unknown_household", "unknown_other",
    "not_eligible", "uncoded",
)  # fmt: skip
"""What became of invitations: each of one kind."""


def agreement_rows(rows: list[Row], how: Disclosure) -> list[Row]:
    """Rows with the ids of both estimates, which the table has in parts."""
    end = "{outcome}/{wave}".format_map
    return [
        row | {f"id_{of}": f"{row[f'model_{of}']}/{end(row)}" for of in ("design", "mixed")}
        for row in rows
    ]


SURVEYS: dict[str, Leaving] = {
    "survey_waves": Leaving(
        WaveRecords,
        shown="wave site file mode version",
        counts={"respondents": {**WAVE, "mode": "{file} {mode} {version}"}},
    ),
    "dispositions": Leaving(
        Dispositions,
        shown="wave site eligible_by",
        sizes=f"invited {' '.join(OUTCOMES)} aside",
        estimates="eligible",
        texts="remark aside_why",
        blank="difference records",
    ),
    "response": Leaving(
        Response,
        shown="wave site rate formula ci_level method",
        sizes="numerator denominator",
        shares=dict.fromkeys(("value", "ci_low", "ci_high"), ("numerator", "denominator")),
        texts="reason",
    ),
    "composition": Leaving(
        Composition,
        shown="site wave variable category population ci_level",
        counts={
            "respondents": WAVE,
            "known": {**WAVE, "{variable}": "known"},
            "n": {**WAVE, "{variable}": "known", "value of {variable}": "{category}"},
        },
        shares={"unweighted": ("n", "known")},
        means={"mean": "known", "sd": "known"},
        estimates="by_design weighted ci_low ci_high",
        rests_on="n",
        texts="reason",
    ),
    "weighting": Leaving(
        Weighting,
        shown="site wave method population iterations converged",
        sizes="n effective_n trimmed",
        estimates="sum_design deff_design deff largest_miss smallest largest",
        texts="warnings",
        blank="smallest_weight largest_weight",
    ),
    "replicates": Leaving(
        ReplicateErrors,
        shown="outcome quantity site wave status units replicates method",
        sizes="n",
        estimates="estimate replicate_se linearised_se df",
        rests_on="n",
        texts="reason warnings",
    ),
    "networks": Leaving(
        NetworkTable,
        shown="site wave",
        sizes="respondents asked ties ties_aside isolates groups components largest_component",
        shares={
            "share_isolates": ("isolates", "asked"),
            "share_largest": ("largest_component", "asked"),
        },
        means=dict.fromkeys(("mean_degree", "sd_degree", "with_organisation"), "asked"),
        texts="warnings",
    ),
    "survey_means": Leaving(
        SurveyMeans,
        shown="of site group wave since outcome question category label measure ci_level psus"
        " strata unit method",
        sizes="n respondents effective_n",
        sized={"n": {**WAVE, "answer {outcome} {wave}": "known"}},
        estimates="estimate std_error df ci_low ci_high deff clustered_std_error clustered_df"
        " clustered_ci_low clustered_ci_high",
        rests_on="n",
        sized_where=("since", ""),
        texts="reason warnings clustered_reason",
        prepared=only(of=["site", "change", "difference", "did", "arm"]),
    ),
    "agreement": Leaving(
        Agreement,
        shown="outcome wave unit scale model_design model_mixed reading",
        estimates="estimate_design std_error_design df_design ci_low_design ci_high_design"
        " estimate_mixed std_error_mixed df_mixed ci_low_mixed ci_high_mixed difference"
        " difference_in_se part_weights part_weights_se part_random",
        texts="reason",
        prepared=agreement_rows,
        named={"id_design": "{}_design", "id_mixed": "{}_mixed"},
    ),
    "external": Leaving(
        ExternalTable,
        shown="series label unit authority site period past value difference change source",
    ),
    "divergences": Leaving(
        Divergences,
        shown="series label unit over changes largest largest_from largest_to pairs pairs_median"
        " pairs_high since after relabelled rank at_least smallest source warnings",
    ),
}
