"""DiD and mixed at ten million rows: `make benchmark NAME=ten_million`.

2.2 million people in 22,000 neighbourhoods at 5 times, a tenth of the later answers lost: ten
million rows of a panel in memory. Kinds `did` (each person's change, HC2) and `mixed` (person in
neighbourhood, REML, Kenward-Roger), from the panel to the rows of estimates.csv, and the same with
a tenth of the people. Each fit runs in a process of its own, whose peak memory holds the panel too.
"""

import json
import resource
import subprocess
import sys
import time

import numpy as np
import pandas as pd

from cesp_analysis.models.kinds import read_model

SITES = [
    {"name": "north", "label": "North", "arm": "intervention"},
    {"name": "south", "label": "South", "arm": "control"},
]
TIMES = [{"name": f"t{t}", "label": f"time {t}", "position": t} for t in range(5)]
OUTCOME = {"label": "Y", "variable": "y", "unit": "points", "direction": "neither"}
MODELS = {
    "did": {"kind": "did", "design": "change", "covariance": "HC2"},
    "mixed": {"kind": "mixed", "random": ["person", "neighbourhood"]},
}
PEOPLE = 2_200_000


def panel_of(people: int) -> pd.DataFrame:
    """The panel as its step makes it: a row for each person and time, some without a value."""
    rng = np.random.default_rng(1)
    near = np.arange(people) % (people // 100)
    treated = near % 2
    level = rng.normal(20, 3, people) + rng.normal(0, 1, people // 100)[near]
    time_of = np.tile(np.arange(5, dtype=np.int8), people)
    value = np.repeat(level, 5) + 0.5 * time_of + 0.3 * np.repeat(treated, 5) * time_of
    value += rng.normal(0, 2, 5 * people)
    value[(time_of > 0) & (rng.random(5 * people) < 0.1)] = np.nan

    def named(codes: np.ndarray, names: list[str]) -> pd.Categorical:
        return pd.Categorical.from_codes(np.repeat(codes, 5), categories=pd.Index(names))

    one = np.zeros(people, dtype=np.int8)
    return pd.DataFrame(
        {
            "study": named(one, ["s"]),
            "level": named(one, ["person"]),
            "unit": named(np.arange(people), [f"p{i:07}" for i in range(people)]),
            "site": named(1 - treated, ["north", "south"]),
            "arm": named(treated, ["control", "intervention"]),
            "neighbourhood": named(near, [f"n{i:05}" for i in range(people // 100)]),
            "link_worker": named(one - 1, ["none"]),
            "time": pd.Categorical.from_codes(
                time_of, categories=pd.Index([t["name"] for t in TIMES])
            ),
            "outcome": named(one, ["y"]),
            "value": value,
            "weight": 1.0,
        }
    )


def once(name: str, people: int) -> None:
    """Fit one model and print the rows with a value, seconds and peak memory in GB."""
    study = {
        "study": "s",
        "model": name,
        "ci_level": 0.95,
        "sites": SITES,
        "times": TIMES,
        "arms": {"intervention": "New", "control": "Usual"},
        "outcomes": {"y": OUTCOME},
    }
    model = read_model(json.dumps({"outcomes": ["y"], "study": study} | MODELS[name]))
    panel = panel_of(people)
    model.fit(panel[:5_000])  # load the libraries before the clock starts
    started = time.perf_counter()
    fitted = model.fit(panel)
    spent = time.perf_counter() - started
    last = fitted.estimates[-1]
    assert last.status == "estimated", last.reason
    assert abs(last.estimate - 1.2) < 6 * last.std_error, last
    print(
        last.method,
        f"{last.estimate:.4f} ({last.std_error:.4f}), df {last.df:.0f}",
        file=sys.stderr,
    )
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(int(panel["value"].notna().sum()), spent, peak)


def measured(name: str, people: int, times: int) -> tuple[float, float, float]:
    """Rows, the smallest of so many times, and peak memory, each from a process of its own."""
    command = [sys.executable, __file__, name, str(people)]
    runs = list[list[float]]()
    for _ in range(times):
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        runs.append([float(word) for word in done.stdout.split()])
    return runs[0][0], min(run[1] for run in runs), max(run[2] for run in runs)


def main() -> None:
    """Print seconds, memory, and time per row over that of a tenth of the rows."""
    for name in MODELS:
        few, short, _ = measured(name, PEOPLE // 10, 3)
        many, spent, peak = measured(name, PEOPLE, 2)
        print(f"{name}: {few:.0f} rows {short:.2f} s, {many:.0f} rows {spent:.2f} s")
        print(f"measure ten_million_{name}_seconds {spent:.1f} s")
        print(f"measure ten_million_{name}_memory {peak:.1f} GB")
        print(f"ratio ten_million_{name}_per_row {spent / many / (short / few):.2f}", flush=True)


if __name__ == "__main__":
    once(sys.argv[1], int(sys.argv[2])) if len(sys.argv) > 1 else main()
