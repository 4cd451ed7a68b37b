"""Which respondents a change between two waves rests on: all, those seen twice, those seen once."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import numpy as np

from cesp_analysis.declared.design import Moment
from cesp_analysis.models.did_design import both_times, change_regression, level_regression
from cesp_analysis.models.frame import Frame
from cesp_analysis.models.refusals import NotEstimable
from cesp_analysis.models.survey_drawn import Drawn, Regressed

if TYPE_CHECKING:
    from cesp_analysis.models.survey import Survey
    from cesp_analysis.models.survey_batch import Solution

Respondents = Literal["all", "panel", "cross_section", "combined"]
Part = Literal["all", "panel", "cross_section"]

RECORDS: dict[Respondents, str] = {
    "all": "complete records",
    "panel": "respondents who answered at both waves",
    "cross_section": "respondents who answered at one of the two waves",
    "combined": "complete records of the two waves",
}


@dataclass(frozen=True)
class Overlap:
    """Respondents of two waves: how many answered at one of them or both, and how many at both."""

    respondents: int
    both: int

    @property
    def share(self) -> float:
        """The part that answered at both."""
        return self.both / self.respondents if self.respondents else 0.0

    def known(self) -> dict[str, float]:
        """As diagnostics.json has it."""
        return {"respondents": self.respondents, "both": self.both, "share": self.share}

    def __str__(self) -> str:
        return f"{self.both:,} of {self.respondents:,} respondents ({self.share:.0%})"


def overlap_of(spec: "Survey", frame: Frame, time: Moment) -> Overlap:
    """How many respondents the reference wave and another share."""
    own, both = _of_two(spec, frame, time)
    return Overlap(own.count("person"), int(np.count_nonzero(both)))


def regressed(
    spec: "Survey",
    frame: Frame,
    times: list[Moment],
    drawn: Drawn,
    part: Part,
    solution: "Solution | None" = None,
) -> Regressed:
    """The regression of a part of the respondents; frame: the complete records.

    all: every record of the reference wave and of `times`; the other parts: of one later wave.
    solution: what is known of it from a batch of outcomes. Raises NotEstimable.
    """
    if part == "all":
        asked = (spec.reference_time(), *times)
        wanted = np.array([moment in asked for moment in spec.moments()])
        return _levels(spec, frame.rows(wanted[frame.time]), times, drawn, solution)
    (time,) = times
    if part == "cross_section":
        return _levels(spec, part_of(spec, frame, time, part), times, drawn, solution)
    own, _ = _of_two(spec, frame, time)
    own = held(spec, own, both_times(spec, own, time)[0])
    by = solution.by(drawn.at(both_times(spec, own, time)[1])) if solution else None
    fitted = change_regression(spec, own, time, by)
    before, after = (rows.rows(fitted.fit.kept) for rows in both_times(spec, own, time))
    one = Regressed(fitted, drawn.at(after), drawn.at(before), moved(before, after))
    return _known(one, solution)


def part_of(spec: "Survey", frame: Frame, time: Moment, part: Part) -> Frame:
    """The records of those who answered at the reference wave and another, or at one of them;
    of changes those of the reference wave, as their regression has them."""
    own, both = _of_two(spec, frame, time)
    if part == "panel":
        return both_times(spec, own, time)[0]
    return own.rows(~both[own.codes["person"]])


def _levels(
    spec: "Survey", rows: Frame, times: list[Moment], drawn: Drawn, solution: "Solution | None"
) -> Regressed:
    _refuse_absent(spec, rows, times)
    at = drawn.at(rows)
    by = solution.by(at) if solution else None
    fitted = level_regression(spec, held(spec, rows, rows), times, by)
    one = Regressed(fitted, at[fitted.fit.kept], movers=several_places(rows))
    return _known(one, solution)


def _known(one: Regressed, solution: "Solution | None") -> Regressed:
    """The regression with the covariances that a batch made of it, if it is the batch's."""
    if solution and one.fitted.fit.coef is solution.coef:
        one.memory.update({id(sample): (sample, said) for sample, said in solution.said})
    return one


def _of_two(spec: "Survey", frame: Frame, time: Moment) -> tuple[Frame, np.ndarray]:
    """The records of the reference wave and another; for each code of a respondent whether they
    answered at both."""
    order = [moment.name for moment in spec.moments()]
    first, last = order.index(spec.reference_time().name), order.index(time.name)
    own = frame.rows((frame.time == first) | (frame.time == last))
    person = own.codes["person"]
    size = int(person.max(initial=-1)) + 1
    seen = [np.bincount(person[own.time == at], minlength=size) > 0 for at in (first, last)]
    return own, seen[0] & seen[1]


