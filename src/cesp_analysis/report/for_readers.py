"""Notes for who reads a report: what a model would hold, in place of the settings that say so.

A note says what to write in config.yaml where another interval is to be had: the terminal and the
CSV tell it to who writes there. A reviewer is told what that interval is.
"""

import re
from functools import partial

from cesp_analysis.models.two_sites import HELD

BY_DESIGN = "by the survey's design"
SAID: tuple[tuple[str, str], ...] = (
    (
        r"\bkind did with covariance: CR2 and cluster: (?P<level>\w+) holds it",
        "a difference in differences with a cluster-robust interval by {level} holds it",
    ),
    (
        re.escape(HELD),
        "a model of one later time with the outcome at baseline among its covariates and an effect"
        " of each link worker holds link workers of the intervention arm, in the difference at"
        " equal baseline (another estimand than the change)",
    ),
    (r"; cluster: (?P<level>neighbourhood) holds it", "; an interval by {level} holds it"),
    (
        r"; write cluster: (?P<level>neighbourhood), or use kind survey",
        f"; an interval by {{level}}, or one {BY_DESIGN}, holds that",
    ),
    (r", use kind did with covariance: CR2", ", they need a cluster-robust interval"),
    (r"\bkind survey has an interval for either", f"one {BY_DESIGN} can be made for either"),
    (r"\bkind survey does\b", f"one {BY_DESIGN} does"),
    (r"\bkind survey takes the margins", f"one {BY_DESIGN} takes the margins"),
    (
        r"\bkind weighted_did allows for a change",
        "a weighted difference in differences allows for a change",
    ),
    (
        r"(?:\bkind mixed with )?\bresidual: by_arm, or kind did with covariance: (?:HC2|CR2),"
        r" allows for it",
        "a variance for each arm, or a difference in differences with a robust interval, allows for"
        " it",
    ),
    (
        r"(?:\bkind mmrm with )?\bstructure: unstructured allows for it",
        "a covariance of the times without a pattern allows for it",
    ),
    (
        r"\bkind did with covariance: CR2 allows for it",
        "a difference in differences with a cluster-robust interval allows for it",
    ),
    (r"\bkind group_time does not", "an estimate by when each site began does not"),
)
"""A pattern of settings in a note → what is said in its place, with the level that it names."""
_SAID = [(re.compile(pattern), words) for pattern, words in SAID]


def for_readers(text: str) -> str:
    """The note without settings of config.yaml, where another sentence can say what they do."""
    for pattern, words in _SAID:
        text = pattern.sub(partial(_told, words), text)
    return text


def _told(words: str, found: "re.Match[str]") -> str:
    levels = {name: level.replace("_", " ") for name, level in found.groupdict().items()}
    return words.format_map(levels)
