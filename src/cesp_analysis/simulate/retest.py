"""Some instruments asked again one to three weeks after baseline: what lasts and what changed."""

from math import sqrt

import numpy as np

from cesp_analysis.arrays import Floats, Ints
from cesp_analysis.simulate.latent import NORMAL, Rows, cut_answers, item_noise
from cesp_analysis.simulate.outcomes import FollowUp
from cesp_analysis.simulate.people import Cohort
from cesp_analysis.simulate.spec import Simulation
from cesp_analysis.simulate.tables import Table, answered, joined, unanswered
from cesp_analysis.streams import days_after, stream


def who(spec: Simulation, people: Cohort) -> Ints:
    """Who is asked again, in order."""
    rng = stream(spec.seed, "retest", "who")
    return np.sort(rng.choice(people.n, min(spec.retest.people, people.n), replace=False))


def change(spec: Simulation, people: Cohort) -> Floats:
    """How much better each person is than at baseline, in SD of all such changes, (n,)."""
    return stream(spec.seed, "retest", "change").standard_normal(people.n)


def _words(spec: Simulation, better: Floats) -> list[str]:
    """What people say of their change, from `changed`; the first answer is the best."""
    rule = spec.retest
    noise = stream(spec.seed, "retest", "said").standard_normal(len(better))
    felt = rule.accuracy * better + sqrt(1 - rule.accuracy**2) * noise
    above = np.cumsum(list(rule.changed.values()))[:-1]
    cuts = np.array([-NORMAL.inv_cdf(float(share)) for share in above])  # from high to low
    words = list(rule.changed)
    return [words[int((value <= cuts).sum())] for value in felt]


def retest_codes(
    spec: Simulation, rows: Rows, theta: dict[str, Floats], people: Cohort, name: str
) -> Ints:
    """Answers of all people if asked again, (n, items), before any is missing."""
    rule, times = spec.retest, len(spec.times)
    instrument = spec.instruments[name]
    trait = spec.traits[instrument.trait]
    sign = np.sign(trait.general)
    level = theta[instrument.trait][::times] + rule.drift * sign * change(spec, people)
    old = item_noise(rows, name, instrument)[::times]
    new = stream(spec.seed, "retest", "answers", name).standard_normal(old.shape)
    noise = rule.stable * old + sqrt(1 - rule.stable**2) * new  # they correlate `stable`
    return cut_answers(instrument, level, noise)


def retest(
    spec: Simulation, rows: Rows, theta: dict[str, Floats], people: Cohort, course: FollowUp
) -> Table:
    """One row a person asked again: date, answers, and how they say they changed."""
    rule, chosen = spec.retest, who(spec, people)
    days = stream(spec.seed, "retest", "days").integers(rule.days[0], rule.days[1] + 1, people.n)
    dates = days_after([course.visits[0][i] for i in chosen], days[chosen])
    said = _words(spec, change(spec, people))
    parts: list[Table] = [
        [
            {"person_id": people.id[i], "visit_date": day}
            for i, day in zip(chosen.tolist(), dates, strict=True)
        ]
    ]
    for name in rule.instruments:
        given = retest_codes(spec, rows, theta, people, name)[chosen]
        shape = (given.shape[0], given.shape[1])
        missing = unanswered(spec.seed, "retest", name, shape, rule.item_missing)
        parts.append(answered(given, missing, spec.instruments[name], None))
    parts.append([{"changed": said[i]} for i in chosen])
    return joined(parts)
