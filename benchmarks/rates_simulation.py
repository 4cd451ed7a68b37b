"""Feasibility rates and zones, simulated: `make benchmark NAME=rates_simulation`.

Shares with and without link workers whose people are alike, shares and means of rows of which a
person has several, events a month, numbers ahead, and the
probabilities of the three zones. 10,000 studies of each design. Writes its tables into
docs/validation.md, with Monte Carlo standard errors (Morris et al. 2019).
"""

import sys
import time
from functools import cache
from math import sqrt

import numpy as np
from validation_page import write_section

from cesp_analysis.feasibility.by_person import by_person, deff_of_people
from cesp_analysis.feasibility.clustering import clustered
from cesp_analysis.feasibility.projection import dispersion, quantile, wait
from cesp_analysis.feasibility.zones import Limits, beyond_red, n_corrected, of_share, people
from cesp_analysis.intervals import clopper_pearson, garwood, wilson
from cesp_analysis.models.student import t_interval

TITLE = "## Feasibility rates and zones, simulated"
STUDIES, SEED, LEVEL = 10_000, 8, 0.95
LIMITS = Limits(0.65, 0.8)


def error(share: float) -> float:
    """Monte Carlo standard error of a share of the studies."""
    return sqrt(share * (1 - share) / STUDIES)


def shown(share: float) -> str:
    """A share of the studies with its Monte Carlo error."""
    return f"{share:.3f} ({error(share):.3f})"


wilson_of = cache(lambda x, n: wilson(x, n, LEVEL))
exact_of = cache(lambda x, n: clopper_pearson(x, n, LEVEL))


def shares(rng: np.random.Generator) -> list[str]:
    """Coverage of both intervals of a share."""
    lines = ["| n | true share | Wilson | Clopper-Pearson |", "|---|---|---|---|"]
    for n in (20, 60, 220):
        for p in (0.02, 0.1, 0.5, 0.8):
            drawn = rng.binomial(n, p, STUDIES)
            held = [
                np.mean([low <= p <= high for low, high in (of(int(x), n) for x in drawn)])
                for of in (wilson_of, exact_of)
            ]
            lines.append(f"| {n} | {p} | {shown(held[0])} | {shown(held[1])} |")
    return lines


def of_link_workers(rng: np.random.Generator) -> list[str]:
    """Coverage of Wilson at n and at the effective n, people of one link worker being alike."""
    lines = [
        "| link workers × people | ICC | at n | at effective n, ICC estimated"
        " | at effective n, ICC declared | no design effect |",
        "|---|---|---|---|---|---|",
    ]
    p = 0.7
    for workers, each in ((5, 22), (10, 12), (20, 6)):
        for icc in (0.0, 0.05, 0.15):
            held, none = np.zeros(3), 0
            for _ in range(STUDIES):
                size = np.maximum(1, rng.poisson(each, workers))
                own = np.full(workers, p)
                if icc:
                    spread = (1 - icc) / icc
                    own = rng.beta(p * spread, (1 - p) * spread, workers)
                events = rng.binomial(size, own)
                clusters = list(zip(events.tolist(), size.tolist(), strict=True))
                x, n = int(events.sum()), int(size.sum())
                low, high = wilson(x, n, LEVEL)
                held[0] += low <= p <= high
                for place, declared in ((1, None), (2, icc)):
                    found = clustered(clusters, declared=declared)
                    none += found is None
                    if found is not None:
                        low, high = wilson(x / found.deff, found.effective, LEVEL)
                    held[place] += low <= p <= high
            told = " | ".join(shown(share) for share in held / STUDIES)
            lines.append(f"| {workers} × {each} | {icc} | {told} | {none} |")
    return lines


