"""The bracket where one assumption holds, simulated: `make benchmark NAME=bracket_simulation`.

DiD, ANCOVA and doubly robust of the same people in three designs of two sites, each made so that
one of the three is right; bias with Monte Carlo standard errors (Morris et al. 2019), beside what
the bracket says that regression to a common mean alone would give. The table stands in
docs/validation.md.
"""

import sys
import time
from collections.abc import Callable

import numpy as np
from validation_page import write_section

from cesp_analysis.few_sites.two_ends import two_ends
from cesp_analysis.models.dr_did_engine import dr_panel

TITLE = "## The bracket, simulated"
REPLICATES = 10_000
PEOPLE = 150  # in both sites together
SLOPE = 0.5  # of the later answer on the first, within arms
EFFECT = 0.3
SEED = 20_260_601
Study = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]  # before, after, arm, covariate


def _answers(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Two answers of SD 1 and correlation SLOPE, no effect."""
    before = rng.normal(size=PEOPLE)
    return before, SLOPE * before + rng.normal(0, np.sqrt(1 - SLOPE**2), PEOPLE)


def lasting(rng: np.random.Generator) -> Study:
    """Sites half an SD apart, which stay so; a covariate that tells nothing."""
    arm = np.repeat([0.0, 1.0], PEOPLE // 2)
    before, after = _answers(rng)
    return before - arm / 2, after - arm / 2 + EFFECT * arm, arm, rng.normal(size=PEOPLE)


def referred(rng: np.random.Generator) -> Study:
    """One common mean: who does badly at baseline is referred to the intervention site."""
    before, after = _answers(rng)
    arm = (before + rng.normal(size=PEOPLE) < 0).astype(float)
    return before, after + EFFECT * arm, arm, rng.normal(size=PEOPLE)


def covariate(rng: np.random.Generator) -> Study:
    """Sites whose people differ in a covariate of where they start and how they go on."""
    arm = np.repeat([0.0, 1.0], PEOPLE // 2)
    x = rng.normal(size=PEOPLE) + arm / 2
    start, end = _answers(rng)
    return start - 0.6 * x, end - 0.2 * x + EFFECT * arm, arm, x


DESIGNS: dict[str, Callable[[np.random.Generator], Study]] = {
    "sites differ lastingly": lasting,
    "referred because they did badly": referred,
    "a covariate drives the change": covariate,
}


def estimates(study: Study) -> tuple[float, float, float, float]:
    """DiD, ANCOVA, doubly robust, and the DiD that a common mean alone would give."""
    before, after, arm, x = study
    ends = two_ends(before, after, arm)
    assert not isinstance(ends.did, str) and not isinstance(ends.ancova, str) and ends.difference
    third = dr_panel(after - before, arm, x[:, None], np.ones(PEOPLE)).influence.estimate
    return ends.did.estimate, ends.ancova.estimate, third, ends.difference


def row(name: str, replicates: int) -> tuple[str, np.ndarray, np.ndarray]:
    """A line of the table; means (4,) of what `estimates` gives, with Monte Carlo errors (4,)."""
    rng = np.random.default_rng([SEED, list(DESIGNS).index(name)])
    found = np.array([estimates(DESIGNS[name](rng)) for _ in range(replicates)])
    means, errors = found.mean(axis=0), found.std(axis=0, ddof=1) / np.sqrt(replicates)
    shown = means - [EFFECT, EFFECT, EFFECT, 0]
    cells = [f"{value:+.3f} ({error:.3f})" for value, error in zip(shown, errors, strict=True)]
    ends = np.sort(found[:, :2], axis=1) - EFFECT
    cells.append(f"{np.mean((ends[:, 0] <= 0) & (ends[:, 1] >= 0)):.2f}")
    return f"| {name} | {' | '.join(cells)} |", means, errors


def section() -> str:
    """The page's section."""
    rows = [row(name, REPLICATES)[0] for name in DESIGNS]
    lines = [
        TITLE,
        "",
        f"{PEOPLE} people in two sites, SD 1, slope {SLOPE:g}, effect {EFFECT:g},"
        f" {REPLICATES:,} studies a design. In brackets: Monte Carlo",
        "error. `make benchmark NAME=bracket_simulation`.",
        "",
        "| design | bias of DiD | bias of ANCOVA | bias of doubly robust |"
        " a common mean alone would give | effect inside the bracket |",
        "|---|---|---|---|---|---|",
        *rows,
        "",
        "Where sites differ lastingly DiD is right and ANCOVA is off by the whole difference; where"
        " people were referred",
        "because they did badly it is the other way round, and DiD's bias is the number that the"
        " report prints as what a",
        "common mean alone would give. Where a covariate drives the change both ends are off, by"
        " amounts that the bracket",
        "does not know. The last column is why a bracket is no confidence interval: even with the"
        " right assumption one end",
        "is the unbiased estimate, which sampling error puts above or below the truth as often as"
        " not.",
        "",
        "",
    ]
    return "\n".join(lines)


def main() -> None:
    """Simulate, write the section, print it."""
    started = time.perf_counter()
    made = section()
    write_section(TITLE, made)
    print(made)
    print(f"measure bracket_simulation_seconds {time.perf_counter() - started:.0f} s")


if __name__ == "__main__":
    sys.exit(main())
