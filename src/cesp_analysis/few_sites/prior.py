"""How large shocks to a site may be: published pairs of within-period ICC and autocorrelation.

The shipped default, shock_prior.csv, holds the 16 discrete-time-decay fits to data sets of the
CLOUD bank: Kasza, Bowden, Ouyang, Taljaard & Forbes (2023), Stat Methods Med Res 32:2123-34, doi
10.1177/09622802231194753, Table 5 (open access; facts). Their periods are not in that table.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from math import isfinite
from pathlib import Path

from cesp_analysis.errors import CespError
from cesp_analysis.numbers import counted
from cesp_analysis.study.follow_up import DAYS_IN

COLUMNS = ("rho", "cac", "period_months", "cluster_type", "source")
SHIPPED = Path(__file__).with_name("shock_prior.csv")
CAVEAT = (
    "The clusters of these pairs are practices, wards and schools, not towns; the within-period ICC"
    " falls with the size of a cluster and the length of a period."
)


@dataclass(frozen=True)
class Pair:
    """One published pair: rho the ICC within a period, cac the autocorrelation of a cluster's
    effects one period of `period_months` apart (None: not known), of what clusters, from where."""

    rho: float
    cac: float
    period_months: float | None
    cluster_type: str
    source: str

    def scalable(self) -> bool:
        """Whether the autocorrelation over another gap follows: cac ** (gap / period)."""
        return self.period_months is not None and self.cac >= 0

    def cac_over(self, gap_months: float | None) -> float:
        """The autocorrelation over the study's gap; unscaled if the pair or the gap do not tell."""
        if gap_months is None or self.period_months is None or self.cac < 0:
            return self.cac
        return float(self.cac ** (gap_months / self.period_months))


@dataclass(frozen=True)
class Prior:
    """Pairs and what tables call them."""

    name: str
    pairs: tuple[Pair, ...]

    def described(self, gap_months: float | None) -> str:
        """The prior in words: how many pairs, how many of them scaled to the gap."""
        known = gap_months is not None
        scaled = sum(pair.scalable() for pair in self.pairs) if known else 0
        how = f"{scaled} scaled to {gap_months:.3g} months, " if scaled else ""
        how += f"{len(self.pairs) - scaled} as published"
        return f"{self.name}: {counted(len(self.pairs), 'pair')}, {how}"


def gap_in_months(positions: tuple[float, float], unit: str) -> float | None:
    """Months between two times; None where the study's unit is none of the calendar's."""
    days = DAYS_IN.get(unit)
    gap = abs(positions[1] - positions[0])
    return None if days is None else gap * days / DAYS_IN["months"]


def read_prior(path: Path | None = None) -> Prior:
    """The study's own pairs, or the shipped ones; raises CespError for every fault of a file."""
    place = path or SHIPPED
    name = path.as_posix() if path else "Kasza 2023, Table 5 (doi 10.1177/09622802231194753)"
    try:
        with place.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.DictReader(stream, strict=True)
            lacking = [column for column in COLUMNS if column not in (reader.fieldnames or ())]
            rows = list(reader)
    except UnicodeDecodeError:
        raise CespError(f"{place}: is not UTF-8; save it as CSV in UTF-8") from None
    except csv.Error as error:
        raise CespError(f"{place}: is no CSV ({error}); save it again as CSV") from None
    if lacking:
        raise CespError(f"{place}: line 1: lacks the columns {', '.join(lacking)}")
    if not rows:
        raise CespError(f"{place}: holds no pair; a line each, or remove few_sites.prior")
    faults = [f"{place}: line {n}: {fault}" for n, row in enumerate(rows, 2) for fault in _of(row)]
    if faults:
        raise CespError(faults)
    return Prior(name, tuple(_pair(row) for row in rows))


def _of(row: dict[str, str]) -> Iterator[str]:
    """What is wrong with a line."""
    if None in row or None in row.values():
        yield "has more or fewer fields than the header; a cell with a comma must stand in quotes"
        return
    rho, cac = _number(row["rho"]), _number(row["cac"])
    if rho is None or not 0 <= rho < 1:
        yield f"rho: must be a number from 0 to below 1, not '{row['rho']}'"
    if cac is None or not -1 <= cac <= 1:
        yield f"cac: must be a number from -1 to 1, not '{row['cac']}'"
    period = _number(row["period_months"])
    if row["period_months"].strip() and (period is None or period <= 0):
        yield (
            f"period_months: must be above 0, not '{row['period_months']}': over a gap of no time"
            " nothing changes; leave it blank if it is not known"
        )
    if not row["source"].strip():
        yield "source: is blank; say where the pair was published"


def _number(cell: str) -> float | None:
    try:
        value = float(cell)
    except ValueError:
        return None
    return value if isfinite(value) else None


def _pair(row: dict[str, str]) -> Pair:
    return Pair(
        rho=float(row["rho"]),
        cac=float(row["cac"]),
        period_months=_number(row["period_months"]),
        cluster_type=row["cluster_type"].strip(),
        source=row["source"].strip(),
    )
