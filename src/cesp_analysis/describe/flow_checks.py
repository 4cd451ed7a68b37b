"""What is odd in the flow: a line each, and the rest goes on."""

from collections.abc import Iterator, Mapping, Sequence

import pandas as pd

from cesp_analysis.clean.evaluate import evaluated
from cesp_analysis.columns import Row
from cesp_analysis.declared.design import Moment
from cesp_analysis.declared.wording import NOBODY
from cesp_analysis.describe.flow_counts import Told
from cesp_analysis.describe.flow_places import AGAIN, NOT_BEFORE
from cesp_analysis.describe.flow_steps import FlowFile
from cesp_analysis.describe.tables import FlowChecks
from cesp_analysis.numbers import counted

RECORDS = "data/processed/records"
_CROSSED = " Who: data/processed/crossed.parquet, kind == 'used' and ever == 'yes'."


def odd_counts(flow: pd.DataFrame, labels: Mapping[str, str]) -> Iterator[Row]:
    """More people at a step than at the one before, nobody at a step, people who came in between,
    further records of one person. `labels`: group → how it is called."""
    cells = flow.assign(group=flow["group"].fillna(""), reason=flow["reason"].fillna(""))
    sums = cells.groupby(["step", "group", "status"])["n"].sum().to_dict()
    named = dict(zip(cells["step"], cells["label"], strict=True))
    for entry in cells.to_dict("records"):
        step, group, n = entry["step"], entry["group"], int(entry["n"])
        where, called = labels.get(group, group), entry["label"]
        about = (step, group)
        if entry["status"] == "reached":
            after = entry["after"] if isinstance(entry["after"], str) else ""
            before = sums.get((after, group, "invited" if after == step else "reached"), 0)
            if after and n > before:
                yield _check(
                    *about,
                    "more_than_before",
                    n - before,
                    f"{where}: {called}: {n}, more than the {before} of the step before"
                    f" ({'invited' if after == step else named.get(after, after)})."
                    + ("" if after == step else _who(step, group, "entered")),
                )
            if n == 0:
                yield _check(*about, NOBODY, 0, f"{where}: {called}: nobody.")
        elif entry["status"] == "entered":
            what = counted(n, "person", "people") + " of this step"
            said = {NOT_BEFORE: f"{what} in no record of the steps before"}
            told = said.get(entry["reason"], f"{what}, {entry['reason']}")
            survey = entry["part"] == "survey"
            who = "" if survey else _who(step, group, "entered", entry["reason"])
            yield _check(*about, "entered", n, f"{where}: {called}: {told}." + who)
        elif entry["reason"] == AGAIN:
            told = f"{counted(n, 'record')} more of people already counted"
            who = _who(step, group, entry["status"], AGAIN)
            yield _check(*about, "another_record", n, f"{where}: {called}: {told}." + who)


def more_than_apart(flow: pd.DataFrame, labels: Mapping[str, str]) -> Iterator[Row]:
    """More people at a step than at the one above it in config, from which it does not follow: a
    file between them does not say whose its records are."""
    own = flow[(flow["status"] == "reached") & flow["part"].isin(["recruitment", "allocation"])]
    own = own.assign(group=own["group"].fillna(""), after=own["after"].fillna(""))
    for group, entries in own.groupby("group", sort=False):
        above: Row | None = None
        for entry in entries.to_dict("records"):
            n, apart = int(entry["n"]), above is not None and entry["after"] != above["step"]
            if above is not None and apart and n > above["n"]:
                yield _check(
                    entry["step"],
                    str(group),
                    "more_than_before",
                    n - int(above["n"]),
                    f"{labels.get(str(group), str(group))}: {entry['label']}: {n}, more than the"
                    f" {above['n']} of {above['label']}, which are counted by themselves: which"
                    " records are missing cannot be said, unless the file says whose they are"
                    " (person: of its step in flow).",
                )
            above = {str(key): value for key, value in entry.items()}


