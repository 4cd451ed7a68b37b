"""Which names and labels a report could not tell from a verdict of its own.

What a study says of itself is nobody's verdict, so the report's guard passes it over: a name that
is a verdict by itself would take that verdict out of the guard.
"""

from collections.abc import Iterator
from typing import Any

from cesp_analysis.study.study import Study
from cesp_analysis.verdicts import verdict_alone, verdicts_in

_OF_A_FILE = ("path", "sheet")
"""What the report says of a raw file; its columns and codes are data."""
_CODES = "values"
"""Codes of a variable, as its raw file has them: a list, or the names of a section."""


def broken_names(study: Study) -> Iterator[str]:
    """One line for each name, label or other word of config.yaml that is a verdict by itself."""
    found: dict[str, str] = {}
    for place, text in words_of(study):
        if verdict_alone(text) and (text not in found or place.endswith(f".{text}")):
            found[text] = place  # of a name that other entries point to: where it is declared
    yield from verdicts_in(*((place, text) for text, place in found.items()))


def words_of(study: Study) -> Iterator[tuple[str, str]]:
    """Place → word: every name and text of the study file that its report might print."""
    for section, entries in study.model_dump(mode="json", exclude={"files", "forms"}).items():
        yield from _walked(section, entries)
    for name, file in study.files.items():
        own = file.model_dump(include=set(_OF_A_FILE)) | file.companions()
        yield from _walked(f"files.{name}", own)


def _walked(place: str, node: Any) -> Iterator[tuple[str, str]]:
    if isinstance(node, str):
        yield place, node
    elif isinstance(node, dict):
        for name, part in node.items():
            if place.rpartition(".")[2] != _CODES:
                yield f"{place}.{name}", str(name)
            yield from _walked(f"{place}.{name}", part)
    elif isinstance(node, list) and place.rpartition(".")[2] != _CODES:
        for part in node:
            yield from _walked(place, part)
