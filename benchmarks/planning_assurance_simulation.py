"""Feasibility studies simulated, and trials planned on them.

`make benchmark NAME=planning_assurance_simulation`. How often the truth lies below quantiles of
the draws of what a study tells; and how often trials succeed that were planned on the study's
estimates, on Browne's upper limit of the SD, or for assurance. Writes its tables into
docs/validation.md.
"""

import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from validation_page import in_batches, write_section

from cesp_analysis.measurement.spread import browne_factor
from cesp_analysis.planning.assurance import assured
from cesp_analysis.planning.clusters_known import cluster_draws
from cesp_analysis.planning.designed import OfLocations
from cesp_analysis.planning.known import share, spreads
from cesp_analysis.planning.layouts import parallel_post
from cesp_analysis.planning.outside import published
from cesp_analysis.planning.precision import Model
from cesp_analysis.planning.uncertain import Uncertain

TITLE = "## What a feasibility study tells of a trial, simulated"
STUDIES, PLANNED, BATCH, DRAWS = 4_000, 2_000, 250, 400
QUANTILES = (0.05, 0.5, 0.95)
MID, PEOPLE = 0.3, 20
ANSWER = OfLocations(
    Model(parallel_post(), "adjusted", "block_exchangeable", "cross_section"), 0.05, 0.3
)
ICCS = np.array([pair.rho for pair in published("decay").pairs])


@dataclass(frozen=True)
class Told:
    """A quantity of the first table, what the study is, and its draws with the truth."""

    name: str
    study: str
    made: Callable[[np.random.Generator], tuple[np.ndarray, float]]


def _spread(quantity: str, n: int, lost: float) -> Callable[..., tuple[np.ndarray, float]]:
    def made(rng: np.random.Generator) -> tuple[np.ndarray, float]:
        z, r = rng.standard_normal((2, n)), 0.6
        last = r * z[0] + np.sqrt(1 - r**2) * z[1]
        last[rng.random(n) < lost * (1 + 0.8 * np.sign(z[0]))] = np.nan
        found = spreads(z[0], last, np.arange(n) % 2, DRAWS, rng)
        return getattr(found, quantity).draws, r if quantity == "correlation" else 1.0

    return made


def _cluster(quantity: str, k: int) -> Callable[..., tuple[np.ndarray, float]]:
    def made(rng: np.random.Generator) -> tuple[np.ndarray, float]:
        own = np.repeat(np.arange(k), 4 + 3 * np.arange(k) % 13)
        y = np.sqrt(0.1) * rng.standard_normal(k)[own] + np.sqrt(0.9) * rng.standard_normal(
            len(own)
        )
        found = cluster_draws(y, own, np.arange(k)[own] % 2, DRAWS, rng)
        return getattr(found, quantity).draws, 0.1 if quantity == "icc" else 1.0

    return made


def _share(n: int) -> Callable[..., tuple[np.ndarray, float]]:
    def made(rng: np.random.Generator) -> tuple[np.ndarray, float]:
        draws = share(int(rng.binomial(n, 0.75)), n, DRAWS, rng).draws
        assert draws is not None
        return draws, 0.75

    return made


LOST = "a quarter lost, most of those with high first values"
TELLING = (
    Told("SD, first value", "30 people in two sites", _spread("first", 30, 0.0)),
    Told("SD, last value", "30 people in two sites", _spread("last", 30, 0.0)),
    Told("SD, last value", f"60 people, {LOST}", _spread("last", 60, 0.25)),
    Told("correlation .6", "30 people in two sites", _spread("correlation", 30, 0.0)),
    Told("correlation .6", f"60 people, {LOST}", _spread("correlation", 60, 0.25)),
    Told("ICC .1", "6 neighbourhoods of 4 to 16", _cluster("icc", 6)),
    Told("ICC .1", "20 neighbourhoods of 4 to 16", _cluster("icc", 20)),
    Told("SD, people alike by .1", "6 neighbourhoods of 4 to 16", _cluster("sd", 6)),
    Told("SD, people alike by .1", "20 neighbourhoods of 4 to 16", _cluster("sd", 20)),
    Told("retention .75", "40 people", _share(40)),
)


def told_batch(design: int, studies: int, seed: int) -> np.ndarray:
    """How many truths lie below each quantile of the draws."""
    rng = np.random.default_rng([21, design, seed])
    found = np.zeros(len(QUANTILES))
    for _ in range(studies):
        draws, truth = TELLING[design].made(rng)
        found += truth <= np.quantile(draws, QUANTILES)
    return found


SIZES = (20, 60, 200)
WAYS = ("estimates", "Browne's upper limit of the SD", "assurance")


