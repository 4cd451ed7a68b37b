"""R lines of a mixed model: lme4 with lmerTest and pbkrtest, or nlme for unequal residuals."""

import textwrap
from typing import Any

from cesp_analysis.export.lines import Lines, NoEquivalent
from cesp_analysis.export.names import r_formula, r_numbers, r_text
from cesp_analysis.models.check import Check, Nested

COLUMNS = {"person": "unit"}


def lines(spec: Any, check: Check) -> Lines | NoEquivalent:
    """lmer of the equation, or lme where residual variances differ."""
    engine = check.engine
    if not isinstance(engine, Nested):
        raise ValueError("this equation has no random intercepts")
    if engine.weights is not None:
        return NoEquivalent(
            "no R script is written for weights as precisions (weighted: true): pbkrtest leaves"
            " them out; rows.csv holds them for a program that has such weights"
        )
    levels = [(COLUMNS.get(level, level), bool((codes < 0).any()))
              for level, codes in zip(engine.levels, engine.codes, strict=True)]  # fmt: skip
    return _lme4(spec, check, levels) if spec.residual == "equal" else _nlme(spec, check, levels)


def _lme4(spec: Any, check: Check, levels: list[tuple[str, bool]]) -> Lines:
    """A level that the control arm has none of is a random effect of the arm."""
    random = " + ".join(f"({'0 + arm' if partly else '1'} | {level})" for level, partly in levels)
    formula = textwrap.indent(f"{r_formula(check)} +\n{random}", "  ").strip()
    kenward_roger = spec.rule() == "kenward_roger"
    plain = kenward_roger and spec.information == "observed"
    rule = "Satterthwaite" if not kenward_roger or plain else "Kenward-Roger"
    code = [
        *(f"d${level} <- apart(d${level}, d$unit)" for level, partly in levels if partly),
        f"fit <- mixed({formula}, d, REML = {str(spec.method == 'REML').upper()})",
        *_found(check, f"lme4_row(%s, fit, %s, {r_text(rule)}, plain = {str(plain).upper()})"),
    ]
    note = "pbkrtest has the expected information alone: df and adjusted standard errors differ"
    return Lines(
        code=tuple(code),
        helpers=("mixed.R",),
        packages=("lme4", "lmerTest", "pbkrtest"),
        tolerance=1e-4,
        because="lme4 stops where its optimiser does, some six digits into the variances",
        plain=plain,
        note=note if plain else "",
    )


def _nlme(spec: Any, check: Check, levels: list[tuple[str, bool]]) -> Lines:
    parts = [
        f"{level} = {'pdIdent(~ 0 + arm)' if partly else '~ 1'}"
        for level, partly in reversed(levels)
    ]
    by = "arm" if spec.residual == "by_arm" else "time"
    formula = textwrap.indent(r_formula(check), "  ").strip()
    code = [
        *(f"d${level} <- apart(d${level}, d$unit)" for level, partly in levels if partly),
        f"fit <- unequal({formula},\n  d, list({', '.join(parts)}), ~ 1 | {by},"
        f" {r_text(spec.method)})",
        *_found(check, "nlme_row(%s, fit, %s)"),
    ]
    return Lines(
        code=tuple(code),
        helpers=("mixed.R",),
        packages=("nlme",),
        tolerance=1e-4,
        because="nlme stops where its optimiser does, some five digits into the variances",
        plain=True,
        note="nlme has neither Kenward-Roger nor Satterthwaite: its standard errors are compared"
        " with those that are not adjusted, df and intervals not at all",
    )


def _found(check: Check, call: str) -> list[str]:
    return [
        f"found <- rbind(found, {call % (r_text(name), r_numbers(contrast))})"
        for name, contrast in check.contrasts.items()
    ]
