"""The step `completeness`: how the waves asked each question, and who answered it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from cesp_analysis import contracts
from cesp_analysis.arms import ARMS
from cesp_analysis.cells import as_numbers, numbers_in
from cesp_analysis.clean.answered import codes_of_no_answer
from cesp_analysis.clean.columns import stripped
from cesp_analysis.clean.long_format import spread
from cesp_analysis.clean.parts import unticked_blank
from cesp_analysis.clean.problems import ProblemList
from cesp_analysis.clean.records import ANSWERED
from cesp_analysis.columns import Row
from cesp_analysis.declared.base import Frozen
from cesp_analysis.declared.files import RawFile
from cesp_analysis.distinct import Distinct
from cesp_analysis.schemas import Raw, Records
from cesp_analysis.survey.tables import Completeness, Crosswalk, WaveRecords

NO_ANSWER, UNUSABLE, ANSWER = 0, 1, 2
"""What a cell says; of several records of a respondent the highest counts."""


class QuestionsSpec(Frozen):
    """The surveys' files, the labels of their instruments' items (and which are optional), sites
    and waves."""

    files: dict[str, RawFile]
    items: dict[str, dict[str, str]] = {}
    optional: dict[str, tuple[str, ...]] = {}
    sites: tuple[str, ...] = ()
    waves: tuple[str, ...]

    def questions(self) -> dict[str, str]:
        """Every question of any file → its label."""
        found: dict[str, str] = {}
        for file in self.files.values():
            for name, entry in file.variables.items():
                if entry.type != "id":
                    found.setdefault(name, entry.label)
            for name in file.instruments:
                labels = self.items[name]
                found |= {f"{name}.{item}": f"{name}: {said}" for item, said in labels.items()}
        return found

    def asks(self, file: RawFile, question: str) -> bool:
        """Whether a file asks a question."""
        instrument, _, item = question.rpartition(".")
        declared = question in file.variables or (
            instrument in file.instruments
            and item in self.items.get(instrument, {})
            and not file.lacks_item(instrument, item, item in self.optional.get(instrument, ()))
        )
        return declared and file.asked(question).asked


def completeness(
    spec: str, raw: Path, records: Path, out: Path, crosswalk: Path, waves: Path
) -> None:
    """List how each file asks each question; count who was asked, and who answered."""
    how = QuestionsSpec.model_validate_json(spec)
    wanted = [*how.questions(), *ANSWERED]
    cleaned = {
        name: contracts.read(records / f"{name}.parquet", Records, beyond=wanted, coded=["unit"])
        for name in how.files
    }
    asked = crosswalk_rows(how, {name: _versions(table) for name, table in cleaned.items()})
    contracts.write(pd.DataFrame(asked, columns=list(Crosswalk.columns())), crosswalk, Crosswalk)
    grouped = {name: _by_group(table, how) for name, table in cleaned.items()}
    contracts.write(_waves(grouped, how), waves, WaveRecords)
    states = {
        name: said(contracts.read(raw / f"{name}.parquet", Raw), table, how.files[name], how)
        for name, table in grouped.items()
    }
    contracts.write(counted(states, how), out, Completeness)


def _versions(records: pd.DataFrame) -> str:
    """The versions of the questionnaire that the records of a file name."""
    if "questionnaire_version" not in records:
        return ""
    return ", ".join(sorted(records["questionnaire_version"].dropna().astype("str").unique()))


def crosswalk_rows(how: QuestionsSpec, versions: dict[str, str]) -> Iterator[Row]:
    """A row of Crosswalk for each file and question of any file; versions: those of each file."""
    labels = how.questions()
    for name, file in how.files.items():
        for question, label in labels.items():
            asked = how.asks(file, question)
            yield {
                "wave": file.time.constant if file.time else None,
                "file": name,
                "version": versions[name] or None,
                "question": question,
                "label": label or None,
                "raw_column": _column(file, question) if asked else None,
                "recode": (_recode(file, question) if asked else "not asked") or None,
            }


def _column(file: RawFile, question: str) -> str:
    if question in file.variables:
        return ", ".join(file.variable_columns(question))
    instrument, _, item = question.rpartition(".")
    return file.item_column(instrument, item)


def _recode(file: RawFile, question: str) -> str:
    """What the crosswalk does, or the variable's own declaration."""
    if own := file.asked(question).recode():
        return own
    values = file.variables[question].values if question in file.variables else None
    changed = {raw: code for raw, code in (values or {}).items() if raw != code}
    return ", ".join(f"{raw} → {code}" for raw, code in changed.items())


def _by_group(table: pd.DataFrame, how: QuestionsSpec) -> pd.DataFrame:
    """The records of known waves with a column `group`, in config's order."""
    column, groups = ("site", how.sites) if how.sites else ("arm", ARMS)
    known = table[table["time"].isin(how.waves) & table[column].notna()]
    return known.assign(
        time=pd.Categorical(known["time"].astype("str"), how.waves),
        group=pd.Categorical(known[column].astype("str"), groups),
    )