def planned_batch(design: int, studies: int, seed: int) -> np.ndarray:
    """True power and locations (studies, ways, 2) of trials planned for 80%. The true ICC is that
    of one of the pairs; who plans knows all pairs, and of the SD what the study says."""
    n = SIZES[design]
    rng = np.random.default_rng([22, design, seed])
    made = np.empty((studies, len(WAYS), 2))
    for study in range(studies):
        icc = rng.choice(ICCS)
        values = rng.standard_normal(n)
        sd = spreads(values, values + np.nan, np.arange(n) % 2, DRAWS, rng).first.draws
        assert sd is not None
        estimate = _pooled(values, np.arange(n) % 2)
        upper, pairs = estimate * browne_factor(n - 2), np.resize(ICCS, DRAWS)
        laws = (
            {"sd": np.full(2, estimate), "icc": np.full(2, np.median(ICCS))},
            {"sd": np.full(2, upper), "icc": np.full(2, np.median(ICCS))},
            {"sd": sd, "icc": pairs},
        )
        for way, law in enumerate(laws):
            k = _fewest(law)
            made[study, way] = _value({"sd": np.ones(2), "icc": np.full(2, icc)}, k), k
    return made


def _pooled(values: np.ndarray, group: np.ndarray) -> float:
    rest = values - np.array([values[group == 0].mean(), values[group == 1].mean()])[group]
    return float(np.sqrt(rest @ rest / (len(values) - 2)))


def _value(within: Mapping[str, np.ndarray], k: int) -> float:
    """Assurance of k locations: sd is within locations."""
    values = dict(within) | {"sd": within["sd"] / np.sqrt(1 - within["icc"])}
    one = {"locations": np.array([float(k)]), "people": np.array([float(PEOPLE)])}
    return float(assured(ANSWER, one, Uncertain(values), MID).value[0])


def _fewest(law: Mapping[str, np.ndarray]) -> int:
    """The fewest locations that reach 80%, in twos."""
    low, high = 1, 1024
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if _value(law, 2 * middle) >= 0.8 else (middle, high)
    return 2 * high


def section(told: list[np.ndarray], planned: list[np.ndarray], seconds: float) -> str:
    """Both tables."""
    lines = [
        TITLE, "",
        f"{STUDIES:,} studies a row, {DRAWS} draws each: how often the true value lies below a"
        " quantile of the draws (Monte Carlo errors .003, .008, .003). The SD's draws from few"
        " neighbourhoods lie high; from people alone, were they taken as independent, they would be"
        " too narrow (`tests/planning/test_known.py`).", "",
        "| what | study | below 5% | below 50% | below 95% |", "|---|---|---|---|---|",
    ]  # fmt: skip
    for own, found in zip(TELLING, told, strict=True):
        shares = " | ".join(f"{100 * part:.1f}%" for part in found)
        lines.append(f"| {own.name} | {own.study} | {shares} |")
    lines += [
        "", f"Trials planned on such a study, two arms measured once, {PEOPLE} people a location, a"
        f" difference of {MID} SD within locations, for 80%: {PLANNED:,} studies a row. The true"
        " ICC is that of a published pair drawn at random; `estimates` and Browne's limit take the"
        " pairs' median, assurance all pairs and all draws of the SD. How often trials succeed is"
        " the mean of their true power.", "",
        "| people | planned on | trials that succeed | true power below 80% | below 50% |"
        " median locations |", "|---|---|---|---|---|---|",
    ]  # fmt: skip
    for n, made in zip(SIZES, planned, strict=True):
        for way, name in enumerate(WAYS):
            power, k = made[:, way].T
            error = 100 * power.std() / np.sqrt(len(power))
            lines.append(
                f"| {n} | {name} | {100 * power.mean():.1f}% (± {error:.1f}) |"
                f" {100 * (power < 0.8).mean():.0f}% | {100 * (power < 0.5).mean():.0f}% |"
                f" {np.median(k):.0f} |"
            )
    return "\n".join([*lines, "", f"({seconds:.0f} s on two cores.)"])


def main(share_of: float = 1.0) -> None:
    """Run both; a share of the studies with an argument, then nothing is written."""
    start = time.perf_counter()
    studies, planned = int(STUDIES * share_of), int(PLANNED * share_of)
    told = [sum(own) / studies for own in in_batches(told_batch, [studies] * len(TELLING), BATCH)]
    made = [np.concatenate(own) for own in in_batches(planned_batch, [planned] * len(SIZES), BATCH)]
    text = section(told, made, time.perf_counter() - start)
    print(text)
    if share_of == 1:
        write_section(TITLE, text)


if __name__ == "__main__":
    main(*map(float, sys.argv[1:]))
