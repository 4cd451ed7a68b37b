"""What must fit together in what a study says of few sites and of negative controls."""

from collections.abc import Iterator

from cesp_analysis.declared.paths import leaving
from cesp_analysis.study.study import Study


def broken_few_sites(study: Study) -> Iterator[str]:
    """One line for each thing that does not fit together."""
    own = study.few_sites
    if own.prior is not None:
        yield from leaving("few_sites.prior", own.prior)
    if own.model_fields_set and not study.sites:
        yield "few_sites: the study declares no sites, which can then not differ; remove it"
    yield from _negative_controls(study)


def _negative_controls(study: Study) -> Iterator[str]:
    """What the intervention cannot change is not, under another name, what it should change."""
    for name, outcome in study.outcomes.items():
        for other, entry in study.outcomes.items():
            same = (entry.level, entry.source) == (outcome.level, outcome.source)
            if outcome.role == "negative_control" != entry.role and same:
                yield (
                    f"outcomes.{name}.role: a negative control cannot be changed by the"
                    f" intervention, but it is read from the same answers as {other}"
                    f" ({outcome.source}), which has the role {entry.role}; remove one of them"
                )
