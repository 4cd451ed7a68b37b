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


def second_coding(spec: Simulation, excerpts: Table) -> Table:
    """The same excerpts of some speakers, coded by somebody else."""
    rule = spec.interviews.second
    own = [row for row in excerpts if row["pseudonym"] in rule.speakers]
    codes = sorted({(row["theme"], row["subtheme"]) for row in excerpts})
    draws = stream(spec.seed, "interviews", "second coder")
    alike, which = draws.random(len(own)) < rule.alike, draws.integers(0, len(codes) - 1, len(own))
    made = []
    for row, same, at in zip(own, alike, which, strict=True):
        others = [code for code in codes if code != (row["theme"], row["subtheme"])]
        theme, subtheme = (row["theme"], row["subtheme"]) if same else others[at]
        told = {name: row[name] for name in ("excerpt_id", "site", "role", "pseudonym")}
        made.append(told | {"theme": theme, "subtheme": subtheme, "text": row["text"]})
    return made


def earlier_coding(spec: Simulation, excerpts: Table) -> Table:
    """The excerpts as an export before had them: some codes called otherwise, some excerpts coded
    otherwise, some interviews not yet held."""
    rule = spec.interviews
    was = {(one.theme, one.subtheme): one.was for one in rule.renamed}
    made = []
    for number, row in enumerate(excerpts, start=1):
        now = (str(row["theme"]), str(row["subtheme"]))
        theme, subtheme = rule.recoded.get(number, was.get(now, now))
        if row["pseudonym"] not in rule.without:
            made.append(row | {"theme": theme, "subtheme": subtheme})
    return made
