"""Kinds `glm` and `ordinal` in the designs they are for: `make benchmark NAME=glm_simulation`.

Two arms, two times, people in neighbourhoods of unequal size. Each answer is the quantile function
of its marginal model at a correlated uniform number (a Gaussian copula), so that the marginal model
is right whatever the correlation, and the true standardised difference in differences is an
integral over the covariate. The covariate is drawn anew in each study. The same estimates are
judged three ways. Writes its table into docs/validation.md, with Monte Carlo standard errors.
"""

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy import special, stats
from validation_page import in_batches, write_section

from cesp_analysis.declared.design import Moment
from cesp_analysis.models import cluster_sums
from cesp_analysis.models.frame import Frame
from cesp_analysis.models.glm import Glm
from cesp_analysis.models.glm_rows import Entering
from cesp_analysis.models.ordinal import Ordinal
from cesp_analysis.models.refusals import NotEstimable
from cesp_analysis.models.sandwich import infer
from cesp_analysis.models.standardised import Cell, design_of
from cesp_analysis.models.standardised_rows import Fitted, Question

TITLE = "## Risks, counts, costs and ordered categories, simulated"
REPLICATES, BATCH, SEED = 10_000, 250, 1
FEWER = 5  # of designs beside the first of each outcome, a fifth as many
TIMES = (Moment(name="t0", label="0", position=0), Moment(name="t1", label="1", position=1))
SIZES = (6, 18, 9, 14, 11, 8, 17, 12, 7, 16, 10, 15)
SHARED = {"person": 0.4, "neighbourhood": 0.04, "neighbourhood and time": 0.03}
WAYS = ("CR2, Satterthwaite", "Mancl–DeRouen, t(G − 2)", "no correction, normal")
SHIFT = 0.3  # by how much the covariate is larger in the intervention arm

Quantile = Callable[[np.ndarray, np.ndarray], np.ndarray]


@dataclass(frozen=True)
class Case:
    """One design: what is measured, with what effects on the link's scale, in how many groups.

    linear: intercept, arm, time, arm x time, covariate; quantile: (uniform, linear) → answer; mean:
    linear → what is standardised; spec: the model; clusters: neighbourhoods, or 0 for `people`
    unrelated people an arm.
    """

    name: str
    linear: tuple[float, ...]
    quantile: Quantile
    mean: Callable[[np.ndarray], np.ndarray]
    settings: dict[str, Any]
    question: Question
    clusters: int
    people: int = 60

    @property
    def null(self) -> "Case":
        """The same where the arms differ in the covariate alone."""
        constant, _, time, _, covariate = self.linear
        name = f"{self.name}, no effect"
        return replace(self, name=name, linear=(constant, 0.0, time, 0.0, covariate))

    @property
    def has_effect(self) -> bool:
        """Whether the arms change differently, on the link's scale and so on the outcome's."""
        return any((self.linear[1], self.linear[3]))


def _binary(u: np.ndarray, eta: np.ndarray) -> np.ndarray:
    return (u < special.expit(eta)).astype(float)


def _count(u: np.ndarray, eta: np.ndarray) -> np.ndarray:
    mean = np.exp(eta)  # negative binomial, variance mean + mean^2
    return np.asarray(stats.nbinom.ppf(u, 1.0, 1 / (1 + mean)))


def _cost(u: np.ndarray, eta: np.ndarray) -> np.ndarray:
    """Zero in 3 of 10, else gamma of shape 0.8."""
    above = np.clip((u - 0.3) / 0.7, 0, 1)
    return np.where(u < 0.3, 0.0, np.exp(eta) / 0.7 * special.gammaincinv(0.8, above) / 0.8)


CUTS = np.array([-1.0, 0.2, 1.4])


def _ordinal(u: np.ndarray, eta: np.ndarray) -> np.ndarray:
    return np.asarray((u[:, None] > special.expit(CUTS - eta[:, None])).sum(axis=1), dtype=float)


