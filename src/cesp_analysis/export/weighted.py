"""R lines of models that weight records to be alike: the weights solved again, base R alone."""

from typing import Any

from cesp_analysis.export.lines import Lines, NoEquivalent
from cesp_analysis.export.names import r_text, valid_names
from cesp_analysis.models.check import Balanced, Check


def lines(spec: Any, check: Check) -> Lines | NoEquivalent:
    """Weights, estimate and influence-function standard error of one outcome and time."""
    if not isinstance(check.engine, Balanced):
        raise ValueError("this equation is of records that are not weighted to be alike")
    names = ", ".join(r_text(name) for name in valid_names(check.frame.covariate_names).values())
    after = f"as.numeric(d$time == {r_text(check.place[1])}), "
    change = spec.design == "change"
    way = "" if spec.kind == "dr_did" else f"{r_text(spec.way())}, "
    squares = getattr(spec, "balance", "means") != "means"
    call = f"{'dr' if spec.kind == 'dr_did' else 'weighted'}_{spec.design}"
    cluster = ""
    if spec.cluster:
        cluster = f", d${ {'person': 'unit'}.get(spec.cluster, spec.cluster) }"
    (name,) = check.contrasts
    return Lines(
        code=(
            f"x <- as.matrix(d[, c({names}), drop = FALSE])",
            *(["x <- with_squares(x)"] if squares else []),
            f"s <- {'d$weight' if spec.weighted else 'rep(1, nrow(d))'}",
            f"one <- {call}(d$y, d$arm, {'' if change else after}x, {way}s)",
            f"found <- rbind(found, weighted_row({r_text(name)}, one, d$arm{cluster}))",
        ),
        helpers=("weighted.R",),
        packages=(),
        tolerance=1e-6,
        because="the same equations solved on both sides: rounding",
    )
