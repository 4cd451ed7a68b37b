"""Non-response that drifts between waves, simulated: `make benchmark NAME=response_simulation`.

Two sites, two waves, eight neighbourhoods a site that stay the same; in each site and wave 500
residents are asked, and who answers depends on their age, or on the answer itself. The difference
in differences is 0.5 for everybody. Unweighted, or raked to age and sex by site and wave, which the
population has as the margins say. Writes its table into docs/validation.md, with Monte Carlo
standard errors (Morris et al. 2019).
"""

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import expit, stdtrit
from validation_page import in_batches, write_section

from cesp_analysis.models.survey_design import Sample
from cesp_analysis.models.survey_linear import linearised
from cesp_analysis.survey.cells import Cells, Target
from cesp_analysis.survey.raking import raked

TITLE = "## Non-response that drifts, simulated"
REPLICATES, BATCH, EFFECT, SEED = 10_000, 500, 0.5, 7
ASKED, NEAR, PEOPLE = 500, 8, 10_000.0
AGES, SEXES = np.array([0.35, 0.4, 0.25]), np.array([0.52, 0.48])
OLDER = np.array([0.0, 1.0, 2.5])
"""How much higher the answers of each age group are."""
Answering = Callable[[np.ndarray, np.ndarray, bool], np.ndarray]
"""Age group, answer, whether it is the intervention site's second wave → who may answer."""


@dataclass(frozen=True)
class Design:
    """How its line calls it, and how likely a resident answers."""

    name: str
    answers: Answering


_LEVEL, _STEEP = np.array([0.4, 0.5, 0.6]), np.array([0.2, 0.5, 0.9])
DESIGNS = (
    Design("nothing decides", lambda age, y, later: np.full(len(y), 0.5)),
    Design("age decides, alike everywhere", lambda age, y, later: _STEEP[age]),
    Design(
        "age decides, and more so in one site's second wave",
        lambda age, y, later: (_STEEP if later else _LEVEL)[age],
    ),
    Design("the answer decides, alike everywhere", lambda age, y, later: expit(0.5 * (y - 7))),
    Design(
        "the answer decides, in one site's second wave alone",
        lambda age, y, later: expit(0.5 * (y - 7)) if later else np.full(len(y), 0.5),
    ),
)
WAYS = ("unweighted", "raked")


@dataclass(frozen=True)
class Survey:
    """Who answered: y, age, sex, place (2 × site + wave) and neighbourhood (n,)."""

    y: np.ndarray
    age: np.ndarray
    sex: np.ndarray
    place: np.ndarray
    near: np.ndarray


def drawn(design: Design, rng: np.random.Generator) -> Survey:
    """One survey of a design."""
    parts = []
    for site in (0, 1):
        stays = rng.normal(0, 0.4, NEAR)
        for wave in (0, 1):
            moves = rng.normal(0, 0.2, NEAR)
            near = rng.integers(0, NEAR, ASKED)
            age, sex = rng.choice(3, ASKED, p=AGES), rng.choice(2, ASKED, p=SEXES)
            y = 6 + OLDER[age] + 0.3 * sex + (stays + moves)[near] + 0.2 * wave + 0.1 * site
            y = y + EFFECT * site * wave + rng.normal(0, 1.8, ASKED)
            came = rng.random(ASKED) < design.answers(age, y, site == wave == 1)
            place = np.full(ASKED, 2 * site + wave)
            parts.append(np.column_stack([y, age, sex, place, near + NEAR * site])[came])
    y, *codes = np.vstack(parts).T
    return Survey(y, *(one.astype(int) for one in codes))


def weighted(survey: Survey) -> np.ndarray:
    """Weights (n,) raked to age and sex in each site and wave."""
    weights = np.zeros(len(survey.y))
    for place in range(4):
        rows = np.flatnonzero(survey.place == place)
        cells = Cells.made(
            [Target(survey.age[rows], AGES * PEOPLE), Target(survey.sex[rows], SEXES * PEOPLE)]
        )
        found = raked(cells, np.bincount(cells.of)[None].astype(float), PEOPLE)
        weights[rows] = found.factor[0][cells.of]
    return weights


