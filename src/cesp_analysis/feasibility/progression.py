"""The step `progression`: the decision table, from rates, means and what people judged."""

from pathlib import Path
from typing import Any

import pandas as pd

from cesp_analysis import contracts
from cesp_analysis.clean.evaluate import evaluated
from cesp_analysis.columns import Row
from cesp_analysis.declared.base import Frozen
from cesp_analysis.declared.feasibility import NOT_SAID, Criterion, Judgement, Linked, MainTrial
from cesp_analysis.feasibility.criteria import Told, overall, row_of
from cesp_analysis.feasibility.judgements import OVERALL, read_judgements
from cesp_analysis.feasibility.means import values_of
from cesp_analysis.feasibility.sample_size import Measured, sized
from cesp_analysis.feasibility.shares import Share, share_row
from cesp_analysis.feasibility.tables import Progression, RatesTable, SampleSize
from cesp_analysis.given import hold
from cesp_analysis.interviews.counted import analysed, words
from cesp_analysis.interviews.names import compared
from cesp_analysis.interviews.tables import Excerpts
from cesp_analysis.numbers import counted as in_words
from cesp_analysis.schemas import Panel, Records


class ProgressionSpec(Frozen):
    """The criteria; what was decided; register: the file that lists people; outcomes: primary ones
    of people → label; last: the last time; icc: of people with one link worker, as declared."""

    criteria: dict[str, Told]
    decision: Judgement = Judgement()
    main_trial: MainTrial = MainTrial()
    register_of_people: str = ""
    outcomes: dict[str, str] = {}
    last: str = ""
    icc: float | None = None
    ci_level: float = 0.95


def progression(
    spec: str,
    rates: Path,
    records: Path,
    panel: Path,
    out: Path,
    sample_size: Path,
    judgements: list[Path] | None = None,
    excerpts: Path | None = None,
    checksums: str = "",
) -> None:
    """Set each criterion beside what was found; hold the study's size against published rules.

    `judgements`: the CSV of what people judged, if config names one; `excerpts`: codings of
    interviews, if they bear on a criterion.
    """
    hold(checksums)
    how = ProgressionSpec.model_validate_json(spec)
    judged = _judged(how, judgements)
    made = {
        (row["rate"], row["time"], row["part"], row["group"]): row
        for row in contracts.rows(rates, RatesTable)
        if row["of"] != "link_worker"
    }
    rows: list[Row] = []
    for name, told in how.criteria.items():
        own = told.criterion
        rate = _rate(own, made, how.ci_level) if own.rate is not None else None
        values = (
            values_of(own.mean, records, how.register_of_people, how.icc, told.span)
            if own.mean is not None
            else None
        )
        linked = ""
        if own.linked is not None:
            linked = _linked(own.linked, records, excerpts)
        judgement = judged.get(name, Judgement())
        rows.append(row_of(name, told, rate, values, judgement, linked, how.ci_level))
    last = overall(rows, judged.get(OVERALL, Judgement()))
    table = pd.DataFrame([*rows, last], columns=list(Progression.columns()))
    contracts.write(table, out, Progression)
    people = None
    if how.register_of_people:
        people = _read(records, how.register_of_people)["unit"].nunique()
    sizes = list(sized(people, _measured(how, panel), rows, how.main_trial))
    contracts.write(
        pd.DataFrame(sizes, columns=list(SampleSize.columns())), sample_size, SampleSize
    )


def _judged(how: ProgressionSpec, given: list[Path] | None) -> dict[str, Judgement]:
    if given:
        asked = {name: told.kind == "qualitative" for name, told in how.criteria.items()}
        return read_judgements(given[0], asked)
    own = {name: told.criterion.judgement for name, told in how.criteria.items()}
    found = {name: judgement for name, judgement in own.items() if judgement is not None}
    return found | {OVERALL: how.decision}


def _rate(own: Criterion, made: dict[tuple[Any, ...], Row], level: float) -> Row:
    """The row of rates.csv that a criterion judges; of those who did not say, where everybody
    said, none of all."""
    key = (own.rate, own.time or "", own.value or "", own.site or "")
    if key in made or own.value != NOT_SAID:
        return made[key]
    beside = next(row for k, row in made.items() if (k[0], k[1], k[3]) == (key[0], key[1], key[3]))
    lacking = dict.fromkeys(beside)
    return lacking | share_row(Share(0, beside["denominator"]), level)


def _linked(told: Linked, records: Path, excerpts: Path | None) -> str:
    if told.file is not None or excerpts is None:
        return counted(told, records)
    return spoken(told, excerpts)


def spoken(told: Linked, excerpts: Path) -> str:
    """Qualitative evidence in words: how many excerpts bear on it, by category; an excerpt with
    several of its words counts as 'several'."""
    table = analysed(contracts.read(excerpts, Excerpts)).astype("object")
    asked = told.of_excerpts()
    for column, word in asked.items():
        table = table[words(table, column).map(compared) == compared(word)]
    whose = " and ".join(f"{column} {word}" for column, word in asked.items())
    n = table["excerpt"].nunique()
    interviews = in_words(table["interview"].nunique(), "interview")
    said = f"{in_words(n, 'excerpt')} of {interviews}, {whose}"
    if told.by is None or not n:
        return said
    each = table.groupby("excerpt")[told.by].agg(lambda own: _one(own.dropna().unique()))
    return f"{said}: {_by(each.value_counts(sort=False).sort_index())}"


def _one(words: Any) -> str:
    return "several" if len(words) > 1 else str(words[0]) if len(words) else "not said"


def _by(counts: "pd.Series[int]") -> str:
    return ", ".join(f"{word} {k}" for word, k in counts.items())


def counted(told: Linked, records: Path) -> str:
    """Qualitative evidence in words: how many rows bear on it, by category."""
    assert told.file is not None  # the rules of config.yaml say so
    table = _read(records, told.file)
    if told.where is not None:
        table = table[evaluated(table, told.where) == 1.0]
    n = len(table)
    said = f"{n} of {told.file}{f' where {told.where}' if told.where else ''}"
    if told.by is None or not n:
        return said
    words: pd.Series[Any] = table[told.by].astype("object")
    counts = words.where(words.notna(), "not said").value_counts(sort=False).sort_index()
    return f"{said}: {_by(counts)}"


def _measured(how: ProgressionSpec, panel: Path) -> dict[str, Measured]:
    """Primary outcomes of people: how many have an answer at the last time."""
    if not how.outcomes:
        return {}
    table = contracts.read(panel, Panel, beyond=())
    own = table[(table["level"] == "person") & (table["time"] == how.last) & table["value"].notna()]
    return {
        name: Measured(label=label, n=int((own["outcome"] == name).sum()))
        for name, label in how.outcomes.items()
    }


def _read(records: Path, file: str) -> pd.DataFrame:
    return contracts.read(records / f"{file}.parquet", Records)
