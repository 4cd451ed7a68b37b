"""The steps `simulate_trials` and `gather_trials`: trials drawn and analysed, beside formulas.

Jobs share the tasks, and the blocks of those that are a large part of all: `dealt`. How many blocks
there are is known by the first, which each of the parts that share a task makes. More parts give
the same table.
"""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from cesp_analysis import contracts
from cesp_analysis.declared.planning import NOISE
from cesp_analysis.models.refusals import NotEstimable
from cesp_analysis.planning import tables
from cesp_analysis.planning.analysed_words import apart_by, drawn_of, failing, model_of, too_alike
from cesp_analysis.planning.individual_trials import IndividualTrial
from cesp_analysis.planning.parting import parts_from
from cesp_analysis.planning.people_of_panel import answers_of
from cesp_analysis.planning.performance import (
    Performance,
    Tally,
    added,
    error_of,
    mcse_of_share,
    performance_of,
)
from cesp_analysis.planning.plasmode import Pool, pool_of
from cesp_analysis.planning.size_warnings import LOUD
from cesp_analysis.planning.tasks import Task, TrialsSpec, tasks
from cesp_analysis.schemas import Panel

SUMS = ("n", "failed", "error", "square", "variance", "variance_square", "covered", "rejected")
KEYS = ("design", "locations", "people", "analysis", "truth", "drawn")


def simulate_trials(
    spec: str, draws: Path, part: str, out: Path, panel: Path | None = None
) -> None:
    """Simulate one part of the trials; `part`: as Snakemake names it, 2-of-4; `panel`: where this
    study's people are, if they are drawn again."""
    how = TrialsSpec.model_validate_json(spec)
    rows = list(blocks_of(how, _known(draws), *_part(part), _people(how, panel)))
    contracts.write(_frame(rows), out, tables.PlanningBlocks)


def gather_trials(
    spec: str, draws: Path, parts: list[Path], out: Path, panel: Path | None = None
) -> None:
    """Put the parts together: how each analysis does in each design."""
    how = TrialsSpec.model_validate_json(spec)
    blocks = pd.concat([contracts.read(path, tables.PlanningBlocks) for path in parts])
    every = tasks(how, _known(draws), _people(how, panel))
    rows = [performance_row(how, task, _of(blocks, task)) for task in every]
    frame = pd.DataFrame(rows, columns=list(tables.PlanningTrials.columns()))
    contracts.write(frame, out, tables.PlanningTrials)


def blocks_of(
    how: TrialsSpec,
    known: pd.DataFrame,
    part: int,
    parts: int,
    pool: Pool | str | None = None,
) -> Iterator[dict[str, Any]]:
    """The blocks of a part (from 0) of all parts, as rows; a task that cannot be has its reason."""
    level = 1 - how.alpha
    every = list(tasks(how, known, pool))
    for task, whose in zip(every, dealt(every, how, parts), strict=True):
        if part not in whose:
            continue
        if task.reason:
            yield _row(task, 0, 0, None)
            continue
        first = task.block(0, how.seed, level)
        asked = task.blocks(first, how.trials)
        for number in range(whose.index(part), asked, len(whose)):
            made = first if number == 0 else task.block(number, how.seed, level)
            yield _row(task, number, asked, made)


def dealt(every: Sequence[Task], how: TrialsSpec, parts: int) -> list[list[int]]:
    """Which parts make each task, in the order of their turns at its blocks: one, or more where it
    is a large part of all; the longest first, each by those that have least to make, by the most
    blocks there may be."""
    most = np.array([0 if task.reason else task.most_blocks(how.trials) for task in every])
    load, found = [0.0] * parts, [[0] for _ in every]
    for at in np.argsort(-most, kind="stable"):
        share = max(1, min(int(most[at]), round(parts * most[at] / max(most.sum(), 1))))
        found[at] = sorted(range(parts), key=lambda part: (load[part], part))[:share]
        for part in found[at]:
            load[part] += most[at] / share
    return found


def performance_row(how: TrialsSpec, task: Task, own: pd.DataFrame) -> dict[str, Any]:
    """What a task's blocks say together."""
    row: dict[str, Any] = {name: getattr(task, name) for name in KEYS}
    row |= {"difference": task.effect, "formula": task.formula, "reason": task.reason}
    if task.reason:
        return row | {"formula": np.nan, "trials": 0, "failed": 0, "method": "", "warnings": ""}
    tallies = [Tally(*(float(value) for value in sums)) for sums in own[list(SUMS)].to_numpy()]
    if len(tallies) != int(own["asked"].iloc[0]):
        raise ValueError(f"{task.name}: {len(tallies)} blocks of {own['asked'].iloc[0]}")
    total = added(tallies)
    row |= {"trials": int(total.n), "failed": int(total.failed), "method": _method(task)}
    try:
        row |= _columns(performance_of(tallies))
    except NotEstimable as error:
        return row | {"reason": str(error), "warnings": ""}
    return row | {"warnings": " | ".join(_warnings(how, task, tallies))}


