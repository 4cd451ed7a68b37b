"""Respondents as they were drawn, and the parts of them that are described."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from cesp_analysis.declared.surveys import SurveyDesign
from cesp_analysis.models.refusals import NotEstimable
from cesp_analysis.models.survey_design import Sample, records_of, sample_of
from cesp_analysis.survey.answers import MeansSpec, inside_of


@dataclass(frozen=True)
class Cell:
    """Some respondents of one wave: of a site, or a stratum within it."""

    of: str
    site: str
    group: str
    wave: str
    inside: np.ndarray


@dataclass(frozen=True)
class Drawn:
    """The records as they were drawn; ways: the design's own sample, then, where neighbourhoods
    are all there are, the one in which they are clusters; a sentence: why there is none."""

    records: pd.DataFrame
    ways: tuple[Sample | str, ...]
    how: MeansSpec

    @property
    def sample(self) -> Sample | None:
        """The sample by the design, if it is known."""
        own = self.ways[0]
        return None if isinstance(own, str) else own

    @property
    def why(self) -> str:
        """Why there is no sample."""
        own = self.ways[0]
        return own if isinstance(own, str) else ""

    @property
    def weight(self) -> np.ndarray:
        """Final weights (n,)."""
        return self.records["weight"].to_numpy(dtype=float)


def drawn_of(table: pd.DataFrame, how: MeansSpec) -> Drawn:
    """The respondents with a weight, with a column `group`, and how they were drawn."""
    records = records_of(table)
    records = records.assign(group=records["site" if how.sites else "arm"])
    ways = [how.design]
    if how.design.neighbourhoods == "all" and bool(records["neighbourhood"].notna().any()):
        ways.append(how.design.model_copy(update={"neighbourhoods": "sampled"}))
    return Drawn(records, tuple(_sample(records, way) for way in ways), how)


def _sample(records: pd.DataFrame, design: SurveyDesign) -> Sample | str:
    try:
        return sample_of(records, design)
    except NotEstimable as why:
        return f"no interval: {why}"


def cells_of(drawn: Drawn) -> Iterator[Cell]:
    """Every site at every wave, then every stratum within a site, where strata are declared."""
    records, how = drawn.records, drawn.how
    for group in how.groups():
        for wave in how.waves:
            yield Cell("site", group, group, wave, inside_of(records, group, wave))
    if how.design.strata is None:
        return
    strata = records[how.design.strata].astype("category").cat
    for group in how.groups():
        for code, stratum in enumerate(strata.categories):
            for wave in how.waves:
                inside = inside_of(records, group, wave) & (strata.codes.to_numpy() == code)
                yield Cell("stratum", group, f"{stratum}", wave, inside)
