"""The study's own words, which its report repeats: nobody's verdict on an estimate.

Those of labels count wherever they stand. Free texts (estimands, reasons, settings of a plan) count
only where the report prints them, so that none takes a word of the report's own out of the guard.
"""

import re
from collections.abc import Iterator
from typing import Any

from cesp_analysis.report.results import Results

_NOT_PROSE = {"kind", "id", "anchor", "csv", "svg", "png", "under", "tone", "align", "mark",
              "marks", "level", "arm", "direction", "role"}  # fmt: skip


def strings(data: Any) -> Iterator[str]:
    """Every text of nested data that a reader sees, beside ids and paths."""
    if isinstance(data, str):
        yield data
    elif isinstance(data, dict):
        for key, value in data.items():
            if key not in _NOT_PROSE:
                yield from strings(value)
    elif isinstance(data, list | tuple):
        for value in data:
            yield from strings(value)


def phrases(results: Results) -> set[str]:
    """Own words wherever they stand in a text."""
    found = {*strings(results.words.model_dump()), *_of_priors(results)}
    found |= {row["label"] for row in results.progression}
    found |= {*_of_interviews(results)}
    found |= {*_of_columns(results), *(f"{label}: {own}" for label, own in _categories(results))}
    if results.words.models:
        found |= {*_of_estimands(results), *_of_locks(results)}
    return found


def cells(results: Results) -> set[str]:
    """Texts that are own words as a whole: cells, stubs and titles of tables."""
    found = {category for _, category in _categories(results)}
    if results.words.models:
        found |= {*_declared(results), *_changed(results)}
    return found


def columns(results: Results) -> str:
    """A pattern of a covariate's categories, as methods and warnings name them: sex[f]."""
    names = "|".join(re.escape(name) for name in results.words.covariates)
    return rf"\b(?:{names})\[[^\]]*\]" if names else ""


def _of_interviews(results: Results) -> Iterator[str]:
    """Constructs, themes, quotes, inferences and who wrote them, what happened around the study:
    what stands beside estimates. The section of interviews, which speaks of none, is people's."""
    if results.words.interviews is None:
        return
    for row in results.joint_display:
        yield from (row["label"], row["inference_text"], row["author"])
    for table in (results.joint_quotes, results.theory_nodes):
        yield from (row.get("text") or row.get("label") or "" for row in table)
    if results.public:
        return
    yield from (row["theme"] for row in results.joint_themes)
    yield from (row["label"] for row in results.process)


def _of_priors(results: Results) -> Iterator[str]:
    """Names and sources of published shocks, as rungs of the ladder have them."""
    for row in results.ladder if results.words.models else ():
        if row["rung"].startswith(("shock", "bounded")):
            yield row["method"].partition(", ")[2]
            yield row["method"].partition(", ")[2].partition("; ")[0]
            yield row["method"].partition("mixture over ")[2]
            yield row["method"].partition("; ")[2]


def _of_estimands(results: Results) -> Iterator[str]:
    """What the estimates' notes and the estimands' warnings quote."""
    for row in results.estimands:
        yield f"Estimand: {row['label']}."
        yield f"not '{row['summary_measure']}'"
        for event in _events(row):
            label, _, strategy = event.rpartition(": ")
            yield event.replace("_", " ")
            yield f"{label}, {strategy.replace('_', ' ')}"


def _of_locks(results: Results) -> Iterator[str]:
    """Why a plan was amended."""
    for row in results.locks:
        if row["reason"]:
            yield f"): {row['reason'].rstrip('.')}"


def _of_columns(results: Results) -> Iterator[str]:
    """'Sex: female', as tables and figures of balance say it."""
    for row in results.balance:
        yield results.words.covariate(row["covariate"])


def _categories(results: Results) -> Iterator[tuple[str, str]]:
    """Covariate's label, category: of all who were there at the start, whom models weigh or not."""
    covariates = results.words.covariates
    for row in results.baseline if covariates else ():
        if row["variable"] in covariates and row["category"]:
            yield covariates[row["variable"]].label, row["category"]


def _declared(results: Results) -> Iterator[str]:
    for row in results.estimands:
        yield from (row[name] for name in ("label", "population", "treatment", "summary_measure"))


def _changed(results: Results) -> Iterator[str]:
    for row in results.plan_changes:
        yield f"{row['section']}: {row['entry']}"
        yield from (row[name] for name in ("field", "before", "after"))


def _events(row: dict[str, Any]) -> list[str]:
    return [part for part in row["intercurrent_events"].split(" | ") if part]