DIFFERENCE, RATIO = Question("", "", ""), Question("ratio", "", "", ratio=True)
BINARY = {"kind": "glm", "family": "binomial"}
MEANS = {"kind": "glm", "family": "poisson"}
ORDERED = {"kind": "ordinal", "at_least": [2]}
LIKELY, RARE = (-0.8, 0.3, 0.2, -0.6, 0.5), (-2.9, 0.2, 0.1, 0.5, 0.3)
COUNTS, COSTS = (0.8, 0.2, 0.1, -0.3, 0.3), (5.0, 0.2, 0.1, -0.3, 0.3)
LEVELS = (0.0, 0.3, 0.2, -0.6, 0.5)
WITH_EFFECT = (
    *(Case("risk", LIKELY, _binary, special.expit, BINARY, DIFFERENCE, g) for g in (6, 10, 20, 40)),
    Case("risk, people apart", LIKELY, _binary, special.expit, BINARY, DIFFERENCE, 0),
    Case("rare risk (5 to 10%)", RARE, _binary, special.expit, BINARY, DIFFERENCE, 10),
    *(Case("count", COUNTS, _count, np.exp, MEANS, DIFFERENCE, g) for g in (6, 10, 40)),
    *(Case("count, ratio", COUNTS, _count, np.exp, MEANS, RATIO, g) for g in (6, 10, 40)),
    *(Case("cost with zeros", COSTS, _cost, np.exp, MEANS, DIFFERENCE, g) for g in (10, 40)),
    *(
        Case(
            "ordered, 2 or more of 3", LEVELS, _ordinal, lambda eta: special.expit(eta - CUTS[1]),
            ORDERED, Question("", "", "", cut=2.0), g,
        )
        for g in (6, 10, 40)
    ),
)  # fmt: skip
_KINDS = ("risk", "count", "count, ratio", "cost with zeros", "ordered, 2 or more of 3")
CASES = (
    *WITH_EFFECT,
    *(case.null for case in WITH_EFFECT if case.clusters == 10 and case.name in _KINDS),
)


def truth(case: Case) -> float:
    """The standardised difference in differences (or the log of the ratio) of the population."""
    node, weight = np.polynomial.hermite_e.hermegauss(60)
    x = np.concatenate([node, node + SHIFT])
    share = np.concatenate([weight, weight]) / (2 * weight.sum())
    b = case.linear
    cells = {
        (a, t): share @ case.mean(b[0] + b[1] * a + b[2] * t + b[3] * a * t + b[4] * x)
        for a in (0, 1)
        for t in (0, 1)
    }
    if case.question.ratio:
        cells = {key: np.log(value) for key, value in cells.items()}
    return float((cells[1, 1] - cells[1, 0]) - (cells[0, 1] - cells[0, 0]))


def study(case: Case, rng: np.random.Generator) -> Frame:
    """The records of one study: all of the first time, then all of the second."""
    if case.clusters:
        size = np.resize(SIZES, case.clusters)
        near = np.repeat(np.arange(case.clusters), size)
        arm = (near % 2).astype(float)
    else:
        near = np.arange(2 * case.people)
        arm = np.repeat([0.0, 1.0], case.people)
    n, groups = len(near), int(near.max()) + 1
    x = rng.normal(size=n) + SHIFT * arm
    share = dict(SHARED) if case.clusters else {"person": SHARED["person"]}
    person = rng.normal(size=n) * share["person"] ** 0.5
    place = rng.normal(size=groups)[near] * share.get("neighbourhood", 0.0) ** 0.5
    times = []
    for t in (0.0, 1.0):
        both = rng.normal(size=groups)[near] * share.get("neighbourhood and time", 0.0) ** 0.5
        rest = rng.normal(size=n) * (1 - sum(share.values())) ** 0.5
        uniform = special.ndtr(person + place + both + rest)
        b = case.linear
        eta = b[0] + b[1] * arm + b[2] * t + b[3] * arm * t + b[4] * x
        times.append(case.quantile(uniform, eta))
    codes = {"person": np.arange(n), "neighbourhood": near, "site": arm.astype(int)}
    return Frame(
        y=np.concatenate(times),
        arm=np.tile(arm, 2),
        time=np.repeat([0, 1], n),
        weight=np.ones(2 * n),
        codes={name: np.tile(code, 2) for name, code in codes.items()},
        names={"site": ("c", "i")},
        covariates=np.tile(x, 2)[:, None],
        covariate_names=("x",),
        left_out=(),
    )


