"""R lines of a survey's change: survey's svydesign and svyglm, by each way of taking the sample."""

import textwrap
from collections.abc import Iterator
from typing import Any

from cesp_analysis.export.lines import Lines
from cesp_analysis.export.names import r_formula, r_numbers, r_text
from cesp_analysis.models.check import Check
from cesp_analysis.models.survey_drawn import Sampled
from cesp_analysis.models.survey_words import ending


def lines(spec: Any, check: Check) -> Lines:
    """svyglm of the equation in its domain of the whole sample."""
    if check.sampled is None:
        raise ValueError("this equation is of no survey")
    formula = textwrap.indent(r_formula(check), "  ").strip()
    code = [*([] if spec.weighted else ["d$weight <- 1"]), f"formula <- {formula}"]
    code += _ways(spec, check, check.sampled)
    return Lines(
        code=tuple(code),
        helpers=("survey.R",),
        packages=("survey",),
        tolerance=1e-6,
        because="closed forms on both sides: rounding",
    )


def _ways(spec: Any, check: Check, sampled: Sampled) -> Iterator[str]:
    declared = spec.context.surveys
    lone = declared.lone_neighbourhood if declared else "stop"
    for suffix in sampled.ways:
        way = f"_{suffix}" if suffix else ""
        columns = f"{r_text('stratum' + way)}, {r_text('psu' + way)}"
        wholes = {name.removesuffix(ending("", sampled.part)): contrast
                  for name, contrast in check.contrasts.items()}  # fmt: skip
        ids = {whole: whole + ending(suffix, sampled.part) for whole in wholes}
        ids = {whole: name for whole, name in ids.items() if name in sampled.made}
        if ids:
            yield f"fit <- survey_fit(formula, d, {columns}, {r_text(lone)})"
        for whole, name in ids.items():
            numbers = r_numbers(wholes[whole])
            yield f"found <- rbind(found, survey_row({r_text(name)}, fit, {numbers}))"
            if not sampled.part:
                continue
            yield f"part{way}_{sampled.part} <- survey_pull(fit)"
            if sampled.part == "panel":
                yield f"fit{way}_panel <- fit"
            both = whole + ending(suffix, "")
            if sampled.part == "cross_section" and both in sampled.made:
                yield (
                    f"found <- rbind(found, survey_both({r_text(both)}, part{way}_panel,"
                    f"\n  part{way}_cross_section, fit{way}_panel))"
                )
