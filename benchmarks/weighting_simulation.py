"""Weighting and doubly robust estimators, simulated: `make benchmark NAME=weighting_simulation`.

Two covariates decide who is in the intervention arm and how people change; the effect is 1 for
everybody, so that every estimand is 1 and type I error is 1 - coverage. 'Wrong' means that what the
model is linear in is not what decides: exp(x1 / 2) and x1 * x2 take the place of x1 and x2. Writes
its table into docs/validation.md, with Monte Carlo standard errors (Morris et al. 2019).
"""

import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from scipy.special import expit, stdtrit
from validation_page import in_batches, write_section

from cesp_analysis.models.dr_did_engine import dr_cross_sections, dr_panel
from cesp_analysis.models.influence import Influence, infer_clusters, infer_records
from cesp_analysis.models.refusals import NotEstimable
from cesp_analysis.models.sandwich import Inference
from cesp_analysis.models.weighted_means import weighted_change, weighted_cross_sections

TITLE = "## Weighting and double robustness, simulated"
REPLICATES, BATCH, EFFECT, SEED = 10_000, 250, 1.0, 1


@dataclass(frozen=True)
class Study:
    """One simulated study: y changes or answers, arm, after, x (n, 2), neighbourhoods or None."""

    y: np.ndarray
    arm: np.ndarray
    after: np.ndarray
    x: np.ndarray
    near: np.ndarray | None = None


@dataclass(frozen=True)
class Design:
    """How many people; whether propensity and change are what the models take them for; by how
    much composition moves (cross-sections); neighbourhoods in an arm and the SD of their shocks."""

    name: str
    n: int
    propensity: bool = True
    change: bool = True
    cross: bool = False
    moved: float = 0.0
    near: int = 0
    shock: float = 0.0


DESIGNS = (
    Design("both right, 200 people", 200),
    Design("propensity wrong, 200 people", 200, propensity=False),
    Design("change wrong, 200 people", 200, change=False),
    Design("both wrong, 200 people", 200, propensity=False, change=False),
    Design("both right, 50 people", 50),
    Design("cross-sections, 400 answers", 400, cross=True),
    Design("cross-sections, change wrong", 400, cross=True, change=False),
    Design("cross-sections, who answers changes", 400, cross=True, moved=0.8),
    Design("6 neighbourhoods an arm, shocks", 240, near=6, shock=1.0),
    Design("15 neighbourhoods an arm, shocks", 300, near=15, shock=1.0),
)
Way = Callable[[Study], Influence]
_CHANGES: dict[str, Way] = {
    "unadjusted": lambda s: dr_panel(s.y, s.arm, s.x[:, :0], np.ones(len(s.y))).influence,
    "dr_did": lambda s: dr_panel(s.y, s.arm, s.x, np.ones(len(s.y))).influence,
    "overlap": lambda s: _weighted(s, "overlap"),
    "propensity, ATT": lambda s: _weighted(s, "att"),
    "propensity, ATE": lambda s: _weighted(s, "ate"),
}
_CROSSED: dict[str, Way] = {
    "unadjusted": lambda s: _crossed_dr(s, s.x[:, :0]),
    "dr_did": lambda s: _crossed_dr(s, s.x),
    "entropy": lambda s: _crossed(s, "entropy"),
    "propensity, ATT": lambda s: _crossed(s, "att"),
}


def _weighted(s: Study, way: str) -> Influence:
    return weighted_change(s.y, s.arm, s.x, way, np.ones(len(s.y))).influence


def _crossed(s: Study, way: str) -> Influence:
    return weighted_cross_sections(s.y, s.arm, s.after, s.x, way, np.ones(len(s.y))).influence


def _crossed_dr(s: Study, x: np.ndarray) -> Influence:
    return dr_cross_sections(s.y, s.arm, s.after, x, np.ones(len(s.y))).influence


def drawn(design: Design, rng: np.random.Generator) -> Study:
    """One study of a design."""
    n = design.n
    x, after = rng.normal(size=(n, 2)), np.zeros(n)
    other = np.column_stack([np.exp(x[:, 0] / 2) - np.exp(1 / 8), x[:, 0] * x[:, 1]])
    leaning = (x if design.propensity else other) @ np.array([0.6, -0.4])
    arm = (rng.random(n) < expit(leaning - 0.2)).astype(float)
    near = None
    shocks = np.zeros(n)
    if design.near:
        near = (rng.integers(0, design.near, n) + design.near * arm).astype(int)
        shocks = rng.normal(0, design.shock, 2 * design.near)[near]
    if design.cross:
        after = (rng.random(n) < 0.5).astype(float)
        x[:, 0] += design.moved * arm * after
        other = np.column_stack([np.exp(x[:, 0] / 2) - np.exp(1 / 8), x[:, 0] * x[:, 1]])
    trend = 1 + (x if design.change else other) @ np.array([1.0, 0.7])
    change = trend + EFFECT * arm + shocks
    y = change + rng.normal(0, 2, n)
    if design.cross:
        y = 20 + x @ np.array([1.0, 1.0]) + after * change + rng.normal(0, 2, n)
    return Study(y, arm, after, x, near)


