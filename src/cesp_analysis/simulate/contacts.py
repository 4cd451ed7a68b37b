"""Use of services, and meetings with link workers.

Counts are gamma-Poisson: each person has a frailty of mean 1 (shape: the smaller, the more skewed)
that lasts over all times, so a few people use most of a service at every time. `ratio` is the true
rate ratio at a time in the intervention site. Social care services are used only by those who
have any formal social care; `any_log_odds` is the true effect on having any.
"""

from datetime import date

import numpy as np

from cesp_analysis.arrays import Bools, Floats, Ints
from cesp_analysis.simulate.outcomes import FollowUp
from cesp_analysis.simulate.people import Cohort
from cesp_analysis.simulate.spec import Simulation
from cesp_analysis.simulate.spec_parts import Service, Services
from cesp_analysis.simulate.starts import days_until, of_people
from cesp_analysis.simulate.tables import Cell, Table, rounded
from cesp_analysis.streams import chance, days_after, log_odds, pick, stream, yes_no


def _any_care(spec: Simulation, people: Cohort, treated: Bools) -> Bools:
    """Who has any formal social care, (n, times); a person's own tendency lasts."""
    rule = spec.services
    tendency = stream(spec.seed, "services", rule.any_name).random(people.n)
    start = log_odds(rule.any_care.share) + rule.any_care.general * people.general
    effects = np.array([rule.any_log_odds.get(time.name, 0.0) for time in spec.times])
    moved = effects[of_people(spec)[people.site]] * treated[:, None]
    return tendency[:, None] < chance(start[:, None] + moved)


def _amounts(
    spec: Simulation, people: Cohort, name: str, service: Service, treated: Bools, care: Bools
) -> Ints:
    """Amount of one service by person and time, (n, times)."""
    rng = stream(spec.seed, "services", name)
    frailty = rng.gamma(service.shape, 1 / service.shape, people.n)
    level = frailty * np.exp(service.general * people.general - service.general**2 / 2)
    ratios = np.array([service.ratio.get(time.name, 1.0) for time in spec.times])
    since = of_people(spec)[people.site]
    rate = service.mean * level[:, None] * np.where(treated[:, None], ratios[since], 1.0)
    drawn = rng.poisson(rate)
    return np.where(care, np.maximum(drawn, 1), 0) if service.social_care else drawn


def service_use(spec: Simulation, people: Cohort, course: FollowUp) -> Table:
    """One row a person seen, time and service: amount in its unit, minutes each, recall."""
    rule, rows = spec.services, []
    treated = np.array([site.arm == "intervention" for site in spec.sites])[people.site]
    care = _any_care(spec, people, treated)
    used: list[tuple[str, Service | None, Ints, Floats]] = []
    for name, service in rule.services.items():
        amount = _amounts(spec, people, name, service, treated, care)
        used.append((name, service, amount, _minutes(spec, name, service, amount)))
    used.append((rule.any_name, None, care.astype(np.int64), np.zeros(care.shape)))
    rng = stream(spec.seed, "services", "unanswered")
    missing = rng.random((people.n, len(spec.times), len(used))) < rule.missing
    for i in range(people.n):
        for t in np.flatnonzero(course.seen[i]):
            for j, (name, kind, amount, minutes) in enumerate(used):
                asked: Cell = None if missing[i, t, j] else int(amount[i, t])
                each = int(minutes[i, t]) if asked and minutes[i, t] else None
                rows.append(
                    _service_row(rule, people.id[i], spec.times[t].name, name, kind, asked, each)
                )
    return rows


def _service_row(
    rule: Services,
    person: str,
    time: str,
    name: str,
    service: Service | None,
    amount: Cell,
    minutes: Cell,
) -> dict[str, Cell]:
    """One line of the service use file; without a service it is the yes (1) or no (0)."""
    return {
        "person_id": person,
        "time": time,
        "service": name,
        "unit": service.unit if service else "yes_no",
        "amount": amount,
        "minutes_each": minutes,
        "recall_months": rule.recall_months,
    }


def _minutes(spec: Simulation, name: str, service: Service, amount: Ints) -> Floats:
    """Minutes of a typical contact by person and time, to 5 minutes; 0 where not asked."""
    if service.minutes is None:
        return np.zeros(amount.shape)
    mean, sd = service.minutes
    drawn = stream(spec.seed, "services", name, "minutes").normal(mean, sd, amount.shape)
    return np.asarray(np.maximum(5 * np.rint(drawn / 5), 5))


def link_worker_contacts(spec: Simulation, people: Cohort, course: FollowUp) -> Table:
    """One row a meeting of an engaged person with a link worker, kept or missed, by date."""
    rule = spec.contacts
    rng = stream(spec.seed, "contacts")
    last = days_after(people.recruited, np.full(people.n, spec.times[-1].due_days))
    met: list[tuple[date, int]] = []
    begun = days_until(spec)[people.site]
    for i in np.flatnonzero(people.engaged & (people.worker >= 0)):
        count = 1 + int(rng.poisson(rule.mean * rng.gamma(rule.shape, 1 / rule.shape)))
        gaps = 1 + np.cumsum(rng.exponential(rule.gap_days, count)).astype(np.int64)
        withdrew = course.fate["withdrawal_date"][i]
        end = withdrew if isinstance(withdrew, date) else last[i]
        days = days_after([people.recruited[i]] * count, begun[i] + gaps)
        met += [(day, int(i)) for day in days if day <= end]
    met.sort()
    return _meetings(spec, people, met, rng)


def _meetings(
    spec: Simulation, people: Cohort, met: list[tuple[date, int]], rng: np.random.Generator
) -> Table:
    """The rows of the meetings: worker, minutes, mode; no minutes where it was missed."""
    rule, n = spec.contacts, len(met)
    attended = rng.random(n) < rule.attended
    mean, sd = rule.minutes
    lengths = rounded(np.maximum(5 * np.rint(rng.normal(mean, sd, n) / 5), 10))
    modes, other = pick(rng, rule.modes, n), rng.random(n) < rule.other_worker
    teams = [list(site.link_workers) for site in spec.sites]
    cover = rng.random(n)
    rows: Table = []
    for k, (day, i) in enumerate(met):
        team = teams[people.site[i]]
        worker = team[int(cover[k] * len(team))] if other[k] else people.worker_name[i]
        rows.append(
            {
                "contact_id": f"{rule.prefix}{k + 1:0{len(str(n))}}",
                "person_id": people.id[i],
                "link_worker": worker,
                "date": day,
                "minutes_direct": lengths[k] if attended[k] else 0,
                "mode": modes[k],
                "attended": yes_no(attended[k : k + 1])[0],
            }
        )
    return rows
