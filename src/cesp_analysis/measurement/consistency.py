"""How consistent the items of a candidate are, where its instrument's file says that it means
something."""

import numpy as np

from cesp_analysis.columns import Row
from cesp_analysis.measurement.asked import MeasureSpec
from cesp_analysis.measurement.candidate import Candidate
from cesp_analysis.measurement.omega import omega_total
from cesp_analysis.measurement.reliability import alpha

NOT_APPLICABLE = "not applicable"


def consistency(own: Candidate, how: MeasureSpec) -> Row:
    """The columns of Measurability from complete to reliability, of the first time."""
    if why := not_applicable(own):
        return {"reliability": f"{NOT_APPLICABLE}: {why}"}
    items = complete_items(own)
    if items is None:
        return {"reliability": "no file holds its items"}
    names = item_names(own)
    of_alpha = alpha(items, how.ci_level)
    of_omega = omega_total(items, how.seed, how.draws, how.ci_level)
    methods = [
        of_alpha.method if of_alpha.value is not None else "",
        of_omega.method if of_omega.value is not None else "",
    ]
    heywood = [names[column] for column in of_omega.at_limit]
    told = dict.fromkeys(
        [
            of_alpha.sentence(names),
            of_alpha.reason,
            f"omega: {of_omega.reason}" if of_omega.reason not in (None, of_alpha.reason) else None,
            f"omega: almost all of {', '.join(heywood)} is common (Heywood case)"
            if heywood
            else None,
        ]
    )
    return {
        "complete": len(items),
        "alpha": of_alpha.value,
        "alpha_low": of_alpha.low,
        "alpha_high": of_alpha.high,
        "omega": of_omega.value,
        "omega_low": of_omega.low,
        "omega_high": of_omega.high,
        "reliability_method": "; ".join(filter(None, methods)) or None,
        "against": " | ".join(own.items[column].code for column in of_alpha.against) or None,
        "reliability": "; ".join(part for part in told if part) or None,
    }


def not_applicable(own: Candidate) -> str:
    """Why internal consistency means nothing for a candidate; '': it means something."""
    if own.score is None or own.instrument is None:
        return "it is no score of an instrument"
    if len(own.items) == 1:
        return "a single item"
    if own.instrument.reflective is None:
        return (
            f"the file of {own.instrument.name} does not say whether its items are signs of one"
            " thing (reflective: true or false)"
        )
    if not own.instrument.reflective:
        return "its items are not signs of one thing (its file says reflective: false)"
    return ""


def complete_items(own: Candidate) -> np.ndarray | None:
    """Complete answers (n, k) of the first time, as they enter the score; None: no items."""
    if own.entering is None or own.first is None:
        return None
    then = own.entering[own.time == own.first]
    return np.asarray(then[~np.isnan(then).any(axis=1)])


def item_names(own: Candidate) -> list[str]:
    """How sentences call the score's items: their codes, 'item 3' where those are numbers."""
    return [f"item {item.code}" if item.code.isdigit() else item.code for item in own.items]
