"""What is said of a mixed model: method, warnings, faults, diagnostics."""

from typing import TYPE_CHECKING, Any

import numpy as np

from cesp_analysis.models.did_design import SITES_FIXED
from cesp_analysis.models.frame import USABLE, Frame
from cesp_analysis.models.joint import ONLY_KENWARD_ROGER, Effects, as_diagnostic, test_of
from cesp_analysis.models.mixed_design import by_time
from cesp_analysis.models.mixed_random import LEVEL_AND_SLOPE, MOVERS, SLOPE, variance_names
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

if TYPE_CHECKING:
    from cesp_analysis.models.mixed import Mixed
    from cesp_analysis.models.mixed_design import MixedDesign

_NAMED = ("neighbourhood", "link worker")
"""Levels whose names somebody wrote: two spellings of one are two groups."""


def weight_fault(frame: Frame) -> str | None:
    """Why weights are no precisions: a record has none, or one that is not above zero."""
    without = int(np.isnan(frame.weight).sum())
    wrong = int((~(frame.weight > 0) | np.isinf(frame.weight)).sum()) - without
    found = [(without, f"no {USABLE}"), (wrong, "a weight that is not above 0")]
    said = [f"{n} of {frame.n} records have {what}" for n, what in found if n]
    if not said:
        return None
    return (
        f"weights as precisions were asked for, but {' and '.join(said)}: how sure such a record is"
        " cannot be told; correct the weights, or remove weighted"
    )


def method_of(spec: "Mixed", design: "MixedDesign", frame: Frame) -> str:
    """Estimator, criterion and degrees of freedom in words."""
    sites = "" if "arm" in design.apart else SITES_FIXED
    if sites and spec.effect == "constant":
        sites += " (those of an arm weigh alike)"
    random = _random_words(spec, frame)
    named = [f"{name}{' × time' if by_time(spec) else ''}" for name in spec.covariates]
    adjusted = f", adjusted for {', '.join(named)}" if named else ""
    time = ", straight line in time" if spec.time == "linear" else ""
    rule = "Satterthwaite df"
    if spec.rule() == "kenward_roger":
        rule = f"Kenward-Roger df and adjusted standard error ({spec.information} information)"
    apart = "" if spec.residual == "equal" else f", residual variance {spec.residual}"
    apart = apart.replace("_", " ")
    weights = ", weights as precisions" if spec.weighted else ""
    model = f"{random}{sites}{time}{apart}{weights}{adjusted}"
    return f"linear mixed model ({model}), {spec.method}; {rule}"


def _random_words(spec: "Mixed", frame: Frame) -> str:
    """The random part: what nests, what is crossed with it, and slopes."""
    nested = [level for level in spec.random if level != "neighbourhood_time"]
    levels = " in ".join(
        level.replace("_", " ") + (" (intervention arm only)" if partial(level, frame) else "")
        for level in nested
    )
    parts = [levels] if levels else []
    if "neighbourhood_time" in spec.random:
        parts.append("neighbourhood × time")
    random = f"random intercepts for {' and for '.join(parts)}" if parts else "no random effect"
    if spec.slope != "none":
        random += f", random slope of time for person ({spec.slope} with the intercept)"
    return random


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
    edges = dict(zip(variance_names(spec), fit.at_boundary, strict=True))
    if edges.get(LEVEL_AND_SLOPE) and not edges["person"]:
        said.append(
            "the correlation of people's intercepts and slopes is estimated as"
            f" {np.sign(fit.variances[1]):+.0f}, as far as it can go: these data do not tell two"
            f" ways apart in which people differ{_both_df(spec, fit, contrast, _people(frame))}"
        )
    for name in [one for one, zero in edges.items() if zero and one != LEVEL_AND_SLOPE]:
        what = _effects_word(name)
        counted = _people(frame) if name == SLOPE else f"{frame.count(name)} {what}"
        said.append(
            f"the variance between {what} is estimated as zero (their means vary no"
            f" more than the variation within them predicts): the estimate is the one without"
            f" {what}{_both_df(spec, fit, contrast, counted)}"
        )
    return tuple(said)


