"""Whether flow.csv, the places it is counted from and the ledger's account are the same numbers."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pandas as pd

from cesp_analysis.describe.flow_counts import IN, unbalanced
from cesp_analysis.errors import CespError, few

REMEDY = "these tables are not of one run: make them again (snakemake --forcerun clean)"


def same_numbers(
    counts: pd.DataFrame,
    where: pd.DataFrame,
    files: Mapping[str, pd.DataFrame],
    respondents: Mapping[str, pd.DataFrame],
    account: pd.DataFrame,
    frame: Sequence[pd.DataFrame],
    register: str | None,
    out: Path,
) -> None:
    """Raise CespError, one line, unless every count can be found again where it comes from."""
    own = account[account["status"] == "kept"]
    kept = dict(zip(own["file"], own["records"], strict=True))
    faults = [
        *_places(counts, where),
        *unbalanced(counts),
        *_records({**files, **respondents}, kept),
        *_register(where, register, kept),
        *_frame(counts, frame),
    ]
    if faults:
        raise CespError(f"{out}: {few(faults[:3], '; ')}: {REMEDY}")


def _places(counts: pd.DataFrame, where: pd.DataFrame) -> Iterator[str]:
    """Everybody is in one place at each step, and each count is that of the places."""
    twice = where[where.duplicated(["step", "subject"])]
    if len(twice):
        step, subject = twice.iloc[0][["step", "subject"]]
        yield f"'{subject}' is in {len(twice) + 1} places at {step}"
    inside = where[where["status"].isin(IN)]
    held = inside.groupby("step", observed=True).size().to_dict()
    own = counts[(counts["status"] == "reached") & (counts["part"] != "survey")]
    for step, n in own.groupby("step")["n"].sum().items():
        if n != held.get(step, 0):
            yield f"{step}: {n} are counted, but {held.get(step, 0)} are there"


def _records(files: Mapping[str, pd.DataFrame], kept: Mapping[str, int]) -> Iterator[str]:
    """Each file's records are those that the ledger's account says were kept."""
    for name, table in files.items():
        n = table["line"].nunique()
        if n != kept.get(name, 0):
            yield f"files.{name}: {n} records, but account.csv has {kept.get(name, 0)} kept"


def _register(where: pd.DataFrame, register: str | None, kept: Mapping[str, int]) -> Iterator[str]:
    """Everybody whom the register lists has a place at each step of people."""
    if register is None:
        return
    sizes = where[where["unit"].notna()].groupby("step", observed=True)["unit"].nunique()
    listed = kept.get(register, 0)
    for step, n in sizes.items():
        if n > listed:
            yield f"{step}: {n} people have a place, but account.csv has {listed} in {register}"


def _frame(counts: pd.DataFrame, frame: Sequence[pd.DataFrame]) -> Iterator[str]:
    """Invitations and respondents are those of dispositions.csv."""
    for table in frame:
        for status, column in (("invited", "invited"), ("reached", "records")):
            own = counts[(counts["part"] == "survey") & (counts["status"] == status)]
            said = own.set_index(["step", "group"])["n"].to_dict()
            for wave, site, n in zip(table["wave"], table["site"], table[column], strict=True):
                if said.get((wave, site), 0) != n:
                    yield (
                        f"{wave}, {site}: {said.get((wave, site), 0)} {status}, but"
                        f" dispositions.csv has {n}"
                    )
