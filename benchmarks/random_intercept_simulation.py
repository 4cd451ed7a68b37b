"""Ordinal outcomes with a random intercept: `make benchmark NAME=random_intercept_simulation`.

Two sites, neighbourhoods in each, three waves, other respondents at each wave. Answers of four
categories follow a cumulative logit with an effect of each neighbourhood and, in some designs,
another one of each neighbourhood at each wave, which a random intercept alone does not know. The
true effect is an integral over both. The same effect, the difference in change of the probability
of the third category or higher at the last wave, is judged three ways. Writes its table into
docs/validation.md, with Monte Carlo standard errors.
"""

import sys
import time
from dataclasses import dataclass, replace

import numpy as np
from scipy import special, stats
from validation_page import in_batches, write_section

from cesp_analysis.declared.design import Moment
from cesp_analysis.models.cumulative_logit import fit_cumulative_logit
from cesp_analysis.models.frame import Frame
from cesp_analysis.models.random_intercept import Random
from cesp_analysis.models.random_logit_fit import fit_random_logit
from cesp_analysis.models.refusals import NotEstimable
from cesp_analysis.models.sandwich import infer
from cesp_analysis.models.standardised import (
    Cell,
    Design,
    Predict,
    cell_of_arm,
    design_of,
    standard_of,
)

TITLE = "## Ordered categories with a random intercept, simulated"
REPLICATES, BATCH, SEED = 500, 50, 1
TIMES = tuple(Moment(name=f"w{t}", label=str(t), position=t) for t in range(3))
CUTS, SIZES = np.array([-1.2, 0.3, 1.6]), (8, 20, 12, 16, 10)
LINEAR = {"arm": 0.3, "time": (0.0, 0.2, 0.1), "effect": (0.0, 0.3, 0.5)}
WAYS = (
    "random intercept, information",
    "random intercept, jackknife, t(G − 2)",
    "no random effect, CR2, Satterthwaite",
)


@dataclass(frozen=True)
class Case:
    """One design: neighbourhoods a site, SD of their effects, and of those at each wave."""

    near: int
    lasting: float
    by_wave: float


CASES = tuple(Case(g, 0.5, s) for g in (5, 10, 20) for s in (0.0, 0.25)) + (Case(10, 0.0, 0.0),)


def truth(case: Case) -> float:
    """The difference in change of P(Y >= third category) in the population."""
    node, weight = np.polynomial.hermite_e.hermegauss(80)
    spread = np.hypot(case.lasting, case.by_wave) * node

    def share(arm: float, t: int) -> float:
        eta = LINEAR["arm"] * arm + LINEAR["time"][t] + arm * LINEAR["effect"][t]
        return float(weight @ special.expit(eta + spread - CUTS[1]) / weight.sum())

    return share(1, 2) - share(1, 0) - share(0, 2) + share(0, 0)


def study(case: Case, rng: np.random.Generator) -> Frame:
    """The records of one study."""
    size = np.resize(SIZES, case.near)
    near = np.repeat(np.arange(2 * case.near), np.tile(size, 2))
    near, wave = np.tile(near, 3), np.repeat(np.arange(3), len(near))
    arm = (near >= case.near).astype(float)
    eta = (
        LINEAR["arm"] * arm + np.take(LINEAR["time"], wave) + arm * np.take(LINEAR["effect"], wave)
    )
    eta += rng.normal(0, case.lasting, 2 * case.near)[near]
    eta += rng.normal(0, case.by_wave, (3, 2 * case.near))[wave, near]
    y = np.searchsorted(CUTS, eta + rng.logistic(size=len(eta)), side="right").astype(float)
    codes = {"person": np.arange(len(y)), "neighbourhood": near, "site": arm.astype(int)}
    none = np.zeros((len(y), 0))
    return Frame(y, arm, wave, np.ones(len(y)), codes, {"site": ("c", "i")}, none, (), ())


def effect(design: Design, predict: Predict) -> Cell:
    """The difference in change of P(Y >= third category) at the last wave."""
    standard = standard_of(design.frame, "all")
    one, first, other, then = (
        cell_of_arm(design, predict, standard, arm, t)
        for arm, t in ((1.0, 2), (1.0, 0), (0.0, 2), (0.0, 0))
    )
    return ((one - first) - (other - then)).times(np.array([[0.0, 1.0, 0.0]]))


