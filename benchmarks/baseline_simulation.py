"""Change, equal baseline and SDs, simulated: `make benchmark NAME=baseline_simulation`.

Two tables for docs/validation.md, with Monte Carlo standard errors (Morris et al. 2019): analysis
of covariance beside the difference in mean change where each of their assumptions holds; and how
often intervals in SDs hold the true effect. No effect in the first: it would add itself to both
estimates and change neither standard errors nor df, so type I error is 1 - coverage.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import numpy as np

from cesp_analysis.models.effect_sizes import (
    correction,
    hedges_g,
    noncentral_limits,
    pooled,
    scaled,
)
from cesp_analysis.models.least_squares import Covariance, least_squares
from cesp_analysis.models.sandwich import infer
from cesp_analysis.models.student import t_interval

PAGE = Path(__file__).resolve().parents[1] / "docs" / "validation.md"
FIRST, SECOND = "## Change or equal baseline, simulated", "## Intervals in SDs, simulated"
REPLICATES = 10_000
SLOPE = 0.5  # of the later outcome on the baseline, within arms
Study = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray | None]  # arm, before, after, cluster


def lot(rng: np.random.Generator) -> Study:
    """60 against 60 people whom chance allocated; SD 1 at both times."""
    arm = np.repeat([0.0, 1.0], 60)
    before = rng.normal(size=120)
    return arm, before, SLOPE * before + rng.normal(0, np.sqrt(0.75), 120), None


def apart(rng: np.random.Generator) -> Study:
    """Two places half an SD apart, which stay so: the mean change is alike."""
    arm, before, after, _ = lot(rng)
    return arm, before - arm / 2, after - arm / 2, None


def referred(rng: np.random.Generator) -> Study:
    """One population; who is low at baseline is in the intervention arm, the rest are not."""
    _, before, after, _ = lot(rng)
    low = before + rng.normal(size=120) < 0
    return low.astype(float), before, after, None


def neighbourhoods(rng: np.random.Generator) -> Study:
    """6 against 6 neighbourhoods of 10, randomised; 10% of the later variance is between them."""
    cluster = np.repeat(np.arange(12), 10)
    before = rng.normal(size=120)
    shared = rng.normal(0, np.sqrt(0.075), 12)[cluster]
    after = SLOPE * before + shared + rng.normal(0, np.sqrt(0.675), 120)
    return (cluster % 2).astype(float), before, after, cluster


DESIGNS: tuple[tuple[str, Callable[[np.random.Generator], Study], Covariance], ...] = (
    ("chance allocated people", lot, "HC2"),
    ("places that differ lastingly", apart, "HC2"),
    ("referred because they did badly", referred, "HC2"),
    ("12 neighbourhoods, chance allocated them", neighbourhoods, "CR2"),
)


def estimates(study: Study, covariance: Covariance) -> list[tuple[float, float, float, float]]:
    """Estimate, standard error, limits: analysis of covariance, then difference in mean change."""
    arm, before, after, cluster = study
    one = np.ones(len(arm))
    found = []
    for y, x in (
        (after, np.column_stack([one, arm, before])),
        (after - before, np.column_stack([one, arm])),
    ):
        seen = infer(least_squares(y, x), np.eye(x.shape[1])[1], covariance, cluster)
        low, high = t_interval(seen.estimate, seen.std_error, seen.df)
        found.append((seen.estimate, seen.std_error, low, high))
    return found


def first_table() -> list[str]:
    """Bias, standard errors and coverage of both estimators in each design."""
    lines = [
        "| design | estimate | bias (MC error) | empirical SE | model SE | coverage of 95%"
        " (MC error) |",
        "|---|---|---|---|---|---|",
    ]
    for name, design, covariance in DESIGNS:
        rng = np.random.default_rng(1)
        all_found = np.array([estimates(design(rng), covariance) for _ in range(REPLICATES)])
        for index, what in enumerate(("equal baseline (`ancova`)", "mean change (`did`)")):
            value, error, low, high = all_found[:, index].T
            held = np.mean((low <= 0) & (high >= 0))
            spread = value.std(ddof=1)
            lines.append(
                f"| {name} | {what}, {covariance} | {value.mean():+.3f}"
                f" ({spread / np.sqrt(REPLICATES):.3f}) | {spread:.3f} |"
                f" {np.sqrt(np.mean(error**2)):.3f} | {_share(held)} |"
            )
    return lines


@dataclass(frozen=True)
class Scaled:
    """How many in each arm, the effect in baseline SDs, and how baseline values vary."""

    people: tuple[int, int]
    effect: float
    skewed: bool


def second_table() -> list[str]:
    """Coverage of intervals in SDs: of changes (three ways), and of one time's values."""
    lines = [
        "| people | effect | values | mean of J × estimate / SD | limits / SD | MOVER |"
        " at one time: noncentral t | its limits × J |",
        "|---|---|---|---|---|---|---|---|",
    ]
    designs = product(((12, 12), (60, 30), (200, 200)), (0.0, 0.5, 1.5), (False, True))
    return [*lines, *(_scaled_line(Scaled(*design)) for design in designs)]