def _columns(made: Performance) -> dict[str, Any]:
    same = ("bias", "bias_mcse", "empirical_se", "empirical_se_mcse", "model_se", "model_se_mcse",
            "relative_error", "relative_error_mcse", "coverage", "coverage_mcse")  # fmt: skip
    found = {name: getattr(made, name) for name in same}
    return found | {"found": made.power, "found_mcse": made.power_mcse}


def _method(task: Task) -> str:
    planned = task.planned
    assert planned is not None
    size = f"blocks of {task.block_size:,} trials, each with random numbers of its own"
    cv = planned.caseload_cv if isinstance(planned, IndividualTrial) else planned.size_cv
    vary = [f"sizes drawn anew in each trial (CV {cv:g})"] if cv else []
    whose = ["people of this study, drawn again"] if task.drawn == "study" else []
    model = model_of(planned, task.analysis)
    return "; ".join([model, *drawn_of(planned), size, *vary, *whose])


def apart(task: Task, total: Tally) -> Iterator[str]:
    """That power lies apart from the formula's, beyond chance, and by what that may be."""
    n = total.n - total.failed
    if task.truth == "none" or not parts_from(total.rejected, n, task.formula):
        return
    assert task.planned is not None
    why = list(apart_by(task.planned, task.analysis, task.drawn == "normal"))
    said = "; ".join(why) or "the formula is an approximation"
    off = total.rejected / n - task.formula
    yield f"power is {off:+.1%} from the formula ({said}); believe the trials"


def _false_alarms(alpha: float, task: Task, total: Tally) -> Iterator[str]:
    """That the analysis finds what is not there too often, beyond chance and a tenth of alpha."""
    n = total.n - total.failed
    share = total.rejected / n
    if task.truth != "none" or task.analysis == "z":
        return
    if share > (1 + LOUD) * alpha and share > alpha + NOISE * mcse_of_share(alpha, n):
        yield (
            f"false alarms in {share:.1%} of trials, not {100 * alpha:.3g}%: this analysis is too"
            " bold for such trials, and its power counts them"
        )


def _warnings(how: TrialsSpec, task: Task, tallies: list[Tally]) -> Iterator[str]:
    own = error_of(tallies)
    asked = how.trials.monte_carlo_error
    if own > asked:
        if (len(tallies) + 1) * task.block_size > how.trials.most:
            why = "trials.most is reached"
        elif added(tallies).failed and len(tallies) == task.most_blocks(how.trials):
            why = "trials without an answer leave fewer"
        else:
            why = "the first block promised less"
        yield f"Monte Carlo error {own:.4f}, not the {asked:g} asked for: {why}"
    total = added(tallies)
    if total.failed:
        yield (
            f"{total.failed:,.0f} trials have no answer ({failing(task.analysis)}); they are left"
            " out of all other numbers"
        )
    assert task.planned is not None
    yield from too_alike(task.planned)
    yield from apart(task, total)
    yield from _false_alarms(how.alpha, task, total)
    if task.analysis == "z":
        yield "shown for comparison: with few locations it finds differences that are not there"


def _of(blocks: pd.DataFrame, task: Task) -> pd.DataFrame:
    own = blocks
    for name in KEYS:
        own = own[own[name] == getattr(task, name)]
    return own.sort_values("block")


def _row(task: Task, number: int, asked: int, made: Tally | None) -> dict[str, Any]:
    sums = dict.fromkeys(SUMS, np.nan) if made is None else asdict(made)
    own: dict[str, Any] = {name: getattr(task, name) for name in KEYS}
    return own | {"block": number, "asked": asked, "reason": task.reason} | sums


def _frame(rows: list[dict[str, Any]]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=list(tables.PlanningBlocks.columns()))


def _known(draws: Path) -> pd.DataFrame:
    return contracts.read(draws, tables.PlanningDraws)


def _people(how: TrialsSpec, panel: Path | None) -> Pool | str | None:
    """This study's people, or why trials cannot be drawn from them; None: nobody asks for it."""
    if how.people is None:
        return None
    if panel is None:
        raise ValueError("trials of this study's people need its panel")
    whole = contracts.read(panel, Panel)
    own = whole[(whole["outcome"] == how.people.outcome) & (whole["level"] == "person")]
    about = answers_of(own, how.people.first, how.people.last)
    first, last = (about[name].to_numpy(float) for name in ("first", "last"))
    try:
        return pool_of(first, last, about["site"].to_numpy(str))
    except NotEstimable as error:
        return str(error)


def _part(name: str) -> tuple[int, int]:
    """'2-of-4' → 1, 4."""
    part, _, parts = name.partition("-of-")
    return int(part) - 1, int(parts)
