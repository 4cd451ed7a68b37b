"""The step `resample`: a part of the bootstrap samples of people, each completed and analysed."""

from pathlib import Path

from cesp_analysis.economics.asked import PeopleSpec
from cesp_analysis.economics.completed_samples import (
    Samples,
    analyses_of,
    boot_seed,
    completed_samples,
)
from cesp_analysis.economics.frame import Frame
from cesp_analysis.economics.read_people import read_people
from cesp_analysis.economics.sample_rows import write_samples


def resample(
    spec: str,
    panel: Path,
    events: Path,
    visits: Path,
    records: Path,
    scores: list[Path],
    part: str,
    out: Path,
    costs: Path | None = None,
) -> None:
    """Draw samples of people, complete and analyse each: one part of them.

    `part`: as Snakemake names it, 2-of-4; `costs`: what each person's services cost, where the
    study has no total. More parts give the same samples.
    """
    how = PeopleSpec.model_validate_json(spec)
    read = read_people(how, panel, events, visits, records, scores, costs)
    at, _, parts = part.partition("-of-")
    found = samples_of(how, read.given.base().frame, int(at) - 1, int(parts))
    write_samples(found, analyses_of(how), out)


def samples_of(how: PeopleSpec, frame: Frame, part: int = 0, parts: int = 1) -> Samples:
    """A part (from 0) of the samples that the section asks for, of the base case's people."""
    asked = how.economics.missing
    analyses = [*analyses_of(how).values()]
    return completed_samples(
        frame, analyses, asked.replicates, asked.imputations, boot_seed(how), part, parts
    )