def _refuse_absent(spec: "Survey", rows: Frame, times: list[Moment]) -> None:
    order = [moment.name for moment in spec.moments()]
    for moment in (spec.reference_time(), *times):
        if arm := rows.absent_at(order.index(moment.name)):
            raise NotEstimable(
                f"the {arm} arm holds no such respondent with a value at {moment.label}"
            )


def held(spec: "Survey", frame: Frame, rows: Frame) -> Frame:
    """The frame without columns of categories that nobody in `rows` has, and a sentence on each.

    A part of the respondents may lack a category that others have: as a factor of R drops it, or,
    where it is the reference, takes the first that is there.
    """
    gone: dict[int, str] = {}
    people = f"nobody of the {rows.count('person'):,} respondents here has"
    columns: dict[str, list[int]] = {}
    for at, name in enumerate(frame.covariate_names):
        if name.endswith("]"):
            columns.setdefault(name.partition("[")[0], []).append(at)
    for covariate, own in columns.items() if rows.n else ():
        label = spec.context.covariates[covariate].label
        there = [at for at in own if rows.covariates[:, at].any()]
        for at in set(own) - set(there):
            category = frame.covariate_names[at].partition("[")[2][:-1]
            gone[at] = f"{people} {label} {category}, which is left out of the covariates"
        if there and bool(rows.covariates[:, there].sum(axis=1).all()):
            category = frame.covariate_names[there[0]].partition("[")[2][:-1]
            gone[there[0]] = f"{people} the category of reference of {label}; here it is {category}"
    if not gone:
        return frame
    kept = [at for at in range(len(frame.covariate_names)) if at not in gone]
    return replace(
        frame,
        covariates=frame.covariates[:, kept],
        covariate_names=tuple(frame.covariate_names[at] for at in kept),
        left_out=(*frame.left_out, *(gone[at] for at in sorted(gone))),
    )


def moved(before: Frame, after: Frame) -> str:
    """A sentence on panel members who moved between two waves; rows alike in order."""
    own = [rows.codes["neighbourhood"] for rows in (before, after)]
    there = np.flatnonzero((own[0] >= 0) & (own[1] >= 0) & (own[0] != own[1]))
    if not len(there):
        return ""
    crossed = int(np.count_nonzero(before.codes["site"][there] != after.codes["site"][there]))
    names = before.names["neighbourhood"]
    left = [names[code] for code in np.unique(own[0][there])]
    listed = ", ".join(left[:5]) + (" and others" if len(left) > 5 else "")
    n, of = len(there), before.n
    who, count = ("respondent", "counts") if n == 1 else ("respondents", "count")
    to_site = f", {crossed} of them to another site" if crossed else ""
    return (
        f"{n} of {of:,} {who} moved to another neighbourhood between the two waves{to_site}:"
        f" {'their change' if n == 1 else 'their changes'} {count} in the site and neighbourhood in"
        f" which they were at the first ({listed}), by the weight of the later wave"
    )


def several_places(rows: Frame) -> str:
    """A sentence on respondents whose records lie in several neighbourhoods, each in its own."""
    near, person = rows.codes["neighbourhood"], rows.codes["person"]
    there = near >= 0
    if not there.all():
        near, person = near[there], person[there]
    one = np.zeros(int(person.max(initial=-1)) + 1, dtype=near.dtype)
    one[person] = near
    n = len(np.unique(person[one[person] != near]))
    if not n:
        return ""
    who = "1 respondent" if n == 1 else f"{n} respondents"
    return (
        f"{who} moved to another neighbourhood between waves: each record counts in the site and"
        " neighbourhood in which it was given"
    )


def lone_respondents(rows: Frame) -> Iterator[str]:
    """A sentence on neighbourhoods with one respondent."""
    there = rows.codes["neighbourhood"] >= 0
    near, person = (rows.codes[level][there] for level in ("neighbourhood", "person"))
    one = np.zeros(int(near.max(initial=-1)) + 1, dtype=person.dtype)
    one[near] = person
    several = np.bincount(near, one[near] != person, minlength=len(one)) > 0
    alone = np.flatnonzero((np.bincount(near, minlength=len(one)) > 0) & ~several)
    names = [rows.names["neighbourhood"][code] for code in alone]
    if len(names) == 1:
        yield f"neighbourhood {names[0]} has one respondent, whose answers are all it says"
    elif names:
        listed = ", ".join(names[:5]) + (" and others" if len(names) > 5 else "")
        yield f"{len(names)} neighbourhoods have one respondent each ({listed})"
