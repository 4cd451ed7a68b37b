"""Limitations that follow from whom people share: link workers and neighbourhoods."""

from cesp_analysis.models.link_worker_words import ICC, INDEPENDENT, workers_told
from cesp_analysis.numbers import counted, interval, listed
from cesp_analysis.report.headcounts import link_workers as workers_of
from cesp_analysis.report.limitation import EITHER_WAY, TOO_NARROW, Limitation
from cesp_analysis.report.main_estimates import main_estimates
from cesp_analysis.report.results import Results
from cesp_analysis.report.sections.limitations_of_design import FEW, FEW_WORKERS

COUNTED = (
    " Intervals that count people who share one as independent are marked by a note, {what} how"
    f" many times as large the variance of an arm's mean is at an intraclass correlation of {ICC}."
)
SAYS, BY_FORMULA = "which says", "with the formula of"
"""What the team's notes do, and the released ones: the number tells how few people a link worker
has."""


def link_workers(results: Results) -> Limitation | None:
    """What a link worker is like, and what the intervention is, cannot be told apart."""
    apart = _by_notes(results)
    n = workers_of(results) or sum(apart)
    if not 0 < n < FEW_WORKERS:
        return None
    sharing = any(INDEPENDENT in row["warnings"] for row in results.estimates)
    told = f"{n} link workers"
    if not workers_of(results) and len(apart) > 1:  # one person may work for both arms
        told = f"{listed([str(own) for own in apart])} link workers in the arms"
    counting = COUNTED.format(what=BY_FORMULA if results.public else SAYS)
    said = (
        "One link worker: who that was and what was offered cannot be told apart."
        if n == 1
        else f"{told}: how alike the people of one are is hardly known, and what is found is of"
        f" these.{counting if sharing else ''}"
    )
    title = "One link worker" if n == 1 else "Few link workers"
    where = ["feasibility"] if results.rates else ["delivery"] if workers_of(results) else []
    where += ["estimates"] if sharing else []
    return Limitation(title, said, EITHER_WAY if n == 1 else TOO_NARROW, tuple(where))


def _by_notes(results: Results) -> list[int]:
    """How many link workers the arms have by the notes of estimates, where neither rates nor
    contacts are known; of several analysis sets the one with most."""
    told = [workers_told(row["warnings"]) for row in results.estimates]
    return max(told, key=sum, default=[])


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
