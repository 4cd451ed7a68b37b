"""The average of two later times, in two sites: `make benchmark NAME=averages_simulation`.

One site against one, a baseline and two later answers, people lost on the way, link workers in the
intervention arm whose people change together, effects of each site at each time. No effect. Every
kind that has `average: true`, and how its interval reads with each of these. Writes its table into
docs/validation.md, with Monte Carlo standard errors.
"""

import sys
import time
from collections.abc import Iterator

import numpy as np
from averages_estimators import BATCH, WAYS, WITHIN, Draw, Study, cross_sections, panel
from two_sites_estimators import LOST, WORKER_SD, Found
from two_sites_simulation import PAIRS, held
from validation_page import in_batches, write_section

TITLE = "## Averages of later times, simulated"
REPLICATES, SEED = 10_000, 2
DESIGNS = [(people, sd) for people in (60, 200) for sd in (0.0, WORKER_SD)]


def batch(design: int, runs: int, seed: int) -> dict[str, Found]:
    """Every kind's answers to one batch of studies of one of DESIGNS."""
    drawn: dict[Draw, Study] = {}
    for draw in (panel, cross_sections):
        rng = np.random.default_rng([SEED, design, seed])
        y, arm, person, at = draw(*DESIGNS[design], rng)
        drawn[draw] = y[:runs], arm, person, at
    return {name: way(drawn[draw]) for name, (draw, way) in WAYS.items()}


def site_effects(runs: int, people: int) -> tuple[np.ndarray, np.ndarray]:
    """What the sites add to the difference at the first time and, on average, later (runs,): each
    site's effects have SD √(rho / (1 - rho)) and correlation cac, cac² two times apart (decay, the
    model that the published pairs were fitted by)."""
    rng = np.random.default_rng([SEED, people, 7])
    which = rng.integers(0, len(PAIRS), runs)
    rho, cac = (np.array([getattr(PAIRS[w], name) for w in which]) for name in ("rho", "cac"))
    size, new = np.sqrt(2 * rho / (1 - rho)), np.sqrt(1 - cac**2)  # the difference of two sites
    first, *anew = rng.normal(size=(3, runs))
    one = cac * first + new * anew[0]
    two = cac * one + new * anew[1]
    return size * first, size * (one + two) / 2


def rows_of(done: list[list[dict[str, Found]]]) -> Iterator[str]:
    """The lines of the table; `done`: design → batches."""
    for at in range(0, len(DESIGNS), 2):
        people = DESIGNS[at][0]
        for name in WAYS:
            alike, apart = (_joined([one[name] for one in own]) for own in done[at : at + 2])
            estimate, error, _, slope = alike
            runs, spread = len(estimate), float(estimate.std(ddof=1))
            before, after = site_effects(runs, people)
            cells = [
                str(people), name, f"{estimate.mean():+.4f} ({spread / runs**0.5:.4f})",
                f"{spread:.4f} ({spread / np.sqrt(2 * runs):.4f})",
                f"{np.sqrt(np.mean(error**2)):.4f}", held(alike), held(apart),
                held(alike, after - slope * before),
            ]  # fmt: skip
            yield "| " + " | ".join(cells) + " |"


def _joined(batches: list[Found]) -> Found:
    estimate, error, df, slope = (np.concatenate(part) for part in zip(*batches, strict=True))
    return estimate, error, df, slope


def section(replicates: int, lines: list[str]) -> str:
    """The section of docs/validation.md."""
    head = (
        "people a site", "kind", "bias (MC error)", "empirical SE (MC error)", "model SE",
        "coverage", "coverage, link workers differ", "coverage, shocks to sites",
    )  # fmt: skip
    apart, close = WITHIN[0, 1], WITHIN[1, 2]
    return f"""{TITLE}

The effects at two later times, averaged (`average: true`): one site against one, no effect, SD 1
within a site, a correlation of {apart:g} with the first answer and of {close:g} between the later ones;
{LOST:.0%} lost by the last time, half of them before the first later one; cross-sections have other
people each time, {LOST:.0%} fewer later. {replicates:,} studies a line. Coverage of 95% intervals
(Monte Carlo error): type I error is 1 less it. Columns: sites and link workers alike; six link
workers of the intervention arm, whose people have a common part (SD {WORKER_SD:g}) at both later
times; effects of each site at each time, drawn from the 16 published pairs.

| {" | ".join(head)} |
{"|---" * len(head)}|
{chr(10).join(lines)}

Right about people again, and about neither of the others. Where the section above has the kind at
one time, the interval of its average holds the truth less often: it takes out more of what people
add by chance than of a link worker's part, which lasts, and of what happened to a site at the first
time. Published pairs size the shock to a change between two times; an average has no shock-augmented
interval, and the ladder says so. Made by `make benchmark NAME=averages_simulation`.

"""  # noqa: E501


def main() -> None:
    """Simulate every size and write the table."""
    replicates = int(sys.argv[1]) if len(sys.argv) > 1 else REPLICATES
    started = time.perf_counter()
    lines = list(rows_of(in_batches(batch, [replicates] * len(DESIGNS), BATCH)))
    print("\n".join(lines))
    if replicates == REPLICATES:
        write_section(TITLE, section(replicates, lines))
    print(f"measure averages_simulation_seconds {time.perf_counter() - started:.0f} s")


if __name__ == "__main__":
    main()
