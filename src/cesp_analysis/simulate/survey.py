"""The community survey: respondents of each site and wave, part of them panel members."""

from dataclasses import dataclass

import numpy as np

from cesp_analysis.arrays import Floats, Ints
from cesp_analysis.simulate.latent import Rows, answers, latent
from cesp_analysis.simulate.spec import Simulation
from cesp_analysis.simulate.spec_parts import Instrument
from cesp_analysis.simulate.spec_survey import Wave
from cesp_analysis.simulate.starts import of_waves
from cesp_analysis.simulate.tables import Cell, Row, Table, answered, joined, unanswered
from cesp_analysis.streams import days_after, pick, stream


@dataclass(frozen=True)
class Sample:
    """Respondents (n of them) and who answered when: rows (m,) of respondent and wave indices.

    A respondent has one site, neighbourhood, age band, sex, tenure and weight at all waves.
    """

    respondent: Ints
    wave: Ints
    site: Ints
    neighbourhood: Ints
    band: list[str]
    sex: list[str]
    tenure: list[str]
    noise: Floats


def sample(spec: Simulation) -> Sample:
    """Draw the members of every wave: some of the wave before, the others new."""
    survey = spec.survey
    site_of: list[int] = []
    members: list[Ints] = []
    waves: list[Ints] = []
    before: dict[str, Ints] = {}
    for w, wave in enumerate(survey.waves):
        for s, site in enumerate(spec.sites):
            rng = stream(spec.seed, "survey", "members", wave.name, site.name)
            size = wave.respondents[site.name]
            old = before.get(site.name, np.array([], dtype=np.int64))
            kept = min(round(survey.panel * size), len(old))
            stay = np.sort(rng.choice(old, size=kept, replace=False)) if kept else old[:0]
            new = np.arange(len(site_of), len(site_of) + size - kept)
            site_of += [s] * len(new)
            before[site.name] = np.concatenate([stay, new])
            members.append(before[site.name])
            waves.append(np.full(size, w))
    return _described(spec, np.array(site_of), np.concatenate(members), np.concatenate(waves))


def _described(spec: Simulation, site: Ints, respondent: Ints, wave: Ints) -> Sample:
    """Give every respondent a neighbourhood, an age band, a sex, a tenure and a weight's noise."""
    survey, n = spec.survey, len(site)
    sizes = np.array([len(place.neighbourhoods) for place in spec.sites])
    first = np.cumsum(sizes) - sizes

    def own(name: str) -> np.random.Generator:
        return stream(spec.seed, "survey", name)

    return Sample(
        respondent=respondent,
        wave=wave,
        site=site,
        neighbourhood=first[site] + np.floor(own("place").random(n) * sizes[site]).astype(int),
        band=pick(own("age"), {k: b.sample for k, b in survey.age_bands.items()}, n),
        sex=pick(own("sex"), survey.sex, n),
        tenure=pick(own("tenure"), survey.tenure, n),
        noise=np.exp(own("weight").normal(0, survey.weight_sd, n) - survey.weight_sd**2 / 2),
    )


def survey_rows(spec: Simulation, drawn: Sample) -> Rows:
    """The measurements of the survey, wave by wave; everyone of a treated site has dose 1."""
    arms = np.array([site.arm == "intervention" for site in spec.sites])
    bands = np.array([spec.survey.age_bands[band].general for band in drawn.band])
    site = drawn.site[drawn.respondent]
    return Rows(
        seed=spec.seed,
        level="survey",
        sites=tuple(place.name for place in spec.sites),
        times=tuple(wave.name for wave in spec.survey.waves),
        site=site,
        neighbourhood=drawn.neighbourhood[drawn.respondent],
        unit=drawn.respondent,
        time=drawn.wave,
        worker=np.full(len(site), -1),
        dose=arms[site].astype(np.float64),
        since=of_waves(spec)[site, drawn.wave],
        general=bands[drawn.respondent],
    )


