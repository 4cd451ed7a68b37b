"""Bootstrap first, then impute: cost and QALYs of samples of people, each completed anew.

What is drawn: bootstrap.py, boot_samples.py; how a sample is completed: missing/boot_impute.py, the
engine of all imputation here; two equations together: completed_pairs.py. Jobs share the samples by
batches that are completed at once, of which each has its own random numbers and rounds by itself:
more parts give the same numbers, to the last digit.

Of each stratum a unit fewer is drawn than it has (Rao & Wu 1988, J Am Stat Assoc 83:231-41): with
as many, the variance of five link workers would be four fifths of what it is.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from cesp_analysis.arrays import Codes, Floats
from cesp_analysis.economics import completed_pairs
from cesp_analysis.economics.amounts import amounts_of, terms_of
from cesp_analysis.economics.asked import PeopleSpec
from cesp_analysis.economics.boot_samples import by_size
from cesp_analysis.economics.bootstrap import Units
from cesp_analysis.economics.cases import BASE, departing_of
from cesp_analysis.economics.data import approaches, data_of, site_names_of
from cesp_analysis.economics.frame import Frame
from cesp_analysis.economics.imputing import Departing, departed, observed_of, refusal
from cesp_analysis.economics.sample_tables import BY_ITSELF, ESTIMATED, FAILED, REFUSED
from cesp_analysis.economics.sampled import drawn_units
from cesp_analysis.economics.too_few import enough
from cesp_analysis.economics.words import DEPARTURE
from cesp_analysis.missing.boot_impute import impute_resampled
from cesp_analysis.missing.boot_pooled import NO_NUMBER, estimates_of
from cesp_analysis.missing.equations import groups_of
from cesp_analysis.missing.plan import Plan
from cesp_analysis.missing.resampled import Analysis
from cesp_analysis.models.refusals import NotEstimable
from cesp_analysis.streams import seed_of


@dataclass(frozen=True)
class SampleAnalysis:
    """What is estimated of each completed sample: an approach, with imputed values as they are or
    multiplied."""

    approach: str
    departing: Departing | None = None


@dataclass(frozen=True)
class Samples:
    """Samples numbers (b,), in order. estimates (b, M, k, 2): cost and QALYs by each of k analyses,
    NaN where there are none; status (b, k): estimated, by_itself (by equations that were planned
    for the sample's own people), failed, or refused (nobody's table can be completed); reason
    (b, k): why there are none, else ''."""

    numbers: Codes
    estimates: Floats
    status: np.ndarray
    reason: np.ndarray


def analyses_of(how: PeopleSpec) -> dict[tuple[str, str], SampleAnalysis]:
    """Scenario and approach → its analysis: of the base case, and of it with each departure."""
    asked = how.economics.departures
    departures = {f"{DEPARTURE}{name}": departing_of(one) for name, one in asked.items()}
    return {
        (scenario, approach): SampleAnalysis(approach, one)
        for scenario, one in {BASE: None, **departures}.items()
        for approach in approaches(how.randomised)
    }


def boot_seed(how: PeopleSpec) -> int:
    """The seed of samples and their imputation."""
    return seed_of(how.seed, "economics", "boot")


def units_drawn(frame: Frame) -> Units | str:
    """What is drawn of a frame's people, or why nothing can be."""
    try:
        enough(data_of(frame, observed_of(frame)))
        return drawn_units(frame.sites, frame.treated, frame.clusters, site_names_of(frame))
    except NotEstimable as error:
        return str(error)


class _Share:
    """Which work is a part's (from 0, of all parts): each batch of each group of samples is of the
    part that has least, by people in its samples; so do all parts find without a word."""

    def __init__(self, part: int, parts: int) -> None:
        self.part, self.load = part, [0] * parts

    def of(self, work: Iterable[Codes], people: int) -> list[Codes]:
        """This part's."""
        found = []
        for one in work:
            whose = self.load.index(min(self.load))
            self.load[whose] += len(one) * people
            if whose == self.part:
                found.append(one)
        return found


