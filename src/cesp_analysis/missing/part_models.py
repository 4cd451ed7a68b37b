"""What the model of each part of a total can bear, and what is said of it."""

from dataclasses import replace

import numpy as np

from cesp_analysis.missing import screening as rule
from cesp_analysis.missing.in_parts import Lacking
from cesp_analysis.missing.leaving_out import ANSWERS_A_DONOR, CUT, NAMED, LeftOut
from cesp_analysis.missing.part_services import foretelling
from cesp_analysis.missing.target import Target
from cesp_analysis.numbers import listed

FEW_A_DONOR = 4
"""Answers for each donor below which every estimate says so: among a dozen (simulated) the standard
error is .6 of what it should be."""


def lacks_donors(one: Target, left: LeftOut) -> bool:
    """Whether too few know a part of a total that somebody lacks; says so."""
    few = [
        lacking
        for lacking in one.lacking_parts
        if lacking.parts and len(lacking.gaps) and len(lacking.known) < rule.FEWEST
    ]
    for lacking in few:
        reason = (
            f"{len(lacking.known)} people answered {_name(one, lacking, left)}, of which it is the"
            f" sum, too few to impute it from ({rule.FEWEST} are needed)"
        )
        left.refused.append((one.column.name, reason + _uncounted(one, lacking, left)))
    return bool(few)


def with_parts(one: Target, left: LeftOut) -> Target:
    """A total with the predictors of each part that somebody lacks: as many as those who know it
    can bear, the strongest, then services; says which parts few know, and which have not all."""
    among = one.predictors[1:] - 1
    kept = np.array([left.recipe.names[j] in left.recipe.keep for j in among], dtype=bool)
    made, cut = [], []
    for lacking in one.lacking_parts:
        if not len(lacking.gaps):
            made.append(lacking)
            continue
        answers, strength = len(lacking.known), kept.astype(float)
        if lacking.parts:
            z = left.columns.z[np.ix_(lacking.known, among)]
            strength = rule.correlated(z, lacking.raw)
            _say_few(one, lacking, left)
        stay = rule.strongest(strength, answers, kept)
        own = np.append(0, among[stay] + 1)
        services, all_of_them = foretelling(one, lacking, own, left)
        if lacking.parts and not (stay.all() and all_of_them):
            cut.append(_name(one, lacking, left))
        made.append(replace(lacking, predictors=own, services=tuple(services)))
    if cut:
        left.said.append((one.column.name, _cut(list(dict.fromkeys(cut)))))
    return replace(one, lacking_parts=tuple(made))


def _name(one: Target, lacking: Lacking, left: LeftOut) -> str:
    """Of what a part of a total is, or parts that are lacking together."""
    names = left.recipe.in_parts[one.column.name].names
    return listed(list(dict.fromkeys(names[at] for at in lacking.parts)))


def _uncounted(one: Target, lacking: Lacking, left: LeftOut) -> str:
    """How many who give a part do not count."""
    each = left.recipe.in_parts[one.column.name].each[:, lacking.parts]
    return left.uncounted(one.column.name, np.asarray(np.isfinite(each).all(axis=1)))


def _say_few(one: Target, lacking: Lacking, left: LeftOut) -> None:
    """Say where a part is matched among few."""
    answers, donors = len(lacking.known), one.column.donors
    if answers < ANSWERS_A_DONOR * donors:
        words = (
            f"{_name(one, lacking, left)}, of which it is the sum, is matched among {answers}"
            f" answers, fewer than {ANSWERS_A_DONOR} for each of {donors} donors"
        )
        few = answers < FEW_A_DONOR * donors
        words += _uncounted(one, lacking, left)
        (left.weighty if few else left.said).append((one.column.name, words))


def _cut(names: list[str]) -> str:
    """That fewer foretell some parts than could."""
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return (
        f"of {', '.join(names[:NAMED])}{more}, of which it is the sum, more {CUT} than a third as"
        " many as the people who know it: those that are kept do, and those most correlated with"
        " it, then other services"
    )