def inferred(survey: Survey, way: str) -> tuple[float, float, float]:
    """Estimate, standard error and df."""
    n, raking = len(survey.y), way == "raked"
    weights = weighted(survey) if raking else np.ones(n)
    margins = (survey.place * 3 + survey.age, survey.place * 2 + survey.sex) if raking else ()
    sums = np.bincount(survey.place, weights)
    means = np.bincount(survey.place, weights * survey.y) / sums
    signs = np.array([1.0, -1.0, -1.0, 1.0])
    pull = signs[survey.place] * weights * (survey.y - means[survey.place]) / sums[survey.place]
    sample = Sample(survey.near // NEAR, survey.near, weights, margins)
    found = linearised(pull, sample)
    return float(signs @ means), float(np.sqrt(found.covariance[0, 0])), float(found.df)


def batch(at: int, replicates: int, seed: int) -> dict[str, np.ndarray]:
    """Of a design: way → estimates, standard errors, df (3, replicates)."""
    rng = np.random.default_rng([SEED, at, seed])
    found: dict[str, list[tuple[float, float, float]]] = {way: [] for way in WAYS}
    for _ in range(replicates):
        survey = drawn(DESIGNS[at], rng)
        for way in WAYS:
            found[way].append(inferred(survey, way))
    return {way: np.array(rows).T for way, rows in found.items()}


def line(design: Design, way: str, found: np.ndarray) -> str:
    """A line of the table."""
    estimate, error, df = found
    n, spread = len(estimate), float(estimate.std(ddof=1))
    held = float(np.mean(np.abs(estimate - EFFECT) <= stdtrit(df, 0.975) * error))
    cells = (
        design.name,
        way,
        f"{estimate.mean() - EFFECT:+.3f} ({spread / n**0.5:.3f})",
        f"{spread:.3f} ({spread / (2 * n) ** 0.5:.3f})",
        f"{np.sqrt(np.mean(error**2)):.3f}",
        f"{held:.3f} ({(held * (1 - held) / n) ** 0.5:.3f})",
    )
    return "| " + " | ".join(cells) + " |"


def section(replicates: int, lines: list[str]) -> str:
    """The section of docs/validation.md."""
    head = (
        "who answers", "way", "bias (MC error)", "empirical SE (MC error)", "linearised SE",
        "coverage of 95% (MC error)",
    )  # fmt: skip
    return "\n".join(
        [
            TITLE,
            "",
            f"Two sites, two waves, 8 neighbourhoods a site, {ASKED} residents asked in each,"
            f" {replicates:,} surveys a design; the",
            "difference in differences is 0.5. Raked to age and sex by site and wave; standard"
            " errors linearised by",
            "neighbourhood, 14 df.",
            "",
            "| " + " | ".join(head) + " |",
            "|" + "---|" * len(head),
            *lines,
            "",
            "Weighting helps where who answers depends on what a margin holds, and changes with"
            " site and wave: unweighted, the",
            "drift passes for a change. It cannot help where the answer itself decides who gives"
            " it: within age and sex those",
            "who answer differ from those who do not, and no margin knows. Made by `make benchmark"
            " NAME=response_simulation`.",
            "",
        ]
    )


def main() -> None:
    """Simulate every design and write the table."""
    replicates = int(sys.argv[1]) if len(sys.argv) > 1 else REPLICATES
    lines, started = [], time.perf_counter()
    found = in_batches(batch, [replicates] * len(DESIGNS), BATCH)
    for design, batches in zip(DESIGNS, found, strict=True):
        for way in WAYS:
            whole = np.concatenate([one[way] for one in batches], axis=1)
            lines.append(line(design, way, whole))
            print(lines[-1], flush=True)
    if replicates == REPLICATES:
        write_section(TITLE, section(replicates, lines))
    print(f"measure response_simulation_seconds {time.perf_counter() - started:.0f} s")


if __name__ == "__main__":
    main()