def _waves(grouped: dict[str, pd.DataFrame], how: QuestionsSpec) -> pd.DataFrame:
    parts = []
    for name, table in grouped.items():
        own = table.assign(file=name)
        for column, part in ANSWERED.items():
            own[part] = own[column].astype("str").fillna("") if column in own else ""
        parts.append(own[["time", "group", "file", *ANSWERED.values(), "unit"]])
    keys = ["time", "group", "file", *ANSWERED.values()]
    found = pd.concat([part.drop_duplicates(["unit", "time"]) for part in parts])
    sizes = found.groupby(keys, observed=True, sort=True).size().reset_index(name="respondents")
    return sizes.rename(columns={"time": "wave", "group": "site"}).replace({"": None})


def said(raw: pd.DataFrame, table: pd.DataFrame, file: RawFile, how: QuestionsSpec) -> pd.DataFrame:
    """unit, time, group of each respondent of a file, and what each question's cell says."""
    cells = unticked_blank(spread(raw, file, how.items), ProblemList(file.path))
    cells.index = pd.Index(cells["line"])
    found = {}
    for question in how.questions():
        if how.asks(file, question):
            found[question] = _state(cells, table, file, question)
    states = pd.DataFrame(found, index=table.index)
    whose = table[["unit", "time", "group"]]
    if not table.duplicated(["unit", "time"]).any():
        return pd.concat([whose, states], axis=1)
    keys = [table["unit"], table["time"]]
    highest = states.groupby(keys, observed=True, sort=False).transform("max")
    whole = pd.concat([whose, highest], axis=1)
    return whole.drop_duplicates(["unit", "time"])


def _state(cells: pd.DataFrame, table: pd.DataFrame, file: RawFile, question: str) -> np.ndarray:
    """What the raw cell of each record says (n,): its typed value tells whether it counts."""
    known = table[question].notna().to_numpy()
    entry = file.variables.get(question)
    if entry is None:
        raw = _blank(cells, _column(file, question), (), file)
        return _of(known, raw.reindex(table["line"]).to_numpy(dtype=bool))
    blank = np.ones(len(table), dtype=bool)
    for time in entry.columns or {"": ""}:
        raw = _blank(cells, file.variable_column(question, time), entry.missing, file)
        at = (table["time"] == time).to_numpy() if time else np.ones(len(table), dtype=bool)
        blank[at] = raw.reindex(table["line"]).to_numpy(dtype=bool)[at]
    return _of(known, blank)


def _of(known: np.ndarray, blank: np.ndarray) -> np.ndarray:
    return np.where(known, ANSWER, np.where(blank, NO_ANSWER, UNUSABLE)).astype(np.int8)


def _blank(
    cells: pd.DataFrame, column: str, missing: tuple[str, ...], file: RawFile
) -> "pd.Series[Any]":
    """Which raw cells hold no answer, by line: blank, or a code for none."""
    if column not in cells:
        return pd.Series(True, index=cells.index)
    codes = [*missing, *codes_of_no_answer(cells, column, file)]
    distinct = Distinct.of(cells[column])
    words = stripped(distinct.words)
    none = (words == "") | words.isin(codes)
    none |= numbers_in(words, file.decimal_marks()).isin(as_numbers(codes))
    return pd.Series(distinct.where(none), index=cells.index)


def counted(states: dict[str, pd.DataFrame], how: QuestionsSpec) -> pd.DataFrame:
    """The table Completeness: every question of any file, in every wave and site."""
    groups = how.sites or ARMS
    size = len(how.waves) * len(groups)
    cells = {name: _cells(own, len(groups)) for name, own in states.items()}
    total = sum((np.bincount(own, minlength=size) for own in cells.values()), np.zeros(size, int))
    rows = []
    for question, label in how.questions().items():
        tally = np.zeros((3, size), dtype=int)
        for name, own in states.items():
            if question in own:
                at = own[question].to_numpy(dtype=int) * size + cells[name]
                tally += np.bincount(at, minlength=3 * size).reshape(3, size)
        for cell in np.flatnonzero(total):
            none, unusable, answered = (int(n) for n in tally[:, cell])
            asked = none + unusable + answered
            rows.append(
                {
                    "wave": how.waves[cell // len(groups)],
                    "site": groups[cell % len(groups)],
                    "question": question,
                    "label": label or None,
                    "respondents": int(total[cell]),
                    "asked": asked,
                    "answered": answered,
                    "no_answer": none,
                    "unusable": unusable,
                    "not_asked": int(total[cell]) - asked,
                }
            )
    return pd.DataFrame(rows, columns=list(Completeness.columns()))


def _cells(states: pd.DataFrame, groups: int) -> np.ndarray:
    """Wave × site of each respondent, as one code (n,)."""
    wave, group = states["time"].cat.codes.astype(int), states["group"].cat.codes
    return np.asarray(wave * groups + group)
