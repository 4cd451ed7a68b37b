"""Every estimator of people, in the study it is for: `make benchmark NAME=two_sites_simulation`.

One site against one, a baseline and a later answer, a quarter of the later answers lost, link
workers in the intervention arm whose people change together, and what else happens at each site.
No effect. Each estimator sees the same studies; its interval is read three times: in sites alike
but for their people, with link workers that differ, and with effects of each site at each time
drawn from the published pairs; and the shock-augmented interval beside it. Writes its table into
docs/validation.md, with Monte Carlo standard errors (Morris et al. 2019).
"""

import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.special import stdtrit

from cesp_analysis.few_sites.prior import read_prior
from cesp_analysis.few_sites.shock import half_width, shock_sd
from cesp_analysis.models.dr_did_engine import dr_panel
from cesp_analysis.models.influence import infer_records
from cesp_analysis.models.least_squares import least_squares
from cesp_analysis.models.mmrm_engine import fit_mmrm, small_sample
from cesp_analysis.models.nested_df import judged_many
from cesp_analysis.models.nested_many import fit_nested_many
from cesp_analysis.models.sandwich import infer
from cesp_analysis.models.weighted_means import weighted_change

PAGE = Path(__file__).resolve().parents[1] / "docs" / "validation.md"
TITLE = "## Two sites, every estimator, simulated"
REPLICATES, BATCH, SEED = 10_000, 500, 1
PEOPLE, LOST, CORRELATION, OF_AGE = (60, 100, 200), 0.25, 0.5, 0.3
WORKERS, WORKER_SD = 6, 0.22  # of the later answers' variance within a site (1) five in a hundred
PAIRS = read_prior().pairs


@dataclass(frozen=True)
class Sites:
    """Studies (r) that share who is lost and who meets whom, both times' answers within sites.

    first, later (r, n): SD 1 within a site; later is what would be answered, lost or not; age
    (r, n); arm (n,); there (n,): who answers later; worker (n,): -1 in the control arm.
    """

    first: np.ndarray
    later: np.ndarray
    age: np.ndarray
    arm: np.ndarray
    there: np.ndarray
    worker: np.ndarray


Found = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]
"""Estimates (r,), standard errors (r,), df (r,), how much of the first time is taken off (r,)."""


def drawn(people: int, worker_sd: float, rng: np.random.Generator) -> Sites:
    """A batch of studies of so many people a site."""
    n, shape = 2 * people, (BATCH, 2 * people)
    arm = np.repeat([0.0, 1.0], people)
    age = rng.normal(size=shape)
    first = OF_AGE * age + np.sqrt(1 - OF_AGE**2) * rng.normal(size=shape)
    later = CORRELATION * first + np.sqrt(1 - CORRELATION**2 - worker_sd**2) * rng.normal(
        size=shape
    )
    worker = np.where(arm == 1, rng.integers(0, WORKERS, n), -1)
    own = rng.normal(0, worker_sd, (BATCH, WORKERS)) if worker_sd else np.zeros((BATCH, WORKERS))
    later += np.where(arm == 1, own[:, worker], rng.normal(0, worker_sd, shape))
    there = np.ones(n, dtype=bool)
    for one in (0, 1):  # exactly the share in each site
        there[rng.choice(np.flatnonzero(arm == one), round(LOST * people), replace=False)] = False
    return Sites(first, later, age, arm, there, worker)


def by_change(s: Sites) -> Found:
    """Kind did: change scores, HC2 with Welch's df."""
    return _regressions(s, age=False, adjusted=False)


def by_change_and_age(s: Sites) -> Found:
    """Kind did with a covariate."""
    return _regressions(s, age=True, adjusted=False)


def at_equal_baseline(s: Sites) -> Found:
    """Kind ancova."""
    return _regressions(s, age=False, adjusted=True)


def _regressions(s: Sites, age: bool, adjusted: bool) -> Found:
    rows, arm = [], s.arm[s.there]
    answered = (part[:, s.there] for part in (s.first, s.later, s.age))
    for first, later, years in zip(*answered, strict=True):
        parts = [np.ones(len(arm)), arm] + [years] * age + [first] * adjusted
        fit = least_squares(later if adjusted else later - first, np.column_stack(parts))
        found = infer(fit, np.eye(len(parts))[1], "HC2")
        slope = float(fit.coef[-1]) if adjusted else 1.0
        rows.append((found.estimate, found.std_error, found.df, slope))
    return _columns(rows)


