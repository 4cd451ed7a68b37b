"""R lines of a model for repeated measures: nlme's gls."""

import textwrap
from typing import Any

from cesp_analysis.export.lines import Lines, NoEquivalent
from cesp_analysis.export.names import r_formula, r_numbers, r_text
from cesp_analysis.models.check import Check, Repeated

_CORRELATION = {
    "unstructured": "corSymm(form = ~ at | unit)",
    "compound_symmetry": "corCompSymm(form = ~ at | unit)",
    "ar1": "corAR1(form = ~ at | unit)",
}


def lines(spec: Any, check: Check) -> Lines | NoEquivalent:
    """gls of the equation; a variance for each time where the structure has one."""
    engine = check.engine
    if not isinstance(engine, Repeated):
        raise ValueError("this equation is no model for repeated measures")
    structure = engine.fit.structure.removeprefix("heterogeneous_")
    times = len(engine.fit.covariance)
    correlation = _CORRELATION.get(structure, f"corARMA(form = ~ at | unit, p = {times - 1})")
    own = engine.fit.structure != structure or structure == "unstructured"
    weights = "varIdent(form = ~ 1 | at)" if own else "NULL"
    names = [moment.name for moment in spec.moments()]
    present = sorted(set(check.frame.time.tolist()))
    order = ", ".join(r_text(names[index]) for index in present)
    formula = textwrap.indent(r_formula(check), "  ").strip()
    code = [f"d$at <- match(d$time, c({order}))", "d <- d[order(d$unit, d$at), ]"]
    if times == 1:
        code.append(f"fit <- gls({formula}, d, method = {r_text(spec.method)})")
    else:
        code.append(
            f"fit <- repeated({formula},\n  d, {correlation}, {weights}, {r_text(spec.method)})"
        )
    code += [
        f"found <- rbind(found, gls_row({r_text(name)}, fit, {r_numbers(contrast)}))"
        for name, contrast in check.contrasts.items()
    ]
    return Lines(
        code=tuple(code),
        helpers=("mmrm.R",),
        packages=("nlme",),
        tolerance=2e-3,
        because="nlme stops where its optimiser does, some four digits into the covariance",
        plain=True,
        note="nlme has neither Kenward-Roger nor Satterthwaite: its standard errors are compared"
        " with those that are not adjusted, df and intervals not at all",
    )