def _scaled_line(design: Scaled) -> str:
    rng = np.random.default_rng(2)
    held = np.zeros((REPLICATES, 4), dtype=bool)
    sizes = np.zeros(REPLICATES)
    for index in range(REPLICATES):
        arm, before, after = _values(design, rng)
        spread = pooled(before[arm], before[~arm])
        assert spread is not None
        change = after - before
        seen = infer(
            least_squares(change, np.column_stack([np.ones(len(arm)), arm])),
            np.array([0.0, 1.0]),
            "HC2",
        )
        low, high = t_interval(seen.estimate, seen.std_error, seen.df)
        mover = scaled(seen.estimate, low, high, spread, 0.95)
        once = hedges_g(after[arm], after[~arm], 0.95)
        own = pooled(after[arm], after[~arm])
        assert once is not None and own is not None
        scale = np.sqrt(1 / arm.sum() + 1 / (~arm).sum())
        t = once.size / (correction(own.df) * scale)
        exact = [scale * limit for limit in noncentral_limits(t, own.df, 0.95)]
        sizes[index] = mover.size
        for place, (below, above) in enumerate(
            (
                (low / spread.sd, high / spread.sd),
                (mover.low, mover.high),
                exact,
                (once.low, once.high),
            )
        ):
            held[index, place] = below <= design.effect <= above
    mean = f"{sizes.mean():.3f} ({sizes.std(ddof=1) / np.sqrt(REPLICATES):.3f})"
    words = "skewed" if design.skewed else "normal"
    shares = " | ".join(_share(part) for part in held.mean(axis=0))
    return (
        f"| {design.people[0]} and {design.people[1]} | {design.effect} | {words} | {mean} |"
        f" {shares} |"
    )


def _values(design: Scaled, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Who is in the intervention arm; values before and after of SD 1, correlation 0.5."""
    n = sum(design.people)
    arm = np.arange(n) < design.people[0]
    parts = (
        rng.exponential(size=(3, n)) - 1 if design.skewed else rng.normal(size=(3, n))
    )  # skewness 1.4 of the sum of two halves
    before = (parts[0] + parts[1]) / np.sqrt(2)
    after = (parts[0] + parts[2]) / np.sqrt(2) + design.effect * arm
    return arm, before, after


def _share(held: float) -> str:
    return f"{held:.4f} ({np.sqrt(held * (1 - held) / REPLICATES):.4f})"


def write_into(page: Path, title: str, lines: list[str]) -> None:
    """Put the table in the place of the one under its title."""
    before, _, rest = page.read_text(encoding="utf-8").partition(title)
    intro, start, rest = rest.partition("\n| ")
    if not start:
        raise SystemExit(f"{page} has no table under '{title}'")
    after = rest.partition("\n\n")[2]
    text = f"{before}{title}{intro}\n" + "\n".join(lines) + f"\n\n{after}"
    page.write_text(text, encoding="utf-8")


def main() -> None:
    """Simulate, write both tables, and print them."""
    start = time.perf_counter()
    for title, made in ((FIRST, first_table()), (SECOND, second_table())):
        write_into(PAGE, title, made)
        print(title, *made, sep="\n")
    print(f"measure baseline_simulation {time.perf_counter() - start:.0f} s")


if __name__ == "__main__":
    main()
