"""What must fit together in how respondents were drawn, and in when sites began."""

from collections.abc import Iterator

from cesp_analysis.study.study import Study


def broken_design(study: Study) -> Iterator[str]:
    """One line for each thing that does not fit together."""
    strata = study.covariates.get(study.surveys.strata or "")
    if strata is not None and strata.level != "respondent":
        yield (
            f"surveys.strata: '{study.surveys.strata}' is a covariate of people; name one of level"
            " respondent"
        )
    for name, site in study.sites.items():
        if site.started is not None and site.arm == "control":
            yield (
                f"sites.{name}.started: a control site never gets the intervention; write arm:"
                " intervention, or remove it"
            )