def completed_samples(
    frame: Frame,
    analyses: Sequence[SampleAnalysis],
    samples: int,
    m: int,
    seed: int,
    part: int = 0,
    parts: int = 1,
) -> Samples:
    """A part's samples of the frame's people, imputed and analysed; none where nothing is drawn.

    A sample that cannot bear the equations of everybody's table has some of its own. An analysis
    without a number in a sample has failed in it, and no other has.
    """
    units = units_drawn(frame)
    if isinstance(units, str):
        return _put({}, m, len(analyses))
    equations, analysis = frame.equations, _analysis(frame, analyses)
    groups = groups_of(equations.people, equations.asked)
    share, plans = _Share(part, parts), dict[int, Plan]()
    found: dict[int, tuple[Floats, str, str]] = {}
    for size, numbers, people in by_size(groups.codes, units, samples, seed):
        own = seed_of(seed, "impute", size)
        made = impute_resampled(frame.table, equations.recipe, people, m, own, groups, plans=plans)
        if why := refusal(made.refused, frame):
            none = np.full((m, 2 * len(analyses)), np.nan)
            mine = range(part, samples, parts)
            return _put(dict.fromkeys(mine, (none, REFUSED, why)), m, len(analyses))
        batches = share.of(made.batches(), people.shape[1])
        alone = share.of([np.array([one.number]) for one in made.failed], people.shape[1])
        got = estimates_of(made, analysis, batches)
        why_not = {one.number: one.reason for one in got.failed}
        for at in (int(one) for own_batch in (*batches, *alone) for one in own_batch):
            number, reason = int(numbers[at]), why_not.get(at, "")
            if reason in ("", NO_NUMBER):
                found[number] = got.values[at], ESTIMATED, reason
            else:
                found[number] = _by_itself(frame, analysis, people[at], m, number, seed)
    return _put(found, m, len(analyses))


def _put(found: dict[int, tuple[Floats, str, str]], m: int, k: int) -> Samples:
    """Samples of number → estimates (m, 2k), how they were made, why some or all are lacking."""
    numbers = np.array(sorted(found), dtype=int)
    values = np.full((len(numbers), m, k, 2), np.nan)
    status, reason = np.full((2, len(numbers), k), "", dtype=object)
    for at, number in enumerate(numbers.tolist()):
        own, how, why = found[number]
        own = np.broadcast_to(own, (m, 2 * k)).reshape(m, k, 2)  # where all failed: one NaN
        good = np.isfinite(own).all(axis=(0, 2))
        values[at][:, good] = own[:, good]
        status[at] = np.where(good, how, how if how == REFUSED else FAILED)
        reason[at] = np.where(good, "", why)
    return Samples(numbers, values, status, reason)


def _by_itself(
    frame: Frame, analysis: Analysis, people: Codes, m: int, number: int, seed: int
) -> tuple[Floats, str, str]:
    """Estimates (m, k) of one sample (n,) whose equations are planned for its own people: those of
    the whole table have more predictors than it bears; or why it fails all the same."""
    own, equations = seed_of(seed, "impute by itself", str(number)), frame.equations
    whose, rows = np.unique(people, return_inverse=True)
    groups = groups_of(equations.people, equations.asked)
    some = replace(groups, codes=groups.codes[whose])
    table = frame.table[whose]
    made = impute_resampled(table, equations.recipe.of(whose), rows[None], m, own, some)
    if why := refusal(made.refused, frame):
        return np.full((m, 1), np.nan), BY_ITSELF, why
    got = estimates_of(made, lambda tables, at: analysis(tables, whose[at]))
    return got.values[0], BY_ITSELF, got.failed[0].reason if got.failed else ""


def _analysis(frame: Frame, analyses: Sequence[SampleAnalysis]) -> Analysis:
    """Completed tables (s, m, n, P) of people (s, n) → estimates (s, m, 2 analyses)."""

    def analysed(tables: Floats, people: Codes) -> Floats:
        s, m, n, _ = tables.shape
        rows = np.repeat(people, m, axis=0)
        flat = tables.reshape(s * m, n, -1)
        parts = []
        for one in analyses:
            table = flat
            if one.departing is not None:
                table = departed(flat, frame, rows, one.departing)
            columns = _columns(frame, table, rows, one.approach)
            parts.append(completed_pairs.stacked(columns).effects)
        return np.concatenate(parts, axis=1).reshape(s, m, -1)

    return analysed


def _columns(frame: Frame, table: Floats, rows: Codes, approach: str) -> Floats:
    """Columns (b, n, k) for completed_pairs.py: of both equations, the arm last; cost, QALYs."""
    own = terms_of(amounts_of(frame, table, rows), approach, frame.years, frame.cost_ratio)
    if any(one is not other for one, other in zip(own.beside_cost, own.beside_qaly, strict=True)):
        raise ValueError("two equations together have the same columns: those of the base case")
    arm = frame.treated[rows].astype(float)
    return np.stack([np.ones_like(arm), *own.beside_cost, arm, own.cost, own.qaly], axis=2)
