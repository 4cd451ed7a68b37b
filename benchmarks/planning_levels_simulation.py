"""Shares and counts of every design: false alarms, power by formula and simulated.

`make benchmark NAME=planning_levels_simulation`. Seeds are fixed in advance (1, and a trial's own
name); the effect of each size is the one that the formula finds with 80%, no more than the outcome
has room for. Writes its section of docs/validation.md.
"""

import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from typing import Any

import numpy as np
import pandas as pd
from validation_page import PROCESSES, write_section

from cesp_analysis.planning.assumed import medians
from cesp_analysis.planning.designed import answer_of
from cesp_analysis.planning.performance import Performance, performance_of
from cesp_analysis.planning.tasks import TrialsSpec, tasks

TITLE = "## Shares and counts of planned trials, simulated"
ALPHA, TRIALS, SEED = 0.05, 2_000, 1
LOCATIONS = (6, 12, 24, 60)
ROOM = {"binary": 0.35, "count": 3.0}
KNOWN = {
    "binary": {"control": 0.3, "sd": 0.0},
    "count": {"control": 3.0, "sd": 3.0},
}
BOTH = {
    "correlation": 0.4, "retention": 1.0, "icc": 0.05, "cac": 0.8, "size_cv": 0.0,
    "icc_link_worker": 0.05,
}  # fmt: skip
DESIGNS: dict[str, dict[str, Any]] = {
    "stepped wedge": {"kind": "stepped_wedge", "steps": 3, "sampling": "cross_section"},
    "stepped wedge, same people": {"kind": "stepped_wedge", "steps": 3},
    "incomplete wedge": {
        "kind": "stepped_wedge", "steps": 3, "observed": (1, 1), "sampling": "cross_section",
    },
    "crossover": {"kind": "crossover"},
    "before and after": {"kind": "before_after"},
    "baseline, ANCOVA": {"kind": "parallel_baseline"},
    "baseline of others": {"kind": "parallel_baseline", "sampling": "cross_section"},
    "people allocated": {"kind": "individual", "people": [80]},
}  # fmt: skip


def effect_of(how: TrialsSpec, middle: dict[str, float], kind: str) -> float:
    """Found with 80% by the formula, both arms' variances a mean of the two."""
    (design,) = how.designs.values()
    own = medians(design, as_draw(middle), how.structure)
    found = 0.0
    for _ in range(8):
        fields = {name: np.array([value]) for name, value in own.items()}
        fields |= {
            "locations": np.array([float(design.locations[0])]),
            "people": np.array([float(design.people[0])]),
            "sd": np.array([sd_of(kind, middle, found)]),
        }
        made = answer_of(design, how.structure, ALPHA, 1.0)(fields)
        found = min(float(made.detectable(0.8)[0]), ROOM[kind])
    return found


def as_draw(middle: dict[str, float]) -> pd.DataFrame:
    """What is known, held at these."""
    return pd.DataFrame({name: [value] for name, value in middle.items()})


def sd_of(kind: str, middle: dict[str, float], effect: float) -> float:
    """Of both arms: see planning/levels.py."""
    low, high = middle["control"], middle["control"] + effect
    if kind == "binary":
        return float(((low * (1 - low) + high * (1 - high)) / 2) ** 0.5)
    return float(middle["sd"] * ((low + high) / 2 / low) ** 0.5)


def spec(name: str, locations: int, kind: str, effect: float) -> TrialsSpec:
    """One design of one size."""
    design = {"label": name, "people": [20], "locations": [locations]} | DESIGNS[name]
    return TrialsSpec.model_validate({
        "designs": {name: design}, "structure": "block_exchangeable", "alpha": ALPHA,
        "difference": effect, "seed": SEED, "type": kind,
        "trials": {"analyses": ("mixed_kenward_roger",)},
    })  # fmt: skip


def cell(name: str, locations: int, kind: str, fewer: int) -> tuple[Performance, ...] | str:
    """With the effect and without it, and power by formula; or why there is none."""
    middle = BOTH | KNOWN[kind]
    effect = effect_of(spec(name, locations, kind, 1.0), middle, kind)
    found: list[Any] = []
    for task in tasks(
        spec(name, locations, kind, effect), as_draw(middle | {"sd": sd_of(kind, middle, effect)})
    ):
        if task.reason:
            return task.reason
        blocks = -(-TRIALS // fewer // task.block_size)
        found.append(performance_of([task.block(at, SEED, 1 - ALPHA) for at in range(blocks)]))
        found += [task.formula] if task.truth == "difference" else []
    return tuple(found)


def lines(fewer: int) -> Iterator[str]:
    """The rows of the table."""
    asked = [(name, k, kind) for kind in KNOWN for name in DESIGNS for k in LOCATIONS]
    with ProcessPoolExecutor(PROCESSES) as pool:
        jobs = [pool.submit(cell, *one, fewer) for one in asked]
        for (name, k, kind), job in zip(asked, jobs, strict=True):
            own = job.result()
            if isinstance(own, str):
                yield f"| {kind} | {name} | {k} | {own} | | | | |"
                continue
            there, formula, none = own
            yield (
                f"| {kind} | {name} | {k} | {none.power:.1%} ({none.power_mcse:.1%}) |"
                f" {there.power:.1%} ({there.power_mcse:.1%}) | {formula:.1%} |"
                f" {there.bias / there.empirical_se:+.2f} | {there.coverage:.1%} |"
            )


def main() -> None:
    """An argument: how many times fewer trials, no section."""
    fewer = int(sys.argv[1]) if len(sys.argv) > 1 else 1
    started = time.perf_counter()
    rows = []
    for line in lines(fewer):
        rows.append(line)
        print(line, flush=True)
    head = [
        TITLE,
        "",
        "20 people a location and period (80 allocated), ICC .05, CAC .8, a person's correlation"
        f" .4, {TRIALS:,} trials or more with",
        "the effect that the formula finds with 80% and as many without it; share .3, or counts of"
        " mean 3 and SD 3 (of rates that",
        "are gamma). Each is analysed as numbers by the mixed model of its design, Kenward-Roger."
        " Bias in SDs of the estimate. In",
        "brackets: Monte Carlo errors. With 24 locations or more false alarms are at 5%; with fewer"
        " a variance is often estimated as 0,",
        "and the test is careful. Found above the formula: before, all are as controls, who vary"
        " less than the mean of both arms that",
        "the formula takes. Made by `make benchmark NAME=planning_levels_simulation`.",
        "",
        "| outcome | design | locations | false alarms | found | by formula | bias | coverage |",
        "|---|---|---|---|---|---|---|---|",
    ]
    if fewer == 1:
        write_section(TITLE, "\n".join([*head, *rows, ""]))
    print(f"{time.perf_counter() - started:.0f} seconds")


if __name__ == "__main__":
    main()
