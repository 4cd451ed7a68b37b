"""A staggered start whose effect grows and differs by start: group-time effects beside two-way
fixed effects: `make benchmark NAME=group_time_simulation`.

Five times; a quarter of the sites begins at time 2, 3, 4 each, a quarter never; 12 people a site,
who answer at all times. An answer is level + drift + a shock to the site's time (SD 0.5) + error
(SD 2) + effect; levels differ by start. Writes its table into docs/validation.md.
"""

import json
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from validation_page import in_batches, write_section

from cesp_analysis.models.group_time import GroupTime
from cesp_analysis.models.kinds import read_model
from cesp_analysis.models.results import Estimate
from cesp_analysis.schemas import Panel

TITLE = "## A staggered start, simulated"
TIMES, PEOPLE, BATCH, SEED = 5, 12, 100, 1
SIZE = {2: 1.5, 3: 1.0, 4: 0.5}
"""Start → effect at the first time with the intervention; it grows by as much at each time."""
DESIGNS = (
    (12, "never_treated", 2000), (12, "not_yet_treated", 2000), (40, "never_treated", 2000),
    (40, "not_yet_treated", 2000), (200, "never_treated", 500), (200, "not_yet_treated", 500),
)  # fmt: skip
"""Sites, comparison, studies."""
ROWS = {
    "": "overall", "since_0": "at the start", "since_1": "one time after",
    "since_2": "two times after", "from_t2": "began at time 2", "from_t4": "began at time 4",
    "before_2": "two times before",
}  # fmt: skip
TWO_WAY = "two-way fixed effects"
HEAD = (
    "| sites | compared with | estimate of | truth | bias (MC error) | empirical SE (MC error) |"
    " model SE | median df | coverage of 95% (MC error) | simultaneous |\n"
    "|---|---|---|---|---|---|---|---|---|---|"
)


@dataclass(frozen=True)
class Study:
    """y (people, times); site (people,): its number; start (sites,): 0 never."""

    y: np.ndarray
    site: np.ndarray
    start: np.ndarray


@dataclass(frozen=True)
class Found:
    """Of each study (n,) and row (k,): estimate, error, df, whether the interval holds the truth
    (n, k, 4); two-way fixed effects (n,); whether all times since the start are held at once."""

    rows: np.ndarray
    two_way: np.ndarray
    together: np.ndarray


def effect(start: int, at: int) -> float:
    """The effect at a time on those that began at a start."""
    return SIZE[start] * (1 + at - start) if 0 < start <= at else 0.0


def truths() -> dict[str, float]:
    """What each row estimates: groups are of one size."""
    cells = {(g, t): effect(g, t) for g in SIZE for t in range(g, TIMES + 1)}
    found = {"": float(np.mean(list(cells.values())))}
    found |= {f"before_{since}": 0.0 for since in range(1, TIMES)}
    for since in range(TIMES - 1):
        own = [value for (g, t), value in cells.items() if t - g == since]
        found[f"since_{since}"] = float(np.mean(own))
    for start in SIZE:
        own = [value for (g, _), value in cells.items() if g == start]
        found[f"from_t{start}"] = float(np.mean(own))
    return found


