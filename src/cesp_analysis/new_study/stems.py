"""Sets of columns that differ in the item's number alone: PHQ9[SQ001], Q3_1_a, Q2_a."""

import re
from collections.abc import Container, Iterable, Iterator

ITEM = "{item}"
"""Where an item's code stands in a pattern of columns."""


def cut(name: str, code: str) -> Iterator[str]:
    """Patterns of a column's name with {item} for the item's code, wherever that stands in it.

    Zeros before a number stay in the pattern, as many as before one of one digit: SQ010 is item 10
    of SQ00{item}, which `column_of` knows.
    """
    if not code.isdigit():
        for match in re.finditer(rf"(?<![a-z]){re.escape(code)}(?![a-z])", name.lower()):
            yield f"{name[: match.start()]}{ITEM}{name[match.end() :]}"
        return
    for match in re.finditer(rf"(?<!\d)(0*){code}(?!\d)", name):
        before, more = name[: match.start()], len(code) - 1
        for zeros in {len(match[1]) + more if match[1] else 0, more}:
            yield f"{before}{'0' * zeros}{ITEM}{name[match.end() :]}"


def column_of(pattern: str, code: str, columns: Container[str]) -> str:
    """The column of an item, whose number may take the place of zeros; as the pattern has it, if
    there is none."""
    named = pattern.replace(ITEM, code)
    fewer = pattern.replace(f"{'0' * (len(code) - 1)}{ITEM}", code)
    return fewer if code.isdigit() and named not in columns and fewer in columns else named


def sets_in(names: Iterable[str]) -> dict[str, dict[str, str]]:
    """Pattern → number → column, of columns that differ in their last number, or in a letter behind
    what is none; the numbers of a set, and its letters from a, follow each other from 1."""
    groups: dict[str, dict[str, str]] = {}
    for name in names:
        if match := re.fullmatch(r"(.*?)(\d+)(\D*)", name):
            number = match[2].lstrip("0")
            zeros = len(match[2]) - len(number) + (len(number) - 1 if match[2][0] == "0" else 0)
            for own in {zeros, len(number) - 1 if len(number) > 1 else zeros}:
                stem = f"{match[1]}{'0' * own}{ITEM}{match[3]}"
                groups.setdefault(stem, {})[number] = name
        if match := re.fullmatch(r"(.*[^A-Za-z])([a-z])([^A-Za-z]*)", name):
            stem = f"{match[1]}{ITEM}{match[3]}"
            groups.setdefault(stem, {})[str(ord(match[2]) - ord("a") + 1)] = name
    return {stem: own for stem, own in groups.items() if set(own) == _first(len(own))}


def _first(n: int) -> set[str]:
    """The numbers from 1 to n."""
    return {str(number) for number in range(1, n + 1)}


def renamed_in(pattern: str, columns: dict[str, str]) -> dict[str, str]:
    """As the pattern calls an item's column → as the file does, of those that it calls otherwise.
    `columns`: item → column."""
    named = {pattern.replace(ITEM, code): column for code, column in columns.items()}
    return {name: column for name, column in named.items() if name != column}
