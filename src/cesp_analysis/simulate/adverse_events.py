"""Adverse events of people, and the meetings of the panels."""

from datetime import date, timedelta

import numpy as np

from cesp_analysis.arrays import Ints
from cesp_analysis.simulate.outcomes import FollowUp
from cesp_analysis.simulate.people import Cohort
from cesp_analysis.simulate.spec import Simulation
from cesp_analysis.simulate.tables import Row, Table
from cesp_analysis.streams import days_after, stream, yes_no


def days_observed(spec: Simulation, people: Cohort, course: FollowUp) -> Ints:
    """Days from recruitment to the last time's due day, withdrawal or death, (n,)."""
    days = np.full(people.n, spec.times[-1].due_days)
    for name in ("withdrawal_date", "death_date"):
        for i, day in enumerate(course.fate[name]):
            if isinstance(day, date):
                days[i] = min(days[i], (day - people.recruited[i]).days)
    return days


def adverse_events(spec: Simulation, people: Cohort, course: FollowUp) -> Table:
    """One row an event, by date: Poisson over the days observed; every death is one."""
    rule, days = spec.adverse_events, days_observed(spec, people, course)
    met = people.engaged & (people.worker >= 0)
    found: list[tuple[date, str, Row]] = []
    for kind, truth in rule.kinds.items():
        rng = stream(spec.seed, "adverse events", kind)
        counts = rng.poisson(truth.rate * days / 365.25)
        who = np.repeat(np.arange(people.n), counts)
        when, serious, related = rng.random((3, len(who)))
        on = days_after([people.recruited[i] for i in who], 1 + (when * days[who]).astype(int))
        hard = yes_no(serious < truth.serious)
        ours = yes_no((related < truth.related) & met[who])
        for k, i in enumerate(who.tolist()):
            found.append((on[k], people.id[i], _event(people.id[i], on[k], kind, hard[k], ours[k])))
    for i, day in enumerate(course.fate["death_date"]):
        if isinstance(day, date):
            row = _event(people.id[i], day, rule.death, *yes_no(np.array([True, False])))
            found.append((day, people.id[i], row))
    found.sort(key=lambda event: event[:2])
    width = len(str(len(found)))
    return [
        {"event_id": f"{rule.prefix}{n:0{width}}", **row}
        for n, (_, _, row) in enumerate(found, start=1)
    ]


def _event(person: str, day: date, kind: str, serious: str, related: str) -> Row:
    return {"person_id": person, "date": day, "kind": kind, "serious": serious, "related": related}


def panel_meetings(spec: Simulation) -> Table:
    """One row a meeting, by date: who was invited and came, what was agreed and done of it."""
    rule = spec.panel_meetings
    found: list[tuple[date, str, Row]] = []
    for name, panel in rule.panels.items():
        rng = stream(spec.seed, "panel meetings", name)
        count = (panel.last - panel.first).days // panel.every_days + 1
        moved = rng.integers(0, 4, count)
        off = rng.random(count) < panel.cancelled
        came = np.where(off, 0, rng.binomial(panel.invited, panel.attends, count))
        agreed = np.where(off, 0, rng.poisson(panel.agreed, count))
        done = rng.binomial(agreed, panel.done)
        for k in range(count):
            day = panel.first + timedelta(days=k * panel.every_days + int(moved[k]))
            row: Row = {
                "date": day,
                "site": panel.site,
                "panel": name,
                "invited": panel.invited,
                "attended": int(came[k]),
                "actions_agreed": int(agreed[k]),
                "actions_done": int(done[k]),
            }
            found.append((day, name, row))
    found.sort(key=lambda meeting: meeting[:2])
    width = len(str(len(found)))
    return [
        {"meeting_id": f"{rule.prefix}{n:0{width}}", **row}
        for n, (_, _, row) in enumerate(found, start=1)
    ]