def survey_codes(spec: Simulation, drawn: Sample, rows: Rows) -> dict[str, Ints]:
    """Answers of all respondents at all their waves, instrument → (m, items), none missing."""
    tenure = [drawn.tenure[i] for i in drawn.respondent]
    theta = {
        name: latent(rows, name, trait) + [trait.tenure.get(kind, 0.0) for kind in tenure]
        for name, trait in spec.survey.traits.items()
    }
    return {
        name: answers(rows, name, spec.instruments[name], theta[spec.instruments[name].trait])
        for name in spec.survey.instruments
    }


def _modes(spec: Simulation, drawn: Sample, modes: list[str]) -> list[str]:
    """The modes of all rows: in some waves part of those on paper were interviewed instead."""
    draws = stream(spec.seed, "survey", "interviewed").random(len(modes))
    shares = np.array(
        [
            [wave.interviewed.get(site.name, 0.0) for site in spec.sites]
            for wave in spec.survey.waves
        ]
    )
    met = draws < shares[drawn.wave, drawn.site[drawn.respondent]]
    on_paper = next(iter(spec.survey.mode))
    return [
        spec.survey.interview if here and mode == on_paper else mode
        for mode, here in zip(modes, met, strict=True)
    ]


def _who(spec: Simulation, drawn: Sample) -> list[Row]:
    """Columns before the answers, for every row of the sample."""
    survey, rows = spec.survey, []
    places = [name for site in spec.sites for name in site.neighbourhoods]
    rng = stream(spec.seed, "survey", "fieldwork")
    modes = _modes(spec, drawn, pick(rng, survey.mode, len(drawn.wave)))
    spread = rng.random(len(drawn.wave))
    width = len(str(len(drawn.site)))
    for k, (i, w) in enumerate(zip(drawn.respondent, drawn.wave, strict=True)):
        wave, band = survey.waves[w], survey.age_bands[drawn.band[i]]
        day = days_after([wave.first], np.array([int(spread[k] * wave.days)]))[0]
        row: dict[str, Cell] = {
            "respondent_id": f"{survey.prefix}{i + 1:0{width}}",
            "site": spec.sites[drawn.site[i]].name,
            "neighbourhood": places[drawn.neighbourhood[i]],
            "age_band": drawn.band[i],
            "sex": drawn.sex[i],
            "tenure": drawn.tenure[i],
            "design_weight": round(float(band.population / band.sample * drawn.noise[i]), 3),
            "date": day,
            "mode": modes[k],
        }
        rows.append(row)
    return rows


def _as_asked(codes: Ints, instrument: Instrument, wave: Wave) -> Ints:
    """The codes as the questionnaire of a wave has them: some the other way round."""
    turned = np.array([item in wave.reversed for item in instrument.items])
    return np.where(turned, instrument.lowest + instrument.highest - codes, codes)


def _renamed(row: Row, wave: Wave) -> Row:
    """The answers under the names that they have in a wave."""
    return {wave.reversed.get(name, name): cell for name, cell in row.items()}


def _coded(row: Row, code: Cell) -> Row:
    """The same row with what is unanswered as the wave's file has it."""
    return {name: code if cell is None else cell for name, cell in row.items()}


def survey_tables(spec: Simulation, drawn: Sample, beside: list[Row]) -> dict[str, Table]:
    """File → one row a respondent of that wave; `beside`: columns of each row at the end."""
    codes = survey_codes(spec, drawn, survey_rows(spec, drawn))
    who, files = _who(spec, drawn), {}
    for w, wave in enumerate(spec.survey.waves):
        here = np.flatnonzero(drawn.wave == w)
        parts: list[list[Row]] = [[who[k] for k in here]]
        for name, given in codes.items():
            shape = (len(here), given.shape[1])
            missing = unanswered(
                spec.seed, "survey", f"{wave.name}/{name}", shape, spec.survey.item_missing
            )
            instrument = spec.instruments[name]
            given_here = _as_asked(given[here], instrument, wave)
            rows = answered(given_here, missing, instrument, wave.missing_code)
            parts.append([_renamed(row, wave) for row in rows])
        parts.append([{"questionnaire": wave.questionnaire}] * len(here))
        parts.append([_coded(beside[k], wave.missing_code) for k in here])
        files[wave.file] = joined(parts)
    return files
