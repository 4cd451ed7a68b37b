"""The tables that leave the team, one entry each (see leaving.py for the roles of columns)."""

from dataclasses import replace

from cesp_analysis.checklists.tables import Checklists
from cesp_analysis.describe.record_tables import EventCounts, Flow
from cesp_analysis.describe.tables import Baseline, Contamination, Missing
from cesp_analysis.disclosure.leaving import Conditions, Leaving
from cesp_analysis.disclosure.merging import event_rows, flow_rows, only, outcome_rows
from cesp_analysis.disclosure.quantities import BOTH, FLOW
from cesp_analysis.disclosure.tables_delivery import DELIVERY
from cesp_analysis.disclosure.tables_economics import ECONOMICS
from cesp_analysis.disclosure.tables_feasibility import FEASIBILITY
from cesp_analysis.disclosure.tables_interviews import INTERVIEWS
from cesp_analysis.disclosure.tables_measurement import MEASUREMENT
from cesp_analysis.disclosure.tables_models import MODELS
from cesp_analysis.disclosure.tables_planning import PLANNING
from cesp_analysis.disclosure.tables_survey import SURVEYS
from cesp_analysis.models.tables import Means

WHO: Conditions = {"of": "{level}", "site": "{group}", "wave": "{wave}"}
"""People of a site, or respondents of a site and wave."""
KNOWN = {**WHO, "answer {outcome} {time}": "known"}
MEANS = Leaving(
    Means,
    shown="model level outcome group arm time model_time method",
    sizes="n",
    sized={"n": KNOWN},
    means=dict.fromkeys(("mean", "ci_low", "ci_high", "sd"), "n"),
    texts="reason",
    blank="std_error df",
)
CHANGES = Leaving(
    Means,
    shown=MEANS.shown,
    sizes="n",
    sized={"n": BOTH},
    means=MEANS.means,
    texts="reason",
    blank=MEANS.blank,
)
PREDICTED = Leaving(
    Means,
    shown=MEANS.shown,
    sizes="n",
    estimates="mean std_error df ci_low ci_high sd",
    rests_on="n",
    texts="reason",
)
"""Of a model: its means are estimates."""

TABLES: dict[str, Leaving] = {
    "flow": Leaving(
        Flow,
        shown="part step label after group status reason",
        counts={"n": FLOW},
        prepared=flow_rows,
    ),
    "events": Leaving(
        EventCounts,
        shown="event group",
        sizes="n",
        blank="after reason to",
        prepared=event_rows,
    ),
    "contamination": Leaving(
        Contamination,
        shown="level kind label group arm time",
        counts={
            "n": WHO,
            "known": {**WHO, "{kind} {time}": "known"},
            "unknown": {**WHO, "{kind} {time}": "not known"},
        },
        sizes="now ever ever_unknown",  # exact, one less another would be few
        sized={
            "now": {**WHO, "{kind} {time}": "known", "did {kind} {time}": "yes"},
            "ever": {**WHO, "until {kind} {time}": "did"},
            "ever_unknown": {**WHO, "until {kind} {time}": "not known"},
        },
    ),
    "baseline": Leaving(
        Baseline,
        shown="level variable category group weighted",
        counts={
            "n": {**WHO, "{variable}": "known"},
            "n_missing": {**WHO, "{variable}": "not known"},
            "count": {**WHO, "{variable}": "known", "value of {variable}": "{category}"},
        },
        shares={"share": ("count", "n")},
        means=dict.fromkeys(("mean", "sd", "q1", "median", "q3"), "n"),
        coarse="difference",
        rests_on="n",
        texts="reason",
        together={"difference": (("level", "variable", "weighted"), ("count", "mean"))},
    ),
    "missing": Leaving(
        Missing,
        shown="level outcome instrument item label group time",
        counts={"n_expected": WHO},
        sizes="n_missing",  # exact, it would tell who came and left out the outcome
        sized={"n_missing": {**WHO, "answer {outcome} {time}": "not known"}},
        blank="n_returned",
        prepared=outcome_rows,
    ),
    "means": replace(MEANS, prepared=only(model=[""])),
    "changes": replace(CHANGES, prepared=only(model=[""])),
    "checklists": Leaving(
        Checklists, shown="checklist item topic about status where", texts="said"
    ),
    **MODELS,
    **FEASIBILITY,
    **SURVEYS,
    **DELIVERY,
    **MEASUREMENT,
    **ECONOMICS,
    **PLANNING,
    **INTERVIEWS,
}  # fmt: skip
"""Name of the table → how it leaves. What is not here stays: single records and problems of data,
people by pattern of answers, single questions, residuals, neighbourhoods, bootstrap draws."""
