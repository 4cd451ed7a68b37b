"""The step `activity`: meetings of panels, what they agreed and what was done of it."""

from pathlib import Path

import pandas as pd

from cesp_analysis import contracts
from cesp_analysis.columns import Row
from cesp_analysis.declared.base import Frozen
from cesp_analysis.declared.delivery import Activity
from cesp_analysis.fidelity.tables import ActivityTable
from cesp_analysis.schemas import Records


class ActivitySpec(Frozen):
    """The declared section, and the sites in order."""

    activity: Activity
    sites: tuple[str, ...] = ()


def activity(spec: str, records: Path, out: Path) -> None:
    """Count meetings of each panel and site, who came, actions agreed and done."""
    how = ActivitySpec.model_validate_json(spec)
    own = how.activity
    words = [own.panel, *filter(None, (own.invited, own.attended, own.agreed, own.done))]
    table = contracts.read(records / f"{own.file}.parquet", Records, beyond=words)
    rows = meeting_rows(table.astype({"site": "object", own.panel: "object"}), how)
    contracts.write(pd.DataFrame(rows, columns=list(ActivityTable.columns())), out, ActivityTable)


def meeting_rows(table: pd.DataFrame, how: ActivitySpec) -> list[Row]:
    """Every site and panel, all of its meetings and then each part of time that has some.

    A site without a meeting of a panel stands there with none.
    """
    own, rows = how.activity, list[Row]()
    for site in how.sites or (None,):
        here = table if site is None else table[table["site"] == site]
        for panel, label in own.panels.items():
            met = here[here[own.panel] == panel]
            key = {"site": site, "panel": panel, "label": label}
            unplaced = int(met["date"].isna().sum())
            said = _said(unplaced, "without a date: in no part of time")
            rows.append(key | {"period": None} | counted(met, own, said))
            period = met["date"].map(lambda day: period_of(day, own.by), na_action="ignore")
            for name in sorted(period.dropna().unique()):
                rows.append(key | {"period": name} | counted(met[period == name], own, []))
    return rows


def period_of(day: str, by: str) -> str:
    """'2023', '2023 H1' or '2023 Q1' of a date written YYYY-MM-DD."""
    year, month = day[:4], int(day[5:7])
    if by == "year":
        return year
    return f"{year} H{1 + month // 7}" if by == "half_year" else f"{year} Q{(month + 2) // 3}"


def counted(met: pd.DataFrame, how: Activity, said: list[str]) -> Row:
    """Counts of some meetings; shares where both of their numbers are known and there is one."""
    dates = sorted(met["date"].dropna())
    row: Row = {
        "meetings": len(met),
        "first": dates[0] if dates else None,
        "last": dates[-1] if dates else None,
    }
    notes = list(said)
    if how.attended is not None:
        came = met[how.attended]
        row["held"] = int((came > 0).sum())
        notes += _said(int(came.isna().sum()), "of which it is not known how many came")
    for part, whole in (("attended", "invited"), ("done", "agreed")):
        row |= _share(met, part, whole, how, notes)
    return row | {"warnings": " | ".join(notes) or None}


def _share(met: pd.DataFrame, part: str, whole: str, how: Activity, notes: list[str]) -> Row:
    """Both sums over meetings of which both are known, and the share. Adds what is odd to notes."""
    some, of = getattr(how, part), getattr(how, whole)
    if of is None:
        return {}
    if some is None:
        return {whole: int(met[of].sum())}
    known = met[met[some].notna() & met[of].notna()]
    if part == "attended":
        known = known[known[some] > 0]  # who was invited to a meeting not held could not come
    more = int((known[some] > known[of]).sum())
    notes += _said(more, f"with more {part} than {whole}: their numbers do not count")
    known = known[known[some] <= known[of]]
    total = int(known[of].sum())
    share = float(known[some].sum()) / total if total else None
    return {whole: total, part: int(known[some].sum()), f"share_{part}": share}


def _said(n: int, what: str) -> list[str]:
    return [f"{n} meeting{'' if n == 1 else 's'} {what}"] if n else []