def batch(at: int, replicates: int, seed: int) -> tuple[np.ndarray, int, int]:
    """Of a case: (r, ways, 3) estimate, SE and df; studies without; with a variance of 0."""
    case, rng = CASES[at], np.random.default_rng([SEED, at, seed])
    found, without, zero = [], 0, 0
    for _ in range(replicates):
        frame = study(case, rng)
        design = design_of(frame, TIMES, (0, 1, 2), False, constant=False)
        near = frame.codes["neighbourhood"]
        try:
            fit = fit_random_logit(frame.y, design.x(), near, 11)
            fixed = fit_cumulative_logit(frame.y, design.x())
            cell, plain = effect(design, fit.exceedance), effect(design, fixed.exceedance)
            inside = Random(fit, "neighbourhood", near, "", None, 2)
            apart = replace(inside, cluster="neighbourhood", clusters=near)
            rows = [(cell, one.infer(cell.gradient[0])) for one in (inside, apart)]
            rows.append(
                (plain, infer(fixed.whitened, plain.gradient[0], "CR2", np.repeat(near, 4)))
            )
        except NotEstimable:
            without += 1
            continue
        zero += fit.zero
        found.append([(float(value.value[0]), own.std_error, own.df) for value, own in rows])
    return np.array(found).reshape(-1, len(WAYS), 3), without, zero


def rows_of(case: Case, batches: list[tuple[np.ndarray, int, int]]) -> list[str]:
    """The case's lines of the table, one a way."""
    all_of = np.concatenate([one[0] for one in batches])
    without, zero = (sum(one[part] for one in batches) for part in (1, 2))
    true, n = truth(case), len(all_of)
    lines = []
    for index, way in enumerate(WAYS):
        estimate, error, df = all_of[:, index].T
        spread = float(estimate.std(ddof=1))
        held = float(np.mean(np.abs(estimate - true) <= stats.t.ppf(0.975, df) * error))
        first = [
            str(case.near), f"{case.lasting:g}", f"{case.by_wave:g}", f"{true:.4f}",
            f"{without} of {n + without:,}", f"{zero / n:.2f}",
        ]  # fmt: skip
        cells = [
            *(first if index == 0 else [""] * len(first)),
            way,
            f"{estimate.mean() - true:+.4f} ({spread / n**0.5:.4f})",
            f"{spread:.4f}",
            f"{np.mean(error) / spread:.3f}",
            f"{np.mean(df):.1f}" if np.isfinite(df).all() else "∞",
            f"{held:.3f} ({(held * (1 - held) / n) ** 0.5:.3f})",
        ]
        lines.append("| " + " | ".join(cells) + " |")
    return lines


def section(replicates: int, lines: list[str]) -> str:
    """The section of docs/validation.md."""
    head = (
        "neighbourhoods a site", "SD between them", "SD at each wave", "truth", "no estimate",
        "variance at zero", "SE and df", "bias (MC error)", "empirical SE",
        "mean SE / empirical SE", "mean df", "coverage of 95% (MC error)",
    )  # fmt: skip
    return "\n".join(
        [
            TITLE,
            "",
            f"Kind `ordinal`, {replicates:,} studies of each design: two sites, three waves, 8 to"
            " 20 other respondents",
            "of a neighbourhood at each wave, four categories; the difference in change of the"
            " probability of the third category",
            "or higher, at the last wave. SDs are on the logit's scale. Three ways to judge it.",
            "",
            "| " + " | ".join(head) + " |",
            "|" + "---|" * len(head),
            *lines,
            "",
            "A random intercept is the same at all waves: where neighbourhoods change of their own,"
            " the likelihood's interval",
            "is too narrow, as each of its rows says, and the jackknife of neighbourhoods is not."
            " Made by",
            "`make benchmark NAME=random_intercept_simulation`.",
            "",
        ]
    )


def main() -> None:
    """Simulate every case and write the table."""
    replicates = int(sys.argv[1]) if len(sys.argv) > 1 else REPLICATES
    lines, started = [], time.perf_counter()
    found = in_batches(batch, [replicates] * len(CASES), BATCH)
    for case, batches in zip(CASES, found, strict=True):
        lines += rows_of(case, batches)
        print("\n".join(lines[-len(WAYS) :]), flush=True)
    if replicates == REPLICATES:
        write_section(TITLE, section(replicates, lines))
    print(f"measure random_intercept_simulation_seconds {time.perf_counter() - started:.0f} s")


if __name__ == "__main__":
    main()