def of_persons(rng: np.random.Generator) -> list[str]:
    """Coverage of a share and of a mean of rows, those of one person being alike, with rows and
    with people as the independent ones."""
    lines = [
        "| people | ICC of a person's rows | share: rows independent | share: people"
        " | mean: rows independent | mean: people |",
        "|---|---|---|---|---|---|",
    ]
    p = 0.7
    for who in (8, 20, 60):
        for icc in (0.0, 0.2, 0.5):
            held = np.zeros(4)
            for _ in range(STUDIES):
                rows = 1 + rng.poisson(5, who)
                own = np.full(who, p)
                if icc:
                    spread = (1 - icc) / icc
                    own = rng.beta(p * spread, (1 - p) * spread, who)
                events, n = rng.binomial(rows, own), int(rows.sum())
                low, high = wilson(int(events.sum()), n, LEVEL)
                held[0] += low <= p <= high
                told = by_person(list(zip(events.tolist(), rows.tolist(), strict=True)), LEVEL)
                held[1] += told["ci_low"] <= p <= told["ci_high"]
                person = np.repeat(np.arange(who), rows)
                value = sqrt(icc) * rng.normal(size=who)[person] + sqrt(1 - icc) * rng.normal(
                    size=n
                )
                mean, sd = float(value.mean()), float(value.std(ddof=1))
                low, high = t_interval(mean, sd / sqrt(n), n - 1, LEVEL)
                held[2] += low <= 0 <= high
                sums = np.bincount(person, value - mean).tolist()
                deff = deff_of_people(sums, n, sd**2, 1e-12)
                low, high = t_interval(mean, sd / sqrt(n / deff), who - 1, LEVEL)
                held[3] += low <= 0 <= high
            cells = " | ".join(shown(share) for share in held / STUDIES)
            lines.append(f"| {who} | {icc} | {cells} |")
    return lines


def monthly(rng: np.random.Generator) -> list[str]:
    """Coverage of the rate a month, of the number ahead, of the wait for the target."""
    lines = [
        "| rate a month | months seen | months ahead | rate (Garwood) | number ahead"
        " | wait for as many as came | more than Poisson, flagged |",
        "|---|---|---|---|---|---|---|",
    ]
    tail = (1 - LEVEL) / 2
    for rate, seen, ahead, spread in (
        (2.0, 6, 6, 0.0), (12.0, 9, 3, 0.0), (24.0, 9, 6, 0.0), (12.0, 9, 3, 0.3),
    ):  # fmt: skip
        held, flagged = np.zeros(3), 0
        for _ in range(STUDIES):
            own = rng.gamma(1 / spread, spread, seen + 600) if spread else np.ones(seen + 600)
            months = rng.poisson(rate * own)
            events, more = int(months[:seen].sum()), int(months[seen : seen + ahead].sum())
            low, high = garwood(events, seen, LEVEL)
            held[0] += low <= rate <= high
            low, high = (quantile(s, events, seen, ahead) for s in (tail, 1 - tail))
            held[1] += low <= more <= high
            target = max(events, 1)
            came = int(np.searchsorted(np.cumsum(months[seen:]), target))
            before = int(months[seen : seen + came].sum())
            within = rng.beta(target - before, int(months[seen + came]) - (target - before) + 1)
            waited = came + within
            held[2] += (
                wait(tail, target, events, seen) <= waited <= wait(1 - tail, target, events, seen)
            )
            told = dispersion(months[:seen].tolist(), [1.0] * seen)
            flagged += told is not None and told[1]
        cells = " | ".join(shown(share) for share in held / STUDIES)
        name = f"{rate:g}" + (
            f", months differ (variance {1 + rate * spread:.1f} ×)" * bool(spread)
        )
        lines.append(f"| {name} | {seen} | {ahead} | {cells} | {shown(flagged / STUDIES)} |")
    return lines


