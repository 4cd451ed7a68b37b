"""What who ran the study should know before they read."""

from collections.abc import Iterator

from cesp_analysis.analysis_plan.words import UNTARGETED
from cesp_analysis.clean.copied import REPEATING
from cesp_analysis.economics.words import USUALLY
from cesp_analysis.numbers import counted
from cesp_analysis.report.results import Results


def in_short(results: Results) -> Iterator[str]:
    """What who ran the study should know before they read: problems, and estimates not made."""
    if problems := len(results.problems):
        yield f"Data problems: {problems:,}, each in results/tables/data_problems.csv"
    aside = sum(row["raw"] for row in results.account if row["status"] != "kept")
    if aside:
        yield f"Records set aside: {aside:,}, each in data/processed/ledger.parquet"
    for moment in (one for one in results.words.times if one.name in results.words.windows):
        rows = [row for row in results.visits if row["time"] == moment.name]
        off = sum(row["early"] + row["late"] for row in rows)
        every = off + sum(row["within"] for row in rows)
        if 2 * off > every:
            yield (
                f"Visits: {off:,} of {every:,} at {moment.label} lie outside its window, in"
                " results/tables/visits.csv: is each file of the time that config.yaml says?"
            )
    if differ := [row for row in results.published if row["agrees"] != "yes"]:
        yield (
            f"Published numbers that differ from ours: {len(differ)} of {len(results.published)},"
            " in results/tables/published.csv"
        )
    yield from _to_decide(results)
    for row in results.estimands:
        if row["warnings"].startswith(UNTARGETED):
            yield f"Estimand {row['estimand']}: {UNTARGETED}"
    if changes := len(results.changed_since_lock):
        yield (
            f"Analysis plan: {counted(changes, 'change')} since it was locked, each in"
            " results/tables/plan_changes.csv; the report says which estimates they concern"
        )
    without = [row for row in results.estimates if row["status"] != "estimated"]
    if without:
        yield (
            f"Estimates without a number: {len(without)} of {len(results.estimates)}; the report"
            " and results/tables/estimates.csv give the reasons"
        )


def _to_decide(results: Results) -> Iterator[str]:
    """What counts in costs, QALYs or contacts as the study does not say: numbers that look like a
    code of no answer, rows that look like copies. Each once."""
    found: dict[str, str] = {}
    for table, what, where in (
        (results.costs, "Costs and QALYs", " (by line in results/tables/cost_exceptions.csv)"),
        (results.economics, "Costs and QALYs", ""),
        (results.contacts, "Contacts", ""),
    ):
        for word in (word for row in table for word in row["warnings"].split(" | ")):
            if USUALLY in word or REPEATING in word:
                found.setdefault(word, f"{what}: {word}{where}")
    yield from found.values()
