"""What the model of each part of a total can bear, and what is said of it."""

from dataclasses import replace

import numpy as np

from cesp_analysis.missing import screening as rule
from cesp_analysis.missing.leaving_out import ANSWERS_A_DONOR, LeftOut
from cesp_analysis.missing.part_services import foretelling
from cesp_analysis.missing.target import Target
from cesp_analysis.numbers import listed

FEW_A_DONOR = 4
"""Answers for each donor below which every estimate says so: among a dozen (simulated) the standard
error is .6 of what it should be."""


def lacks_donors(one: Target, left: LeftOut) -> bool:
    """Whether too few know a part of a total that somebody lacks; says so."""
    if not one.lacking_parts:
        return False
    names = left.recipe.in_parts[one.column.name].names
    few = {
        listed([names[at] for at in lacking.parts]): len(lacking.known)
        for lacking in one.lacking_parts
        if lacking.parts and len(lacking.gaps) and len(lacking.known) < rule.FEWEST
    }
    for name, answers in few.items():
        reason = (
            f"{answers} people answered {name}, of which it is the sum, too few to impute it"
            f" from ({rule.FEWEST} are needed)"
        )
        left.refused.append((one.column.name, reason))
    return bool(few)


def with_parts(one: Target, left: LeftOut) -> Target:
    """A total with the predictors of each part that somebody lacks: as many as those who know it
    can bear, the strongest, then services; says which parts few know."""
    if not one.lacking_parts:
        return one
    names, donors = left.recipe.in_parts[one.column.name].names, one.column.donors
    among = one.predictors[1:] - 1
    kept = np.array([left.recipe.names[j] in left.recipe.keep for j in among], dtype=bool)
    made = []
    for lacking in one.lacking_parts:
        if not len(lacking.gaps):
            made.append(lacking)
            continue
        answers, strength = len(lacking.known), kept.astype(float)
        if lacking.parts:
            z = left.columns.z[np.ix_(lacking.known, among)]
            strength = rule.correlated(z, lacking.raw)
            if answers < ANSWERS_A_DONOR * donors:
                called = listed([names[at] for at in lacking.parts])
                words = (
                    f"{called}, of which it is the sum, is matched among {answers}"
                    f" answers, fewer than {ANSWERS_A_DONOR} for each of {donors} donors"
                )
                few = answers < FEW_A_DONOR * donors
                (left.weighty if few else left.said).append((one.column.name, words))
        stay = rule.strongest(strength, answers, kept)
        own = np.append(0, among[stay] + 1)
        services = tuple(foretelling(one, lacking, own, left))
        made.append(replace(lacking, predictors=own, services=services))
    return replace(one, lacking_parts=tuple(made))