def _columns(rows: list[tuple[float, float, float, float]]) -> Found:
    estimate, error, df, slope = np.array(rows).T
    return estimate, error, df, slope


def _weighted(way: str) -> Callable[[Sites], Found]:
    def found(s: Sites) -> Found:
        rows, arm = [], s.arm[s.there]
        for change, age in zip((s.later - s.first)[:, s.there], s.age[:, s.there], strict=True):
            ones, x = np.ones(len(change)), age[:, None]
            one = (
                dr_panel(change, arm, x, ones)
                if way == "dr"
                else weighted_change(change, arm, x, way, ones)
            )
            answer = infer_records(one.influence)
            rows.append((answer.estimate, answer.std_error, answer.df, 1.0))
        return _columns(rows)

    return found


def _stacked(s: Sites) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Answers (r, rows), columns (rows, 4), person, time: all that was answered."""
    n = len(s.arm)
    person = np.concatenate([np.arange(n), np.flatnonzero(s.there)])
    at = np.repeat([0, 1], [n, int(s.there.sum())])
    y = np.concatenate([s.first, s.later[:, s.there]], axis=1)
    arm = s.arm[person]
    return y, np.column_stack([np.ones(len(at)), arm, at, arm * at]), person, at


def _mixed(workers: bool) -> Callable[[Sites], Found]:
    def found(s: Sites) -> Found:
        y, x, person, _ = _stacked(s)
        groups = [person, s.worker[person]] if workers else [person]
        fits = fit_nested_many(y, x, groups)
        contrast = np.array([0.0, 0.0, 0.0, 1.0])
        error, df = judged_many(fits, contrast, "kenward_roger", "expected")
        return fits.coef[:, 3], error, df, np.ones(len(y))

    return found


def repeated_measures(s: Sites) -> Found:
    """Kind mmrm, unstructured."""
    y, x, person, at = _stacked(s)
    rows, contrast = [], np.array([0.0, 0.0, 0.0, 1.0])
    for one in y:
        fit = fit_mmrm(one, x, person, at, "unstructured")
        way = small_sample(fit, "kenward_roger", "expected")
        rows.append((float(fit.coef[3]), way.std_error(contrast), way.df(contrast), 1.0))
    return _columns(rows)


ESTIMATORS: dict[str, Callable[[Sites], Found]] = {
    "did, change": by_change,
    "did, change, age": by_change_and_age,
    "ancova": at_equal_baseline,
    "weighted_did, entropy": _weighted("entropy"),
    "weighted_did, overlap": _weighted("overlap"),
    "dr_did": _weighted("dr"),
    "mixed, person": _mixed(False),
    "mixed, person and link worker": _mixed(True),
    "mmrm": repeated_measures,
}


def batch(people: int, worker_sd: float, seed: int) -> dict[str, Found]:
    """Every estimator's answers to one batch of studies."""
    rng = np.random.default_rng([SEED, people, round(1000 * worker_sd), seed])
    studies = drawn(people, worker_sd, rng)
    return {name: way(studies) for name, way in ESTIMATORS.items()}


