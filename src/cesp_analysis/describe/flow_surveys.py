"""The survey's branch of the flow: invited, respondents, and those seen in an earlier wave."""

from collections.abc import Iterator, Mapping, Sequence

import pandas as pd

from cesp_analysis.columns import Row
from cesp_analysis.declared.design import Moment
from cesp_analysis.describe.flow_counts import Told, row

SEEN_BEFORE = "seen in an earlier wave"
NOT_DELIVERED = "interview without a record"
NOT_IN_FRAME = "record without an interview in the frame"
WHY = {
    "refusal": "refused",
    "non_contact": "no contact",
    "other": "other reason",
    "unknown_household": "not known whether anybody lives there",
    "unknown_other": "not known whether eligible",
    "not_eligible": "not eligible",
    "uncoded": "outcome not coded",
}
"""Disposition of an invitation → why there is no interview."""


def survey_rows(
    waves: Sequence[Moment],
    groups: Sequence[str],
    respondents: pd.DataFrame,
    frame: Mapping[tuple[str, str], Row],
    crossed: Mapping[tuple[str, str], Mapping[str, int]],
) -> Iterator[Row]:
    """The rows of Flow of each wave and group that has respondents or invitations.

    `respondents`: unit, time, group, once each; `frame`: (wave, group) → dispositions.csv's row;
    `crossed`: what they did → how many of them.
    """
    earlier: set[str] = set()
    for wave in waves:
        own = respondents[respondents["time"] == wave.name]
        again = own["unit"].isin(earlier)
        earlier |= set(own["unit"])
        for group in groups:
            here = own["group"] == group
            asked = frame.get((wave.name, group))
            if asked is None and not here.any():
                continue
            told = Told("survey", wave.label, wave.name if asked else "")
            n = int(here.sum())
            if asked:
                yield from _invited(wave.name, told, group, asked, n)
            yield row(wave.name, told, group, "reached", "", n)
            if both := int((here & again).sum()):
                yield row(wave.name, told, group, "of them", SEEN_BEFORE, both)
            for label, some in crossed.get((wave.name, group), {}).items():
                yield row(wave.name, told, group, "of them", label, some)


def _invited(step: str, told: Told, group: str, asked: Row, n: int) -> Iterator[Row]:
    """Who was invited, why there was no interview, and interviews that are no records."""
    yield row(step, told, group, "invited", "", asked["invited"])
    for name, why in WHY.items():
        if asked[name]:
            yield row(step, told, group, "not reached", why, asked[name])
    more = n - (asked["complete"] + asked["partial"])
    if more < 0:
        yield row(step, told, group, "not reached", NOT_DELIVERED, -more)
    if more > 0:
        yield row(step, told, group, "entered", NOT_IN_FRAME, more)
