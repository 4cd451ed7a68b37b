"""Regressions of respondents and where their rows stand among the records of the whole sample."""

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from cesp_analysis.arrays import Bools, Codes, Floats
from cesp_analysis.declared.surveys import SurveyDesign
from cesp_analysis.models.did_design import Regression
from cesp_analysis.models.frame import Frame
from cesp_analysis.models.spec import ModelSpec
from cesp_analysis.models.survey_design import Sample, records_of, sample_of
from cesp_analysis.models.survey_linear import Linearised, of_totals, unit_totals_at
from cesp_analysis.schemas import MARGIN

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Drawn:
    """The n records of respondents and waves that a model may rest on, one row each.

    place: respondent and wave (`key_of`) → the record, -1 where there is none; waves: the code of
    each of the model's times; respondent (n,): codes.
    """

    records: "pd.DataFrame"
    place: Codes
    waves: Codes
    respondent: Codes

    @property
    def n(self) -> int:
        """Number of records."""
        return len(self.respondent)

    def sample(self, design: SurveyDesign | None) -> Sample:
        """The records as a design has them; raises NotEstimable."""
        return sample_of(self.records, design)

    def at(self, frame: Frame) -> Codes:
        """Which record (m,) each row of a frame is."""
        waves = len(self.records["time"].cat.categories)
        return self.place[key_of(frame.codes["person"], self.waves[frame.time], waves)]

    def records_at(self, unit: np.ndarray, wave: np.ndarray) -> Codes:
        """Which record (m,) is of a respondent and wave, by their codes; -1: none."""
        keys = key_of(unit, wave, len(self.records["time"].cat.categories))
        if not len(keys) or (wave.min() >= 0 and keys.min() >= 0 and keys.max() < len(self.place)):
            return self.place[keys]
        known = (wave >= 0) & (keys >= 0) & (keys < len(self.place))
        return np.where(known, self.place[np.where(known, keys, 0)], -1)


def key_of(unit: np.ndarray, wave: np.ndarray, waves: int) -> Codes:
    """Respondent and wave as one number (n,)."""
    return np.asarray(np.asarray(unit, dtype=np.int64) * waves + wave)


def drawn_of(panel: "pd.DataFrame", spec: ModelSpec) -> Drawn:
    """All respondents' records of the panel; without weights (and margins) if the model has none.

    Their categories stay those of the panel, so that a frame's codes find them.
    """
    import pandas as pd

    if not spec.weighted:
        margins = [name for name in panel.columns if str(name).startswith(MARGIN)]
        panel = panel.drop(columns=margins).assign(weight=1.0)
    records = records_of(panel, spec.level)
    unit, wave = (records[name].cat.codes.to_numpy() for name in ("unit", "time"))
    keys = key_of(unit, wave, len(records["time"].cat.categories))
    place = np.full(int(keys.max(initial=-1)) + 1, -1, dtype=np.intp)
    place[keys] = np.arange(len(keys))
    named = [moment.name for moment in spec.moments()]
    waves = np.asarray(records["time"].cat.categories.get_indexer(pd.Index(named)), dtype=np.intp)
    return Drawn(records, place, waves, np.asarray(unit, dtype=np.intp))


@dataclass(frozen=True)
class Regressed:
    """A weighted regression, and which of the sample's records (m,) each row that took part is.

    A change's record is that of its later wave, whose weight it has; first (m,): the record whose
    sampling unit it counts in, that of the wave of reference, None where each record has its own.
    movers: a sentence on those whose records lie in several neighbourhoods, or ''.
    """

    fitted: Regression
    at: Codes
    first: Codes | None = None
    movers: str = ""
    memory: dict[int, tuple[Sample, Linearised]] = field(
        init=False, repr=False, compare=False, default_factory=dict
    )
    """What all contrasts by a sample share, see `said_by`; by the id of a sample, which is kept."""

    @property
    def rows(self) -> Frame:
        """The rows that took part."""
        return self.fitted.frame.rows(self.fitted.fit.kept)

    def sample(self, drawn: Sample) -> Sample:
        """The sample with each row in the sampling unit that it counts in."""
        return drawn if self.first is None else counted_as(drawn, self.at, self.first)

    def pull(self, contrasts: Floats, n: int) -> Floats:
        """The influence (n, q) of the sample's records on contrasts (q, k) of the coefficients."""
        found = np.zeros((n, len(contrasts)))
        found[self.at] = self._pull(contrasts)
        return found

    def _pull(self, contrasts: Floats) -> Floats:
        """That of the rows that took part (m, q)."""
        fit = self.fitted.fit
        own = (np.sqrt(fit.weights) * fit.residuals)[:, None]
        return np.asarray(own * (fit.x @ (fit.bread @ contrasts.T)))

    def said_by(self, drawn: Sample) -> Linearised:
        """The linearised covariance of all coefficients by a sample, made once; NotEstimable."""
        if id(drawn) not in self.memory:
            sample, pull = self.sample(drawn), self._pull(np.eye(len(self.fitted.names)))
            totals = unit_totals_at(pull, self.at, sample)
            self.memory[id(drawn)] = drawn, of_totals(totals, sample, self.inside(drawn.n))
        return self.memory[id(drawn)][1]

    def inside(self, n: int) -> Bools:
        """Which of the sample's records (n,) took part."""
        found = np.zeros(n, dtype=bool)
        found[self.at] = True
        return found


def counted_as(sample: Sample, at: Codes, first: Codes) -> Sample:
    """The sample in which records `at` (m,) lie in the PSUs and strata of records `first` (m,).

    For changes of respondents: who moved stays in the unit in which they were drawn. A unit that
    holds nobody but those who moved to it was not drawn, and is none.
    """
    if bool((sample.psu[at] == sample.psu[first]).all()):
        return sample
    psu, strata = sample.psu.copy(), sample.strata.copy()
    psu[at], strata[at] = sample.psu[first], sample.strata[first]
    units, psu = np.unique(psu, return_inverse=True)
    there, strata = np.unique(strata, return_inverse=True)
    names, strata_names = sample.psu_names, sample.strata_names
    return replace(
        sample,
        psu=np.asarray(psu, dtype=np.intp),
        strata=np.asarray(strata, dtype=np.intp),
        psu_names=tuple(names[unit] for unit in units) if names else (),
        strata_names=tuple(strata_names[code] for code in there) if strata_names else (),
    )


@dataclass(frozen=True)
class Sampled:
    """How an equation's rows were drawn, for an export: each way by which it has estimates.

    drawn: all records, n; at (m,): that of each row; ways: what the estimate's id ends in for a way
    → its sample; part: what it ends in for whose change it is; made: the ids of estimates.
    """

    drawn: Drawn
    at: Codes
    ways: dict[str, Sample]
    part: str
    made: frozenset[str]
