"""Names and labels that a survey platform keeps outside the data file."""

import re
from pathlib import Path
from typing import TYPE_CHECKING

from cesp_analysis.declared.file_forms import Written
from cesp_analysis.errors import CespError

if TYPE_CHECKING:
    import pandas as pd

_NAME = re.compile(r'^names\(data\)\[(\d+)\] <- "(.*)"', re.M)
_LEVELS = re.compile(r"^data\[, (\d+)\] <- factor\(.*?levels=c\((.*?)\),labels=c\((.*)\)\)", re.M)
_WORD = re.compile(r'"((?:[^"\\]|\\.)*)"|([^,\s"]+)')


def names_given(found: list[str], file: Written) -> tuple[str, ...] | None:
    """The columns' names where they do not come from the header; None if they do."""
    if file.redcap is not None and file.redcap.labelled:
        from cesp_analysis.intake.redcap import fields_of, read_dictionary

        return fields_of(found, read_dictionary(file.redcap.dictionary), file)
    if file.redcap is not None and not file.header.columns:
        from cesp_analysis.intake.redcap import check_names

        check_names(found, file, file.redcap.dictionary)
    if file.header.syntax is not None:
        given, place = _syntax_names(file.header.syntax), file.header.syntax
        given += tuple(found[len(given) :])  # columns of timings are not in the syntax file
    elif file.header.columns:
        given, place = file.header.columns, "config.yaml: header.columns"
    else:
        return None
    if len(given) != len(found):
        raise CespError(f"{file.path}: has {len(found)} columns; {place} names {len(given)}")
    return given


def with_labels(frame: "pd.DataFrame", file: Written) -> "pd.DataFrame":
    """The same cells, with the value labels that the platform keeps elsewhere."""
    if file.redcap is not None:
        from cesp_analysis.intake.redcap import described

        return described(frame, file, file.redcap)
    if file.header.syntax is not None:
        names = _syntax_names(file.header.syntax)
        labels = _syntax_labels(file.header.syntax)
        frame.attrs["labels"] = {names[at]: found for at, found in labels.items()}
    return frame


def _syntax(path: str) -> str:
    """LimeSurvey's syntax file for R, as text."""
    try:
        return Path(path).read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise CespError(f"{path}: is not UTF-8; export the syntax file again") from None


def _syntax_names(path: str) -> tuple[str, ...]:
    found = {int(place): name for place, name in _NAME.findall(_syntax(path))}
    if sorted(found) != list(range(1, len(found) + 1)) or not found:
        raise CespError(
            f"{path}: does not name every column (names(data)[1] <- …); is it LimeSurvey's syntax"
            " file for R?"
        )
    return tuple(found[i + 1] for i in range(len(found)))


def _syntax_labels(path: str) -> dict[int, dict[str, str]]:
    """Column place (from 0) → code → label."""
    found = {}
    for place, levels, words in _LEVELS.findall(_syntax(path)):
        codes, labels = _words(levels), _words(words)
        if len(codes) != len(labels) or int(place) > len(_syntax_names(path)):
            raise CespError(
                f"{path}: data[, {place}]: has {len(codes)} levels and {len(labels)} labels, or is"
                " no column that the file names; export the syntax file again"
            )
        found[int(place) - 1] = dict(zip(codes, labels, strict=True))
    return found


def _words(text: str) -> list[str]:
    return [re.sub(r"\\(.)", r"\1", quoted) or plain for quoted, plain in _WORD.findall(text)]
