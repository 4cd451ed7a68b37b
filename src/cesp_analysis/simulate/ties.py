"""Ties of respondents: people to whom they could turn (as codes), and groups they belong to.

Counts are gamma-Poisson, as services are: a respondent's frailty (mean 1) lasts over the waves.
`ratio` is the true rate ratio at a wave in the intervention site, before the counts are held to the
number that the questionnaire has room for.
"""

from collections.abc import Sequence

import numpy as np

from cesp_analysis.arrays import Floats, Ints
from cesp_analysis.simulate.latent import general_factor
from cesp_analysis.simulate.spec import Simulation
from cesp_analysis.simulate.spec_survey import Naming
from cesp_analysis.simulate.starts import of_waves
from cesp_analysis.simulate.survey import Sample
from cesp_analysis.simulate.tables import Cell, Row, Table
from cesp_analysis.streams import pick, stream


def named(spec: Simulation, drawn: Sample, kind: str, rule: Naming) -> Ints:
    """How many each respondent names at each of their waves, (m,)."""
    n = len(drawn.site)
    lasting = stream(spec.seed, "survey", "ties", kind)
    frailty = lasting.gamma(rule.shape, 1 / rule.shape, n)
    general = general_factor(spec.seed, "survey", n)
    level = frailty * np.exp(rule.general * general - rule.general**2 / 2)
    treated = np.array([site.arm == "intervention" for site in spec.sites])
    ratios = np.array([rule.ratio.get(wave.name, 1.0) for wave in spec.survey.waves])
    there = treated[drawn.site[drawn.respondent]]
    since = of_waves(spec)[drawn.site[drawn.respondent], drawn.wave]
    rate = rule.mean * level[drawn.respondent] * np.where(there, ratios[since], 1.0)
    counts = stream(spec.seed, "survey", "ties", kind, "counts").poisson(rate)
    return np.minimum(counts, rule.most)


def _without_repeats(rng: np.random.Generator, weights: Floats, count: int) -> Sequence[int]:
    """Different indices, drawn with these weights."""
    chosen: list[int] = rng.choice(
        len(weights), min(count, len(weights)), replace=False, p=weights / weights.sum()
    ).tolist()
    return chosen


def _people(spec: Simulation, drawn: Sample, k: int, rng: np.random.Generator, n: int) -> Table:
    """The people one respondent names at one wave: most of the neighbourhood, some of the site."""
    rule, who = spec.survey.ties, drawn.respondent[k]
    sizes = [len(site.neighbourhoods) for site in spec.sites]
    begin = sum(sizes[: drawn.site[who]])
    home, size = int(drawn.neighbourhood[who]), sizes[drawn.site[who]]
    away = begin + (home - begin + 1 + rng.integers(0, size - 1)) % size
    near = int(rng.binomial(n, rule.near))
    often = 1 / (np.arange(rule.known) + 5.0)  # some are turned to by many
    codes = [(home, i) for i in _without_repeats(rng, often, near)]
    codes += [(int(away), i) for i in _without_repeats(rng, often, n - near)]
    relations, contact = pick(rng, rule.relations, n), pick(rng, rule.contact, n)
    return [
        _tie("person", f"K{place + 1:02}-{i + 1:03}", relations[j], contact[j], place == home)
        for j, (place, i) in enumerate(codes)
    ]


def _groups(spec: Simulation, drawn: Sample, k: int, rng: np.random.Generator, n: int) -> Table:
    """The groups one respondent names at one wave: those of the site, and those everywhere."""
    rule, site = spec.survey.ties, spec.sites[drawn.site[drawn.respondent[k]]].name
    met = {name: group for name, group in rule.named_groups.items() if group.site in ("", site)}
    names = list(met)
    chosen = _without_repeats(rng, np.array([group.drawn for group in met.values()]), n)
    contact = pick(rng, rule.contact, len(chosen))
    return [
        _tie(
            "organisation" if met[names[i]].organisation else "group",
            names[i],
            "",
            contact[j],
            None,
        )
        for j, i in enumerate(chosen)
    ]


def _tie(kind: str, name: str, relation: str, contact: str, near: bool | None) -> Row:
    lives: Cell = None if near is None else ("yes" if near else "no")
    return {
        "tie": kind,
        "name": name,
        "relation": relation or None,
        "contact": contact,
        "in_neighbourhood": lives,
    }


def ties(spec: Simulation, drawn: Sample) -> Table:
    """One row a respondent, wave and person or group named; who names nobody has no row."""
    rule, rows = spec.survey.ties, []
    people = named(spec, drawn, "people", rule.people)
    groups = named(spec, drawn, "groups", rule.groups)
    width = len(str(len(drawn.site)))
    for w, wave in enumerate(spec.survey.waves):
        if wave.name not in rule.waves:
            continue
        rng = stream(spec.seed, "survey", "ties", "named", wave.name)
        for k in np.flatnonzero(drawn.wave == w).tolist():
            who = f"{spec.survey.prefix}{drawn.respondent[k] + 1:0{width}}"
            site = spec.sites[drawn.site[drawn.respondent[k]]].name
            found = _people(spec, drawn, k, rng, int(people[k]))
            found += _groups(spec, drawn, k, rng, int(groups[k]))
            first: Row = {"respondent_id": who, "wave": wave.name, "site": site}
            rows += [{**first, **row} for row in found]
    return rows
