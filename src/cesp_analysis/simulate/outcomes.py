"""Outcomes of people: who is still there, when they are seen, and what they answer.

Loss: at each follow-up a person who is there stays with log odds
log_odds(stays[site]) + retention.log_odds * (the retention trait at baseline). The lost die,
withdraw or cannot be traced; some of the untraced come back at the next time.
"""

from dataclasses import dataclass
from datetime import date

import numpy as np

from cesp_analysis.arrays import Bools, Floats, Ints
from cesp_analysis.simulate.latent import Rows, answers, latent
from cesp_analysis.simulate.people import Cohort
from cesp_analysis.simulate.spec import Simulation
from cesp_analysis.simulate.tables import Cell, Row, Table, answered, joined, unanswered
from cesp_analysis.streams import chance, days_after, log_odds, pick, stream


@dataclass(frozen=True)
class FollowUp:
    """seen (n, times): who was visited; visits: dates, a list per time; fate: people's columns."""

    seen: Bools
    visits: list[list[date]]
    fate: dict[str, list[Cell]]


def traits(spec: Simulation, rows: Rows) -> dict[str, Floats]:
    """Every latent trait of people at every measurement, shape (n x times,)."""
    return {name: latent(rows, name, trait) for name, trait in spec.traits.items()}


def _visits(spec: Simulation, people: Cohort) -> list[list[date]]:
    """Visit dates: baseline soon after recruitment, follow-ups around their due day, some late."""
    rule, dates = spec.retention, []
    for index, time in enumerate(spec.times):
        rng = stream(spec.seed, "people", "visits", time.name)
        if index == 0:
            shift = rng.integers(0, spec.recruitment.baseline_within + 1, people.n)
        else:
            around = np.rint(rng.normal(0, rule.visit_sd_days, people.n))
            late = rng.integers(rule.late_days[0], rule.late_days[1] + 1, people.n)
            shift = np.where(rng.random(people.n) < rule.late, late, around)
        dates.append(days_after(people.recruited, time.due_days + shift.astype(np.int64)))
    return dates


def follow_up(spec: Simulation, people: Cohort, theta: Floats) -> FollowUp:
    """Who is lost, when and how; theta is the retention trait, shape (n x times,)."""
    rule, times = spec.retention, len(spec.times)
    baseline = theta.reshape(people.n, times)[:, 0]
    seen = np.ones((people.n, times), dtype=bool)
    gone: dict[int, tuple[str, int]] = {}  # person → how, at which time
    for t, time in enumerate(spec.times[1:], start=1):
        rng = stream(spec.seed, "people", "retention", time.name)
        stays = np.array([log_odds(time.stays[site.name]) for site in spec.sites])[people.site]
        kept = rng.random(people.n) < chance(stays + rule.log_odds * baseline)
        back = rng.random(people.n) < rule.returns
        seen[:, t] = np.where(seen[:, t - 1], kept, back)
        seen[list(gone), t] = False
        fates = pick(rng, {str(name): share for name, share in rule.fates.items()}, people.n)
        for i in np.flatnonzero(seen[:, t - 1] & ~seen[:, t]):
            if fates[i] != "untraced":
                gone[int(i)] = (fates[i], t)
    visits = _visits(spec, people)
    return FollowUp(seen, visits, _fate(spec, people, gone, visits))


def _fate(
    spec: Simulation,
    people: Cohort,
    gone: dict[int, tuple[str, int]],
    visits: list[list[date]],
) -> dict[str, list[Cell]]:
    """The columns of the people table that say who withdrew, why, who died, and who moved."""
    rng = stream(spec.seed, "people", "withdrawal")
    reasons, when = pick(rng, spec.retention.withdrawal_reasons, people.n), rng.random(people.n)
    left: list[Cell] = [None] * people.n
    why: list[Cell] = [None] * people.n
    for i, (how, t) in gone.items():
        if how == "withdrew":
            left[i], why[i] = _between(spec, people, visits, i, t, when[i]), reasons[i]
    died: list[Cell] = ["no"] * people.n
    on: list[Cell] = [None] * people.n
    share = stream(spec.seed, "people", "deaths").random(people.n)
    for i, (how, t) in gone.items():
        if how == "died":
            died[i], on[i] = "yes", _between(spec, people, visits, i, t, share[i])
    fate = {"withdrawal_date": left, "withdrawal_reason": why, "died": died, "death_date": on}
    return fate | _moves(spec, people)


def _between(
    spec: Simulation, people: Cohort, visits: list[list[date]], i: int, t: int, share: float
) -> date:
    """A day between the times t-1 and t, three weeks after the first is due, after its visit."""
    start, end = spec.times[t - 1].due_days, spec.times[t].due_days
    days = int(start + 21 + share * (end - start - 21))
    day = days_after([people.recruited[i]], np.array([days]))[0]
    return max(day, days_after([visits[t - 1][i]], np.array([1]))[0])


def _moves(spec: Simulation, people: Cohort) -> dict[str, list[Cell]]:
    """Some people move to the other site during follow-up; they go on answering."""
    rng = stream(spec.seed, "people", "moves")
    moves, days = rng.random(people.n), rng.integers(60, 300, people.n)
    on: list[Cell] = [None] * people.n
    to: list[Cell] = [None] * people.n
    for i in np.flatnonzero(moves < spec.retention.moves):
        on[i] = days_after([people.recruited[i]], days[i : i + 1])[0]
        to[i] = spec.sites[(people.site[i] + 1) % len(spec.sites)].name
    return {"moved_date": on, "moved_to": to}


def codes(spec: Simulation, rows: Rows, theta: dict[str, Floats]) -> dict[str, Ints]:
    """Answers of all people at all times, instrument → (n x times, items), none missing."""
    return {
        name: answers(rows, name, spec.instruments[name], theta[spec.instruments[name].trait])
        for name in spec.outcomes
    }


def outcome_tables(
    spec: Simulation,
    people: Cohort,
    answered_all: dict[str, Ints],
    course: FollowUp,
    beside: list[list[Row]],
) -> dict[str, Table]:
    """File → one row a person seen at that time: id, visit date, an answer per item.

    `beside`: for each time, the columns of each person that follow the answers.
    """
    files: dict[str, Table] = {}
    for t, time in enumerate(spec.times):
        parts: list[list[dict[str, Cell]]] = [
            [
                {"person_id": i, "visit_date": day}
                for i, day in zip(people.id, course.visits[t], strict=True)
            ]
        ]
        for name, all_times in answered_all.items():
            given = all_times[t :: len(spec.times)]
            missing = unanswered(
                spec.seed,
                "people",
                f"{time.name}/{name}",
                (given.shape[0], given.shape[1]),
                spec.retention.item_missing,
                spec.retention.instrument_skipped,
            )
            instrument = spec.instruments[name]
            parts.append(answered(given, missing, instrument, time.missing_code))
        parts.append(beside[t])
        files[time.file] = [
            row for row, here in zip(joined(parts), course.seen[:, t], strict=True) if here
        ]
    return files
