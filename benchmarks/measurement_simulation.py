"""Coverage of the intervals of measurement: `make benchmark NAME=measurement_simulation`.

Scales, retests, changes and clusters with known reliability: how often each interval holds the
truth, and on which side it misses. Writes its table into docs/validation.md, with Monte Carlo
standard errors.
"""

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
from validation_page import in_batches, write_section

from cesp_analysis.measurement.bivariate_normal import distribution
from cesp_analysis.measurement.cluster_icc import cluster_icc
from cesp_analysis.measurement.omega import omega_total
from cesp_analysis.measurement.one_factor import one_factor
from cesp_analysis.measurement.reliability import alpha
from cesp_analysis.measurement.responsiveness import effect_size, guyatt_ratio, response_mean
from cesp_analysis.measurement.retest import retest
from cesp_analysis.measurement.spread import spread

TITLE = "## Reliability, retests, responsiveness, simulated"
REPLICATES, DRAWN, BATCH, SEED = 10_000, 1_000, 250, 8
"""Studies of a design; of one whose interval is drawn; of a batch."""
CUTS = np.array([-1.2, -0.4, 0.4, 1.2])
LOADINGS = np.array([0.5, 0.6, 0.7, 0.7, 0.8, 0.8])
SIZES = np.array([3, 4, 5, 6, 8, 10, 14, 20])

Three = tuple[float, float, float]
Draw = Callable[[np.random.Generator], Three]


@dataclass(frozen=True)
class Design:
    """What is estimated, in which data; its truth; value, lower and upper limit of one study."""

    quantity: str
    data: str
    truth: float
    once: Draw
    drawn: bool = False


def three(found: object) -> Three:
    """Value and limits of a record; what it does not have is NaN."""
    parts = (getattr(found, name) for name in ("value", "low", "high"))
    value, low, high = (np.nan if part is None else float(part) for part in parts)
    return value, low, high


def answers(n: int, ordinal: bool, rng: np.random.Generator, loadings: np.ndarray) -> np.ndarray:
    """Items of one normal trait, cut into five categories if `ordinal`."""
    own = rng.normal(size=(n, len(loadings))) * np.sqrt(1 - loadings**2)
    behind = rng.normal(size=(n, 1)) * loadings + own
    return np.digitize(behind, CUTS).astype(float) if ordinal else behind


def covariance(ordinal: bool, loadings: np.ndarray) -> np.ndarray:
    """Of the items in the population: of answers in categories a sum over pairs of thresholds."""
    rho = np.outer(loadings, loadings)
    np.fill_diagonal(rho, 1.0)
    if not ordinal:
        return rho
    k, one, two = len(loadings), CUTS[:, None], CUTS[None]
    free = distribution(one, two, np.zeros((1, 1)))
    own = distribution(np.minimum(one, two), np.full((1, 1), np.inf), np.zeros((1, 1)))
    made = [
        [
            (own if i == j else distribution(one, two, rho[None, i, j, None])) - free
            for j in range(k)
        ]
        for i in range(k)
    ]
    return np.array(made).sum(axis=(-1, -2))


def true_alpha(ordinal: bool, loadings: np.ndarray) -> float:
    s, k = covariance(ordinal, loadings), len(loadings)
    return float(k / (k - 1) * (1 - np.trace(s) / s.sum()))


def true_omega(ordinal: bool, loadings: np.ndarray) -> float:
    s = covariance(ordinal, loadings)
    sd = np.sqrt(np.diag(s))
    return float(one_factor((s / np.outer(sd, sd))[None]).omega[0])


def of_alpha(n: int, ordinal: bool, loadings: np.ndarray, rng: np.random.Generator) -> Three:
    return three(alpha(answers(n, ordinal, rng, loadings)))


def of_omega(n: int, rng: np.random.Generator) -> Three:
    return three(omega_total(answers(n, True, rng, LOADINGS), int(rng.integers(2**31))))


def of_retest(n: int, shift: float, name: str, rng: np.random.Generator) -> Three:
    """People of SD 2, errors of SD 1, the second occasion shifted."""
    twice = rng.normal(0, 2, (n, 1)) + rng.normal(size=(n, 2)) + [0.0, shift]
    found = retest(twice)
    if name == "agreement":
        return three(found.icc.agreement)
    if name == "upper limit of agreement":
        assert found.limits is not None
        return three(found.limits.high)
    return three(getattr(found, name))


def of_change(n: int, name: str, rng: np.random.Generator) -> Three:
    """Before of SD 1, change 0.4 of SD 0.9; 30 stable people whose changes have SD 0.6."""
    before = rng.normal(size=n)
    after = 0.6 * before + 0.4 + rng.normal(0, np.sqrt(0.81 - 0.16), n)
    seed = int(rng.integers(2**31))
    if name == "SRM":
        return three(response_mean(after - before))
    if name == "ES":
        return three(effect_size(before, after, seed))
    return three(guyatt_ratio(after - before, rng.normal(0, 0.6, 30), seed))


def of_clusters(icc: float, sizes: np.ndarray, rng: np.random.Generator) -> Three:
    cluster = np.repeat(np.arange(len(sizes)), sizes)
    values = rng.normal(0, np.sqrt(icc), len(sizes))[cluster]
    return three(cluster_icc(values + rng.normal(0, np.sqrt(1 - icc), len(cluster)), cluster))


def of_browne(n: int, rng: np.random.Generator) -> Three:
    """The upper limit alone: the lower is 0."""
    found = spread([rng.normal(size=n), rng.normal(1, 1, n)])
    assert found.sd is not None and found.upper is not None
    return found.sd, 0.0, found.upper