def simulated(
    people: int, worker_sd: float, replicates: int, pool: ProcessPoolExecutor
) -> dict[str, Found]:
    """The answers to all batches, in their order."""
    batches = range(replicates // BATCH)
    jobs = [pool.submit(batch, people, worker_sd, seed) for seed in batches]
    done = [job.result() for job in jobs]
    return {
        name: tuple(np.concatenate([one[name][at] for one in done]) for at in range(4))
        for name in ESTIMATORS
    }  # type: ignore[return-value]


def site_effects(runs: int, people: int) -> tuple[np.ndarray, np.ndarray]:
    """What the sites add to the difference at the first and at the later time (runs,), from pairs
    drawn anew: each site's effects have SD √(rho / (1 - rho)) and correlation cac."""
    rng = np.random.default_rng([SEED, people, 7])
    which = rng.integers(0, len(PAIRS), runs)
    rho, cac = (np.array([getattr(PAIRS[w], name) for w in which]) for name in ("rho", "cac"))
    size = np.sqrt(2 * rho / (1 - rho))  # the difference of two sites
    first, other = rng.normal(size=(2, runs))
    return size * first, size * (cac * first + np.sqrt(1 - cac**2) * other)


def held(found: Found, shift: np.ndarray | float = 0.0, half: np.ndarray | None = None) -> str:
    """How often the 95% interval holds no effect, with its Monte Carlo error."""
    estimate, error, df, _ = found
    width = stdtrit(df, 0.975) * error if half is None else half
    rate = float(np.mean(np.abs(estimate + shift) <= width))
    return f"{rate:.4f} ({np.sqrt(rate * (1 - rate) / len(estimate)):.4f})"


def widened(found: Found) -> np.ndarray:
    """Half-widths of the shock-augmented interval, the mixture over the pairs, SD 1 within sites.

    One curve for the mean df and slope: the width hardly depends on either from study to study.
    """
    _, error, df, slope = found
    sds = [shock_sd(1 / np.sqrt(1 - p.rho), p.rho, p.cac, float(slope.mean())) for p in PAIRS]
    grid = np.linspace(error.min(), error.max(), 60)
    halves = [half_width(float(one), float(df.mean()), sds) for one in grid]
    return np.interp(error, grid, halves)


def rows_of(people: int, replicates: int, pool: ProcessPoolExecutor) -> Iterator[str]:
    """The lines of one size."""
    alike = simulated(people, 0.0, replicates, pool)
    apart = simulated(people, WORKER_SD, replicates, pool)
    before, after = site_effects(replicates, people)
    for name, found in alike.items():
        estimate, error = found[0], found[1]
        spread = float(estimate.std(ddof=1))
        shift = after - found[3] * before
        cells = [
            str(people), name, f"{estimate.mean():+.4f} ({spread / replicates**0.5:.4f})",
            f"{spread:.4f} ({spread / np.sqrt(2 * replicates):.4f})",
            f"{np.sqrt(np.mean(error**2)):.4f}", held(found), held(apart[name]),
            held(found, shift), held(found, shift, widened(found)),
        ]  # fmt: skip
        yield "| " + " | ".join(cells) + " |"


def section(replicates: int, lines: list[str]) -> str:
    """The section of docs/validation.md."""
    head = (
        "people a site", "estimator", "bias (MC error)", "empirical SE (MC error)", "model SE",
        "coverage", "coverage, link workers differ", "coverage, shocks to sites",
        "shock-augmented, shocks to sites",
    )  # fmt: skip
    return "\n".join(
        [
            TITLE,
            "",
            f"One site against one, no effect, a baseline and a later answer (SD 1 within a site,"
            f" correlation {CORRELATION:g}), {LOST:.0%} of",
            f"the later answers lost, {replicates:,} studies a line. Coverage of 95% intervals"
            " (Monte Carlo error): type I error is 1 less it.",
            "Columns: sites and link workers alike; six link workers of the intervention arm whose"
            " people's later answers",
            f"have a common part (SD {WORKER_SD:g}); effects of each site at each time drawn from"
            " the 16 published pairs, with the interval",
            "that the estimator prints and with the shock-augmented one for these pairs. Covariate"
            f" of weighting: age, correlation {OF_AGE:g}.",
            "",
            "| " + " | ".join(head) + " |",
            "|" + "---|" * len(head),
            *lines,
            "",
            "Every interval is right about people, none about link workers who differ in one arm"
            " alone or about shocks to a site:",
            "more people make that worse, not better. Link workers of one arm cannot be told from"
            " what the arm does; a random",
            "effect of link workers on both times holds no change of theirs. Made by `make"
            " benchmark NAME=two_sites_simulation`.",
            "",
        ]
    )


def written(page: str, new: str) -> str:
    """The page with its section replaced, or put before the last paragraph."""
    if TITLE in page:
        before, _, rest = page.partition(TITLE)
        following = [at for mark in ("\n## ", "\n`make test` runs") if (at := rest.find(mark)) >= 0]
        return before + new + rest[min(following) :]
    before, mark, after = page.partition("\n`make test` runs")
    return before + "\n" + new + mark + after


def main() -> None:
    """Simulate every size and write the table."""
    replicates = int(sys.argv[1]) if len(sys.argv) > 1 else REPLICATES
    lines, started = [], time.perf_counter()
    with ProcessPoolExecutor(2) as pool:
        for people in PEOPLE:
            for line in rows_of(people, replicates, pool):
                lines.append(line)
                print(line, flush=True)
    if replicates == REPLICATES:
        page = PAGE.read_text(encoding="utf-8")
        PAGE.write_text(written(page, section(replicates, lines)), encoding="utf-8")
    print(f"measure two_sites_simulation_seconds {time.perf_counter() - started:.0f} s")


if __name__ == "__main__":
    main()
