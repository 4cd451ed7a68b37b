"""What must fit together in the sections interviews and integration."""

from collections.abc import Iterator

from cesp_analysis.declared.integration import Integration, integration_faults
from cesp_analysis.declared.paths import leaving, misplaced_raw
from cesp_analysis.errors import no_such
from cesp_analysis.study.feasibility_rules import told_of
from cesp_analysis.study.study import Study


def broken_interviews(study: Study) -> Iterator[str]:
    """One line for each file that lies in the wrong place, and each site that nobody declares."""
    own = study.interviews
    if own is None:
        return
    for name, file in own.files.items():
        yield from misplaced_raw(f"interviews.files.{name}.path", file.path)
        if file.previous is not None:
            yield from misplaced_raw(f"interviews.files.{name}.previous", file.previous)
        yield from _site(f"interviews.files.{name}.site", file.site, study)
    for word, site in own.sites.items():
        yield from _site(f"interviews.sites.{word}", site, study)
    for place in ("people", "codebook", "previous_codebook"):
        if (other := getattr(own, place)) is not None:
            yield from misplaced_raw(f"interviews.{place}.path", other.path)


def _site(place: str, site: str | None, study: Study) -> Iterator[str]:
    if site is not None and site not in study.sites:
        yield f"{place}: {no_such('site', site, list(study.sites))}"


def _estimates(own: Integration) -> Iterator[tuple[str, str]]:
    """Place → the estimate_id that it names."""
    for name, construct in own.constructs.items():
        for word in ("estimate", "survey_estimate"):
            if (wanted := getattr(construct, word)) is not None:
                yield f"constructs.{name}.{word}", wanted
    for name, link in own.links.items():
        for one in link.evidence:
            if one.estimate is not None:
                yield f"links.{name}.evidence", one.estimate


def broken_integration(study: Study) -> Iterator[str]:
    """One line for each thing that does not fit the rest of the study file."""
    own = study.integration
    if own is None:
        return
    if study.interviews is None:
        yield "integration: joins interviews to the numbers; declare interviews, or leave it out"
    yield from integration_faults(own, study.outcomes, told_of(study).progression)
    for name, wanted in _estimates(own):
        if (model := wanted.partition("/")[0]) not in study.models:
            yield f"integration.{name}: {no_such('model', model, list(study.models))}"
    for place in ("inferences", "context"):
        if (path := getattr(own, place)) is not None:
            yield from leaving(f"integration.{place}", path)
