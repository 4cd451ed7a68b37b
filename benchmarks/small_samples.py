"""A mixed model with few neighbourhoods, simulated: `make benchmark NAME=small_samples`.

Half of the neighbourhoods in each arm, 4 to 16 people in each; REML. Once: everybody answers once,
and the effect is the arms' difference. Three times: people in neighbourhoods answer at three times,
a quarter of the later answers is lost, and the effect is the difference in change to the last time.
The same fits are judged by Kenward-Roger and by Satterthwaite at 5%, all replicates of a line at
once (models/nested_many.py). Prints the tables, with Monte Carlo errors, and writes them into
docs/validation.md; `python benchmarks/small_samples.py 300` prints quick ones.
"""

import sys
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy import special

from cesp_analysis.models.nested import NestedFits
from cesp_analysis.models.nested_df import Rule, judged_many
from cesp_analysis.models.nested_many import fit_nested_many

SIZES = (4, 16, 7, 12, 9, 5, 14, 10, 6, 15, 8, 13)
EFFECT = 0.3  # in residual standard deviations of one answer; type I error is that of 0.3 itself
RULES: tuple[Rule, ...] = ("kenward_roger", "satterthwaite")
WORDS = {"kenward_roger": "Kenward-Roger", "satterthwaite": "Satterthwaite"}
HEAD = (
    "| neighbourhoods | ICC | SE and df | bias | empirical SE | model SE | coverage of 95% |"
    " type I error at 5% | variance at zero | type I error there |\n|" + "---|" * 10
)


@dataclass(frozen=True)
class Design:
    """Rows (n,): neighbourhood and person of each; x (n, k); which column the effect is."""

    near: np.ndarray
    person: np.ndarray | None
    x: np.ndarray
    effect: int


def once(clusters: int, rng: np.random.Generator) -> Design:
    """One answer a person."""
    near = np.repeat(np.arange(clusters), np.resize(SIZES, clusters))
    arm = (near >= clusters // 2).astype(float)
    return Design(near, None, np.column_stack([np.ones(len(near)), arm]), 1)


def three_times(clusters: int, rng: np.random.Generator) -> Design:
    """Three answers a person, a quarter of the later ones lost; the same ones in all replicates."""
    people = once(clusters, rng).near
    person, t = np.repeat(np.arange(len(people)), 3), np.tile(np.arange(3), len(people))
    kept = (t == 0) | (rng.random(len(t)) > 0.25)
    person, t = person[kept], t[kept]
    near = people[person]
    arm, one, two = (near >= clusters // 2).astype(float), t == 1, t == 2
    x = np.column_stack([np.ones(len(t)), arm, one, two, arm * one, arm * two])
    return Design(near, person, x, 5)


def line(design: Design, clusters: int, icc: float, runs: int, rng: np.random.Generator) -> str:
    """Both rules' lines of a table, from `runs` trials."""
    y = rng.normal(0, np.sqrt(1 - icc), (runs, len(design.x)))
    y += rng.normal(0, np.sqrt(icc), (runs, clusters))[:, design.near]
    groups = [design.near]
    if design.person is not None:
        y += rng.normal(0, 1, (runs, design.person.max() + 1))[:, design.person]
        groups = [design.person, design.near]
    y += EFFECT * design.x[:, design.effect]
    fits = fit_nested_many(y, design.x, groups)
    assert not fits.failed, fits.failed
    error, zero = fits.coef[:, design.effect] - EFFECT, fits.at_boundary[:, -1]
    return "\n".join(_line(fits, design, rule, clusters, icc, error, zero) for rule in RULES)


def _line(
    fits: NestedFits,
    design: Design,
    rule: Rule,
    clusters: int,
    icc: float,
    error: np.ndarray,
    zero: np.ndarray,
) -> str:
    contrast, r = np.eye(design.x.shape[1])[design.effect], len(error)
    se, df = judged_many(fits, contrast, rule, "expected")
    rejected = 2 * special.stdtr(df, -np.abs(error) / se) < 0.05
    empirical, share = error.std(ddof=1), rejected.mean()
    mc = np.sqrt(share * (1 - share) / r)
    there = f"{rejected[zero].mean():.3f}" if zero.sum() > 99 else ""
    return (
        f"| {clusters} | {icc} | {WORDS[rule]} | {error.mean():+.4f} ({empirical / r**0.5:.4f}) |"
        f" {empirical:.4f} ({empirical / (2 * (r - 1)) ** 0.5:.4f}) | {(se**2).mean() ** 0.5:.4f} |"
        f" {1 - share:.4f} ({mc:.4f}) | {share:.4f} | {zero.mean():.2f} | {there} |"
    )


def table(name: str, runs: int) -> str:
    """The table of one design: a pair of lines for each number of neighbourhoods and ICC."""
    lines = [HEAD]
    for clusters in (6, 10, 20, 40):
        for icc in (0.0, 0.05, 0.2):
            rng = np.random.default_rng([len(name), clusters, int(100 * icc)])
            design = {"once": once, "three times": three_times}[name](clusters, rng)
            lines.append(line(design, clusters, icc, runs, rng))
            print(lines[-1], flush=True)
    return "\n".join(lines)


def written(page: Path, name: str, made: str) -> None:
    """Put a table where the page says that this script makes it."""
    text = page.read_text(encoding="utf-8")
    begin, end = f"<!-- small_samples: {name} -->\n", f"\n<!-- end of {name} -->"
    before, _, rest = text.partition(begin)
    after = rest[rest.index(end) :]
    page.write_text(before + begin + made + after, encoding="utf-8")


def main(runs: int = 10_000, page: str | None = None) -> None:
    """Print both tables, and write them into the page."""
    started = time.perf_counter()
    for name in ("once", "three times"):
        print(f"\n{name}\n{HEAD}")
        made = table(name, runs)
        if page:
            written(Path(page), name, made)
    print(f"\n{runs} trials a line")
    print(f"measure small_samples_seconds {time.perf_counter() - started:.0f} s")


if __name__ == "__main__":
    main(int(sys.argv[1])) if len(sys.argv) > 1 else main(page="docs/validation.md")
