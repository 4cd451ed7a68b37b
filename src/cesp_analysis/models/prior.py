"""How large shocks to a site may be: published pairs of within-period ICC and autocorrelation.

The shipped default, shock_prior.csv, holds the 16 discrete-time-decay fits to data sets of the
CLOUD bank: Kasza, Bowden, Ouyang, Taljaard & Forbes (2023), Stat Methods Med Res 32:2123-34, doi
10.1177/09622802231194753, Table 5 (open access; facts). Their periods are not in that table.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import nan
from pathlib import Path

from cesp_analysis.csv_lines import Wrong, number, told_rows
from cesp_analysis.declared.follow_up import DAYS_IN
from cesp_analysis.errors import CespError
from cesp_analysis.numbers import counted, listed

_SCALED = re.compile(r" scaled to ([0-9.e+-]+) months, ")
_SEVERAL = " scaled to {} months, "
NOT_SAID = "kind of cluster not said"
COLUMNS = ("rho", "cac", "period_months", "cluster_type", "source")
SHIPPED = Path(__file__).with_name("shock_prior.csv")
SHIPPED_ARE = "The clusters of these pairs are practices, wards and schools, not towns"
FALLS = (
    "the within-period ICC falls with the size of a cluster and the length of a period, so that"
    " pairs of other clusters or periods may not fit."
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

    def months_over(self, gap_months: float | None) -> float:
        """The months that `cac_over` is over; NaN if the pair does not tell."""
        if self.period_months is None:
            return nan
        return self.period_months if gap_months is None or self.cac < 0 else gap_months


@dataclass(frozen=True)
class Prior:
    """Pairs and what tables call them; own: the study's file, not the shipped one."""

    name: str
    pairs: tuple[Pair, ...]
    own: bool = False

    def described(self, gap_months: float | None) -> str:
        """The prior in words: how many pairs, how many of them scaled to the gap."""
        known = gap_months is not None
        scaled = sum(pair.scalable() for pair in self.pairs) if known else 0
        how = f"{scaled} scaled to {gap_months:.3g} months, " if scaled else ""
        how += f"{len(self.pairs) - scaled} as {'they stand' if self.own else 'published'}"
        return f"{self.name}: {counted(len(self.pairs), 'pair')}, {how}"

    def shown(self) -> Iterator[tuple[int, Pair, str]]:
        """The pairs that have a rung: number, pair, its kind of cluster and source. Of the shipped
        ones those whose clusters are said; of a study's own all."""
        for at, pair in enumerate(self.pairs, 1):
            if pair.cluster_type or self.own:
                yield at, pair, f"{pair.cluster_type or NOT_SAID}; {pair.source}"


def joined(described: Iterable[str]) -> str:
    """What `Prior.described` says of several gaps, said once."""
    texts = list(dict.fromkeys(described))
    gaps = {found.group(1) for text in texts for found in _SCALED.finditer(text)}
    once = dict.fromkeys(_SCALED.sub(_SEVERAL, text) for text in texts)
    said = listed(sorted(gaps, key=float))
    return "; ".join(text.replace(_SEVERAL, f" scaled to {said} months, ") for text in once)


def gap_in_months(positions: tuple[float, float], unit: str) -> float | None:
    """Months between two times; None where the study's unit is none of the calendar's."""
    days = DAYS_IN.get(unit)
    gap = abs(positions[1] - positions[0])
    return None if days is None else gap * days / DAYS_IN["months"]


def read_prior(path: Path | None = None) -> Prior:
    """The study's own pairs, or the shipped ones; raises CespError for every fault of a file."""
    place = path or SHIPPED
    name = "Kasza 2023, Table 5 (doi 10.1177/09622802231194753)"
    name = f"the study's own {path.as_posix()}" if path else name
    wrong = Wrong(place)
    rows, _ = told_rows(place, wrong, COLUMNS)
    for line, row in rows:
        for fault in _of(row):
            wrong.add(line, fault)
    if told := wrong.told():
        raise CespError(told)
    if not rows:
        raise CespError(f"{place}: holds no pair; a line each, or remove few_sites.prior")
    return Prior(name, tuple(_pair(row) for _, row in rows), path is not None)


def _of(row: dict[str, str]) -> Iterator[str]:
    """What is wrong with a line."""
    rho, cac = number(row["rho"]), number(row["cac"])
    if rho is None or not 0 <= rho < 1:
        yield f"rho: must be a number from 0 to below 1, not '{row['rho']}'"
    if cac is None or not -1 <= cac <= 1:
        yield f"cac: must be a number from -1 to 1, not '{row['cac']}'"
    period = number(row["period_months"])
    if row["period_months"] and (period is None or period <= 0):
        yield (
            f"period_months: must be above 0, not '{row['period_months']}': over a gap of no time"
            " nothing changes; leave it blank if it is not known"
        )
    if not row["source"]:
        yield "source: is blank; say where the pair comes from"


def _pair(row: dict[str, str]) -> Pair:
    return Pair(
        rho=float(row["rho"]),
        cac=float(row["cac"]),
        period_months=number(row["period_months"]),
        cluster_type=row["cluster_type"],
        source=row["source"],
    )
