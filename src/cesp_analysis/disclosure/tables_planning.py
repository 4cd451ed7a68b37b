"""How the tables of planning leave.

None of them holds a person. What this study tells of a trial's parameters are a few medians, each
of all people together: they leave as estimates, with the digits that their intervals bear, and with
how many people they rest on, rounded. How they were found says exact numbers of people and stays.
Published and declared values are nobody's here.

Power, assurance and standard errors are what formulas make of those medians and of draws about
them. With all their digits each would be an equation in the medians, so they leave as probabilities
(two decimals) and as estimates (two digits); sizes, costs and the difference are declared. The
draws themselves stay, and where a median rests on few people all that is made of it is withheld
(rests_on_few.py). Simulated trials are of nobody, but begin at the same medians; of
this study's people drawn again they tell means over thousands of draws alone. What a trial's
evidence is worth goes on from the law of net benefit, as value_of_information.csv does.
"""

from cesp_analysis.columns import Row
from cesp_analysis.declared.disclosure import Disclosure
from cesp_analysis.disclosure.leaving import Leaving
from cesp_analysis.planning.tables import Planning, PlanningKnown, PlanningTrials, PlanningWorth

OWN = "study"
MIDDLE = ("median", "median_mcse", "low", "high")


def known_rows(rows: list[Row], how: Disclosure) -> list[Row]:
    """Rows with the interval of each number, which says how many digits it has; of what was
    published or assumed no size, since it counts no people."""
    return [_row(row) for row in rows]


def _row(row: Row) -> Row:
    ends = {f"{name}_{end}": row[end] for name in MIDDLE for end in ("low", "high")}
    own = {"method": ""} if row["origin"] == OWN else {"n": None}
    return row | ends | own


PLANNING: dict[str, Leaving] = {
    "planning_known": Leaving(
        PlanningKnown,
        shown="parameter origin clusters months source method",
        sizes="n",
        estimates="median median_mcse low high",
        rests_on="n",
        texts="reason",
        prepared=known_rows,
    ),
    "planning": Leaving(
        Planning,
        shown="design kind locations people periods recruited assessments difference difference_sd"
        " cost reaches front cheapest method",
        estimates="std_error df detectable assurance_mcse needed people_needed needed_mcse"
        " people_needed_mcse",
        chances="power power_normal assurance power_low power_high ceiling",
        texts="reason warnings",
    ),
    "planning_trials": Leaving(
        PlanningTrials,
        shown="design locations people analysis truth drawn difference trials failed method",
        estimates="found_mcse bias bias_mcse empirical_se empirical_se_mcse model_se model_se_mcse"
        " relative_error relative_error_mcse coverage_mcse",
        chances="found formula coverage",
        texts="reason warnings",
    ),
    "planning_worth": Leaving(
        PlanningWorth,
        shown="approach design locations people threshold cost best",
        estimates="alone per_person per_person_mcse population net",
        texts="reason",
    ),
}
