"""Whether flow.csv, the places it is counted from and the ledger's account are the same numbers."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from cesp_analysis.describe.flow_counts import IN, unbalanced
from cesp_analysis.describe.flow_steps import Steps
from cesp_analysis.errors import CespError, few

REMEDY = "these tables are not of one run: make them again (cesp run DIR --forcerun clean)"


def same_numbers(
    counts: pd.DataFrame,
    where: pd.DataFrame,
    files: Mapping[str, pd.DataFrame],
    respondents: Mapping[str, pd.DataFrame],
    account: pd.DataFrame,
    frame: Sequence[pd.DataFrame],
    answered: pd.DataFrame,
    how: Steps,
    register: str | None,
    out: Path,
) -> None:
    """Raise CespError, one line, unless every count can be found again where it comes from.

    `answered`: unit, time of the panel's answers that count; `register`: the file of people.
    """
    own = account[account["status"] == "kept"]
    kept = dict(zip(own["file"], own["records"], strict=True))
    faults = [
        *_places(counts, where),
        *unbalanced(counts),
        *_records({**files, **respondents}, kept),
        *_listed(counts, how, register, kept),
        *_answered(counts, how, answered),
        *_register(where, how, register, kept),
        *_frame(counts, frame),
    ]
    if faults:
        raise CespError(f"{out}: {few(faults, '; ')}: {REMEDY}")


def _places(counts: pd.DataFrame, where: pd.DataFrame) -> Iterator[str]:
    """Everybody is in one place at each step; each count is that of the places, and each place is
    counted."""
    twice = where[where.duplicated(["step", "subject"])]
    if len(twice):
        step, subject = twice.iloc[0][["step", "subject"]]
        yield f"'{subject}' is in {len(twice) + 1} places at {step}"
    told = where.assign(status=where["status"].astype("object"), step=where["step"].astype(str))
    inside = told[told["status"].isin(IN)].assign(status="reached")
    moved = told[told["status"].isin(("entered", "back", "not reached"))]
    held: dict[Any, int] = pd.concat([inside, moved]).groupby(["step", "status"]).size().to_dict()
    own = counts[(counts["part"] != "survey") & (counts["status"] != "of them")]
    said: dict[Any, int] = own.groupby(["step", "status"])["n"].sum().to_dict()
    for key in dict.fromkeys([*said, *held]):
        n, there = said.get(key, 0), held.get(key, 0)
        if n != there:
            yield f"{key[0]}: {n} are counted as {key[1]}, but {there} are there"


def _reached(counts: pd.DataFrame) -> dict[str, int]:
    own = counts[(counts["status"] == "reached") & (counts["part"] != "survey")]
    return {str(step): int(n) for step, n in own.groupby("step")["n"].sum().items()}


def _listed(
    counts: pd.DataFrame, how: Steps, register: str | None, kept: Mapping[str, int]
) -> Iterator[str]:
    """A file's first step without a condition is reached by as many as the account has records of
    it; of files of which a record is a subject: the register, logs."""
    reached, seen = _reached(counts), set[str]()
    subjects = {*how.apart, *how.links, *filter(None, [register])}
    for name, step in how.steps.items():
        first = step.file not in seen and not step.rows
        seen |= set() if step.rows else {step.file}
        if first and step.where is None and step.file in subjects:
            n, records = reached.get(name, 0), kept.get(step.file, 0)
            if n != records:
                yield f"{name}: {n} are counted, but account.csv has {records} in {step.file}"


def _answered(counts: pd.DataFrame, how: Steps, answered: pd.DataFrame) -> Iterator[str]:
    """At each time there are as many as have an answer that counts in the panel."""
    reached = _reached(counts)
    people = answered.groupby("time", observed=True)["unit"].nunique().to_dict()
    for moment in how.times:
        n, there = reached.get(moment.name, 0), people.get(moment.name, 0)
        if n != there:
            yield f"{moment.name}: {n} are counted, but {there} people have an answer in the panel"


def _records(files: Mapping[str, pd.DataFrame], kept: Mapping[str, int]) -> Iterator[str]:
    """Each file's records are those that the ledger's account says were kept."""
    for name, table in files.items():
        n = table["line"].nunique()
        if n != kept.get(name, 0):
            yield f"files.{name}: {n} records, but account.csv has {kept.get(name, 0)} kept"


def _register(
    where: pd.DataFrame, how: Steps, register: str | None, kept: Mapping[str, int]
) -> Iterator[str]:
    """Everybody whom the register lists, and nobody else, has a place at each step of people."""
    if register is None:
        return
    sizes = where[where["unit"].notna()].groupby("step", observed=True)["unit"].nunique().to_dict()
    listed = kept.get(register, 0)
    steps = [name for name, step in how.steps.items() if step.file not in how.apart]
    for step in (*steps, *(moment.name for moment in how.times)):
        n = sizes.get(step, 0)
        if n != listed:
            yield f"{step}: {n} people have a place, but account.csv has {listed} in {register}"


def _frame(counts: pd.DataFrame, frame: Sequence[pd.DataFrame]) -> Iterator[str]:
    """Invitations and respondents are those of dispositions.csv."""
    for table in frame:
        for status, column in (("invited", "invited"), ("reached", "records")):
            own = counts[(counts["part"] == "survey") & (counts["status"] == status)]
            said = own.set_index(["step", "group"])["n"].to_dict()
            for wave, site, n in zip(table["wave"], table["site"], table[column], strict=True):
                if said.get((wave, site), 0) != n:
                    yield (
                        f"{wave}, {site}: {said.get((wave, site), 0)} {status}, but"
                        f" dispositions.csv has {n}"
                    )
