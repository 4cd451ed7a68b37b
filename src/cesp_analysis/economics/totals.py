"""Totals of the whole follow-up that a study has itself: where they stand, and which cannot be."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import pandas as pd

from cesp_analysis.arrays import Bools, Floats
from cesp_analysis.declared.outcomes import Outcome
from cesp_analysis.economics.aside import CORRECT
from cesp_analysis.economics.evaluation import Source, Total
from cesp_analysis.economics.words import USUALLY
from cesp_analysis.errors import on_lines
from cesp_analysis.numbers import counted, listed
from cesp_analysis.panel.sources import Sources
from cesp_analysis.usual_codes import heaped_codes, lonely_codes

OF_PERIODS = {
    "costs": "write their sum into a column of {}, or price them as a service, which counts"
    " period by period (economics.services)",
    "qalys": "write their sum into a column of {}, or leave qalys out: they are made of utilities",
}
"""What to do with totals of periods."""


def codes_among(values: Floats) -> Iterator[tuple[str, Bools]]:
    """Each usual code of no answer apart from the other values (n,), or heaped at their end, and
    which they are."""
    apart = lonely_codes(values)
    rest = values[~np.isin(values, [float(code) for code in apart])]
    for code in [*apart, *heaped_codes(rest)]:
        yield code, np.asarray(values == float(code))


def values_of(one: Source, sources: Sources, units: "pd.Index[str]") -> pd.DataFrame:
    """unit, time and value of these people, of all times, known values alone."""
    entry = Outcome(label="", score=one.score, variable=one.variable, unit="", direction="neither")
    found = sources.values(entry)
    return found[found["unit"].isin(units) & found["time"].notna()]


def misplaced(
    setting: str, one: Source, times: Sequence[str], sources: Sources, units: "pd.Index[str]"
) -> Iterator[str]:
    """A line if there are values at a time between the first and the last, or none at the last: the
    last alone counts, as that of the whole follow-up; setting: costs or qalys."""
    n, last = _people_at(one, times, sources, units), times[-1]
    if any(n[1:-1]):
        where = [f"{time} ({known})" for time, known in zip(times, n, strict=True) if known]
        yield (
            f"config.yaml: economics.{setting}: {one.name} has values of people at {listed(where)},"
            f" but it is a total of the whole follow-up and counts at {last} alone;"
            f" {OF_PERIODS[setting].format(last)}"
        )
    elif not n[-1]:
        yield (
            f"config.yaml: economics.{setting}: {one.name} has no value of anybody at {last}, the"
            " last time, where a total of the whole follow-up counts; name another, or give the"
            f" file with it this time (time: {{constant: {last}}})"
        )


def of_before(
    setting: str, one: Source, times: Sequence[str], sources: Sources, units: "pd.Index[str]"
) -> Iterator[str]:
    """What must be known of values at the first time: they are used for nothing."""
    if n := _people_at(one, times, sources, units)[0]:
        yield (
            f"{one.name} is known at {times[0]} too ({counted(n, 'person', 'people')}): this is not"
            f" used (economics.{setting} is a total of the follow-up); to adjust for it, declare it"
            " as a covariate (covariates, economics.covariates)"
        )


def _people_at(
    one: Source, times: Sequence[str], sources: Sources, units: "pd.Index[str]"
) -> list[int]:
    found = values_of(one, sources, units)["time"].astype("object").value_counts()
    return [int(found.get(time, 0)) for time in times]


def too_dear(
    one: Total, paths: dict[str, str], sources: Sources, units: "pd.Index[str]"
) -> Iterator[str]:
    """A line for each file with somebody's total above `most`."""
    if one.most is None:
        return
    told = (
        f"{one.name} is up to £{{:,.0f}}, above economics.costs.most ({one.most:,.0f}); pence for"
        " pounds? Correct the data (data/raw/CORRECTIONS.yaml), or raise most"
    )
    if one.variable is None:
        values = values_of(one, sources, units)["value"].to_numpy(dtype=float)
        if n := int((values > one.most).sum()):
            yield f"config.yaml: economics.costs: {told.format(values.max())} ({n} values)"
        return
    for name, table in sources.records.items():
        if one.variable in table.columns:
            own = table[table["unit"].isin(units)]
            values = own[one.variable].to_numpy(dtype=float)
            if (dear := values > one.most).any():
                where = on_lines(paths[name], own["line"][dear])
                yield f"{where}: {told.format(np.nanmax(values))}"


def alike(
    one: Source, times: Sequence[str], sources: Sources, units: "pd.Index[str]"
) -> Iterator[str]:
    """A line if everybody's total is the same: of nothing, or of what no one could compare."""
    found = values_of(one, sources, units)
    values = found.loc[found["time"] == times[-1], "value"].to_numpy(dtype=float)
    if len(values) > 1 and np.ptp(values) == 0:
        yield (
            f"config.yaml: economics.costs: {one.name} is {values[0]:g} of everybody"
            f" ({len(values)} people), so that there is nothing to compare; name another variable,"
            " or correct its column"
        )


def totals_like_codes(
    setting: str,
    one: Source,
    times: Sequence[str],
    paths: Mapping[str, str],
    sources: Sources,
    units: "pd.Index[str]",
) -> Iterator[str]:
    """What must be known of totals of the whole follow-up (costs, or qalys), at the last time, that
    look like a code of no answer, with the lines of their files (paths: by name)."""
    found = values_of(one, sources, units)
    values = found.loc[found["time"] == times[-1], "value"].to_numpy(dtype=float)
    for code, which in codes_among(values):
        n = counted(int(which.sum()), "person has", "people have")
        most = " or economics.costs.most" if setting == "costs" else ""
        where = "; ".join(_lines_with(float(code), one, times[-1], paths, sources, units))
        yield (
            f"{n} {one.name} {code}, {USUALLY} of economics.{setting}: counted as it stands; if it"
            f" is a code, write missing: [{code}] at the variable, or {CORRECT}; if it is a number"
            f" like them, say its range{most}{f'; {where}' if where else ''}"
        )


def _lines_with(
    total: float,
    one: Source,
    time: str,
    paths: Mapping[str, str],
    sources: Sources,
    units: "pd.Index[str]",
) -> Iterator[str]:
    """The lines of each file with this total at a time; nothing of a score, which has none."""
    for name, table in sources.records.items():
        if one.variable in table.columns:
            own = table[table["unit"].isin(units) & (table["time"] == time)]
            own = own[own[str(one.variable)].to_numpy(dtype=float) == total]
            if len(own):
                yield on_lines(paths[name], own["line"])
