"""Change between survey waves against R's survey: `make benchmark NAME=survey_change`.

30 outcomes, 3 waves of 2,000 respondents, 20 neighbourhoods a site, a quarter of each wave members
of a panel, 3% of answers missing. First kind `survey`, from the panel in memory to its results
(survey_change_seconds). Then svyglm of each outcome, in turns with the kind's batch of all outcomes
(survey_vs_r): estimates, linearised standard errors and df, which its rows are made from. What is
made beforehand on both sides is the design with the answers: R's design object holds its data frame
as columns, ours the sample and the panel's coded rows. Domains, model matrices and fits are timed
on both sides; in ours also that answers are set beside the design's records. In survey_many_vs_r
outcomes and columns stand ready as matrices (models/survey_many.py, as simulations call it). Wall
and CPU time (survey_vs_r_cpu: less moved by what else a machine does). Last a million respondents:
seconds, and memory beyond the table as a multiple of it.
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from cesp_analysis.declared.surveys import SurveyDesign
from cesp_analysis.models.answers import Answers, answers_of
from cesp_analysis.models.kinds import read_model
from cesp_analysis.models.survey_batch import batches
from cesp_analysis.models.survey_design import Sample, records_of, sample_of
from cesp_analysis.models.survey_drawn import Drawn, drawn_of
from cesp_analysis.models.survey_many import many

OUTCOMES, WAVES, RESPONDENTS, NEAR, TURNS = 30, 3, 2_000, 40, 5
MANY = 1_000_000
Spent = tuple[float, float]
"""Seconds of wall and of CPU time."""
SITES = [
    {"name": "north", "label": "North", "arm": "intervention"},
    {"name": "south", "label": "South", "arm": "control"},
]
R_TURN = """
suppressMessages(library(survey))
d <- read.csv("d.csv")
design <- svydesign(~near, strata = ~site, weights = ~weight, data = d)
outcomes <- grep("^y", names(d), value = TRUE)
spent <- system.time(made <- lapply(outcomes, function(name) {
  own <- subset(design, !is.na(d[[name]]))
  fit <- svyglm(as.formula(paste(name, "~ site * factor(wave)")), own)
  c(coef(fit)[5:6], SE(fit)[5:6], degf(own))
}))
write.table(do.call(rbind, made), "r.txt", row.names = FALSE, col.names = FALSE)
cpu <- spent[["user.self"]] + spent[["sys.self"]]
cat(spent[["elapsed"]], cpu, as.character(packageVersion("survey")), "\\n")
"""


def panel_of(respondents: int, outcomes: int) -> pd.DataFrame:
    """A panel of `respondents` a wave: what kind survey is given."""
    rng = np.random.default_rng(1)
    n = respondents * WAVES
    wave = np.repeat(np.arange(WAVES), respondents)
    unit = np.tile(np.arange(respondents), WAVES)
    unit = unit + np.where(unit < respondents // 4, 0, wave * respondents)
    near, weight = unit % NEAR, rng.uniform(0.5, 2, n)
    shocks = rng.normal(0, 0.3, (NEAR, WAVES))
    k = np.tile(np.arange(n), outcomes)
    y = rng.normal(size=len(k)) + shocks[near[k], wave[k]]
    y[rng.random(len(y)) < 0.03] = np.nan

    def words(codes: np.ndarray, names: list[str]) -> pd.Categorical:
        return pd.Categorical.from_codes(codes, categories=pd.Index(names))

    same = np.zeros(len(k), dtype=int)
    return pd.DataFrame(
        {
            "study": words(same, ["s"]),
            "level": words(same, ["respondent"]),
            "unit": words(unit[k], [f"r{i:07}" for i in range(int(unit.max()) + 1)]),
            "site": words(near[k] % 2, ["south", "north"]),
            "arm": words(near[k] % 2, ["control", "intervention"]),
            "neighbourhood": words(near[k], [f"n{i:02}" for i in range(NEAR)]),
            "link_worker": words(same - 1, ["nobody"]),
            "time": words(wave[k], [f"w{t}" for t in range(WAVES)]),
            "outcome": words(np.repeat(np.arange(outcomes), n), _names(outcomes)),
            "value": y,
            "weight": weight[k],
        }
    )


def _names(outcomes: int) -> list[str]:
    return [f"y{i:02}" for i in range(outcomes)]


def model_of(outcomes: int) -> Any:
    """Kind survey of all outcomes, resolved."""
    entry = {"label": "Y", "variable": "y", "direction": "neither", "level": "respondent"}
    study = {
        "study": "s", "model": "m", "ci_level": 0.95, "sites": SITES,
        "arms": {"intervention": "New", "control": "Usual"},
        "times": [{"name": f"w{t}", "label": f"wave {t}", "position": t} for t in range(WAVES)],
        "outcomes": {name: entry | {"unit": "points"} for name in _names(outcomes)},
    }  # fmt: skip
    asked = {"kind": "survey", "level": "respondent", "outcomes": _names(outcomes)}
    return read_model(json.dumps(asked | {"study": study}))


def ours(model: Any, answers: Answers, drawn: Drawn, sample: Sample) -> np.ndarray:
    """Estimates, linearised errors and df (q, 5): what the kind takes its rows from."""
    reference = model.reference_time()
    later = [moment for moment in model.moments() if moment != reference]
    rows = []
    for batch in batches(model, answers, drawn, (sample,)):
        for outcome in batch.outcomes:
            found = batch.solution(outcome, "all", later)
            if found is None:
                sys.exit(f"{outcome} was not fitted with the others")
            at = [found.names.index(f"arm:time[{moment.name}]") for moment in later]
            said = found.said[0][1]
            rows.append([*found.coef[at], *np.sqrt(np.diag(said.covariance))[at], said.df])
    return np.array(rows)


def at_once(y: np.ndarray, site: np.ndarray, wave: np.ndarray, sample: Sample) -> np.ndarray:
    """The same of all outcomes (columns of y) at once."""
    at = [(wave == t).astype(float) for t in range(1, WAVES)]
    x = np.column_stack([np.ones(len(site)), site, *at, *(site * one for one in at)])
    found = many(y, x, np.eye(x.shape[1])[-2:], sample)
    return np.column_stack([found.estimate, found.std_error, found.df])


def paired(folder: Path) -> None:
    """Ours and R's in turns, and the largest difference between their numbers."""
    panel = panel_of(RESPONDENTS, OUTCOMES)
    records = records_of(panel)
    sample = sample_of(records, SurveyDesign())
    model = model_of(OUTCOMES)
    drawn, answers = drawn_of(panel, model), answers_of(panel, model)
    site, wave = (records[name].cat.codes.to_numpy().astype(float) for name in ("site", "time"))
    y = panel["value"].to_numpy().reshape(OUTCOMES, -1).T  # outcome by outcome, records alike
    names = {f"y{i:02}": column for i, column in enumerate(y.T)}
    d = pd.DataFrame({"site": site, "wave": wave, "near": sample.psu, "weight": sample.weight})
    d.assign(**names).to_csv(folder / "d.csv", index=False)
    (folder / "turn.R").write_text(R_TURN, encoding="utf-8")
    mine, once, theirs, version = list[Spent](), list[Spent](), list[Spent](), ""
    for _ in range(TURNS):
        made, spent = _timed(lambda: ours(model, answers, drawn, sample))
        mine.append(spent)
        together, spent = _timed(lambda: at_once(y, site, wave, sample))
        once.append(spent)
        done = subprocess.run(
            ["Rscript", "turn.R"], cwd=folder, capture_output=True, text=True, check=True
        )
        seconds, cpu, version = done.stdout.split()
        theirs.append((float(seconds), float(cpu)))
    theirs_said = np.loadtxt(folder / "r.txt")
    apart = max(np.max(np.abs(own / theirs_said - 1)) for own in (made, together))
    if apart > 1e-6:
        sys.exit(f"ours and R's differ by {apart:.1e}")
    ratios = np.sort(np.array(theirs) / np.array(mine), axis=0)
    wall, cpu_ratio = np.median(ratios, axis=0)
    print(f"ratio survey_vs_r {wall:.1f}")
    print(f"ratio survey_vs_r_cpu {cpu_ratio:.1f}")
    print(f"ratio survey_many_vs_r {np.median(np.array(theirs)[:, 0] / np.array(once)[:, 0]):.0f}")
    print(
        f"kind survey: {min(mine)[0]:.3f} s; columns ready: {min(once)[0]:.3f} s;"
        f" svyglm (survey {version}): {min(theirs)[0]:.2f} s;"
        f" survey_vs_r from turn to turn: {ratios[0, 0]:.1f} to {ratios[-1, 0]:.1f};"
        f" largest relative difference {apart:.0e}"
    )


