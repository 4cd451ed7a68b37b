"""Coded passages of invented interviews."""

from cesp_analysis.simulate.spec import Simulation
from cesp_analysis.simulate.tables import Table
from cesp_analysis.streams import stream, yes_no


def interview_excerpts(spec: Simulation) -> Table:
    """One row an excerpt: who (by pseudonym) said what, its codes, and whether it may be quoted."""
    rule = spec.interviews
    draws = stream(spec.seed, "interviews").random(len(rule.excerpts))
    cleared = yes_no(draws < rule.cleared)
    width = len(str(len(rule.excerpts)))
    return [
        {
            "excerpt_id": f"{rule.prefix}{number:0{width}}",
            "site": rule.speakers[excerpt.speaker].site,
            "role": rule.speakers[excerpt.speaker].role,
            "pseudonym": excerpt.speaker,
            "theme": excerpt.theme,
            "subtheme": excerpt.subtheme,
            "construct": excerpt.construct_,
            "valence": excerpt.valence,
            "text": excerpt.text,
            "cleared_for_quotation": cleared[number - 1],
        }
        for number, excerpt in enumerate(rule.excerpts, start=1)
    ]