def drawn(sites: int, rng: np.random.Generator) -> Study:
    """One study."""
    start = np.repeat([2, 3, 4, 0], sites // 4)
    site = np.repeat(np.arange(sites), PEOPLE)
    table = np.array([[effect(int(g), t) for t in range(1, TIMES + 1)] for g in start])
    shock = rng.normal(0, 0.5, (sites, TIMES))
    level = rng.normal(20 + start[site], 3)[:, None] + 0.3 * np.arange(TIMES)
    error = rng.normal(0, 2, (len(site), TIMES))
    return Study(level + (shock + table)[site] + error, site, start)


def two_way(study: Study) -> float:
    """The coefficient of having begun in a regression on effects of person and time."""
    start = study.start[study.site][:, None]
    begun = ((start > 0) & (np.arange(1, TIMES + 1) >= start)).astype(float)
    left = begun - begun.mean(1, keepdims=True) - begun.mean(0) + begun.mean()
    return float((left * study.y).sum() / (left * begun).sum())


def panel_of(study: Study) -> pd.DataFrame:
    """The study's panel."""
    n = len(study.site)
    site = np.repeat(study.site, TIMES)
    arms = pd.Categorical(np.where(study.start[site] > 0, "intervention", "control"))
    unit, at = np.repeat(np.arange(n), TIMES), np.tile(np.arange(TIMES), n)
    names = [f"s{i}" for i in range(len(study.start))]
    coded = pd.Categorical.from_codes
    known = {"value": study.y.ravel(), "weight": 1.0, "arm": arms}
    known["unit"] = coded(unit, [f"p{i}" for i in range(n)])
    known["site"] = coded(site, names)
    known["time"] = coded(at, [f"t{t + 1}" for t in range(TIMES)])
    rows = pd.DataFrame(known)
    for name, value in (("study", "s"), ("level", "person"), ("outcome", "y")):
        rows[name] = coded(np.zeros(len(rows), dtype=int), [value])
    none = coded(np.full(len(rows), -1), ["none"])
    return rows.assign(neighbourhood=none, link_worker=none)[list(Panel.columns())]


def model_of(start: np.ndarray, **settings: object) -> GroupTime:
    """The model, resolved."""
    sites = {f"s{i}": int(one) for i, one in enumerate(start)}
    arm = {True: "intervention", False: "control"}
    study = {
        "study": "s", "model": "m", "ci_level": 0.95, "seed": SEED,
        "arms": {"intervention": "New", "control": "Usual"},
        "sites": [{"name": s, "label": s, "arm": arm[one > 0]} for s, one in sites.items()],
        "times": [
            {"name": f"t{t}", "label": f"time {t}", "position": t} for t in range(1, TIMES + 1)
        ],
        "started": {name: one for name, one in sites.items() if one},
        "outcomes": {
            "y": {"label": "Y", "variable": "y", "unit": "points", "direction": "neither"}
        },
    }  # fmt: skip
    told = {"kind": "group_time", "design": "panel", "outcomes": ["y"], "study": study}
    made: GroupTime = read_model(json.dumps(told | {"draws": 999} | settings))
    return made


def batch(design: int, studies: int, seed: int) -> Found:
    """Some studies of one design."""
    sites, comparison, _ = DESIGNS[design]
    rng, known = np.random.default_rng([SEED, sites, seed]), truths()
    numbers, others, together = [], [], []
    for _ in range(studies):
        study = drawn(sites, rng)
        fit = model_of(study.start, comparison=comparison).fit(panel_of(study))
        rows = {row.estimate_id.removeprefix("m/y").strip("/"): row for row in fit.estimates}
        numbers.append([_numbers(rows[name], known[name]) for name in ROWS])
        others.append(two_way(study))
        of = [name for name, row in rows.items() if "by time" in row.estimand]
        together.append(all(_joint(rows[name], known[name]) for name in of))
    return Found(np.array(numbers), np.array(others), np.array(together))


def _numbers(row: Estimate, truth: float) -> tuple[float, float, float, bool]:
    low, high = float(row.ci_low or 0), float(row.ci_high or 0)
    numbers = float(row.estimate or 0), float(row.std_error or 0), float(row.df or 0)
    return *numbers, low <= truth <= high


def _joint(row: Estimate, truth: float) -> bool:
    return float(row.ci_low_joint or 0) <= truth <= float(row.ci_high_joint or 0)


def rows_of(found: list[list[Found]]) -> Iterator[str]:
    """The table's lines."""
    known = truths()
    for (sites, comparison, _), batches in zip(DESIGNS, found, strict=True):
        numbers = np.concatenate([one.rows for one in batches])
        joint = _share(np.concatenate([one.together for one in batches]))
        start = f"| {sites} | {comparison.replace('_', ' ')} |"
        for at, (name, label) in enumerate(ROWS.items()):
            estimate, error, df, held = numbers[:, at].T
            together = joint if "time" in label and "began" not in label else ""
            yield (
                f"{start} {label} | {known[name]:g} | {_bias(estimate, known[name])} |"
                f" {error.mean():.3f} | {np.median(df):.1f} | {_share(held)} | {together} |"
            )
        two = np.concatenate([one.two_way for one in batches])
        if comparison == "never_treated":
            yield (
                f"| {sites} | all others | overall, {TWO_WAY} | {known['']:g} |"
                f" {_bias(two, known[''])} | | | | |"
            )


def _bias(estimate: np.ndarray, truth: float) -> str:
    n, spread = len(estimate), estimate.std(ddof=1)
    bias = f"{estimate.mean() - truth:+.3f} ({spread / np.sqrt(n):.3f})"
    return f"{bias} | {spread:.3f} ({spread / np.sqrt(2 * (n - 1)):.3f})"


def _share(held: np.ndarray) -> str:
    share = held.mean()
    return f"{share:.3f} ({np.sqrt(share * (1 - share) / len(held)):.3f})"


def section(lines: list[str]) -> str:
    """The section of the page."""
    told = ", ".join(f"{g}: {size:g}" for g, size in SIZE.items())
    return f"""{TITLE}

Kind `group_time`, five times, a quarter of the sites begins at time 2, 3, 4 each, a quarter never;
12 people a site; a shock to each site's time of SD 0.5 beside people's errors of SD 2. The effect
at the first time with the intervention ({told} by start) grows by as much at each
time. 2,000 studies of 12 and 40 sites, 500 of 200. 'Simultaneous': whether the intervals of all
times before and since the start hold their truths at once.

{HEAD}
{chr(10).join(lines)}

A regression on effects of person and time compares those that begin also with those that began
before, whose effect still grows, and takes that growth off. With 12 sites a start has three: errors
are corrected start by start, and the interval's t has some five df; intervals that hold together
do so in 93% of these studies, of 40 sites and more in 94%. Made by
`make benchmark NAME=group_time_simulation`.
"""


def main() -> None:
    """Simulate every design and write the table."""
    few = int(sys.argv[1]) if len(sys.argv) > 1 else None
    started = time.perf_counter()
    lines = list(rows_of(in_batches(batch, [few or one[2] for one in DESIGNS], BATCH)))
    print("\n".join(lines))
    if few is None:
        write_section(TITLE, section(lines))
    print(f"measure group_time_simulation_seconds {time.perf_counter() - started:.0f} s")


if __name__ == "__main__":
    main()
