"""Limitations that follow from whom people share: link workers and neighbourhoods."""

from cesp_analysis.models.link_worker_words import INDEPENDENT
from cesp_analysis.numbers import counted, interval
from cesp_analysis.report.headcounts import link_workers as workers_of
from cesp_analysis.report.limitation import EITHER_WAY, TOO_NARROW, Limitation
from cesp_analysis.report.main_estimates import main_estimates
from cesp_analysis.report.results import Results
from cesp_analysis.report.sections.limitations_of_design import FEW, FEW_WORKERS

COUNTED = (
    " Intervals that count people who share one as independent are marked by a note, which says"
    " how many times as large the variance of an arm's mean is at an intraclass correlation of"
    " 0.05."
)


def link_workers(results: Results) -> Limitation | None:
    """What a link worker is like, and what the intervention is, cannot be told apart."""
    n = workers_of(results)
    if not 0 < n < FEW_WORKERS:
        return None
    sharing = any(INDEPENDENT in row["warnings"] for row in results.estimates)
    said = (
        "One link worker: who that was and what was offered cannot be told apart."
        if n == 1
        else f"{n} link workers: how alike the people of one are is hardly known, and what is found"
        f" is of these.{COUNTED if sharing else ''}"
    )
    title = "One link worker" if n == 1 else "Few link workers"
    where = ("feasibility" if results.rates else "delivery", *(("estimates",) if sharing else ()))
    return Limitation(title, said, EITHER_WAY if n == 1 else TOO_NARROW, where)


def few_clusters(results: Results) -> Limitation | None:
    """Errors that allow for neighbours rest on few clusters."""
    rows = [
        row
        for level in results.words.levels()
        for row in main_estimates(results, level)
        if row["status"] == "estimated" and row["cluster_level"] not in ("person", "respondent", "")
    ]
    few = [row for row in rows if row["n_clusters"] is not None and row["n_clusters"] < FEW]
    if not few:
        return None
    row = min(few, key=lambda one: one["n_clusters"])
    level = row["cluster_level"].replace("_", " ")
    outcome = results.words.outcomes[row["outcome"]]
    said = (
        f"{counted(int(row['n_clusters']), level)} behind {outcome.label}: its interval"
        f" ({interval(row['ci_low'], row['ci_high'], outcome.decimals)}) rests on an approximation"
        " for few clusters."
    )
    anchor = "estimates" if row["level"] == "person" else "survey_estimates"
    return Limitation("Few clusters", said, TOO_NARROW, (anchor,))