def inferred(study: Study, way: Way) -> Inference:
    """The estimate and its inference, clustered where the design has neighbourhoods."""
    found = way(study)
    if study.near is None:
        return infer_records(found)
    return infer_clusters(found, study.near, study.arm)


def batch(at: int, replicates: int, seed: int) -> dict[str, np.ndarray]:
    """Of a design: way → estimates, standard errors and df (3, those not refused)."""
    design, rng = DESIGNS[at], np.random.default_rng([SEED, at, seed])
    ways = _CROSSED if design.cross else _CHANGES
    found: dict[str, list[tuple[float, float, float]]] = {name: [] for name in ways}
    for _ in range(replicates):
        study = drawn(design, rng)
        for name, way in ways.items():
            try:
                one = inferred(study, way)
            except NotEstimable:
                continue
            found[name].append((one.estimate, one.std_error, one.df))
    return {name: np.array(rows).reshape(-1, 3).T for name, rows in found.items()}


def joined(
    batches: list[dict[str, np.ndarray]], replicates: int
) -> Iterator[tuple[str, np.ndarray, int]]:
    """Way, what all batches found, and how many were refused."""
    for name in batches[0]:
        found = np.concatenate([one[name] for one in batches], axis=1)
        yield name, found, replicates - found.shape[1]


def covered(found: np.ndarray) -> float:
    """Share of 95% intervals that hold the effect."""
    estimate, error, df = found
    return float(np.mean(np.abs(estimate - EFFECT) <= stdtrit(df, 0.975) * error))


def line(design: Design, way: str, found: np.ndarray, refused: int) -> str:
    """A line of the table."""
    estimate, error, df = found
    n, spread, held = len(estimate), float(estimate.std(ddof=1)), covered(found)
    cells = (
        design.name,
        way,
        str(refused),
        f"{estimate.mean() - EFFECT:+.3f} ({spread / n**0.5:.3f})",
        f"{spread:.3f} ({spread / (2 * n) ** 0.5:.3f})",
        f"{np.sqrt(np.mean(error**2)):.3f}",
        f"{np.median(df):.1f}",
        f"{held:.3f} ({(held * (1 - held) / n) ** 0.5:.3f})",
    )
    return "| " + " | ".join(cells) + " |"


def section(replicates: int, lines: list[str]) -> str:
    """The section of docs/validation.md."""
    head = (
        "design", "way", "refused", "bias (MC error)", "empirical SE (MC error)", "model SE",
        "median df", "coverage of 95% (MC error)",
    )  # fmt: skip
    return "\n".join(
        [
            TITLE,
            "",
            f"Kinds `dr_did` and `weighted_did`, {replicates:,} studies a design, effect 1 for"
            " everybody; type I error is 1 − coverage.",
            "",
            "| " + " | ".join(head) + " |",
            "|" + "---|" * len(head),
            *lines,
            "",
            "Of changes, entropy balancing is `dr_did`: the same number and standard error. Wrong:"
            " the propensity or the change is",
            "linear in other functions of the covariates than the model takes; `dr_did` needs one"
            " of the two to be right. Model SE: root",
            "mean square. Refused: no weights reach balance. A site shock is in none of these"
            " intervals.",
            "Made by `make benchmark NAME=weighting_simulation`.",
            "",
        ]
    )


def main() -> None:
    """Simulate every design and write the table."""
    replicates = int(sys.argv[1]) if len(sys.argv) > 1 else REPLICATES
    lines, started = [], time.perf_counter()
    all_found = in_batches(batch, [replicates] * len(DESIGNS), BATCH)
    for design, batches in zip(DESIGNS, all_found, strict=True):
        for way, found, refused in joined(batches, replicates):
            lines.append(line(design, way, found, refused))
            print(lines[-1], flush=True)
    if replicates == REPLICATES:
        write_section(TITLE, section(replicates, lines))
    print(f"measure weighting_simulation_seconds {time.perf_counter() - started:.0f} s")


if __name__ == "__main__":
    main()
