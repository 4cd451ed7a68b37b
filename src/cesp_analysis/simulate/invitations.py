"""The sampling frame of the surveys: every invited address, and what became of it.

Those who answered are the respondents of the wave; others are added to them, so that the share who
answered differs between groups as the population differs from the respondents:
answered in group g = answered in all * respondents' share of g / population's share of g.
"""

import numpy as np

from cesp_analysis.simulate.spec import Simulation
from cesp_analysis.simulate.survey import Sample
from cesp_analysis.simulate.tables import Table
from cesp_analysis.streams import pick, stream


def _others(spec: Simulation, s: int, w: int, count: int) -> list[tuple[str, str]]:
    """Neighbourhood and disposition of the invited of one site and wave who did not answer."""
    rule, site, wave = spec.survey.invitations, spec.sites[s], spec.survey.waves[w].name
    lasting = stream(spec.seed, "survey", "invitations", site.name)
    sizes = np.exp(rule.spread * lasting.standard_normal(len(site.neighbourhoods)))
    rng = stream(spec.seed, "survey", "invitations", site.name, wave)
    where = pick(rng, dict(zip(site.neighbourhoods, sizes.tolist(), strict=True)), count)
    shares = {str(name): share for name, share in rule.rest[site.name][wave].items()}
    return list(zip(where, pick(rng, shares, count), strict=True))


def invitations(spec: Simulation, drawn: Sample) -> Table:
    """One row an address invited in a wave, by address number: neighbourhood and disposition."""
    places = [name for site in spec.sites for name in site.neighbourhoods]
    found: list[tuple[str, str, str, str]] = []
    for w, wave in enumerate(spec.survey.waves):
        for s, site in enumerate(spec.sites):
            here = drawn.respondent[(drawn.wave == w) & (drawn.site[drawn.respondent] == s)]
            answered = [(places[n], "complete") for n in drawn.neighbourhood[here]]
            invited = spec.survey.invitations.invited[site.name][wave.name]
            rows = answered + _others(spec, s, w, invited - len(answered))
            order = stream(spec.seed, "survey", "invitations", "order", site.name, wave.name)
            found += [(wave.name, site.name, *rows[i]) for i in order.permutation(len(rows))]
    width = len(str(len(found)))
    return [
        {
            "address_id": f"{spec.survey.invitations.prefix}{number:0{width}}",
            "wave": wave,
            "site": site,
            "neighbourhood": place,
            "disposition": disposition,
        }
        for number, (wave, site, place, disposition) in enumerate(found, start=1)
    ]
