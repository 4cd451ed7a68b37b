"""How often intervals of coder agreement hold the truth: few interviews, each drawn whole.

`make benchmark NAME=coder_agreement_simulation`. Two coders, 20 excerpts an interview, some
interviews harder to code than others; a theme on a quarter of the excerpts, or on one in twelve.
The truth is the agreement of 400,000 excerpts. Its table stands in `docs/validation.md`.
"""

import sys

import numpy as np

from cesp_analysis.interviews.agreement import Draws, cohen, krippendorff, percent

SEED, EACH = 20260115, 20
HOW = Draws(draws=2_000)
DESIGNS = ((10, 0.25), (15, 0.25), (15, 1 / 12), (30, 0.25))
"""Interviews, share of excerpts with the theme."""


def coded(rng: np.random.Generator, interviews: int, share: float) -> tuple[np.ndarray, np.ndarray]:
    """Ratings (n, 2) and whose they are (n,): each coder errs, more often in a hard interview."""
    whose = np.repeat(np.arange(interviews), EACH)
    hard = rng.beta(1.5, 8.5, interviews)[whose]
    true = rng.random(len(whose)) < share
    flip = rng.random((len(whose), 2)) < (hard * np.where(true, 1.5, 0.5))[:, None]
    return (true[:, None] ^ flip).astype(float), whose


def measures(ratings: np.ndarray, whose: np.ndarray, how: Draws) -> dict[str, object]:
    """Percent, kappa and alpha."""
    return {
        "percent": percent(ratings, 2, whose, how).value,
        "kappa": cohen(ratings, 2, whose, how).value,
        "alpha": krippendorff(ratings, 2, whose, how).value,
    }


def main(runs: int = 1_000) -> None:
    """The table, a line a design."""
    for interviews, share in DESIGNS:
        rng = np.random.default_rng(SEED)
        whole, of = coded(rng, 20_000, share)
        truth = {n: q.value for n, q in measures(whole, of, Draws(draws=2)).items()}  # type: ignore[attr-defined]
        held = {name: [0, 0] for name in truth}
        for _ in range(runs):
            for name, own in measures(*coded(rng, interviews, share), HOW).items():
                if own.low is not None:  # type: ignore[attr-defined]
                    held[name][0] += own.low <= truth[name] <= own.high  # type: ignore[attr-defined]
                    held[name][1] += 1
        shown = ", ".join(f"{n} {a / b:.3f} of {b}" for n, (a, b) in held.items())
        print(f"{interviews} interviews, theme on {share:.2f}: {shown}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
