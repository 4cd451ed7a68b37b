"""A share as a row of rates.csv: intervals, what link workers do to them, or why there is none."""

from dataclasses import dataclass
from typing import Any

from cesp_analysis.feasibility.by_person import ONE_PERSON, by_person
from cesp_analysis.feasibility.clustering import Cluster, Clustered, clustered
from cesp_analysis.intervals import Interval, clopper_pearson, wilson, wilson_at
from cesp_analysis.numbers import counted

METHOD = "Wilson; exact: Clopper-Pearson"
FEW_WORKERS = 20
"""With fewer clusters an intraclass correlation is hardly known: intervals at effective n hold 88
to 94% where 95% are promised (docs/validation.md, Feasibility rates and zones, simulated)."""

ROWS_ALIKE = (
    "the design effect is that of rows of one person being alike, which is larger than that of"
    " link workers"
)


@dataclass(frozen=True)
class Share:
    """events of n. outside: of the events, those not in n (None: it cannot be told); unknown: in n,
    and not known whether they belong to the events; clusters: of link workers, (events, n) each;
    persons: of each person whose rows are counted, where one may have several;
    alone: people of n without a link worker; said: what else must be said of the counts."""

    events: int
    n: int
    outside: int | None = 0
    unknown: int = 0
    clusters: tuple[Cluster, ...] = ()
    alone: int = 0
    persons: tuple[Cluster, ...] = ()
    said: tuple[str, ...] = ()


def share_row(share: Share, level: float, icc: float | None = None) -> dict[str, Any]:
    """The numbers of a row; nobody below the line, or more above it than below, has no rate."""
    row: dict[str, Any] = {
        "kind": "proportion",
        "numerator": share.events,
        "denominator": share.n,
        "ci_level": level,
        "status": "estimated",
        "warnings": " | ".join(_told(share)) or None,
    }
    if reason := _refused(share):
        return row | {"status": "refused", "reason": reason}
    if share.n == 0:
        return row | {"status": "not_estimable", "reason": "no rate: nobody is in the denominator"}
    row["value"] = share.events / share.n
    if share.persons:
        row |= by_person(share.persons, level)
    else:
        low, high = wilson(share.events, share.n, level)
        exact = clopper_pearson(share.events, share.n, level)
        row |= {"ci_low": low, "ci_high": high, "method": METHOD}
        row |= {"exact_low": exact[0], "exact_high": exact[1]}
    more, said = _clustering(share, level, icc, row.get("person_deff"))
    row |= more | {"deff_note": " | ".join(said) or None}
    return row


def _told(share: Share) -> list[str]:
    """What must be said of the counts."""
    unknown = f"of {share.unknown} it is not known; they count in the denominator alone"
    return [*([unknown] if share.unknown else []), *share.said]


def _refused(share: Share) -> str:
    if share.events > share.n:
        return (
            f"no rate: the numerator ({share.events}) is larger than the denominator ({share.n}):"
            " correct the data, or what feasibility.rates counts"
        )
    if share.outside:
        return (
            f"no rate: {share.outside} of the numerator ({share.events}) are not in the denominator"
            " of which they should be a part; correct the data, or what feasibility.rates counts"
        )
    return ""


def _clustering(
    share: Share, level: float, icc: float | None, of_rows: float | None
) -> tuple[dict[str, Any], list[str]]:
    """The design effect of link workers and what must be said of it; nothing without several.

    of_rows: that of rows of one person being alike, below which it cannot be; None: of people
    who have a row each, or all rows are of one person.
    """
    workers = [cluster for cluster in share.clusters if cluster[1]]
    if not workers:
        return {}, []
    row: dict[str, Any] = {"link_workers": len(workers)}
    if share.persons and of_rows is None:
        return row, [f"no design effect: {ONE_PERSON}"]
    found = clustered(share.clusters, share.alone, icc)
    said = clustering_notes(len(workers), found, share.alone, icc)
    if found is None:
        return row, said
    deff = max(found.deff, of_rows or 1.0)
    if deff > found.deff:
        said.append(ROWS_ALIKE)
    if of_rows is None:
        low, high = wilson(share.events / deff, share.n / deff, level)
    else:
        known = len(workers) if icc is None else len(share.persons)
        low, high = _wilson_t(share, deff, min(len(share.persons), known) - 1, level)
    row |= {
        "icc": found.icc,
        "cluster_size": found.size,
        "deff": deff,
        "effective_n": share.n / deff,
        "deff_low": low,
        "deff_high": high,
    }
    return row, said


def _wilson_t(share: Share, deff: float, df: int, level: float) -> Interval:
    """Wilson's interval at the effective number of rows, with Student's t."""
    from cesp_analysis.models.student import t_quantile

    return wilson_at(share.events / deff, share.n / deff, t_quantile(0.5 + level / 2, df))


def clustering_notes(
    workers: int, found: Clustered | None, alone: int, icc: float | None
) -> list[str]:
    """What must be said of a design effect, or why there is none; icc: as declared."""
    if workers < 2 and icc is None:
        return ["no design effect: one link worker has all who have one"]
    if found is None:
        return [
            "no design effect: who answered alike in all, or one person a link worker, tells"
            " nothing of link workers"
        ]
    said = []
    if icc is not None:
        said.append("the intraclass correlation is declared, not estimated")
    elif workers < FEW_WORKERS:
        said.append(
            f"the intraclass correlation rests on {counted(workers, 'link worker')}: it is"
            " hardly known, and the interval at the effective sample size may be too narrow"
        )
    if alone:
        said.append("people without a link worker count as independent in the design effect")
    return said
