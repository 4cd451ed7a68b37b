"""The synthetic delivery: what the generator knows of fidelity, events, use and retest."""

from collections import Counter
from datetime import date, timedelta
from itertools import product
from math import sqrt
from pathlib import Path

import numpy as np
import pytest

from cesp_analysis.arrays import Floats
from cesp_analysis.simulate.adverse_events import adverse_events, days_observed
from cesp_analysis.simulate.contacts import link_worker_contacts
from cesp_analysis.simulate.fidelity import fidelity_ratings, leniency, true_fidelity
from cesp_analysis.simulate.latent import NORMAL, Rows, answers
from cesp_analysis.simulate.outcomes import FollowUp, follow_up, traits
from cesp_analysis.simulate.people import Cohort, cohort, measurements, screening_log
from cesp_analysis.simulate.reach import residents, used_since
from cesp_analysis.simulate.retest import change, retest, retest_codes
from cesp_analysis.simulate.spec import Simulation, read_simulation
from cesp_analysis.simulate.spec_parts import Spec
from cesp_analysis.simulate.study import clean_files
from cesp_analysis.simulate.survey import sample
from cesp_analysis.simulate.tables import Table

DATA = Path(__file__).parents[2] / "data"
# Largest |z| of a hundred comparisons: 2 * 100 * (1 - Phi(4.5)) = .0007 that any exceeds it.
LARGEST_Z = 4.5


class People(Spec):
    """People, their measurements and what became of them."""

    model_config = {"arbitrary_types_allowed": True, "frozen": True}
    spec: Simulation
    people: Cohort
    rows: Rows
    theta: dict[str, Floats]
    course: FollowUp


def made(spec: Simulation) -> People:
    people = cohort(spec, screening_log(spec))
    rows = measurements(spec, people)
    theta = traits(spec, rows)
    course = follow_up(spec, people, theta[spec.retention.trait])
    return People(spec=spec, people=people, rows=rows, theta=theta, course=course)


@pytest.fixture(scope="module")
def small() -> People:
    return made(read_simulation(DATA / "simulation.yaml"))


@pytest.fixture(scope="module")
def large() -> People:
    """4,000 people a site."""
    spec = read_simulation(DATA / "simulation.yaml")
    sites = tuple(site.model_copy(update={"recruited": 4000}) for site in spec.sites)
    return made(spec.model_copy(update={"sites": sites}))


def days(row: dict[str, object], name: str = "date") -> date:
    day = row[name]
    assert isinstance(day, date)
    return day


# ------------------------------------------------------------------ fidelity


def test_who_is_rated_when_and_by_whom(small: People) -> None:
    spec, people, rule = small.spec, small.people, small.spec.fidelity
    of = {name: i for i, name in enumerate(people.id)}
    rows = fidelity_ratings(spec, people, small.course)
    for row in rows:
        i, source = of[str(row["person_id"])], str(row["source"])
        assert people.engaged[i] and people.worker[i] >= 0
        gone = days(row) - people.recruited[i]
        assert any(abs(gone.days - due) <= rule.within_days for due in rule.due_days)
        left = small.course.fate["withdrawal_date"][i]
        assert not isinstance(left, date) or days(row) <= left
        if source == rule.their_worker:
            assert row["rater"] == f"{rule.worker_code}{people.worker[i] + 1}"
        elif source == rule.themselves:
            assert row["rater"] == rule.own_rating
        else:
            assert row["rater"] in rule.sources[source].raters
    met = Counter((row["person_id"], row["source"], row["date"]) for row in rows)
    raters = {(r["person_id"], r["source"], r["date"], r["rater"]) for r in rows}
    assert len(raters) == len(rows)  # nobody rates the same person twice on a day
    assert max(met.values()) == 2 and {key[1] for key, n in met.items() if n == 2} == {"observer"}


def expected(rule_step: float, centre: Floats, noise: float) -> Floats:
    """Mean of a rating at the nearest step: step * sum over k of P(above (k - 1/2) steps)."""
    edges = [(k + 0.5) * rule_step for k in range(round(1 / rule_step))]
    above = [np.vectorize(NORMAL.cdf)((centre - edge) / noise) for edge in edges]
    return np.asarray(rule_step * np.sum(above, axis=0))


