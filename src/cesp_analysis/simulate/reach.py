"""Whom the intervention organisation reached, by time: people, controls among them, residents."""

from datetime import date

import numpy as np

from cesp_analysis.arrays import Bools, Floats
from cesp_analysis.simulate.outcomes import FollowUp
from cesp_analysis.simulate.people import Cohort
from cesp_analysis.simulate.spec import Simulation
from cesp_analysis.simulate.survey import Sample
from cesp_analysis.simulate.tables import Cell, Row, Table
from cesp_analysis.streams import pick, stream


def used_since(spec: Simulation, people: Cohort, course: FollowUp, meetings: Table) -> Bools:
    """Whether each person used the organisation since the time before, (n, times).

    Nobody at baseline. Of the intervention site: who kept a meeting then. Of the controls: those
    who used it at all, at least once.
    """
    kept: dict[str, list[date]] = {}
    for row in meetings:
        if row["minutes_direct"] and isinstance(day := row["date"], date):
            kept.setdefault(str(row["person_id"]), []).append(day)
    used = _controls(spec, people)
    for i in np.flatnonzero(people.worker >= 0).tolist():
        for t in range(1, len(spec.times)):
            since, until = course.visits[t - 1][i], course.visits[t][i]
            start = people.recruited[i] if t == 1 else since
            used[i, t] = any(start < day <= until for day in kept.get(people.id[i], ()))
    return used


def _controls(spec: Simulation, people: Cohort) -> Bools:
    """The same of people without a link worker: who is engaged has used it by one of the times."""
    rule, times = spec.reach, len(spec.times)
    drawn = stream(spec.seed, "people", "used since").random((people.n, times))
    chances = np.array([0.0, rule.first] + [rule.again] * (times - 2))
    used = (drawn < chances) & people.engaged[:, None]
    used[people.engaged & ~used.any(axis=1), -1] = True
    return used


def beside_outcomes(
    spec: Simulation, people: Cohort, course: FollowUp, meetings: Table
) -> list[list[Row]]:
    """For each time and person: used_organisation (from the second time on) and mode."""
    used = used_since(spec, people, course, meetings)
    found = []
    for t, time in enumerate(spec.times):
        rng = stream(spec.seed, "people", "reach", time.name)
        modes = pick(rng, spec.reach.mode[time.name], people.n)
        gone = rng.random(people.n) < spec.reach.unanswered
        rows: list[Row] = [{"mode": mode} for mode in modes]
        if t > 0:
            said = [_answer(yes, lost) for yes, lost in zip(used[:, t], gone, strict=True)]
            rows = [{"used_organisation": s, **row} for s, row in zip(said, rows, strict=True)]
        found.append(rows)
    return found


def _answer(yes: bool, lost: bool) -> Cell:
    """As the file has it; blank where the question was not answered."""
    return None if lost else ("yes" if yes else "no")


def residents(spec: Simulation, drawn: Sample) -> list[Row]:
    """For each row of the sample: used_organisation and moved_here_from, None if unanswered."""
    rule, n = spec.survey.residents, len(drawn.wave)
    uses, moves, lost = stream(spec.seed, "survey", "residents").random((3, n))
    rows: list[Row] = []
    for k in range(n):
        site = spec.sites[drawn.site[drawn.respondent[k]]].name
        wave = spec.survey.waves[drawn.wave[k]].name
        used = "yes" if uses[k] < rule.used[site][wave] else "no"
        place = _moved_from(rule.moved[site][wave], float(moves[k])) or rule.stayed
        gone = lost[k] < rule.unanswered
        rows.append(
            {
                "used_organisation": None if gone else used,
                "moved_here_from": None if gone else place,
            }
        )
    return rows


def _moved_from(shares: dict[str, float], draw: float) -> str:
    """Where a respondent moved from, by a uniform draw; blank who did not move."""
    edges: Floats = np.cumsum(list(shares.values()))
    at = int(np.searchsorted(edges, draw, side="right"))
    return list(shares)[at] if at < len(edges) else ""
