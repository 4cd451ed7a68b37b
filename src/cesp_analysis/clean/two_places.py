"""Respondents' records of one id and wave in different sites: two people, most likely."""

from typing import Any

import pandas as pd

from cesp_analysis.clean.problems import ProblemList
from cesp_analysis.declared.files import RawFile

KIND = "one_id_two_sites"


def in_two_sites(
    left: pd.DataFrame, repeated: "pd.Series[bool]", by: list[str], file: RawFile
) -> "pd.Series[Any]":
    """What is said of each repeated record that stands in another site than the one it repeats.

    left: the records that count or repeat one that counts, in the file's order: line, site and the
    columns of `by`, which say whose and of when a record is; repeated: which the declared rule for
    duplicates sets aside. A record is held against the first of its id and wave, the first itself,
    and with keep_last all, against the last.
    """
    if file.level != "respondent" or not repeated.any():
        return pd.Series(dtype="str")
    several = left[left.duplicated(by, keep=False)]
    of_one = several.groupby(by, sort=False, observed=True, dropna=False)[["line", "site"]]
    first, last = of_one.transform("first"), of_one.transform("last")
    itself = several["line"] == first["line"]
    other = last if file.duplicates == "keep_last" else first.where(~itself, last)
    apart = several["site"].notna() & other["site"].notna() & (several["site"] != other["site"])
    found = several.index[apart & repeated[several.index]]
    said = [
        f"{here} here, {there} on line {int(line)}"
        for here, there, line in zip(
            several.loc[found, "site"], other.loc[found, "site"], other.loc[found, "line"],
            strict=True,
        )
    ]  # fmt: skip
    return pd.Series(said, index=found, dtype="str")


def listed(
    reason: "pd.Series[Any]",
    lines: "pd.Series[Any]",
    said: "pd.Series[Any]",
    file: RawFile,
    problems: ProblemList,
) -> "pd.Series[Any]":
    """The reasons (n,) with these records set aside, each listed with what is said of it."""
    problems.add(KIND, file.unit or "", lines[said.index].to_numpy(), said, "set aside")
    return reason.mask(reason.index.isin(said.index), KIND)