def judged(fitted: Fitted, cell: Cell, codes: np.ndarray) -> list[tuple[float, float]]:
    """Standard error and df of each way."""
    whole = np.repeat(codes, fitted.repeats)
    lead = cell.gradient[0]
    own = infer(fitted.fit.whitened, lead, "CR2", whole)
    basis, root = fitted.fit.whitened.basis, fitted.fit.whitened.root
    known = np.unique(whole, return_inverse=True)[1]
    sums = cluster_sums.cluster_sums(
        basis, fitted.fit.whitened.residuals, fitted.fit.whitened.weights, known
    )
    direction = np.linalg.solve(root.T, lead)
    inner = np.linalg.solve(np.eye(sums.size) - sums.gram, sums.score[:, :, None])[:, :, 0]
    groups = len(sums.score)
    mancl = float(np.sqrt(np.sum((inner @ direction) ** 2)))
    plain = float(np.sqrt(np.sum((sums.score @ direction) ** 2)))
    return [(own.std_error, own.df), (mancl, groups - 2.0), (plain, np.inf)]


def batch(at: int, replicates: int, seed: int) -> tuple[np.ndarray, np.ndarray, int]:
    """Of a case: estimates (r,), standard errors and df (r, ways, 2), how many had no estimate."""
    case, rng = CASES[at], np.random.default_rng([SEED, at, seed])
    cluster = "neighbourhood" if case.clusters else "person"
    kind = Glm if case.settings["kind"] == "glm" else Ordinal
    spec = kind.model_validate(
        {"design": "panel", "outcomes": ["y"], "covariates": ["x"], "cluster": cluster}
        | case.settings
    )
    estimates, errors, without = [], [], 0
    for _ in range(replicates):
        frame = study(case, rng)
        try:
            fitted = spec.fitted(Entering(frame, None), design_of(frame, TIMES, (0, 1), True))
            cells = [fitted.cell(case.question, a, t) for a, t in ((1, 1), (1, 0), (0, 1), (0, 0))]
            if case.question.ratio:
                cells = [cell.log() for cell in cells]
            found = (cells[0] - cells[1]) - (cells[2] - cells[3])
            ways = judged(fitted, found, frame.codes[cluster])
        except NotEstimable:
            without += 1
            continue
        estimates.append(float(found.value[0]))
        errors.append(ways)
    return np.array(estimates), np.array(errors).reshape(-1, len(WAYS), 2), without


def rows_of(case: Case, batches: list[tuple[np.ndarray, np.ndarray, int]]) -> list[str]:
    """The case's lines of the table, one a way."""
    estimates, errors = (np.concatenate([one[part] for one in batches]) for part in (0, 1))
    without = sum(one[2] for one in batches)
    n, spread, true = len(estimates), float(estimates.std(ddof=1)), truth(case)
    digits = 2 if case.name.startswith("cost") else 4
    lines = []
    for index, way in enumerate(WAYS):
        error, df = errors[:, index, 0], errors[:, index, 1]
        held = float(np.mean(np.abs(estimates - true) <= stats.t.ppf(0.975, df) * error))
        first = [
            case.name,
            str(case.clusters or f"{2 * case.people} people"),
            f"{true:.{digits}f}",
            f"{estimates.mean() - true:+.{digits}f} ({spread / n**0.5:.{digits}f})",
            f"{spread:.{digits}f}",
            f"{without} of {n + without:,}",
        ]
        own = first if index == 0 else [""] * len(first)
        cells = [
            *own,
            way,
            f"{np.mean(error) / spread:.3f}",
            f"{np.mean(df):.1f}" if np.isfinite(df).all() else "∞",
            f"{held:.4f} ({(held * (1 - held) / n) ** 0.5:.4f})",
            "" if case.has_effect else f"{1 - held:.4f}",
        ]
        lines.append("| " + " | ".join(cells) + " |")
    return lines


