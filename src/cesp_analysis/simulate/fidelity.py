"""Ratings of fidelity: what is true of each person's intervention, and what raters say of it."""

from datetime import date, timedelta
from math import sqrt

import numpy as np

from cesp_analysis.arrays import Floats, Ints
from cesp_analysis.simulate.latent import NORMAL
from cesp_analysis.simulate.outcomes import FollowUp
from cesp_analysis.simulate.people import Cohort
from cesp_analysis.simulate.spec import Simulation
from cesp_analysis.simulate.spec_delivery import RatedBy
from cesp_analysis.simulate.starts import days_until
from cesp_analysis.simulate.tables import Cell, Row, Table
from cesp_analysis.streams import days_after, stream


def true_fidelity(spec: Simulation, people: Cohort) -> Floats:
    """Fidelity between 0 and 1, (n, occasions, components); Fidelity has the equation."""
    rule, n = spec.fidelity, people.n
    times, parts = len(rule.due_days), len(rule.components)

    def own(name: str) -> np.random.Generator:
        return stream(spec.seed, "fidelity", name)

    workers = own("worker").standard_normal(max(int(people.worker.max(initial=0)), 0) + 1)
    lasting = sqrt(rule.worker) * workers[np.maximum(people.worker, 0)]
    lasting = lasting + sqrt(rule.person) * own("person").standard_normal(n)
    day = sqrt(1 - rule.worker - rule.person) * own("day").standard_normal((n, times, parts))
    level = np.array(list(rule.components.values())) + rule.growth * np.arange(times)[:, None]
    z = level[None] + lasting[:, None, None] + day
    return np.array([NORMAL.cdf(value) for value in z.ravel().tolist()]).reshape(z.shape)


def leniency(spec: Simulation, source: str, raters: list[str]) -> Floats:
    """By how much each rater of a source rates above the others, (raters,)."""
    drawn = stream(spec.seed, "fidelity", source, "raters").standard_normal(len(raters))
    return np.asarray(spec.fidelity.sources[source].rater_sd * drawn)


def nearest_step(value: Floats, step: float) -> Floats:
    """The step between 0 and 1 that is nearest."""
    return np.asarray(np.rint(np.clip(value, 0.0, 1.0) / step) * step)


def _raters(spec: Simulation, source: str) -> list[str]:
    """The raters of a source, each once; of people who rate themselves there is one name."""
    rule = spec.fidelity
    if source == rule.their_worker:
        workers = sum(len(site.link_workers) for site in spec.sites)
        return [f"{rule.worker_code}{number}" for number in range(1, workers + 1)]
    return [rule.own_rating] if source == rule.themselves else list(rule.sources[source].raters)


def _chosen(spec: Simulation, source: str, people: Cohort, where: Ints) -> tuple[Ints, Ints]:
    """Who rates each of the people `where`, and who does it a second time (-1: nobody)."""
    rule, raters = spec.fidelity.sources[source], _raters(spec, source)
    rng = stream(spec.seed, "fidelity", source, "chosen")
    drawn, other, again = rng.random((3, people.n, len(spec.fidelity.due_days)))
    if source == spec.fidelity.their_worker:
        first = people.worker[where][:, None] + np.zeros_like(drawn[where], dtype=np.int64)
    else:
        first = (drawn[where] * len(raters)).astype(np.int64)
    step = 1 + (other[where] * max(len(raters) - 1, 1)).astype(np.int64)
    second = np.where(again[where] < rule.twice, (first + step) % len(raters), -1)
    return first, second


def _last_day(people: Cohort, course: FollowUp, i: int) -> date:
    """The last day on which a person can be rated."""
    left = [course.fate[name][i] for name in ("withdrawal_date", "death_date")]
    return min([day for day in left if isinstance(day, date)], default=date.max)


def _followed(spec: Simulation) -> timedelta:
    """For how long people are followed: nobody is rated after it."""
    return timedelta(days=spec.times[-1].due_days)


def _rows(
    spec: Simulation, people: Cohort, course: FollowUp, source: str, where: Ints
) -> list[tuple[date, int, int, int]]:
    """(day, person, occasion, rater) of every rating of a source, by person."""
    rule = spec.fidelity
    rng = stream(spec.seed, "fidelity", source, "when")
    rated, shift = rng.random((2, people.n, len(rule.due_days)))
    first, second = _chosen(spec, source, people, where)
    found, begun = [], days_until(spec)[people.site]
    for k, i in enumerate(where.tolist()):
        last = min(_last_day(people, course, i), people.recruited[i] + _followed(spec))
        for o, due in enumerate(rule.due_days):
            days = begun[i] + due + int((2 * shift[i, o] - 1) * rule.within_days)
            day = days_after([people.recruited[i]], np.array([days]))[0]
            if rated[i, o] < rule.sources[source].share and day <= last:
                found += [(day, i, o, int(r[k, o])) for r in (first, second) if r[k, o] >= 0]
    return found


def _said(
    spec: Simulation, source: str, rows: list[tuple[date, int, int, int]], true: Floats
) -> list[list[Cell]]:
    """The components as rated, a list a row; None where a component was not rated."""
    rule: RatedBy = spec.fidelity.sources[source]
    lenient = leniency(spec, source, _raters(spec, source))
    rng = stream(spec.seed, "fidelity", source, "ratings")
    noise = rule.noise * rng.standard_normal((len(rows), len(spec.fidelity.components)))
    gone = rng.random(noise.shape) < spec.fidelity.missing
    truth = np.array([true[i, o] for _, i, o, _ in rows])
    own = np.array([lenient[r] for *_, r in rows])
    steps = nearest_step(truth + rule.bias + own[:, None] + noise, spec.fidelity.step)
    return [
        [None if lost else f"{cell:g}" for cell, lost in zip(*pair, strict=True)]
        for pair in zip(steps.tolist(), gone.tolist(), strict=True)
    ]


def fidelity_ratings(spec: Simulation, people: Cohort, course: FollowUp) -> Table:
    """One row a rating, by date: person, source, rater, and each component from 0 to 1."""
    rule, true = spec.fidelity, true_fidelity(spec, people)
    where = np.flatnonzero(people.engaged & (people.worker >= 0))
    rows: list[tuple[date, int, Row]] = []
    for source in rule.sources:
        raters, rated = _raters(spec, source), _rows(spec, people, course, source, where)
        for (day, i, _, r), cells in zip(rated, _said(spec, source, rated, true), strict=True):
            row: Row = {"person_id": people.id[i], "source": source, "rater": raters[r]}
            components = dict(zip(rule.components, cells, strict=True))
            rows.append((day, i, {**row, "date": day, **components}))
    rows.sort(key=lambda found: found[:2])
    width = len(str(len(rows)))
    return [
        {"rating_id": f"{rule.prefix}{k:0{width}}", **row}
        for k, (_, _, row) in enumerate(rows, start=1)
    ]
