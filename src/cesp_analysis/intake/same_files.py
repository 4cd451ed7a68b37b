"""One export that was saved under two names and is read as two times, waves or sites.

Its answers would count as those of both, alike to the last digit: nobody changed. A file that is
meant to be read twice is named by one path in both entries.
"""

from collections.abc import Iterator, Mapping
from itertools import combinations
from pathlib import Path

from cesp_analysis.declared.columns import PARTS
from cesp_analysis.declared.files import RawFile
from cesp_analysis.errors import CespError
from cesp_analysis.study.study import Study


def same_files(study: Study, sums: Mapping[str, str]) -> Iterator[str]:
    """One line for each raw file that is another one byte by byte, where entries read the same
    rows and an answer's column of both as different times, waves, sites or the like.

    sums: path → sha256, of files that are there as they are listed.
    """
    files = {name: file.with_form(study.forms) for name, file in study.files.items()}
    told = set()
    for (name, one), (other, two) in combinations(files.items(), 2):
        same = sums.get(one.path, one.path) == sums.get(two.path, two.path)
        pair = (one.path, two.path)
        if one.path == two.path or not same or pair in told or _apart(one, two):
            continue
        read = [part for part in PARTS if _differ(one, two, part)]
        if not read or _holds_nothing(one):
            continue
        told.add(pair)
        first, second = getattr(one, read[0]).constant, getattr(two, read[0]).constant
        noun = "wave" if read[0] == "time" and two.level == "respondent" else read[0]
        yield (
            f"{two.path}: is the same file as {one.path}, byte by byte, but read as {noun} {second}"
            f" (files.{other}), that one as {noun} {first} (files.{name}); put the right export in"
            " place of the wrong one, or, if one file is meant, write its path in both entries"
        )


def _apart(one: RawFile, two: RawFile) -> bool:
    """Whether two entries read other rows, other sheets, or no column of answers in common."""
    rows = [
        (file.rows, file.left_out, file.sheet, file.redcap_forms, file.header.skip, file.last_line)
        for file in (one, two)
    ]
    return rows[0] != rows[1] or not _answers(one) & _answers(two)


def _answers(file: RawFile) -> set[str]:
    """The raw columns of an entry's variables, and its instruments as they name theirs."""
    columns = {column for name in file.variables for column in file.variable_columns(name)}
    return columns | {f"{how} {file.renamed}" for how in file.instruments.values()}


def _differ(one: RawFile, two: RawFile, part: str) -> bool:
    """Whether all rows of the two entries are of different times, sites, …, by what config says."""
    own, other = getattr(one, part), getattr(two, part)
    said = None not in (own, other) and None not in (own.constant, other.constant)
    return bool(said) and own.constant != other.constant


def _holds_nothing(file: RawFile) -> bool:
    """Whether a file has names and no record: two of these may well be alike."""
    from cesp_analysis.intake.read import read_raw

    try:
        return not len(read_raw(Path(file.path), file.model_copy(update={"may_be_empty": True})))
    except CespError:  # the step that reads it says why
        return True