def test_ratings_of_every_source_and_component_have_their_expectation(large: People) -> None:
    spec, rule, true = large.spec, large.spec.fidelity, true_fidelity(large.spec, large.people)
    of = {name: i for i, name in enumerate(large.people.id)}
    rows = fidelity_ratings(spec, large.people, large.course)
    workers = [f"{rule.worker_code}{i + 1}" for i in range(len(spec.sites[0].link_workers))]
    for name, source in rule.sources.items():
        raters = list(source.raters) or (workers if name == rule.their_worker else ["self"])
        lenient = dict(zip(raters, leniency(spec, name, raters), strict=True))
        own = [row for row in rows if row["source"] == name]
        occasion = [
            int(np.argmin([abs((days(r) - large.people.recruited[of[str(r["person_id"])]]).days - d)
                           for d in rule.due_days]))
            for r in own
        ]  # fmt: skip
        for c, component in enumerate(rule.components):
            given = [(r, o) for r, o in zip(own, occasion, strict=True) if r[component] is not None]
            said = np.array([float(str(r[component])) for r, _ in given])
            centre = np.array([true[of[str(r["person_id"])], o, c] + lenient[r["rater"]]
                               for r, o in given])  # fmt: skip
            miss = said - expected(rule.step, centre + source.bias, source.noise)
            assert abs(miss.mean()) < LARGEST_Z * miss.std() / sqrt(len(miss)), (name, component)
            assert set(np.unique(said)) <= {0, 0.25, 0.5, 0.75, 1}


def test_true_fidelity_has_the_means_of_the_yaml(large: People) -> None:
    """On the normal scale: variance within link workers, and their own levels around the mean."""
    rule, true = large.spec.fidelity, true_fidelity(large.spec, large.people)
    worker = large.people.worker
    met = worker >= 0
    for o, (c, level) in product(range(2), enumerate(rule.components.values())):
        values = true[met, o, c]
        shift = level + rule.growth * o
        z = np.vectorize(NORMAL.inv_cdf)(np.clip(values, 1e-12, 1 - 1e-12)) - shift
        by = [z[worker[met] == w] for w in np.unique(worker[met])]
        within = np.mean([group.var() for group in by])
        assert within == pytest.approx(1 - rule.worker, abs=0.06)
        between = sqrt(rule.worker / len(by))  # five workers' own levels
        assert abs(np.mean([group.mean() for group in by])) < LARGEST_Z * between


# ------------------------------------------------------------------ adverse events


def test_every_death_is_an_event_and_no_event_is_after_the_end(small: People) -> None:
    rows = adverse_events(small.spec, small.people, small.course)
    of = {name: i for i, name in enumerate(small.people.id)}
    last = days_observed(small.spec, small.people, small.course)
    dead = {
        (small.people.id[i], day)
        for i, day in enumerate(small.course.fate["death_date"])
        if isinstance(day, date)
    }
    found = {
        (r["person_id"], r["date"]) for r in rows if r["kind"] == small.spec.adverse_events.death
    }
    assert found == dead and dead
    for row in rows:
        i = of[str(row["person_id"])]
        start = small.people.recruited[i]
        assert start < days(row) <= start + timedelta(days=int(last[i]))
        if row["related"] == "yes":
            assert small.people.engaged[i] and small.people.worker[i] >= 0


def test_events_have_their_true_rates_and_shares(large: People) -> None:
    rows = adverse_events(large.spec, large.people, large.course)
    years = days_observed(large.spec, large.people, large.course).sum() / 365.25
    for kind, truth in large.spec.adverse_events.kinds.items():
        own = [row for row in rows if row["kind"] == kind]
        assert abs(len(own) - truth.rate * years) < LARGEST_Z * sqrt(truth.rate * years)
        hard = np.mean([row["serious"] == "yes" for row in own])
        error = sqrt(truth.serious * (1 - truth.serious) / len(own))
        assert abs(hard - truth.serious) <= LARGEST_Z * error


# ------------------------------------------------------------------ use of the organisation


def test_answers_say_who_used_the_organisation_when(small: People) -> None:
    """Record by record: controls who used it did so by some time; others as their meetings say."""
    spec, people, course = small.spec, small.people, small.course
    meetings = link_worker_contacts(spec, people, course)
    used = used_since(spec, people, course, meetings)
    control = people.site == 1
    assert not used[:, 0].any()
    assert (used.any(axis=1) == people.engaged)[control].all()
    kept = {(r["person_id"], r["date"]) for r in meetings if r["attended"] == "yes"}
    files, place = clean_files(spec), {name: i for i, name in enumerate(people.id)}
    told = 0
    for t, time in enumerate(spec.times[1:], start=1):
        for row in files[time.file]:
            i, said = place[str(row["person_id"])], row["used_organisation"]
            since = people.recruited[i] if t == 1 else course.visits[t - 1][i]
            if not control[i]:
                between = [
                    d for p, d in kept if p == people.id[i] and since < d <= course.visits[t][i]
                ]
                assert used[i, t] == bool(between)
            assert said in (None, "yes" if used[i, t] else "no")
            told += said is not None
    assert told > 0.95 * sum(len(files[time.file]) for time in spec.times[1:])


