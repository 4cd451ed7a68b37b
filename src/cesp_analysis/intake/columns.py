"""Which of the columns that config asks for a raw file does not have."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from cesp_analysis.declared.columns import Needed
from cesp_analysis.errors import no_such

if TYPE_CHECKING:
    import pandas as pd

_REMEDY = {
    False: "renamed: says how this file calls it",
    True: "renamed: says how this file calls it; crosswalk: says so of one question, and with which"
    " codes this wave asked it, or that it did not ask it (asked: false)",
}
"""What to do of a question that a file does not have, of respondents (True) and of others."""


def missing_columns(raw: "pd.DataFrame", path: str, name: str, needed: Needed) -> Iterator[str]:
    """One line for each declared column (in long format: question) that the file does not have.

    raw: the Raw table; path, name: the file's, and its entry's in config.
    """
    present = [str(column) for column in raw.columns if column != "line"]
    asked, long = needed.columns, needed.question is not None
    if long:
        pair = {str(needed.question), str(needed.answer)}
        if pair <= set(present):
            words = raw[needed.question].astype("str").fillna("").str.strip()
            present += [word for word in asked if word not in present and (words == word).any()]
        else:
            asked = dict.fromkeys((str(needed.question), str(needed.answer)), "long_format")
    if len(present) == 1 and (mark := _separator(present[0], asked)):
        yield (
            f"{path}: the header is one column, as the separator is '{mark}'; config.yaml:"
            f' files.{name}: declare separator: "{mark}"'
        )
        return
    for column, place in asked.items():
        if column not in present:
            remedy = f" ({_REMEDY[needed.respondents]})" if "." in place else ""
            remedy = "; correct it there" if place.startswith("crosswalk.") else remedy
            noun = "question" if long and "." in place else "column"
            free = [name for name in present if name not in asked]
            yield (
                f"{path}: {no_such(noun, column, present, 'it has', free)}; config.yaml:"
                f" files.{name}.{place} asks for it{remedy}"
            )


def _separator(header: str, asked: Iterable[str]) -> str:
    """What stands between columns that are asked for in the only name of a header, '\\t' for a tab;
    '' where it is no two of them."""
    for mark in ",;\t|":
        parts = [part.strip().strip('"') for part in header.split(mark)]
        if sum(column in parts for column in asked) > 1:
            return mark.replace("\t", "\\t")
    return ""
