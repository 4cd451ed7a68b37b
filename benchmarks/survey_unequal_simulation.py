"""Surveys whose arms have few neighbourhoods beside many, or one large one, simulated:
`make benchmark NAME=survey_unequal_simulation`.

Two sites, two waves of other respondents, sampled neighbourhoods, no effect. Coverage of the
interval of kind `survey` (df = neighbourhoods − strata) and of the one that its row names beside it
(`survey_rests`), with answers of a neighbourhood and wave alike by several correlations. Writes its
table into docs/validation.md.
"""

import sys
import time
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
from scipy.special import stdtrit
from validation_page import in_batches, write_section

from cesp_analysis.models.least_squares import least_squares
from cesp_analysis.models.survey_design import Sample
from cesp_analysis.models.survey_many import many
from cesp_analysis.models.survey_rests import ALIKE, WIDER, Rests, rests_of

TITLE = "## Surveys of few neighbourhoods beside many, simulated"
REPLICATES, BATCH, SEED = 10_000, 500, 23
ALIKES = (0.0, 0.05, 0.2)
"""Correlations of answers of one neighbourhood and wave."""
SIZES: dict[str, tuple[list[int], list[int]]] = {
    "2 of 12; 16 of 12": ([12] * 2, [12] * 16),
    "2 of 12; 10 of 12": ([12] * 2, [12] * 10),
    "3 of 12; 16 of 12": ([12] * 3, [12] * 16),
    "4 of 12; 20 of 12": ([12] * 4, [12] * 20),
    "1 of 100, 11 of 5; 12 of 13": ([100] + [5] * 11, [13] * 12),
    "8, 20, 32; 8, 20, 32": ([8, 20, 32], [8, 20, 32]),
    "8 of 12; 8 of 12": ([12] * 8, [12] * 8),
}
"""Respondents a wave of each neighbourhood of the two sites, the intervention's first."""
DESIGNS = [(name, alike) for name in SIZES for alike in ALIKES]


def records(name: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Arm (n,), neighbourhood (n,) and wave (n,) of the respondents of both waves."""
    first, second = SIZES[name]
    near = np.repeat(np.arange(len(first) + len(second)), [*first, *second])
    arm = (near < len(first)).astype(float)
    return np.tile(arm, 2), np.tile(near, 2), np.repeat([0, 1], len(near))


def design_of(name: str) -> tuple[np.ndarray, Sample, Rests]:
    """Columns (n, 4), the sample, and what the difference in differences rests on."""
    arm, near, wave = records(name)
    x = np.column_stack([np.ones(len(arm)), arm, wave, arm * wave])
    sample = Sample(1 - arm.astype(np.intp), near, np.ones(len(arm)))
    fitted = SimpleNamespace(fit=least_squares(np.arange(len(arm)) % 7.0, x, np.ones(len(arm))))
    rows = SimpleNamespace(arm=arm.astype(np.intp), time=wave)
    one: Any = SimpleNamespace(fitted=fitted, at=np.arange(len(arm)), rows=rows)
    rests = rests_of((one,), (np.eye(4)[3],), sample)
    return x, sample, cast(Rests, rests)


def batch(design: int, runs: int, seed: int) -> np.ndarray:
    """Estimates, standard errors and df (3, runs)."""
    rng = np.random.default_rng([SEED, design, seed])
    name, alike = DESIGNS[design]
    x, sample, _ = design_of(name)
    place = sample.psu * 2 + x[:, 2].astype(np.intp)
    shared = rng.normal(0, alike**0.5, (int(place.max()) + 1, runs))[place]
    y = shared + rng.normal(0, (1 - alike) ** 0.5, shared.shape)
    found = many(y, x, np.eye(4)[[3]], sample)
    return np.stack([found.estimate[:, 0], found.std_error[:, 0], found.df])


def line(design: int, found: np.ndarray) -> str:
    """A line of the table."""
    name, alike = DESIGNS[design]
    rests = design_of(name)[2]
    estimate, error, df = found
    own, by = stdtrit(df[0], 0.975), rests.half(1.0, 0.95)
    held = [f"{np.mean(np.abs(estimate) <= half * error):.3f}" for half in (own, by)]
    cells = (
        name,
        f"{alike:g}",
        f"{df[0]:.0f}",
        held[0],
        f"{rests.df:.1f}",
        f"{rests.shown:.0%}",
        held[1],
        "yes" if by > WIDER * own else "no",
    )
    return "| " + " | ".join(cells) + " |"


def section(replicates: int, lines: list[str]) -> str:
    """The section of docs/validation.md."""
    head = (
        "neighbourhoods (respondents a wave): intervention; control", "correlation",
        "neighbourhoods − strata", "coverage of 95%", "df of the variance", "shown",
        "coverage by these", "said",
    )  # fmt: skip
    return "\n".join(
        [
            TITLE,
            "",
            f"Two sites, two waves of other respondents, no effect, {replicates:,} surveys a"
            " design; answers of one neighbourhood",
            "and wave are correlated. Kind `survey`, all records, and the interval that its row"
            " names beside it where that is more",
            f"than {WIDER - 1:.0%} wider (said): by the Satterthwaite df of the variance, and of"
            " the whole variance where the standard error",
            f"is expected to show less (shown), both at a correlation of {ALIKE:g} whatever the"
            " true one is. Monte Carlo standard errors",
            "are at most 0.004.",
            "",
            "| " + " | ".join(head) + " |",
            "|" + "---|" * len(head),
            *lines,
            "",
            "Made by `make benchmark NAME=survey_unequal_simulation`.",
            "",
        ]
    )


def main() -> None:
    """Simulate every design and write the table."""
    replicates = int(sys.argv[1]) if len(sys.argv) > 1 else REPLICATES
    lines, started = [], time.perf_counter()
    found = in_batches(batch, [replicates] * len(DESIGNS), BATCH)
    for design, batches in enumerate(found):
        lines.append(line(design, np.concatenate(batches, axis=1)))
        print(lines[-1], flush=True)
    if replicates == REPLICATES:
        write_section(TITLE, section(replicates, lines))
    print(f"measure survey_unequal_simulation_seconds {time.perf_counter() - started:.0f} s")


if __name__ == "__main__":
    main()