def designs() -> list[Design]:
    """The rows of the table."""
    equal = np.full(6, 0.7)
    made = []
    for n in (30, 100):
        for ordinal, loadings, said in (
            (False, equal, "normal, equal loadings"),
            (True, LOADINGS, "five categories, loadings .5 to .8"),
        ):
            truth, once = true_alpha(ordinal, loadings), partial(of_alpha, n, ordinal, loadings)
            made.append(Design("alpha, Feldt", f"{n} people, six items: {said}", truth, once))
    truth = true_omega(True, LOADINGS)
    said = "six items in five categories"
    made += [
        Design("omega, BCa", f"{n} people, {said}", truth, partial(of_omega, n), True)
        for n in (50, 200, 1_200)
    ]
    for n, shift in ((40, 0.0), (40, 0.5), (40, 1.0), (100, 0.5)):
        whole = 1 + shift**2 / 2
        truths = {
            "agreement": 4 / (4 + whole),
            "sem_agreement": whole**0.5,
            "sem_consistency": 1.0,
            "mdc_person": 1.96 * (2 * whole) ** 0.5,
            "upper limit of agreement": shift + 1.96 * 2**0.5,
        }
        names = dict(
            zip(truths, ("ICC(A,1)", "SEM, agreement", "SEM, consistency", "MDC95 of a person",
                         "upper limit of agreement"), strict=True)
        )  # fmt: skip
        data = f"{n} people twice, ICC of people .8, shift {shift:g} SD of errors"
        made += [
            Design(names[name], data, true, partial(of_retest, n, shift, name))
            for name, true in truths.items()
            if name != "sem_agreement"  # the MDC is a multiple of it
        ]
    for n in (40, 100):
        data = f"{n} people, normal"
        made.append(Design("SRM, noncentral t", data, 0.4 / 0.9, partial(of_change, n, "SRM")))
        made.append(Design("ES, BCa", data, 0.4, partial(of_change, n, "ES"), True))
        once = partial(of_change, n, "Guyatt")
        made.append(Design("Guyatt, BCa", f"{data}; 30 stable", 0.4 / 0.6, once, True))
    for icc in (0.0, 0.05, 0.3):
        data = "8 clusters of 3 to 20"
        made.append(Design("cluster ICC, Wald", data, icc, partial(of_clusters, icc, SIZES)))
    made += [
        Design("SD, Browne's 80% limit", f"2 × {n} people", 1.0, partial(of_browne, n))
        for n in (15, 35)
    ]
    return made


def batch(design: int, runs: int, seed: int) -> np.ndarray:
    """Value and limits (runs, 3) of studies of one design."""
    own, rng = designs()[design], np.random.default_rng([SEED, design, seed])
    return np.array([own.once(rng) for _ in range(runs)])


def row(own: Design, found: np.ndarray) -> str:
    """One line of the table."""
    runs = len(found)
    value, low, high = found.T
    without = int(np.isnan(low).sum())
    known = ~np.isnan(low)
    over = (low[known] > own.truth).mean()
    under = (high[known] < own.truth).mean()
    held = 1 - over - under
    error = np.sqrt(held * (1 - held) / runs)
    bias, spread_of = np.nanmean(value) - own.truth, np.nanstd(value, ddof=1)
    cells = [
        own.quantity, own.data, f"{own.truth:.4f}", f"{bias:+.4f} ({spread_of / runs**0.5:.4f})",
        f"{held:.3f} ({error:.3f})", f"{over:.3f}", f"{under:.3f}", f"{without / runs:.3f}",
    ]  # fmt: skip
    return "| " + " | ".join(cells) + " |"


def section(lines: list[str], replicates: int, drawn: int) -> str:
    """The section of docs/validation.md."""
    head = (
        "quantity, interval", "data", "truth", "bias (MC error)", "coverage (MC error)",
        "all of it above the truth", "all of it below", "no interval",
    )  # fmt: skip
    return f"""{TITLE}

How often intervals of 95% hold the truth: {replicates:,} studies a row, {drawn:,} where the
interval is drawn (2,000 draws each). The truth of answers in categories is that of their
population, by integrals. Retests: the shift between the two occasions is fixed, as the interval of
SEM and MDC takes it; McGraw and Wong's interval of ICC(A,1) takes occasions as drawn from many.
Browne's limit is one-sided, of 80%: "all of it below" is to be 0.2. Made by `make benchmark
NAME=measurement_simulation`.

| {" | ".join(head)} |
{"|---" * len(head)}|
{chr(10).join(lines)}

Feldt's interval holds with unequal loadings and answers in categories too; BCa intervals are
within two hundredths of 95% from 40 people on. McGraw and Wong's interval holds the truth too
often where there is a shift between the two occasions: to it, two say little of such shifts.
"""


def main(replicates: int = REPLICATES, drawn: int = DRAWN) -> None:
    """Simulate every design and write the section."""
    started = time.perf_counter()
    rows = designs()
    runs = [drawn if own.drawn else replicates for own in rows]
    found = in_batches(batch, runs, BATCH)
    lines = [row(own, np.concatenate(parts)) for own, parts in zip(rows, found, strict=True)]
    print("\n".join(lines))
    if (replicates, drawn) == (REPLICATES, DRAWN):
        write_section(TITLE, section(lines, replicates, drawn))
    print(f"measure measurement_simulation_seconds {time.perf_counter() - started:.1f} s")


if __name__ == "__main__":
    main(*(int(word) for word in sys.argv[1:3]))
