"""All outcomes of a survey's model fitted at once: coefficients, linearised covariances, df.

Outcomes of one model share records, columns and design and differ in who gave an answer, a domain
of the sample. So they are columns of one table, fitted by models/survey_many.py; what describes
each (frames, residuals, influence, sentences) is made afterwards, from these pieces. An outcome
goes by its own way (`regressed` without a solution) where its columns are not those of the
others, because nobody at a site or of a category answered it, or where they are nearly dependent,
which normal equations do not bear.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from cesp_analysis.arrays import Codes, Floats
from cesp_analysis.declared.design import Moment
from cesp_analysis.models.analysis_sets import in_set
from cesp_analysis.models.answers import Answers
from cesp_analysis.models.covariates import covariates_of
from cesp_analysis.models.did_design import Fitter, change_columns, fitted, level_columns
from cesp_analysis.models.frame import Frame
from cesp_analysis.models.least_squares import FAR, LeastSquares, of_coefficients
from cesp_analysis.models.refusals import NotEstimable
from cesp_analysis.models.survey_design import Sample
from cesp_analysis.models.survey_drawn import Drawn
from cesp_analysis.models.survey_linear import Linearised
from cesp_analysis.models.survey_many import grams, of_all_coefficients, smallest, solved
from cesp_analysis.models.survey_parts import Part

if TYPE_CHECKING:
    from cesp_analysis.models.survey import Survey

CELLS = 2**21
"""Records × outcomes that are fitted at once: 16 MB a table of them."""


@dataclass(frozen=True)
class Solution:
    """What a batch found of one outcome: coef (k,), gram (k, k) = x'wx, said: by the samples.

    names: of the columns x (n, k); y (n,): NaN for records that have no part in it; weight (n,).
    """

    names: tuple[str, ...]
    x: Floats
    y: Floats
    weight: Floats
    coef: Floats
    gram: Floats
    said: tuple[tuple[Sample, Linearised], ...]

    def by(self, at: Codes) -> Fitter:
        """Who fits the regression of records `at` (m,): by these coefficients if it is this one."""

        def fit(y: Floats, x: dict[str, Floats], weight: Floats | None) -> LeastSquares:
            if not self._is_of(at, y, x, weight):
                return fitted(y, x, weight)
            return of_coefficients(y, np.array(list(x.values())).T, weight, self.coef, self.gram)

        return fit

    def _is_of(self, at: Codes, y: Floats, x: dict[str, Floats], weight: Floats | None) -> bool:
        """Whether these are its rows, columns and weights, to the last bit."""
        if tuple(x) != self.names or np.count_nonzero(~np.isnan(self.y)) != len(at):
            return False
        if not np.array_equal(self.y[at], y) or (
            weight is not None and not np.array_equal(self.weight[at], weight)
        ):
            return False
        own = self.x[at]
        return all(np.array_equal(own[:, k], column) for k, column in enumerate(x.values()))


@dataclass(frozen=True)
class Batch:
    """Outcomes of a model that are fitted together; samples: all by which they are asked about."""

    spec: "Survey"
    answers: Answers
    drawn: Drawn
    samples: tuple[Sample, ...]
    outcomes: tuple[str, ...]
    _made: dict[tuple[Part, tuple[str, ...]], dict[str, Solution]] = field(
        init=False, repr=False, compare=False, default_factory=dict
    )

    def solution(self, outcome: str, part: Part, times: list[Moment]) -> Solution | None:
        """What was found of an outcome's regression at later waves; None: it goes its own way."""
        key = part, tuple(time.name for time in times)
        if key not in self._made:
            make = self._changes if part == "panel" else self._levels
            self._made[key] = dict(make(part, times))
        return self._made[key].get(outcome)

    @cached_property
    def y(self) -> Floats:
        """The values (n, q) of the drawn records; NaN: no answer, or not of the model's records."""
        found = np.full((len(self.outcomes), self.drawn.n), np.nan)
        for own, outcome in zip(found, self.outcomes, strict=True):
            rows = self.answers.of(outcome)
            at = self.drawn.records_at(self.answers.codes["person"][rows], self.answers.when[rows])
            value = self.answers.value[rows]
            if at.min(initial=0) < 0:
                at, value = at[at >= 0], value[at >= 0]
            own[at] = value
        if not self.eligible.all():
            found[:, ~self.eligible] = np.nan
        return np.ascontiguousarray(found.T)

    @cached_property
    def _coded(self) -> tuple[Frame, np.ndarray]:
        """The drawn records as a frame without an outcome, and which (n,) may enter the model."""
        records, spec = self.drawn.records, self.spec
        wave = np.full(len(records["time"].cat.categories) + 1, -1)
        for index, code in enumerate(self.drawn.waves):
            wave[code] = index if code >= 0 else -1
        time = wave[records["time"].cat.codes.to_numpy()]
        covariates, names, complete, _ = covariates_of(records, spec)
        covariates[~complete] = 0.0
        frame = Frame(
            y=np.zeros(len(time)),
            arm=(records["arm"] == "intervention").to_numpy().astype(float),
            time=time,
            weight=records["weight"].to_numpy(dtype=float),
            codes={"site": records["site"].cat.codes.to_numpy()},
            names={"site": tuple(records["site"].cat.categories)},
            covariates=covariates,
            covariate_names=names,
            left_out=(),
        )
        return frame, (time >= 0) & complete & in_set(records, spec)[0]

    @property
    def frame(self) -> Frame:
        """The drawn records as a frame without an outcome."""
        return self._coded[0]

    @property
    def eligible(self) -> np.ndarray:
        """Which records (n,) are of the model's waves and set, with every covariate."""
        return self._coded[1]

    @cached_property
    def _later(self) -> list[tuple[str, ...]]:
        """The later waves at which both arms answered each outcome, as both did at the first."""
        moments, first = self.spec.moments(), self.spec.reference_time()
        cell = np.where(self.frame.time >= 0, 2 * self.frame.time + self.frame.arm, -1)
        cells = (cell[:, None] == np.arange(2 * len(moments))).astype(float)
        both = (cells.T @ ~np.isnan(self.y) > 0).reshape(len(moments), 2, -1).all(axis=1)
        there = both & both[moments.index(first)]
        return [
            tuple(m.name for m, has in zip(moments, own, strict=True) if has and m != first)
            for own in there.T
        ]

    def _levels(self, part: Part, times: list[Moment]) -> Iterator[tuple[str, Solution]]:
        """Regressions of levels: of all, or of those who answered one of two waves."""
        order = self.spec.moments()
        asked = [order.index(moment) for moment in (self.spec.reference_time(), *times)]
        y, chosen = self.y, list(range(len(self.outcomes)))
        if part == "all":
            wanted = tuple(time.name for time in times)
            chosen = [j for j, own in enumerate(self._later) if own == wanted]
            y = y if len(chosen) == y.shape[1] else y[:, chosen]
        inside = np.isin(self.frame.time, asked)
        if not inside.all() or part != "all":
            y = np.where(inside[:, None], y, np.nan)
        if part != "all":
            first, last = self._pairs(times[0])
            both = ~np.isnan(y[first]) & ~np.isnan(y[last])
            for at in (first, last):
                y[at] = np.where(both, np.nan, y[at])
        x = level_columns(self.spec, self.frame, times)
        yield from self._solved([self.outcomes[j] for j in chosen], y, x, self.samples)

    def _changes(self, _: Part, times: list[Moment]) -> Iterator[tuple[str, Solution]]:
        """Regressions of changes, each at the record of its later wave.

        Where somebody moved, which sampling units there are depends on who answered an outcome
        (`counted_as`): each then has a covariance of its own.
        """
        first, last = self._pairs(times[0])
        y = np.full_like(self.y, np.nan)
        y[last] = self.y[last] - self.y[first]
        x = {}
        for name, column in change_columns(self.frame.rows(first)).items():
            x[name] = np.zeros(self.drawn.n)
            x[name][last] = column
        alike = [one for one in self.samples if np.array_equal(one.psu[first], one.psu[last])]
        yield from self._solved(self.outcomes, y, x, alike)

    def _pairs(self, time: Moment) -> tuple[Codes, Codes]:
        """The records of the wave of reference and of another of respondents who have both."""
        order = self.spec.moments()
        codes = [self.drawn.waves[order.index(m)] for m in (self.spec.reference_time(), time)]
        first = np.flatnonzero(self.frame.time == order.index(self.spec.reference_time()))
        last = self.drawn.records_at(self.drawn.respondent[first], np.full(len(first), codes[1]))
        return first[last >= 0], last[last >= 0]

    def _solved(
        self, outcomes: Sequence[str], y: Floats, x: dict[str, Floats], samples: Sequence[Sample]
    ) -> Iterator[tuple[str, Solution]]:
        there = ~np.isnan(y)
        covariates, weight = self.frame.covariate_names, self.frame.weight
        known = there.any(axis=1)
        x = {name: c for name, c in x.items() if name not in covariates or c[known].any()}
        columns = np.array(list(x.values())).T
        counting = weight[:, None] * there
        gram = grams(columns, counting)
        if not (safe := smallest(gram) > FAR).all():
            outcomes = [one for one, holds in zip(outcomes, safe, strict=True) if holds]
            y, there, gram, counting = y[:, safe], there[:, safe], gram[safe], counting[:, safe]
        if not outcomes:
            return
        found = solved(y, columns, counting, gram)
        by_sample = [list(of_all_coefficients(found, there, sample)) for sample in samples]
        for j, outcome in enumerate(outcomes):
            said = zip(samples, (each[j] for each in by_sample), strict=True)
            kept = tuple((s, own) for s, own in said if not isinstance(own, NotEstimable))
            yield (
                outcome,
                Solution(tuple(x), columns, y[:, j], weight, found.coef[j], gram[j], kept),
            )


def batches(
    spec: "Survey", answers: Answers, drawn: Drawn, samples: tuple[Sample, ...]
) -> Iterator[Batch]:
    """All outcomes of a model, as many at once as memory should hold."""
    size = max(1, CELLS // max(drawn.n, 1))
    for start in range(0, len(spec.outcomes), size):
        yield Batch(spec, answers, drawn, samples, tuple(spec.outcomes[start : start + size]))
