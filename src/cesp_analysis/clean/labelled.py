"""A question's labelled codes in one file, what they are read as, and how codes of a scale may be
meant by what some of them are labelled."""

import json
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import pandas as pd

from cesp_analysis.clean.answered import codes_of_no_answer
from cesp_analysis.declared.files import RawFile
from cesp_analysis.label_words import by_words
from cesp_analysis.usual_codes import says_no_answer

FILL = "…"
"""In place of a code that labels do not tell."""


@dataclass(frozen=True)
class Labelled:
    """One question's labels in one file, those of no answer apart.

    labels: raw code → label; read: raw code → the study's code, as config.yaml has it; values: the
    codes where config.yaml writes them out; reversed: it turns them; unread: raw code → label of
    those that it has read as none; worded: the file holds words, and its labels are these.
    """

    name: str
    file: RawFile
    column: str
    labels: Mapping[str, str]
    read: Mapping[str, str]
    values: Mapping[str, str] | None = None
    reversed: bool = False
    unread: Mapping[str, str] = field(default_factory=dict)
    worded: bool = False

    @property
    def written(self) -> bool:
        """Whether config.yaml writes the codes out."""
        return self.values is not None

    def as_itself(self) -> bool:
        """Whether config.yaml writes each code out as itself: they are right, whatever the
        labels."""
        return self.values is not None and all(
            plain_code(raw) == plain_code(code) for raw, code in self.values.items()
        )

    @cached_property
    def words(self) -> dict[str, str]:
        """Label, as labels are compared → its raw code."""
        return by_words(self.labels)

    def place(self) -> tuple[str, str | None, str]:
        """Which column of which raw file; several entries may read one."""
        return self.file.path, self.file.sheet, self.column

    def told_by(self, other: "Labelled") -> dict[str, str]:
        """Raw code → the code that another file's same label is read as."""
        return {
            code: other.read[other.words[word]]
            for word, code in self.words.items()
            if word in other.words
        }

    def changed(self) -> bool:
        """Whether config.yaml has any code read as another."""
        return any(code != read for code, read in self.read.items())

    def says(self, code: str) -> str:
        """What a code's label says, as the beginning of a sentence."""
        turned = " and crosswalk's reversed" if self.reversed else ""
        return f"'{self.labels[code]}' is {self.read[code]} by the file's labels{turned}"

    def wrong(self, told: Mapping[str, str]) -> list[str]:
        """The raw codes that are read as others than they are told to be."""
        return [code for code in self.labels if told.get(code, self.read[code]) != self.read[code]]


def labels_of(
    table: pd.DataFrame, column: str, file: RawFile, missing: Collection[str] = ()
) -> dict[str, str]:
    """Code → label of a column, without codes that are declared as no answer and labels that say
    so."""
    declared = codes_of_no_answer(table, column, file) if column in table else ()
    none = {plain_code(code) for code in (*missing, *declared)}
    return {
        plain_code(code): label.strip()
        for code, label in table.attrs.get("labels", {}).get(column, {}).items()
        if plain_code(code) not in none and label.strip() and not says_no_answer(label)
    }


def plain_code(code: str) -> str:
    """A code as a person writes it: 1 for 1.0."""
    text = code.strip()
    whole = text.removesuffix(".0")
    return text if whole_number(whole) is None else whole


def whole_number(code: str) -> int | None:
    """A code as a whole number, if it is one."""
    return int(code) if code.removeprefix("-").isdecimal() else None


def both_ways(labelled: Collection[int], low: int, high: int) -> Iterator[dict[int, int]]:
    """How codes may stand for low..high in order: rising, then falling. They are these codes
    themselves, or as many from another; nothing where labels do not say from which."""
    first, last = min(labelled), max(labelled)
    if low <= first and last <= high:
        first, last = low, high
    if last - first == high - low:
        raw = range(first, last + 1)
        yield dict(zip(raw, range(low, high + 1), strict=True))
        yield dict(zip(raw, range(high, low - 1, -1), strict=True))


def as_told(
    told: Mapping[int, int], labelled: Collection[int], low: int, high: int
) -> dict[int, int | None]:
    """What each raw code stands for: told by its label, or by the one order of low..high that fits
    those that are told, be it of all that are labelled, of those in low..high, or of those that are
    told; None: to be filled in."""
    inside = [raw for raw in labelled if low <= raw <= high]
    for codes in (labelled, inside, told):
        ways = both_ways(codes, low, high) if codes else ()
        fit = [way for way in ways if all(way.get(raw) == code for raw, code in told.items())]
        if len(fit) == 1 and told:
            return dict(fit[0]) | {raw: None for raw in sorted(labelled) if raw not in fit[0]}
    own = range(low, high + 1) if all(low <= raw <= high for raw in told) else ()
    return {raw: told.get(raw) for raw in sorted({*labelled, *own})}


def written_out(
    codes: Mapping[int, int | None] | Mapping[str, int | None] | Mapping[str, str],
) -> str:
    """Codes as a study file has them; … for what is to be filled in."""
    pairs = (f"{_in_yaml(raw)}: {_in_yaml(code)}" for raw, code in codes.items())
    return "{" + ", ".join(pairs) + "}"


def _in_yaml(code: str | int | None) -> str:
    text = FILL if code is None else str(code)
    plain = text == FILL or re.fullmatch(r"-?\w[\w .+-]*", text)
    return text if plain else json.dumps(text, ensure_ascii=False)
