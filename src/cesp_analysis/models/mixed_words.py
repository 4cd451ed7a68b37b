"""What is said of a mixed model: method, warnings, faults, diagnostics."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from cesp_analysis.models.check import Check, Nested, cluster_of
from cesp_analysis.models.did_design import SITES_FIXED
from cesp_analysis.models.frame import Frame
from cesp_analysis.models.mixed_design import by_time, residual_classes
from cesp_analysis.models.nested import (
    CollinearColumns,
    NestedFit,
    NotConverged,
    NotIdentified,
    NotNested,
    ZeroResidualVariance,
)
from cesp_analysis.models.nested_df import (
    adjusted_cov,
    kenward_roger,
    kenward_roger_df,
    satterthwaite_df,
)
from cesp_analysis.models.student import f_p_value

if TYPE_CHECKING:
    from cesp_analysis.models.mixed import Mixed
    from cesp_analysis.models.mixed_design import MixedDesign
    from cesp_analysis.models.rows import Asked


def method_of(spec: "Mixed", design: "MixedDesign", frame: Frame) -> str:
    """Estimator, criterion and degrees of freedom in words."""
    sites = "" if "arm" in design.apart else SITES_FIXED
    if sites and spec.effect == "constant":
        sites += " (those of an arm weigh alike)"
    levels = " in ".join(
        level.replace("_", " ") + (" (intervention arm only)" if partial(level, frame) else "")
        for level in spec.random
    )
    random = f"random intercepts for {levels}" if spec.random else "no random effect"
    named = [f"{name}{' × time' if by_time(spec) else ''}" for name in spec.covariates]
    adjusted = f", adjusted for {', '.join(named)}" if named else ""
    time = ", straight line in time" if spec.time == "linear" else ""
    rule = "Satterthwaite df"
    if spec.rule() == "kenward_roger":
        rule = f"Kenward-Roger df and adjusted standard error ({spec.information} information)"
    apart = "" if spec.residual == "equal" else f", residual variance {spec.residual}"
    apart = apart.replace("_", " ")
    return f"linear mixed model ({random}{sites}{time}{apart}{adjusted}), {spec.method}; {rule}"


def partial(level: str, frame: Frame) -> bool:
    """Whether a level's effect is in the intervention arm only: link workers, if control has none.

    With whom a person works is part of the intervention (Flight et al. 2016, BMC Med Res Methodol
    16:165: partially nested).
    """
    return level == "link_worker" and frame.only_with_intervention(level)


def boundary_warnings(
    spec: "Mixed", fit: NestedFit, frame: Frame, contrast: np.ndarray
) -> tuple[str, ...]:
    """One sentence for each variance that is estimated as zero, and on people left out."""
    said = []
    if "person" not in spec.random and frame.count("person") < frame.n:
        said.append(
            "several records of one unit are taken as independent of each other: the interval may"
            " be too narrow; put person first in random"
        )
    for level, zero in zip(spec.random, fit.at_boundary, strict=True):
        if zero:
            word, count = level.replace("_", " "), frame.count(level)
            said.append(
                f"the variance between {_plural(word)} is estimated as zero (their means vary no"
                f" more than the variation within them predicts): the estimate is the one without"
                f" {_plural(word)}{_both_df(spec, fit, contrast, f'{count} {_plural(word)}')}"
            )
    return tuple(said)


def _both_df(spec: "Mixed", fit: NestedFit, contrast: np.ndarray, counted: str) -> str:
    """Both degrees of freedom beside a zero variance: what each takes that zero to be."""
    known = satterthwaite_df(fit, contrast)
    if fit.method == "ML":
        return (
            f", and the Satterthwaite df of {known:.4g} treat that zero as known, though it rests"
            f" on {counted}; the interval may be too narrow"
        )
    estimated = kenward_roger_df(fit, contrast)
    words = (
        f"Kenward-Roger df of {estimated:.4g} (expected information), which count that this zero is"
        f" estimated from {counted}"
    )
    if spec.rule() == "kenward_roger" and spec.information == "expected":
        return f", with {words}; Satterthwaite df, which take it as known, would be {known:.4g}"
    return (
        f", and the df of {known:.4g} treat that zero as known: the interval may be too narrow;"
        f" {words}, would be right by their definition too"
    )


def change_warnings(spec: "Mixed", frame: Frame, change: bool) -> tuple[str, ...]:
    """What an intercept cannot hold: it is there at both times, so a change does not show it."""
    groups = [level for level in spec.random if level != "person"]
    if not change or not groups:
        return ()
    words = " or ".join(level.replace("_", " ") for level in groups)
    both = [level for level in groups if min(frame.count_in_arm(level, a) for a in (0, 1)) > 1]
    remedy = f"; kind did with covariance: CR2 and cluster: {both[-1]} holds it" if both else ""
    return (
        f"an intercept for each {words} is the same at all times and drops out of a change: what"
        f" changes a whole {words} between two times is not in this interval{remedy}",
    )


def fault_words(error: Exception, random: tuple[str, ...], names: tuple[str, ...]) -> str:
    """Why a mixed model has no estimate, for an analyst."""
    if isinstance(error, ZeroResidualVariance):
        return (
            "nothing varies beyond what the model explains (e.g. every unit changes by the same"
            " amount): there is no error by which to judge an estimate"
        )
    if isinstance(error, NotIdentified):
        word = random[error.level].replace("_", " ")
        below = random[error.level - 1].replace("_", " ") if error.level else "record"
        return (
            f"each {word} holds just one {below}, so the variation between {_plural(word)} cannot"
            f" be told from that between {_plural(below)}; leave {word} out of random"
        )
    if isinstance(error, NotNested):
        inner, outer = (level.replace("_", " ") for level in random[error.level :][:2])
        stand = f"a {inner} stands" if error.count == 1 else f"{error.count} {_plural(inner)} stand"
        return (
            f"random intercepts must nest, but {stand} in more than one {outer}: leave one of the"
            " two out of random"
        )
    if isinstance(error, NotConverged):
        return f"the criterion has no maximum that could be verified: {error}"
    if isinstance(error, CollinearColumns):
        listed = ", ".join(names[index] for index in error.columns)
        return (
            f"{listed}: can be computed from the other columns of the model, so its effect cannot"
            " be told from theirs; leave it out"
        )
    return f"the random effects of {', '.join(random)} cannot be fitted: {error}"


def check_of(
    spec: "Mixed",
    outcome: str,
    fit: NestedFit,
    design: "MixedDesign",
    frame: Frame,
    present: "list[Asked]",
) -> tuple[Check, ...]:
    """The fitted equation with its rows, for residuals and exports; its rows must be correlated."""
    if not spec.random:
        return ()
    outer = spec.random[-1]
    check = Check(
        place=(outcome,),
        y=frame.y,
        x=design.x,
        names=design.names,
        frame=frame,
        contrasts={one.row.estimate_id: design.contrast(one.time) for one in present},
        cluster=cluster_of(frame, outer if outer != "person" else None),
        engine=Nested(
            fit,
            tuple(map(str, spec.random)),
            tuple(frame.codes[level] for level in spec.random),
            residual_classes(spec, frame)[0],
        ),
    )
    if (added := check.covariate_columns()) and fit.method == "REML":
        return (replace(check, known={"covariates": _together(fit, design, added)}),)
    return (check,)


def _together(fit: NestedFit, design: "MixedDesign", columns: list[int]) -> dict[str, Any]:
    """Kenward and Roger's test that the columns' coefficients are all zero."""
    test = kenward_roger(fit, np.eye(len(design.names))[columns])
    f = test.scaling * test.f
    return {
        "f": f,
        "df_num": test.df_num,
        "df": test.df,
        "p_value": f_p_value(f, test.df_num, test.df),
        "method": "Kenward-Roger F test (expected information), scaled",
    }


def diagnostics_of(
    spec: "Mixed", fit: NestedFit, design: "MixedDesign", frame: Frame
) -> dict[str, Any]:
    """Every quantity of the fit, by name."""
    errors = np.sqrt(np.diag(fit.cov))
    levels = map(str, spec.random)
    variances = dict(zip(levels, map(float, fit.variances), strict=True))
    classes = residual_classes(spec, frame)[1]
    residual = dict(zip(classes, map(float, fit.residual_variances), strict=True))
    parameters = len(design.names) + len(spec.random) + len(residual)
    adjusted = {}
    if spec.rule() == "kenward_roger":
        small = np.sqrt(np.diag(adjusted_cov(fit, spec.information)))
        adjusted = {"adjusted_std_error": dict(zip(design.names, map(float, small), strict=True))}
    return {
        "coefficient": dict(zip(design.names, map(float, fit.coef), strict=True)),
        "std_error": dict(zip(design.names, map(float, errors), strict=True)),
        **adjusted,
        "variance": variances | {_named("residual", c): value for c, value in residual.items()},
        "share_of_variance": _shares(variances, residual, frame),
        "criterion": float(fit.criterion),
        "log_likelihood": float(fit.log_likelihood),
        "aic": float(-2 * fit.log_likelihood + 2 * parameters),
        "bic": float(-2 * fit.log_likelihood + np.log(fit.n_obs) * parameters),
        "n_obs": int(fit.n_obs),
        "n_groups": dict(zip(spec.random, map(int, fit.n_groups), strict=True)),
        "at_boundary": dict(zip(spec.random, map(bool, fit.at_boundary), strict=True)),
        "method": fit.method,
    }


def _shares(
    variances: dict[str, float], residual: dict[str, float], frame: Frame
) -> dict[str, float]:
    """Each level's share of the variance where it has an effect, for each residual variance."""
    shares: dict[str, float] = {}
    for name, rest in residual.items():
        here = {
            level: value
            for level, value in variances.items()
            if not (name == "control" and partial(level, frame))
        }
        total = sum(here.values()) + rest
        shares |= {_named(level, name): value / total for level, value in here.items()}
    return shares


def _named(what: str, of: str) -> str:
    return f"{what}[{of}]" if of else what


def _plural(word: str) -> str:
    return "people" if word == "person" else f"{word}s"