def _people(frame: Frame) -> str:
    return f"{frame.count('person')} people"


def _effects_word(name: str) -> str:
    """The groups (or slopes) that a variance is between."""
    words = {SLOPE: "people's slopes", "neighbourhood_time": "neighbourhoods at each time"}
    return words.get(name) or _plural(name.replace("_", " "))


def _both_df(spec: "Mixed", fit: NestedFit, contrast: np.ndarray, counted: str) -> str:
    """Both degrees of freedom beside a boundary: what each takes the boundary to be."""
    known = satterthwaite_df(fit, contrast)
    if fit.method == "ML":
        return (
            f", and the Satterthwaite df of {known:.4g} treat that boundary as known, though it"
            f" rests on {counted}; the interval may be too narrow"
        )
    estimated = kenward_roger_df(fit, contrast)
    words = (
        f"Kenward-Roger df of {estimated:.4g} (expected information), which count that this"
        f" boundary is estimated from {counted}"
    )
    if spec.rule() == "kenward_roger" and spec.information == "expected":
        return f", with {words}; Satterthwaite df, which take it as known, would be {known:.4g}"
    return (
        f", and the df of {known:.4g} treat that boundary as known: the interval may be too narrow;"
        f" {words}, would be right by their definition too"
    )


def change_warnings(spec: "Mixed", frame: Frame, change: bool) -> tuple[str, ...]:
    """What an intercept cannot hold: it is there at both times, so a change does not show it.

    Of link workers, who are met after baseline, see `link_worker_words`.
    """
    held = {"person", "link_worker", "neighbourhood_time"}
    held |= {"neighbourhood"} if "neighbourhood_time" in spec.random else set()
    groups = [level for level in spec.random if level not in held]
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
        if random[error.level] == "neighbourhood_time":
            return (
                "each neighbourhood has just one record at each time, so what differs between"
                " neighbourhoods at a time cannot be told from what differs between records; leave"
                " neighbourhood_time out of random"
            )
        word = random[error.level].replace("_", " ")
        below = random[error.level - 1].replace("_", " ") if error.level else "record"
        return (
            f"each {word} holds just one {below}, so the variation between {_plural(word)} cannot"
            f" be told from that between {_plural(below)}; leave {word} out of random"
        )
    if isinstance(error, NotNested):
        inner, outer = (
            level.removesuffix("_time").replace("_", " ") for level in random[error.level :][:2]
        )
        stand = f"a {inner} stands" if error.count == 1 else f"{error.count} {_plural(inner)} stand"
        spelt = ", or write names that differ in capitals or spaces alone in one way (near_word)"
        return (
            f"random intercepts must nest, but {stand} in more than one {outer}: leave one of the"
            f" two out of random{spelt if outer in _NAMED else ''}{_few_may(inner, outer)}"
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


def joint_of(spec: "Mixed", fit: NestedFit, contrasts: list[np.ndarray]) -> dict[str, Any]:
    """Whether the effects at all later times are zero; nothing where one number holds them."""
    if len(contrasts) < 2 or spec.time == "linear":
        return {}
    if spec.rule() != "kenward_roger":
        return as_diagnostic(ONLY_KENWARD_ROGER)
    rows = np.stack(contrasts)
    test = kenward_roger(fit, rows, spec.information)
    cov = rows @ adjusted_cov(fit, spec.information) @ rows.T
    effects = Effects(rows @ fit.coef, cov, test.scaling)
    return as_diagnostic(test_of(effects, test.df, "F, Kenward–Roger"))


def _few_may(inner: str, outer: str) -> str:
    if (inner, outer) not in (("person", "neighbourhood"), ("person", "site")):
        return ""
    return f" (where no more than {MOVERS:.0%} of people move, the first counts)"


def _plural(word: str) -> str:
    return "people" if word == "person" else f"{word}s"
