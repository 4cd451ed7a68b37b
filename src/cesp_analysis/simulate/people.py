"""Who was referred, screened and recruited, and what is known of them at the start."""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from cesp_analysis.arrays import Bools, Floats, Ints
from cesp_analysis.simulate.latent import Rows, general_factor
from cesp_analysis.simulate.spec import Simulation
from cesp_analysis.simulate.spec_parts import Site, Trial
from cesp_analysis.simulate.starts import of_people
from cesp_analysis.simulate.tables import Cell, Table, table
from cesp_analysis.streams import chance, days_after, log_odds, pick, stream, yes_no


@dataclass(frozen=True)
class Cohort:
    """Recruited people in order of id; arrays of shape (n,), names where a file holds names."""

    id: list[str]
    site: Ints
    neighbourhood: Ints
    neighbourhood_name: list[str]
    referred: list[date]
    recruited: list[date]
    worker: Ints
    worker_name: list[str | None]
    engaged: Bools
    general: Floats

    @property
    def n(self) -> int:
        """How many."""
        return len(self.id)


def _screen(spec: Simulation, site: Site) -> Table:
    """Referrals to one site, in order of date, until enough are recruited."""
    rules, rng = spec.recruitment, stream(spec.seed, "screening", site.name)
    drawn = 20 * site.recruited + 100
    eligible = rng.random(drawn) < rules.eligible
    recruited = eligible & (rng.random(drawn) < rules.consented)
    referred = int(np.flatnonzero(np.cumsum(recruited) == site.recruited)[0]) + 1
    reasons = pick(rng, rules.not_eligible, referred)
    refusals = pick(rng, rules.not_consented, referred)
    window = (rules.last - rules.first).days + 1
    rows: Table = []
    for i, day in enumerate(np.sort(rng.integers(0, window, referred))):
        rows.append(
            {
                "screening_id": None,
                "referral_date": days_after([rules.first], np.array([day]))[0],
                "site": site.name,
                "eligible": "yes" if eligible[i] else "no",
                "reason_not_eligible": None if eligible[i] else reasons[i],
                "consented": ("yes" if recruited[i] else "no") if eligible[i] else None,
                "reason_not_consented": refusals[i] if eligible[i] and not recruited[i] else None,
                "person_id": None,
            }
        )
    return rows


def _by_referral(row: dict[str, Cell]) -> str:
    return str(row["referral_date"])


def screening_log(spec: Simulation) -> Table:
    """Everyone referred, one row each, numbered by date; person_id where recruited."""
    rows = [row for site in spec.sites for row in _screen(spec, site)]
    rows.sort(key=_by_referral)
    width, person = len(str(len(rows))), 0
    digits = len(str(sum(site.recruited for site in spec.sites)))
    for number, row in enumerate(rows, start=1):
        row["screening_id"] = f"{spec.recruitment.screening_prefix}{number:0{width}}"
        if row["consented"] == "yes":
            person += 1
            row["person_id"] = f"{spec.recruitment.person_prefix}{person:0{digits}}"
    return rows


def cohort(spec: Simulation, log: Table) -> Cohort:
    """The people whom the screening log recruited."""
    recruited = [row for row in log if row["person_id"]]
    names, n = [site.name for site in spec.sites], len(recruited)
    rng = stream(spec.seed, "people", "cohort")
    where, spread, load = rng.random((3, n))
    low, high = spec.recruitment.days_to_recruit
    wait = rng.integers(low, high + 1, n)
    site = np.array([names.index(str(row["site"])) for row in recruited])
    neighbourhood, worker = _places(spec, site, where), _workers(spec, site, load)
    engaged = np.where(
        np.array([place.arm == "intervention" for place in spec.sites])[site],
        spread < spec.people.engaged,
        spread < spec.people.contamination,
    )
    places = [name for place in spec.sites for name in place.neighbourhoods]
    workers = [name for place in spec.sites for name in place.link_workers]
    referred = [day for row in recruited if isinstance(day := row["referral_date"], date)]
    return Cohort(
        id=[str(row["person_id"]) for row in recruited],
        site=site,
        neighbourhood=neighbourhood,
        neighbourhood_name=[places[i] for i in neighbourhood],
        referred=referred,
        recruited=days_after(referred, wait),
        worker=worker,
        worker_name=[workers[i] if i >= 0 else None for i in worker],
        engaged=engaged,
        general=general_factor(spec.seed, "people", n),
    )


def _places(spec: Simulation, site: Ints, uniform: Floats) -> Ints:
    """Each person's neighbourhood, numbered over all sites."""
    sizes = np.array([len(place.neighbourhoods) for place in spec.sites])
    return np.asarray((np.cumsum(sizes) - sizes)[site] + (uniform * sizes[site]).astype(np.int64))


