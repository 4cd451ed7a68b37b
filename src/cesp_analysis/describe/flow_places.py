"""Where everybody was at each step of the flow: every subject in exactly one place at each step.

A subject is a person of the register, or a record of nobody in it (referred, not recruited). Files
whose rows say which person they are of share one chain of steps with the register; a file that does
not say it has a chain of its own.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cesp_analysis.arrays import Bools
from cesp_analysis.clean.evaluate import evaluated
from cesp_analysis.declared.wording import NO_ANSWER, NOT_KNOWN
from cesp_analysis.describe.flow_events import why_absent
from cesp_analysis.describe.flow_steps import FlowFile, Steps, received_key

NO_REASON = "no reason given"
NO_RECORD = "no record at this step"
NOT_BEFORE = "no record at the steps before"
NOT_THERE = "a stop before the step before"
AGAIN = "another record of the same person"
NONE_RECORDED, NONE_COUNTS = "none recorded", "recorded, none that counts"


@dataclass
class _Chain:
    """Steps that follow from one another; here, ever: who is at the last step, who was at any."""

    subjects: pd.DataFrame
    here: Bools
    ever: Bools
    why: NDArray[np.object_]
    files: set[str] = field(default_factory=set)
    last: str = ""
    received: dict[str, Bools] = field(default_factory=dict)


def places(
    how: Steps,
    files: Mapping[str, pd.DataFrame],
    people: pd.DataFrame,
    answered: pd.DataFrame,
    ended: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """One row a subject and step of its chain (FlowPlaces).

    `files`: cleaned records with a column `group` of their own; `people`: unit, group, arm of
    everybody in the register; `answered`: unit, time of every answer that counts; `ended`: Events.
    """
    rows = {name: _of_subjects(name, table, how, people) for name, table in files.items()}
    chains = {"": _chain([rows[n] for n in rows if n not in how.apart], people)}
    chains |= {n: _chain([rows[n]], people.iloc[:0]) for n in rows if n in how.apart}
    made = []
    main = chains[""]
    if not how.enters:
        main.here = main.ever = main.subjects["unit"].notna().to_numpy()
    for name, step in how.steps.items():
        chain = chains[step.file if step.file in how.apart else ""]
        walk = _received if step.rows else _passed
        made.append(walk(name, step, chain, rows[step.file]))
    made += list(_observed(how, main, answered, ended))
    table = pd.concat(made, ignore_index=True) if made else _placed("", main, main.why, main.why)
    steps = [*how.steps, *(moment.name for moment in how.times)]
    return table.assign(step=pd.Categorical(table["step"], steps))


def _of_subjects(name: str, table: pd.DataFrame, how: Steps, people: pd.DataFrame) -> pd.DataFrame:
    """A file's rows with whose they are: `subject`, `unit`.

    Of several records of a person in a linked file the one that passes most steps is the person's;
    `again` marks the others, which are subjects of their own.
    """
    table = table[table["time"].isna()] if table["time"].isna().any() else table
    table = table.reset_index(drop=True)
    own = table["line"].map(lambda line: f"{name}/{line}").astype("object")
    if name in how.apart:
        return table.assign(subject=own, unit=None, again=False)
    unit = table[how.links.get(name, "unit")].astype("object")
    unit = unit.where(unit.isin(set(people["unit"])), None)
    if name not in how.links:
        return table.assign(subject=unit.fillna(own), unit=unit, again=False)
    so_far, order = np.ones(len(table), dtype=bool), np.zeros(len(table))
    for step in how.steps.values():
        if step.file == name and not step.rows:
            so_far &= _holds(step, table)
            order -= so_far
    ranked = unit.iloc[np.argsort(order, kind="stable")]
    again = (ranked.duplicated() & ranked.notna()).reindex(unit.index)
    unit = unit.where(~again, None)
    return table.assign(subject=unit.fillna(own), unit=unit, again=again)


def _chain(tables: list[pd.DataFrame], people: pd.DataFrame) -> _Chain:
    """All subjects, people first: subject → unit, group, arm; a person's group: the register's."""
    known = people.assign(subject=people["unit"])[["subject", "unit", "group", "arm"]]
    known = known.assign(again=False)
    found = [table[["subject", "unit", "group", "again"]].assign(arm=None) for table in tables]
    parts = [part.astype("object") for part in (known, *found) if len(part)]
    subjects = pd.concat(parts) if parts else known.astype("object")
    subjects = subjects.drop_duplicates("subject").set_index("subject")
    nobody = np.zeros(len(subjects), dtype=bool)
    return _Chain(subjects, nobody, nobody.copy(), np.full(len(subjects), "", dtype=object))


def _passed(name: str, step: FlowFile, chain: _Chain, table: pd.DataFrame) -> pd.DataFrame:
    """A step that people pass or not: who does not is not followed on."""
    holds, follows = _holds(step, table), step.file in chain.files
    inside, met = _any(chain, table["subject"]), _any(chain, table.loc[holds, "subject"])
    before = chain.here if chain.files else inside
    met = met & before if follows else met  # who failed a step of a file is asked no more in it
    absent = np.where(chain.subjects["again"].to_numpy(dtype=bool), AGAIN, NO_RECORD)
    why = np.where(inside, NO_REASON, absent).astype(object)
    unsure = _any(chain, table.loc[~holds & _not_known(step, table), "subject"])
    why = np.where(inside & unsure, NOT_KNOWN, why)
    if step.reason is not None:
        said = table[~holds].drop_duplicates("subject").set_index("subject")[step.reason]
        told = said.astype("object").reindex(chain.subjects.index).to_numpy(dtype=object)
        why = np.where(pd.isna(told) | (inside & unsure), why, told)  # a blank is no no
    came = np.where(chain.ever, f"{NOT_THERE}: {chain.last}", NOT_BEFORE)
    chain.files.add(step.file)
    chain.last = step.label
    return _placed(name, chain, *_moved_on(chain, before, met, why, "entered", came))


def _moved_on(
    chain: _Chain,
    before: Bools,
    met: Bools,
    why: NDArray[np.object_],
    word: str,
    whence: NDArray[np.object_],
) -> tuple[NDArray[np.object_], NDArray[np.object_]]:
    """Status and reason of everybody; `before`: who was at the step before, `met`: who is here.

    Who is gone keeps the reason for which he or she left.
    """
    lost, new = before & ~met, met & ~before
    chain.ever = chain.ever | before | met
    chain.why = np.where(lost, why, chain.why)
    chain.why = np.where(met, "", chain.why)
    chosen = [met & before, new, lost, chain.ever]
    status = np.select(chosen, ["reached", word, "not reached", "gone"], "not yet").astype(object)
    reason = np.where(new, whence, chain.why)
    chain.here = met
    return status, np.where(status == "reached", "", reason)


def _received(name: str, step: FlowFile, chain: _Chain, table: pd.DataFrame) -> pd.DataFrame:
    """A step of what people received: who did not is followed all the same."""
    counts = table.loc[_holds(step, table), "subject"].value_counts()
    n = counts.reindex(chain.subjects.index).fillna(0).to_numpy()
    arm = chain.subjects["arm"].to_numpy() == step.arm if step.arm else np.ones(len(n), dtype=bool)
    key = received_key(step)
    before = chain.received.get(key, chain.here & arm)
    met = before & (n >= (step.rows or 1))
    some = np.where(_any(chain, table["subject"]), NONE_COUNTS, NONE_RECORDED)
    why = np.where(n > 0, f"fewer than {step.rows}", some)
    unsure = table.loc[_not_known(step, table), "subject"].value_counts()
    might = n + unsure.reindex(chain.subjects.index).fillna(0).to_numpy()
    why = np.where(might >= (step.rows or 1), NOT_KNOWN, why)
    asked = chain.here & arm
    chosen = [met, before, asked, chain.here, chain.ever]
    words = ["reached", "not reached", "gone", "not asked", "gone"]
    status = np.select(chosen, words, "not yet").astype(object)
    reason = np.where(asked, np.where(met, "", why), np.where(chain.here, "", chain.why))
    chain.received[key] = met
    return _placed(name, chain, status, reason)


def _observed(
    how: Steps, chain: _Chain, answered: pd.DataFrame, ended: pd.DataFrame | None
) -> Iterator[pd.DataFrame]:
    """The times: people with an answer that counts; others with an event until then, or no answer.

    Who answers later again did not leave: no event ended the follow-up.
    """
    unit = chain.subjects["unit"]
    seen = {m.name: unit.isin(set(answered.loc[answered["time"] == m.name, "unit"])).to_numpy()
            for m in how.times}  # fmt: skip
    for at, moment in enumerate(how.times):
        later = [seen[m.name] for m in how.times[at + 1 :]]
        again = np.logical_or.reduce(later) if later else np.zeros(len(unit), dtype=bool)
        due = how.windows.get(moment.name, (moment.position, moment.position))[1]
        why = why_absent(unit, again, due, how.ends, ended)
        before, met = chain.here, seen[moment.name]
        last = chain.last or "the step before"
        word = "back" if at else "entered"
        whence = f"no answer that counted at {last}" if at else f"{NOT_THERE}: {last}"
        gone = chain.ever & ~met & ~before & (why != NO_ANSWER)  # an event says more
        chain.why = np.where(gone, why, chain.why)
        told = np.full(len(unit), whence, dtype=object)
        yield _placed(moment.name, chain, *_moved_on(chain, before, met, why, word, told))
        chain.last = moment.label


def _holds(step: FlowFile, table: pd.DataFrame) -> Bools:
    """Which rows meet the step's condition, (n,)."""
    if step.where is None:
        return np.ones(len(table), dtype=bool)
    return np.asarray(evaluated(table, step.where) == 1.0, dtype=bool)


def _not_known(step: FlowFile, table: pd.DataFrame) -> Bools:
    """Rows of which it cannot be said whether they meet the step's condition, (n,)."""
    if step.where is None:
        return np.zeros(len(table), dtype=bool)
    return np.asarray(evaluated(table, step.where).isna(), dtype=bool)


def _any(chain: _Chain, subjects: "pd.Series[Any]") -> Bools:
    return np.asarray(chain.subjects.index.isin(set(subjects)), dtype=bool)


def _placed(
    step: str, chain: _Chain, status: NDArray[np.object_], reason: NDArray[np.object_]
) -> pd.DataFrame:
    subjects = chain.subjects
    return pd.DataFrame(
        {
            "step": np.full(len(subjects), step, dtype=object),
            "subject": subjects.index.to_numpy(),
            "unit": subjects["unit"].to_numpy(),
            "group": subjects["group"].to_numpy(),
            "status": status,
            "reason": pd.Series(reason).replace("", None).to_numpy(),
        }
    )
