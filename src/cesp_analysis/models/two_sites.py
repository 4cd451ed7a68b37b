"""What one site against one cannot tell, and the refusals that follow from it.

With one intervention and one control site, the difference between them and whatever else happened
in one of them are the same number: no variance between sites can be estimated, and a standard
error clustered at site is zero by construction (docs/one_site.md shows the algebra).
"""

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from cesp_analysis.models.frame import Frame

SAMPLING_ONLY = (
    "One site against one: this interval knows only the error of sampling people. Whatever else"
    " happened at one of the sites is part of the estimate and not of the interval."
)
"""The sentence that every estimate from one site against one carries."""


ONE_SITE_ARM = (
    "One arm has a single site: this interval knows only the error of sampling people. Whatever"
    " else happened at that site is part of the estimate and not of the interval."
)
SITES_APART = (
    "Several sites: this interval knows the error of sampling people within them. What happens to a"
    " whole site between two times is not in it; clustering at site would hold that."
)
CAUTIONS = {
    SAMPLING_ONLY: "Sampling error alone",
    ONE_SITE_ARM: "Sampling error alone",
    SITES_APART: "Sampling error within sites",
}
"""Sentences that say what an interval does not hold → their title."""


HELD = (
    "kind mixed with effect: constant, times: [one later time], the outcome at baseline among"
    " covariates and random: [link_worker] holds link workers of the intervention arm, in the"
    " difference at equal baseline (another estimand than the change)"
)
"""Where link workers whom one arm alone has can be in an interval."""


def sites_in(frame: "Frame", declared: int) -> tuple[int | None, int | None]:
    """How many intervention and control sites the rows hold; (None, None) without sites."""
    if declared == 0:
        return None, None
    return frame.count_in_arm("site", 1), frame.count_in_arm("site", 0)


def caution(treated: int | None, control: int | None, at_site: bool = False) -> tuple[str, ...]:
    """The sentence above that applies; `at_site`: sites are what is taken as independent."""
    if treated is None or control is None:
        return ()
    if max(treated, control) <= 1:
        return (SAMPLING_ONLY,)
    if min(treated, control) <= 1:
        return (ONE_SITE_ARM,)
    return () if at_site else (SITES_APART,)


def refusal(frame: "Frame", level: str, purpose: str, noun: str) -> str | None:
    """Why clustering (or a random effect) at a level is refused; None if it is not.

    `purpose` is 'clustering' or 'a random effect'; `noun` what the rows are (people…).
    """
    if level == "person":
        return None
    word = level.replace("_", " ")
    if (level, purpose) == ("link_worker", "a random effect"):
        if frame.only_with_intervention(level):
            return _one_worker(frame)
        if missing := int((frame.codes[level][frame.arm == 1] < 0).sum()):
            records = int((frame.arm == 1).sum())
            return (
                f"{purpose} at {word} was asked for, but {missing} of the {records} records of the"
                f" intervention arm have no {word}; name each one's {word}, or use {noun} alone and"
                " say so"
            )
    if not frame.has(level):
        blank = int((frame.codes[level] < 0).sum())
        return (
            f"{purpose} at {word} was asked for, but {blank} of {frame.n} records have no {word};"
            f" {_instead(frame, level, noun)}{'; ' + HELD if workers_apart(frame, level) else ''}"
        )
    counts = {
        arm: frame.count_in_arm(level, code) for arm, code in (("intervention", 1), ("control", 0))
    }
    for arm, count in counts.items():
        if count == 1:
            code = frame.codes[level][frame.arm == (1 if arm == "intervention" else 0)][0]
            name = frame.names[level][code]
            so = (
                "a standard error from two clusters is zero by construction (with covariates, a"
                " number made of a single score) and its p-value means nothing"
                if purpose == "clustering" and max(counts.values()) == 1
                else "that arm's part of the standard error is zero by construction"
                if purpose == "clustering"
                else "the variance is not identified and the estimate would be the one without it"
                if max(counts.values()) == 1
                else f"the other arm alone would have to tell how much {word}s vary"
            )
            return (
                f"{purpose} at {word} was asked for, but the {arm} arm has one {word}"
                f" ({name}): the {word} and the arm cannot be told apart, {so};"
                f" {_instead(frame, level, noun)}"
            )
    return None


def workers_apart(frame: "Frame", level: str) -> bool:
    """Whether a level is that of link workers, several, whom the intervention arm alone has."""
    if level != "link_worker" or not frame.only_with_intervention(level):
        return False
    return frame.count(level) > 1


def _one_worker(frame: "Frame") -> str | None:
    """Why a link worker's effect in the intervention arm is refused: there is just one."""
    if frame.count("link_worker") > 1:
        return None
    name = frame.names["link_worker"][int(frame.codes["link_worker"].max())]
    people = len(np.unique(frame.codes["person"][frame.arm == 1]))
    return (
        f"a random effect at link worker was asked for, but link_worker has one level, {name}"
        f" ({people} {'person' if people == 1 else 'people'}): the link worker and the intervention"
        " cannot be told apart; leave link_worker out of random and say so, or describe"
    )


def _instead(frame: "Frame", level: str, noun: str) -> str:
    enough = (
        level != "neighbourhood"
        and frame.has("neighbourhood")
        and min(frame.count_in_arm("neighbourhood", arm) for arm in (0, 1)) > 1
    )
    each = "" if noun == "person" else " (each respondent)"
    told = "neighbourhood instead" if enough else f"person{each} instead, and say so"
    if level == "link_worker" and frame.count(level) > 1:
        told = f"{told.removesuffix(', and say so')}, whose rows say what that leaves out"
    return f"use {told}"