def _timed(run: Callable[[], np.ndarray]) -> tuple[np.ndarray, Spent]:
    """What it gives, and its seconds of wall and of CPU time."""
    wall, cpu = time.perf_counter(), time.process_time()
    made = run()
    return made, (time.perf_counter() - wall, time.process_time() - cpu)


def in_job() -> None:
    """Kind survey from the panel to its Fit: estimates, means, diagnostics, equations."""
    panel, model = panel_of(RESPONDENTS, OUTCOMES), model_of(OUTCOMES)
    spent = []
    for _ in range(TURNS):
        started = time.perf_counter()
        model.fit(panel)
        spent.append(time.perf_counter() - started)
    print(f"measure survey_change_seconds {min(spent):.2f} s")


def million() -> None:
    """A million respondents' records, in a process of its own."""
    if os.fork() == 0:
        panel, model = panel_of(MANY // WAVES + 1, 1), model_of(1)
        table = panel.memory_usage(deep=True).sum()
        before, started = _peak(), time.perf_counter()
        row = model.fit(panel).estimates[0]
        beyond = (_peak() - before) / table
        spent = time.perf_counter() - started
        print(f"measure survey_change_million_seconds {spent:.1f} s")
        print(f"measure survey_change_million_memory {beyond:.1f} tables")
        print(
            f"{row.n_obs:,} records of {row.n_units:,} respondents; table {table / 2**20:,.0f} MB"
        )
        sys.stdout.flush()
        os._exit(0)
    os.wait()


def _peak() -> float:
    """The most memory (bytes) that this process had so far."""
    return float(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss) * 1024


if __name__ == "__main__":
    million()
    in_job()
    with tempfile.TemporaryDirectory() as name:
        paired(Path(name))