def contradictions(
    steps: Mapping[str, FlowFile], files: Mapping[str, pd.DataFrame], told: Mapping[str, Told]
) -> Iterator[Row]:
    """Rows that meet a step's condition although they failed an earlier one of the same file."""
    before: dict[str, tuple[pd.Series[bool], str]] = {}
    said: dict[str, list[str]] = {}
    for name, step in steps.items():
        if step.rows or step.where is None:
            continue
        table = files[step.file]
        holds = evaluated(table, step.where) == 1.0
        so_far, last = before.get(step.file, (pd.Series(True, table.index), ""))
        against, all_of = holds & ~so_far, " and ".join(said.get(step.file, []))
        if n := int(against.sum()):
            yield _check(
                name,
                "",
                "contradiction",
                n,
                f"{counted(n, 'record')} say '{told[name].label}' although not '{last}';"
                f" counted where they stopped first. Which: {RECORDS}/{step.file}.parquet, not"
                f" ({all_of}), but {step.where}.",
            )
        before[step.file] = (so_far & holds, told[name].label)
        said[step.file] = [*said.get(step.file, []), f"({step.where})"]


def other_sites(
    files: Mapping[str, pd.DataFrame], links: Mapping[str, str], people: pd.DataFrame,
    first: Mapping[str, str],
) -> Iterator[Row]:  # fmt: skip
    """Linked records that name another site than the register, whose site counts."""
    known = dict(zip(people["unit"], people["group"], strict=True))
    for name, variable in links.items():
        table = files[name]
        own, there = table["group"].replace("", None), table[variable].map(known)
        n = int((own.notna() & there.notna() & (own != there)).sum())
        if n:
            said = (
                f"{counted(n, 'record')} name another site than the register, whose site counts."
                f" Which: {RECORDS}/{name}.parquet, site against that of '{variable}' in the"
                " register."
            )
            yield _check(first[name], "", "other_site", n, said)


def before_first(
    problems: pd.DataFrame,
    visits: pd.DataFrame,
    times: Sequence[Moment],
    paths: Mapping[str, str],
) -> Iterator[Row]:
    """Visits of a later time that are dated before the person's first.

    `paths`: file → its path, by which the list of data problems calls it.
    """
    early = problems[problems["kind"] == "date_before_baseline"]
    listed = set(zip(early["file"], early["line"], strict=True))
    path = visits["file"].astype("object").map(dict(paths))
    found = pd.Series(list(zip(path, visits["line"], strict=True)), visits.index, dtype="object")
    own = visits[found.isin(listed).to_numpy(dtype=bool)]
    for moment in times:
        if n := int((own["time"] == moment.name).sum()):
            said = (
                f"{moment.label}: {counted(n, 'visit')} dated before the person's own at"
                f" {times[0].label}: the answers count, the date does not (date_before_baseline in"
                " data_problems.csv)."
            )
            yield _check(moment.name, "", "before_first", n, said)


def two_answers(crossed: pd.DataFrame) -> Iterator[Row]:
    """People who said at some time that they did, and without a date that they did not, or
    nothing. They belong to no step."""
    own = crossed[(crossed["level"] == "person") & (crossed["kind"] == "used")]
    undated = own[own["time"].isna()]
    no = set(undated.loc[undated["ever"] == "no", "unit"])
    blank = set(undated.loc[undated["ever"].isna(), "unit"])
    yes = set(own.loc[own["time"].notna() & (own["ever"] == "yes"), "unit"])
    if n := len(no & yes):
        said = (
            f"Contamination: {counted(n, 'person', 'people')} said yes at some time, but no in the"
            " undated question, from which models read it." + _CROSSED
        )
        yield _check("", "", "two_answers", n, said)
    if n := len(blank & yes):
        said = (
            f"Contamination: {counted(n, 'person', 'people')} said yes at some time, but the"
            " undated question, from which models read it, is blank: not known to be contaminated."
            " Fill it in (in the file, or by a derived variable)." + _CROSSED
        )
        yield _check("", "", "undated_blank", n, said)


def _who(step: str, group: str, status: str, reason: str = "") -> str:
    """Where the people are named, and by which filter."""
    parts = {"step": step, "group": group, "status": status, "reason": reason}
    told = " and ".join(f"{name} == '{value}'" for name, value in parts.items() if value)
    return f" Who: data/processed/flow_places.parquet, {told}."


def _check(step: str, group: str, kind: str, n: int, said: str) -> Row:
    values = (step or None, group or None, kind, n, said)
    return dict(zip(FlowChecks.columns(), values, strict=True))
