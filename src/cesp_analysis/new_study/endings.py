"""A column whose words say how somebody's part ended: died, withdrew, moved away."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from cesp_analysis.new_study.entry import Entry
from cesp_analysis.new_study.event_names import (
    KINDS,
    event_of_file,
    event_of_word,
    events_told,
    is_ending,
    says_withdrawal,
)
from cesp_analysis.new_study.tables import slug

_GENERAL = {"date", "dt", "datum", "day", "on", "reason", "reasons", "grund", "why", "code", "of"}
"""Parts of names that say nothing of what a column is about."""


@dataclass(frozen=True)
class Ending:
    """name: the variable; date: of whatever ended it, None without one; told: event → the words
    that tell it; untold: words that tell none."""

    name: str
    date: str | None
    told: dict[str, list[str]]
    untold: list[str]

    def where(self, event: str) -> str:
        """The condition that the event occurred, on the variable."""
        words = sorted(_quoted(word) for word in self.told[event])
        if len(words) == 1:
            return f"{self.name} == {words[0]}"
        return f"{self.name} in [{', '.join(words)}]"

    def asked(self, file: str) -> str:
        """A sentence on the words that tell no event, '' if each tells one."""
        if not self.untold:
            return ""
        words = ", ".join(_quoted(word) for word in self.untold)
        return (
            f"In {self.name} of {file}, {words} tells of no event by its words, and no line below"
            " counts it. Is one of them a death, withdrawal or move (then add it to that line's"
            " where)?"
        )


def ending_of(entry: Entry, variables: Mapping[str, Mapping[str, Any]]) -> Ending | None:
    """The first variable whose words say how somebody's part ended, where a date stands beside."""
    for name, declared in variables.items():
        if declared.get("type") != "category" or "columns" in declared:
            continue
        said = events_told(name, str(declared.get("label", "")))
        file = event_of_file(entry.table.name)
        if {*said, file} & {"died", "moved"} and "withdrew" not in {*said, file}:
            continue  # why somebody moved, of what somebody died
        told, untold = _sorted(words_of(declared))
        if file == "withdrew" or says_withdrawal(name):  # whatever the reason, but for a death
            others = [word for word in words_of(declared) if word not in told.get("died", ())]
            if "died" not in told:
                continue
            told, untold = {"died": told["died"]} | ({"withdrew": others} if others else {}), []
        elif not told or not (said or len(told) > 1 or is_ending(name)):
            continue
        date = next(_dates_beside(name, variables, file == "withdrew"), None)
        if date is not None or any(event in told for event in _dated(variables)):
            return Ending(name, date, told, untold)
    return None


def words_of(declared: Mapping[str, Any]) -> list[str]:
    """The words of a category, as the study calls them."""
    values = declared.get("values", ())
    return [*dict.fromkeys(map(str, values.values() if isinstance(values, Mapping) else values))]


def _sorted(words: list[str]) -> tuple[dict[str, list[str]], list[str]]:
    found = {word: event_of_word(word) for word in words}
    told = {e: [word for word in words if found[word] == e] for e in KINDS}
    return {e: own for e, own in told.items() if own}, [w for w in words if found[w] is None]


def _dates_beside(
    name: str, variables: Mapping[str, Mapping[str, Any]], any_of_them: bool
) -> Iterator[str]:
    """Dates that share a word of their name with the column; then those on which somebody left, or
    any. When somebody died or moved dates nothing else."""
    dates = {n: _told(n, declared) for n, declared in variables.items() if _is_date(declared)}
    shared = {n: told for n, told in dates.items() if not told or "withdrew" in told}
    own = {*slug(name).split("_")} - _GENERAL
    yield from (n for n in shared if own & {*slug(n).split("_")})
    yield from (n for n, told in shared.items() if told or any_of_them)


def _dated(variables: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    for name, declared in variables.items():
        if _is_date(declared):
            yield from _told(name, declared)


def _told(name: str, declared: Mapping[str, Any]) -> list[str]:
    return events_told(name, str(declared.get("label", "")))


def _is_date(declared: Mapping[str, Any]) -> bool:
    return declared.get("type") == "date"


def _quoted(word: str) -> str:
    """A word as an expression has it."""
    return '"' + word.replace("\\", "\\\\").replace('"', '\\"') + '"'