def few_events(studies: int = 40_000, seed: int = 1) -> str:
    """How often intervals hold the truth by the smallest number of events of an arm and time.

    60 people an arm, risks of 8% and 4.8% in the intervention arm afterwards, no covariate: the
    estimate is that of shares and its CR2 standard error Welch's, tests/models/test_glm.py.
    """
    rng, n = np.random.default_rng(seed), 60
    risk = np.array([[0.08, 0.08], [0.08, 0.048]])
    shared = rng.normal(size=(studies, 2, n, 1)) * SHARED["person"] ** 0.5
    own = rng.normal(size=(studies, 2, n, 2)) * (1 - SHARED["person"]) ** 0.5
    has = special.ndtr(shared + own) < risk[None, :, None, :]
    change = has[..., 1].astype(float) - has[..., 0]
    error = np.sqrt(change.var(axis=2, ddof=1).sum(axis=1) / n)
    estimate = change.mean(axis=2) @ np.array([-1.0, 1.0])
    held = np.abs(estimate + 0.032) <= stats.t.ppf(0.975, 2 * n - 2) * error
    events = has.sum(axis=2).reshape(studies, 4).min(axis=1)
    shares = [f"{held[events == k].mean():.3f} with {k}" for k in range(5)]
    return f"{', '.join(shares)}; {held.mean():.3f} of all"


def section(replicates: int, lines: list[str]) -> str:
    """The section of docs/validation.md."""
    head = (
        "outcome", "neighbourhoods", "truth", "bias (MC error)", "empirical SE",
        "no estimate, of studies",
        "SE and df", "mean SE / empirical SE", "mean df", "coverage of 95% (MC error)",
        "type I error at 5%",
    )  # fmt: skip
    return "\n".join(
        [
            TITLE,
            "",
            f"Kinds `glm` and `ordinal`, {replicates:,} studies of each outcome's design of 10"
            f" neighbourhoods or unrelated people, {replicates // FEWER:,} of the",
            "others: two times, 6 to 18 people a neighbourhood, correlated",
            "within people, neighbourhoods and neighbourhoods at a time; the effect standardised"
            " over a covariate that is",
            "drawn anew in each study. The ratio is on the logarithm's scale. Three ways to judge"
            " the same estimates.",
            "",
            "| " + " | ".join(head) + " |",
            "|" + "---|" * len(head),
            *lines,
            "",
            "No estimate: nobody of an arm had it at a time. Few events, 60 people an arm and risks"
            " of 8%: by the smallest",
            f"number of events of an arm and time, 95% intervals held the truth in {few_events()}",
            "(40,000 studies, Monte Carlo error .001 to .005). With none there is no estimate; with"
            " fewer than 5 a warning.",
            "No effect: the arms differ in the covariate alone, and type I error is 1 less the"
            " coverage. Made by",
            "`make benchmark NAME=glm_simulation`.",
            "",
        ]
    )


def main() -> None:
    """Simulate every case and write the table."""
    replicates = int(sys.argv[1]) if len(sys.argv) > 1 else REPLICATES
    lines, started = [], time.perf_counter()
    wanted = [replicates if case.clusters in (0, 10) else replicates // FEWER for case in CASES]
    found = in_batches(batch, wanted, BATCH)
    for case, batches in zip(CASES, found, strict=True):
        lines += rows_of(case, batches)
        print("\n".join(lines[-len(WAYS) :]), flush=True)
    if replicates == REPLICATES:
        write_section(TITLE, section(replicates, lines))
    print(f"measure glm_simulation_seconds {time.perf_counter() - started:.0f} s")


if __name__ == "__main__":
    main()