def zones(rng: np.random.Generator) -> list[str]:
    """How often each zone is reported, and the mean probability of each, at fixed true shares."""
    n = people(n_corrected(LIMITS, 0.05, 0.9))
    lines = [
        "| true share | reported red | amber | green | above the red limit at 5% one-sided"
        " | mean probability of red | amber | green |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for p in (0.6, 0.65, 0.725, 0.8, 0.85):
        drawn = rng.binomial(n, p, STUDIES)
        own = [LIMITS.zone(x / n) for x in drawn]
        reported = [own.count(zone) / STUDIES for zone in ("red", "amber", "green")]
        above = np.mean([beyond_red(int(x), n, LIMITS) < 0.05 for x in drawn])
        told = [of_share(int(x), n, LIMITS) for x in drawn]
        means = [
            float(np.mean([getattr(one, z) for one in told])) for z in ("red", "amber", "green")
        ]
        cells = [*(shown(share) for share in (*reported, above)), *(f"{m:.3f}" for m in means)]
        lines.append(f"| {p} | {' | '.join(cells)} |")
    return lines


def calibration(rng: np.random.Generator) -> list[str]:
    """Of studies whose probability of green lies in a range: how many truly are green."""
    lines = [
        "| n | probability of green told | studies | mean of it | truly green |",
        "|---|---|---|---|---|",
    ]
    for n in (40, 120):
        true = rng.beta(0.5, 0.5, STUDIES)
        drawn = rng.binomial(n, true)
        told = np.array([of_share(int(x), n, LIMITS).green for x in drawn])
        for low, high in ((0, 0.05), (0.05, 0.3), (0.3, 0.7), (0.7, 0.95), (0.95, 1.0001)):
            inside = (told >= low) & (told < high)
            k, green = int(inside.sum()), float((true[inside] >= LIMITS.green).mean())
            mc = sqrt(max(green * (1 - green), 1e-12) / k)
            mean = told[inside].mean()
            lines.append(f"| {n} | {low:g} to {min(high, 1):g} | {k} | {mean:.3f} | {green:.3f}"
                         f" ({mc:.3f}) |")  # fmt: skip
    return lines


def page(seed: int) -> str:
    """The section of docs/validation.md."""
    rng = np.random.default_rng(seed)
    n = people(n_corrected(LIMITS, 0.05, 0.9))
    parts = [
        TITLE,
        "",
        f"{STUDIES:,} studies of each design; in brackets the Monte Carlo error. Coverage of 95%"
        " intervals of a share.",
        "",
        *shares(rng),
        "",
        "Shares of 0.7 where people of one link worker are alike (beta-binomial; numbers of people"
        " vary).",
        "",
        *of_link_workers(rng),
        "",
        "At n the interval is too narrow as soon as people are alike. An ICC estimated from few"
        " link workers is itself a guess, often below 0 and then taken as 0: the effective n mends"
        " a part, and the row says so. The true ICC, declared (`feasibility.link_workers.icc`),"
        " mends the rest.",
        "",
        "Shares of 0.7 and means of 0 of rows, one to some ten a person (1 + Poisson of 5), those"
        " of one person being alike.",
        "",
        *of_persons(np.random.default_rng([seed, 1])),
        "",
        "With rows as the independent ones the interval is too narrow as soon as a person's rows"
        " are alike; with people it holds to a point, and is wide where they are not (a design"
        " effect below 1 counts as 1).",
        "",
        "Events a month, further events, and the wait until as many have come again.",
        "",
        *monthly(rng),
        "",
        "Where months differ more than a Poisson process has it all three are too narrow; the"
        " index of dispersion says so in most such studies, in 5% of the others or fewer.",
        "",
        f"Zones of a share, red up to {LIMITS.red:g} and green from {LIMITS.green:g}, with the {n}"
        " people that Lewis's corrected formula asks for (5% one-sided, power 90%).",
        "",
        *zones(rng),
        "",
        "At the red limit the test rejects in at most 5%, at the green limit in 90% or more. The"
        " estimate of a study whose truth is at a limit falls on either side of it half of the"
        " time: a zone alone says little there, the probabilities say so.",
        "",
        "Calibration: true shares drawn from Jeffreys' prior.",
        "",
        *calibration(rng),
        "",
        "Made by `make benchmark NAME=rates_simulation`.",
    ]
    return "\n".join(parts) + "\n"


if __name__ == "__main__":
    began = time.perf_counter()
    made = page(SEED)
    write_section(TITLE, made)
    print(made, f"{time.perf_counter() - began:.0f} s", file=sys.stderr)
