"""What must fit together in figures from outside, and in what few_sites takes from them."""

from collections.abc import Iterator

from cesp_analysis.declared.paths import leaving
from cesp_analysis.errors import no_such
from cesp_analysis.study.study import Study


def broken_external(study: Study) -> Iterator[str]:
    """One line for each thing that does not fit together."""
    sites = {place.name: place.arm for place in study.places()}
    for name, own in study.external.items():
        place = f"external.{name}"
        yield from leaving(f"{place}.path", own.path)
        for site in own.authorities:
            if site not in sites:
                yield f"{place}.authorities: {no_such('site', site, list(sites))}"
        if {sites[site] for site in own.authorities if site in sites} != {
            "intervention",
            "control",
        }:
            yield f"{place}.authorities: name one of a site of each arm, which are compared"
        if len(set(own.authorities.values())) < len(own.authorities):
            yield f"{place}.authorities: two sites are in one, whose figures tell nothing apart"
        written = [entry.written or word for word, entry in own.series.items()]
        if len(set(written)) < len(written):
            yield f"{place}.series: two entries read the same series"
        if own.after is not None and own.after == own.before:
            yield f"{place}.after: is before; name a later period, or remove it"
    known = [f"{name}.{word}" for name, own in study.external.items() for word in own.series]
    for outcome, past in study.few_sites.divergences.items():
        place = f"few_sites.divergences.{outcome}"
        if (past.value is None) == (past.series is None):
            yield f"{place}: write either value, or series"
        elif past.series is not None and past.series not in known:
            yield f"{place}.series: {no_such('series', past.series, known)}"
        elif past.value is not None and not past.source:
            yield f"{place}.source: say which series shows it, and when"
        if past.value is not None and "scale" in past.model_fields_set:
            yield f"{place}.scale: is for a series; give the value in the outcome's unit"
