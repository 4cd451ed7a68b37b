"""R lines of a survey's change: survey's svydesign and svyglm, by each way of taking the sample."""

import textwrap
from collections.abc import Iterator
from typing import Any

from cesp_analysis.export.lines import Lines
from cesp_analysis.export.names import r_formula, r_numbers, r_text
from cesp_analysis.models.check import Check
from cesp_analysis.survey.drawn import Sampled


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
        ending = suffix.replace("/", "_")
        columns = f"{r_text('stratum' + ending)}, {r_text('psu' + ending)}"
        ids = {f"{name.removesuffix(sampled.part)}{suffix}{sampled.part}": contrast
               for name, contrast in check.contrasts.items()}  # fmt: skip
        ids = {name: contrast for name, contrast in ids.items() if name in sampled.made}
        if ids:
            yield f"fit <- survey_fit(formula, d, {columns}, {r_text(lone)})"
        for name, contrast in ids.items():
            yield f"found <- rbind(found, survey_row({r_text(name)}, fit, {r_numbers(contrast)}))"
            if sampled.part:
                whole = name.removesuffix(sampled.part)
                yield f"part{ending}{sampled.part.replace('/', '_')} <- survey_pull(fit)"
                if sampled.part == "/cross_section" and whole in sampled.made:
                    yield (
                        f"found <- rbind(found, survey_both({r_text(whole)},"
                        f" part{ending}_panel,\n  part{ending}_cross_section, fit))"
                    )