def _workers(spec: Simulation, site: Ints, uniform: Floats) -> Ints:
    """Each person's link worker by caseload, numbered over all sites; -1 where there are none."""
    worker, before = np.full(len(site), -1), 0
    for s, place in enumerate(spec.sites):
        if place.link_workers:
            loads = np.cumsum(list(place.link_workers.values()))
            here = site == s
            worker[here] = before + np.searchsorted(loads / loads[-1], uniform[here])
            before += len(loads)
    return worker


def measurements(spec: Simulation, people: Cohort) -> Rows:
    """Every person at every time, person by person, as if nobody were lost: n x times rows.

    In the intervention site everyone has the whole effect (the effect of being offered it);
    a control who used the organisation has the contamination dose.
    """
    times = len(spec.times)
    arms = np.array([site.arm == "intervention" for site in spec.sites])
    dose = np.where(arms[people.site], 1.0, people.engaged * spec.people.contamination_dose)
    return Rows(
        seed=spec.seed,
        level="people",
        sites=tuple(site.name for site in spec.sites),
        times=tuple(time.name for time in spec.times),
        site=np.repeat(people.site, times),
        neighbourhood=np.repeat(people.neighbourhood, times),
        unit=np.repeat(np.arange(people.n), times),
        time=np.tile(np.arange(times), people.n),
        worker=np.repeat(people.worker, times),
        dose=np.repeat(dose, times),
        since=of_people(spec)[people.site].ravel(),
        general=np.zeros(people.n * times),
    )


def trial(rng: np.random.Generator, rule: Trial, general: Floats) -> list[str]:
    """Yes or no for each person, more or less likely with the general factor."""
    odds = log_odds(rule.share) + rule.general * general
    return yes_no(rng.random(len(general)) < chance(odds))


def people_table(spec: Simulation, people: Cohort, fate: dict[str, list[Cell]]) -> Table:
    """One row a person: place, characteristics, dates, link worker, how they left if they did."""
    rule, n = spec.people, people.n

    def own(name: str) -> np.random.Generator:
        return stream(spec.seed, "people", name)

    age = np.clip(
        own("age").normal(rule.age.mean, rule.age.sd, n), rule.age.lowest, rule.age.highest
    )
    years = [int(value) for value in age]
    return table(
        {
            "person_id": people.id,
            **_identifying(spec, people, years),
            "site": [spec.sites[s].name for s in people.site],
            "neighbourhood": people.neighbourhood_name,
            "sex": pick(own("sex"), rule.sex, n),
            "age_at_referral": years,
            "lives_alone": trial(own("lives_alone"), rule.lives_alone, people.general),
            "ethnicity": pick(own("ethnicity"), rule.ethnicity, n),
            "long_term_condition": trial(
                own("condition"), rule.long_term_condition, people.general
            ),
            "referral_source": pick(own("referral_source"), rule.referral_source, n),
            "referral_date": people.referred,
            "recruited_date": people.recruited,
            "link_worker": people.worker_name,
            "used_organisation": yes_no(people.engaged),
            **fate,
        }
    )


def _identifying(spec: Simulation, people: Cohort, ages: list[int]) -> dict[str, list[Cell]]:
    """Name, date of birth, postcode and a free note: what exports hold and results must not."""
    rng, rule, n = stream(spec.seed, "people", "identity"), spec.people, people.n
    first, last = (
        rng.integers(len(rule.first_names), size=n),
        rng.integers(len(rule.last_names), size=n),
    )
    days = rng.integers(1, 364, n)
    letters, digits = rng.integers(0, 20, (n, 2)), rng.integers(1, 10, (n, 2))
    codes = "ABDEFGHJLNPQRSTUWXYZ"
    noted, which = rng.random(n) < rule.noted, rng.integers(len(rule.notes), size=n)
    born = [
        date(day.year - age, day.month, min(day.day, 28)) - timedelta(days=int(back))
        for day, age, back in zip(people.referred, ages, days, strict=True)
    ]
    return {
        "full_name": [
            f"{rule.first_names[a]} {rule.last_names[b]}" for a, b in zip(first, last, strict=True)
        ],
        "date_of_birth": list(born),
        "postcode": [
            f"ZZ{out} {inner}{codes[a]}{codes[b]}"
            for (out, inner), (a, b) in zip(digits, letters, strict=True)
        ],
        "notes": [rule.notes[w] if said else None for said, w in zip(noted, which, strict=True)],
    }
