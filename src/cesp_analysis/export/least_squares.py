"""R lines of a least-squares model: lm, with base R's HC2 or clubSandwich's CR1 and CR2."""

import textwrap
from typing import Any

from cesp_analysis.export.lines import Lines, NoEquivalent
from cesp_analysis.export.names import r_formula, r_numbers, r_text
from cesp_analysis.models.check import Check
from cesp_analysis.models.least_squares import LeastSquares


def lines(spec: Any, check: Check) -> Lines | NoEquivalent:
    """lm of the equation; the covariance that the model asks for."""
    fit = check.engine
    if not isinstance(fit, LeastSquares):
        raise ValueError("this equation was not fitted by least squares")
    absorbs = fit.units is not None
    formula = textwrap.indent(r_formula(check), "  ").strip()
    call = "absorbed" if absorbs else "lm"
    weights = ", weights = weight" if spec.weighted else ""
    code = [f"formula <- {formula}", f"fit <- {call}(formula, d{weights})"]
    clustered = spec.covariance in ("CR1", "CR2")
    cluster = {"person": "unit"}.get(str(spec.cluster), str(spec.cluster))
    how = f"d${cluster}" if clustered else "NULL"
    extra = f", units = {'d$unit' if absorbs else 'NULL'}"
    for name, contrast in check.contrasts.items():
        code.append(
            f"found <- rbind(found, least_squares({r_text(name)}, fit, {r_numbers(contrast)},"
            f"\n  {r_text(spec.covariance)}, {how}{extra}))"
        )
    return Lines(
        code=tuple(code),
        helpers=("least_squares.R",),
        packages=("clubSandwich",) if clustered else (),
        tolerance=1e-6,
        because="closed forms on both sides: rounding, and clubSandwich's roots of small matrices",
    )
