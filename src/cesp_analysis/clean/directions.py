"""Warn of questions that a survey wave seems to have asked the other way round."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cesp_analysis.arrays import Floats
from cesp_analysis.clean.file import Cleaned
from cesp_analysis.clean.problems import ProblemList
from cesp_analysis.clean.turned import Turned, together, turned
from cesp_analysis.declared.columns import ItemCodes
from cesp_analysis.declared.files import RawFile

if TYPE_CHECKING:
    from cesp_analysis.clean.spec import CleanSpec

MOST = 20_000
"""Records of a file and wave that are looked at: a sign shows in fewer."""


@dataclass(frozen=True)
class Answers:
    """The answers of one wave: question → (n,), NaN where there is none; neighbourhoods (n,)."""

    wave: str
    files: tuple[str, ...]
    columns: Mapping[str, Floats]
    place: np.ndarray

    def block(self, names: list[str]) -> Floats:
        """(n, k)"""
        return np.column_stack([self.columns[name] for name in names])


@dataclass(frozen=True)
class Warned:
    """Questions (one, or all items of an instrument) that a wave seems to have turned."""

    wave: Answers
    questions: tuple[str, ...]
    found: Turned


def directions_agree(cleaned: dict[str, Cleaned], how: "CleanSpec") -> dict[str, Cleaned]:
    """List the questions of respondents that go with the others the other way round in a wave."""
    surveys = {name: file for name, file in how.files.items() if file.level == "respondent"}
    groups = _groups(surveys, how.items)
    waves = _waves(cleaned, surveys, how.times, [name for group in groups for name in group])
    if len(waves) < 2:
        return cleaned
    listed = dict(cleaned)
    for warned in _warned(waves, groups):
        for name in warned.wave.files:
            asked = [q for q in warned.questions if surveys[name].asked(q).asked]
            if asked:
                listed[name] = _with(listed[name], surveys[name], name, warned, asked)
    return listed


def _groups(surveys: dict[str, RawFile], items: ItemCodes) -> list[tuple[str, ...]]:
    """The questions that have an order: the items of each instrument, each variable by itself."""
    found: dict[tuple[str, ...], None] = {}
    for file in surveys.values():
        for instrument in file.instruments:
            found[tuple(f"{instrument}.{item}" for item in items[instrument])] = None
        for name, entry in file.variables.items():
            if entry.type == "number":
                found[(name,)] = None
    return list(found)


def _waves(
    cleaned: dict[str, Cleaned],
    surveys: dict[str, RawFile],
    times: tuple[str, ...],
    names: list[str],
) -> list[Answers]:
    """The waves that have answers, in config's order."""
    found = []
    for wave in times:
        parts = {name: cleaned[name].records for name in surveys}
        rows = {name: held[(held["time"] == wave).to_numpy()] for name, held in parts.items()}
        files = tuple(name for name, own in rows.items() if len(own))
        if not files:
            continue
        own = pd.concat([_some(rows[name], names) for name in files], ignore_index=True)
        place = (
            own["site"].astype("str").fillna("")
            + "/"
            + own["neighbourhood"].astype("str").fillna("")
        )
        columns = {name: own[name].to_numpy(dtype=np.float64) for name in names}
        found.append(Answers(wave, files, columns, pd.factorize(place, use_na_sentinel=False)[0]))
    return found


def _some(records: pd.DataFrame, names: list[str]) -> pd.DataFrame:
    """What is looked at of a file's records of one wave; NaN for what its entry does not ask.

    Of more than MOST, every k-th in the order of a hash of place and answers: records alike
    stand together and are taken as often as they occur, whatever order the file has.
    """
    seen = records.reindex(columns=["site", "neighbourhood", *names])
    if len(seen) <= MOST:
        return seen
    order = np.argsort(pd.util.hash_pandas_object(seen, index=False).to_numpy(), kind="stable")
    return seen.iloc[order[np.linspace(0, len(seen) - 1, MOST, dtype=int)]]


def _warned(waves: list[Answers], groups: list[tuple[str, ...]]) -> Iterator[Warned]:
    """Items against the rest of their instrument, then instruments and questions between them."""
    scores: list[list[Floats]] = [[] for _ in waves]
    for group in groups:
        alike = [together(wave.block(list(group)), wave.place) for wave in waves]
        signs = np.tile(_signs(sum(wave.r for wave in alike)), (len(waves), 1))  # type: ignore[arg-type]
        for each in turned(alike):
            signs[each.wave, each.which] *= -1
            yield Warned(waves[each.wave], (group[each.which],), each)
        for wave, own, score in zip(waves, signs, scores, strict=True):
            score.append(_score(wave.block(list(group)), own))
    between = [
        together(np.column_stack(score), wave.place)
        for wave, score in zip(waves, scores, strict=True)
    ]
    for each in turned(between):
        yield Warned(waves[each.wave], groups[each.which], each)


def _signs(r: Floats) -> Floats:
    """Which items of an instrument point the same way: the signs of the first component (k,)."""
    _, vectors = np.linalg.eigh(r)
    signs: Floats = np.where(vectors[:, -1] < 0, -1.0, 1.0)
    return signs


def _score(answers: Floats, signs: Floats) -> Floats:
    """The mean of the answered items, each in its SDs and pointing the same way; (n,)."""
    known = np.isfinite(answers)
    count = np.maximum(known.sum(axis=0), 1)
    mean = np.where(known, answers, 0.0).sum(axis=0) / count
    centred = np.where(known, answers - mean, 0.0)
    spread = np.sqrt((centred**2).sum(axis=0) / count)
    scaled = signs * centred / np.where(spread > 0, spread, 1.0)
    many = known.sum(axis=1)
    score: Floats = np.where(many > 0, scaled.sum(axis=1) / np.maximum(many, 1), np.nan)
    return score


def _with(part: Cleaned, file: RawFile, name: str, warned: Warned, asked: list[str]) -> Cleaned:
    """The part with one more problem, of the file as a whole."""
    found, problems = warned.found, ProblemList(file.path, [part.problems])
    columns = ", ".join(_column(file, question) for question in asked)
    told = (
        f"correlation with the other questions {found.here:.2f} in {warned.wave.wave},"
        f" {found.elsewhere:.2f} in the other waves"
    )
    problems.add("turned_scale", columns, np.array([0]), pd.Series([told]), _remedy(name, file,
                 asked, found.alone))  # fmt: skip
    return replace(part, problems=problems.sorted())


def _column(file: RawFile, question: str) -> str:
    if question in file.variables:
        return file.variable_column(question)
    instrument, _, item = question.rpartition(".")
    return file.item_column(instrument, item)


def _remedy(name: str, file: RawFile, asked: list[str], alone: bool) -> str:
    """What to write if the questionnaire shows that it is so."""
    place = f"files.{name}.crosswalk"
    done = [q for q in asked if file.asked(q).reversed or file.asked(q).values is not None]
    if done:
        remedy = f"look whether {place}.{done[0]} turns what was not turned"
    else:
        remedy = f"if so, write {place}: {{{asked[0]}: {{reversed: true}}}}"
        remedy += f", and so for the other {len(asked) - 1}" if len(asked) > 1 else ""
    unsure = " (or another wave's, or the other question's: two cannot tell)" if alone else ""
    return f"kept; compare the questionnaires: {remedy}{unsure}"