def test_residents_used_it_and_moved_as_the_yaml_says(small: People) -> None:
    spec, drawn, rule = small.spec, sample(small.spec), small.spec.survey.residents
    rows = residents(spec, drawn)
    for (s, site), (w, wave) in product(enumerate(spec.sites), enumerate(spec.survey.waves)):
        here = (drawn.site[drawn.respondent] == s) & (drawn.wave == w)
        own = [rows[k] for k in np.flatnonzero(here)]
        truth = {"yes": rule.used[site.name][wave.name]}
        counts = Counter(row["used_organisation"] for row in own)
        counts |= Counter(row["moved_here_from"] for row in own)
        truth |= rule.moved[site.name][wave.name]
        for answer, share in truth.items():
            mean = share * len(own) * (1 - rule.unanswered)
            assert abs(counts[answer] - mean) < LARGEST_Z * sqrt(mean) + 1, (site.name, wave.name)


# ------------------------------------------------------------------ retest


def test_a_retest_without_change_gives_the_answers_of_baseline(small: People) -> None:
    still = small.spec.retest.model_copy(update={"stable": 1.0, "drift": 0.0})
    spec = small.spec.model_copy(update={"retest": still})
    for name in still.instruments:
        instrument = spec.instruments[name]
        first = answers(small.rows, name, instrument, small.theta[instrument.trait])
        again = retest_codes(spec, small.rows, small.theta, small.people, name)
        assert (again == first[:: len(spec.times)]).all(), name


def test_a_nearly_continuous_item_has_its_retest_correlation(large: People) -> None:
    """(a^2 + (1 - a^2) stable) / sqrt(1 + a^2 drift^2); codes 0 to 100 cut little of it."""
    spec, rule = large.spec, large.spec.retest
    name = next(n for n in rule.instruments if len(spec.instruments[n].items) == 1)
    instrument = spec.instruments[name]
    a = next(iter(instrument.items.values())).loading
    first = answers(large.rows, name, instrument, large.theta[instrument.trait])
    again = retest_codes(spec, large.rows, large.theta, large.people, name)
    r = np.corrcoef(first[:: len(spec.times), 0], again[:, 0])[0, 1]
    true = (a**2 + (1 - a**2) * rule.stable) / sqrt(1 + a**2 * rule.drift**2)
    # Fisher: (1 - r^2) / sqrt(n), n = 8,000, is .003; holding codes to 0 to 100 takes .005 at most
    assert r == pytest.approx(true, abs=0.015)


def test_who_says_better_is_better(large: People) -> None:
    rule = large.spec.retest.model_copy(update={"people": large.people.n})
    spec = large.spec.model_copy(update={"retest": rule})
    rows = retest(spec, large.rows, large.theta, large.people, large.course)
    truth = dict(zip(large.people.id, change(spec, large.people), strict=True))
    means = []
    for word, share in rule.changed.items():
        own = [truth[str(row["person_id"])] for row in rows if row["changed"] == word]
        assert abs(len(own) / len(rows) - share) < LARGEST_Z * sqrt(share * (1 - share) / len(rows))
        means.append(float(np.mean(own)))
    assert means == sorted(means, reverse=True)
    gaps = [
        (days(row, "visit_date") - large.course.visits[0][i]).days for i, row in enumerate(rows)
    ]
    assert (min(gaps), max(gaps)) == rule.days


# ------------------------------------------------------------------ panels


def test_panels_meet_as_often_as_they_should_and_hold_what_fits(small: People) -> None:
    files, rule = clean_files(small.spec), small.spec.panel_meetings
    rows: Table = files[rule.file]
    for name, panel in rule.panels.items():
        own = [row for row in rows if row["panel"] == name]
        assert len(own) == (panel.last - panel.first).days // panel.every_days + 1
        for row in own:
            came, agreed, done = (int(str(row[k])) for k in
                                  ("attended", "actions_agreed", "actions_done"))  # fmt: skip
            assert 0 <= came <= panel.invited and 0 <= done <= agreed
            assert row["site"] == panel.site
