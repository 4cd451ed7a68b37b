"""Kappa and ICC of pairs of ratings, simulated: `make benchmark NAME=kappa_simulation`.

Two raters with errors alike rate people on five steps, each person at one occasion or at two over
which the person's level lasts. How often intervals hold the value of a million people: kappa by the
jackknife of log(1 - kappa), which is ours, and by the linearised error on kappa's own scale
(Fleiss, Cohen & Everitt 1969); the one-way ICC. Writes its table into docs/validation.md, with
Monte Carlo standard errors.
"""

import sys
import time
from dataclasses import dataclass

import numpy as np
from validation_page import in_batches, write_section

from cesp_analysis.fidelity.intraclass import pair_icc
from cesp_analysis.fidelity.kappa import Weights, kappa
from cesp_analysis.models.student import t_quantile

TITLE = "## Raters compared, simulated"
REPLICATES, BATCH, SEED = 4_000, 500, 11
CUTS = (-1.2, -0.4, 0.4, 1.2)
WAYS = ("kappa", "kappa, linearised", "weighted kappa", "weighted kappa, linearised", "ICC(1)")


@dataclass(frozen=True)
class Design:
    """People, occasions of each, and the SD of what the person's level is over occasions."""

    people: int
    occasions: int


DESIGNS = (Design(15, 1), Design(25, 1), Design(60, 1), Design(30, 2))


def rated(rng: np.random.Generator, design: Design) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Two ratings (n,) in codes 0 to 4, and whose they are."""
    n = design.people * design.occasions
    level = np.repeat(0.7 * rng.standard_normal(design.people), design.occasions)
    level = level + 0.5 * rng.standard_normal(n)
    first, second = (np.searchsorted(CUTS, level + 0.5 * rng.standard_normal(n)) for _ in range(2))
    return first, second, np.repeat(np.arange(design.people), design.occasions)


def truths() -> dict[str, float]:
    """The values of a million people."""
    first, second, _ = rated(np.random.default_rng(0), Design(1_000_000, 1))
    plain, weighted = (_value(first, second, w) for w in ("none", "quadratic"))
    both = np.column_stack([first, second]).astype(float)
    r = np.corrcoef(both.T)[0, 1]
    return dict(zip(WAYS, (plain, plain, weighted, weighted, float(r)), strict=True))


def _value(first: np.ndarray, second: np.ndarray, weights: str) -> float:
    """Kappa in closed form, without its error."""
    table = np.histogram2d(first, second, bins=np.arange(6) - 0.5)[0] / len(first)
    i = np.arange(5)
    apart = (np.subtract.outer(i, i) / 4.0) ** 2 if weights == "quadratic" else 1.0 - np.eye(5)
    by_chance = table.sum(axis=1) @ apart @ table.sum(axis=0)
    return float(1 - (apart * table).sum() / by_chance)


def batch(place: int, studies: int, seed: int) -> np.ndarray:
    """Which of WAYS held the truth in each study, NaN where there was no interval: (ways, n)."""
    design, rng, true = DESIGNS[place], np.random.default_rng([SEED, place, seed]), TRUE
    held = np.full((len(WAYS), studies), np.nan)
    for k in range(studies):
        first, second, people = rated(rng, design)
        for at, weights in ((0, "none"), (2, "quadratic")):
            held[at : at + 2, k] = _kappas(first, second, people, weights, true[WAYS[at]])
        icc = pair_icc(first, second, people, "one_way")
        if icc.low is not None and icc.high is not None:
            held[4, k] = icc.low <= true["ICC(1)"] <= icc.high
    return held


def _kappas(
    first: np.ndarray, second: np.ndarray, people: np.ndarray, weights: Weights, true: float
) -> tuple[float, float]:
    found = kappa(first, second, 5, people, weights)
    value, error = found.value, found.std_error
    if value.low is None or value.high is None or value.value is None or error is None:
        return np.nan, np.nan
    half = t_quantile(0.975, found.people - 1) * error
    return float(value.low <= true <= value.high), float(abs(value.value - true) <= half)


TRUE = truths()


def main() -> None:
    """Simulate every design and write the table."""
    replicates = int(sys.argv[1]) if len(sys.argv) > 1 else REPLICATES
    started, lines = time.perf_counter(), []
    found = in_batches(batch, [replicates] * len(DESIGNS), BATCH)
    for design, batches in zip(DESIGNS, found, strict=True):
        held = np.concatenate(batches, axis=1)
        cells = []
        for row in held:
            n, share = int((~np.isnan(row)).sum()), float(np.nanmean(row))
            cells.append(f"{100 * share:.1f} ({100 * np.sqrt(share * (1 - share) / n):.1f})")
        lines.append(f"| {design.people} | {design.occasions} | " + " | ".join(cells) + " |")
        print(lines[-1], flush=True)
    if replicates == REPLICATES:
        write_section(TITLE, section(replicates, lines))
    print(f"measure kappa_simulation_seconds {time.perf_counter() - started:.0f} s")


def section(replicates: int, lines: list[str]) -> str:
    """The section of the page."""
    head = ["people", "occasions", *WAYS]
    return "\n".join(
        [
            TITLE,
            "",
            f"Two raters, five steps, {replicates:,} studies a design. Percent of 95% intervals"
            " that hold the value of a million",
            "people (Monte Carlo standard error). Kappa: the jackknife over people on the log of"
            " 1 − kappa; linearised: t on kappa's",
            f"own scale. True kappa {TRUE['kappa']:.3f}, weighted"
            f" {TRUE['weighted kappa']:.3f}, ICC(1) {TRUE['ICC(1)']:.3f}.",
            "",
            "| " + " | ".join(head) + " |",
            "|" + "---|" * len(head),
            *lines,
            "",
            "With 15 people weighted kappa's linearised interval is too short; the jackknife's is"
            " nearer to what it says. People",
            "rated at two occasions count as people: two ratings of one person are no two people."
            " Made by",
            "`make benchmark NAME=kappa_simulation`.",
            "",
        ]
    )


if __name__ == "__main__":
    main()
