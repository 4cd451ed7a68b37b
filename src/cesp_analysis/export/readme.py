"""README.md of an export: what is in the folder, and what the script compares."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from cesp_analysis.export.lines import Lines
from cesp_analysis.export.script import Part

if TYPE_CHECKING:
    import pandas as pd

    from cesp_analysis.models.results import Fit

FILES = {
    "rows.csv": "the rows that the model is fitted to, as CSV (UTF-8); one row an observation of an"
    " equation. An id that a spreadsheet program would run has an apostrophe before it.",
    "rows.dta": "the same rows for Stata 14 or later, with labels",
    "estimates.csv": "the estimates of these rows",
    "check.R": "fits the same model in R and prints the differences: `Rscript check.R`",
}

IMPUTED = (
    "Each set is a table of its own: fit the model to each, never to all rows at once. check.R does"
    " so and pools by Rubin's rules, with Barnard and Rubin's degrees of freedom, in lines of its"
    " own; estimates.csv has the pooled estimates."
)


def readme_of(
    spec: Any,
    fit: "Fit",
    rows: "pd.DataFrame",
    labels: dict[str, str],
    parts: Sequence[Part],
    nothing: str,
    sets: int = 0,
) -> str:
    """The page, in Markdown; nothing: why there are no parts, where there are none; sets: how many
    imputed sets the rows are of, 0 of a model that is not imputed."""
    context = spec.context
    return "\n".join(
        [
            f"# {context.model}: {spec.label or context.model}",
            "",
            f"Model `{context.model}` (kind `{spec.kind}`) of the study `{context.study}`, written"
            f" by `cesp export {context.model}`. Every row stands for a person or respondent: keep"
            " the folder where the study's data may be.",
            "",
            "| file | holds |",
            "|---|---|",
            *(f"| `{name}` | {text} |" for name, text in FILES.items()),
            "",
            f"{len(rows):,} rows in {len(fit.checks)} equation{'s' * (len(fit.checks) != 1)}"
            f"{f', in each of {sets} imputed sets' if sets else ''}.",
            "",
            *([IMPUTED, ""] if sets else []),
            "| column | holds |",
            "|---|---|",
            *(f"| `{name}` | {_cell(labels[name])} |" for name in map(str, rows)),
            "",
            *dict.fromkeys(
                f"Method: {_cell(row.method)}.\n" for row in fit.estimates if row.method
            ),
            "## What check.R compares",
            "",
            *_compared(parts, nothing),
            "",
        ]
    )


def _compared(parts: Sequence[Part], nothing: str) -> Iterator[str]:
    yield from dict.fromkeys(_line(lines) for _, lines in parts)
    if not parts:
        yield f"Nothing: {nothing}."


def _line(lines: Any) -> str:
    if not isinstance(lines, Lines):
        return f"Nothing of some equations: {lines.reason}."
    needs = f" Needs {', '.join(lines.packages)}." if lines.packages else ""
    note = f" {lines.note[:1].upper()}{lines.note[1:]}." if lines.note else ""
    return (
        "Estimates and intervals by their distance in standard errors, standard errors and df by"
        f" their ratio; {lines.tolerance:g} is the largest difference that agrees"
        f" ({lines.because}).{needs}{note}"
    )


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
